"""When the clips of a SEQUENCE are shown: each a stretch of an input, counted in steps of the result.

A step is a picture of a film, or a sample of a sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from artcelery.core.media.clip import Clip
from artcelery.core.ops.op import InferError
from artcelery.core.ops.parts import Part
from artcelery.core.ops.sequence_config import SequenceConfig
from artcelery.core.ops.timing import exact, seconds

__all__ = ["overlaps_of", "stretches_of"]


def stretches_of(config: SequenceConfig, clips: Sequence[Clip], grid: Fraction) -> tuple[Part, ...]:
    """The stretches, `grid` steps a second; InferError where a clip is too short, or nobody says how long it is."""
    if config.at is not None:
        return tuple(_in_turn(config.at, clips, grid))
    said = (None,) * len(clips) if config.durations is None else config.durations
    if len(said) != len(clips):
        raise InferError(f"`durations` has {_count(len(said), 'value')} for {_count(len(clips), 'input')}", "durations")
    return tuple(
        Part(number, _length(config, number, clip, wanted, grid))
        for number, (clip, wanted) in enumerate(zip(clips, said, strict=True))
    )


def overlaps_of(config: SequenceConfig, stretches: Sequence[Part], grid: Fraction) -> tuple[int, ...]:
    """How many steps each stretch and the next are there together; InferError where there are not enough."""
    count = len(stretches) - 1
    if len(config.transitions) > count:
        raise InferError(
            f"`transitions` has {_count(len(config.transitions), 'entry')}, and {_count(len(stretches), 'clip')} meet"
            f" {count} times"
            if count != 1
            else f"`transitions` has {_count(len(config.transitions), 'entry')}, and two clips meet once",
            "transitions",
        )
    joins = config.joins(count)
    overlaps = [0 if join.type == "cut" else max(1, round(exact(join.duration) * grid)) for join in joins]
    for number, (stretch, before, after) in enumerate(zip(stretches, (0, *overlaps), (*overlaps, 0), strict=True), 1):
        if before + after > stretch.frames:
            parts = " and ".join(seconds(part / grid) for part in (before, after) if part)
            raise InferError(
                f"input {number} lasts {seconds(stretch.frames / grid)}, and its transitions {parts}; shorten them",
                "transitions" if config.transitions else "transition",
            )
    return tuple(overlaps)


def _length(config: SequenceConfig, number: int, clip: Clip, wanted: float | None, grid: Fraction) -> int:
    if clip.is_still:
        wanted = config.duration if wanted is None else wanted
        if wanted is None:
            raise InferError(
                f"input {number + 1} is a still; say how long it is shown: `duration` for all stills, or `durations`"
                " with a value for each input",
                "durations" if config.durations is not None else None,
            )
        return max(1, round(exact(wanted) * grid))
    whole = steps_in(clip, grid)
    if wanted is None:
        return whole
    steps = max(1, round(exact(wanted) * grid))
    if steps > whole:
        raise InferError(
            f"input {number + 1} lasts {seconds(whole / grid)}; `durations` asks for {wanted:g} s of it", "durations"
        )
    return steps


def _in_turn(times: Sequence[float], clips: Sequence[Clip], grid: Fraction) -> Iterator[Part]:
    """Clip after clip from time to time; each goes on where it stopped."""
    edges = [round(exact(time) * grid) for time in times]
    edges = edges if edges[0] == 0 else [0, *edges]
    reached = [0] * len(clips)
    for turn, (begin, end) in enumerate(pairwise(edges)):
        number = turn % len(clips)
        clip, steps = clips[number], end - begin
        if steps == 0:
            raise InferError(f"two times of `at` fall on the same picture, at {seconds(begin / grid)}", "at")
        if clip.is_still:
            yield Part(number, steps)
            continue
        whole = steps_in(clip, grid)
        if steps > whole:
            raise InferError(
                f"input {number + 1} lasts {seconds(whole / grid)}, and from {seconds(begin / grid)} to"
                f" {seconds(end / grid)} there are {seconds(steps / grid)} to fill",
                "at",
            )
        first = reached[number] if reached[number] + steps <= whole else 0
        reached[number] = first + steps
        yield Part(number, steps, first / grid)


def steps_in(clip: Clip, grid: Fraction) -> int:
    """How many steps a film or sound lasts."""
    return max(1, round((clip.duration or 0) * grid))


def _count(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    return f"{number} {what[:-1] + 'ies' if what.endswith('y') else what + 's'}"
