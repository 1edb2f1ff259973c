"""When inputs are shown and heard, and times as messages say them. Imports no codec library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Literal

from artcelery.core.media.clip import Clip

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Streams

__all__ = [
    "SUMMED",
    "Duration",
    "Times",
    "all_heard",
    "cut_off",
    "exact",
    "frames_in",
    "rate_of",
    "seconds",
    "sum_notes",
    "time_notes",
    "times_of",
]

Duration = Literal["first", "longest", "shortest"]


def exact(seconds: float) -> Fraction:
    """The decimal that was written, not the binary float that came of it: 0.1 is 1/10."""
    return Fraction(repr(seconds))


def seconds(time: Fraction) -> str:
    """A time as messages say it."""
    return f"{float(time):.6g} s"


def rate_of(clips: Sequence[Clip], fps: str | None = None) -> Fraction | None:
    """Pictures a second of what films make together: as asked, or as the first film of a steady rate has it.

    Where each has uneven steps: the average of the first, to a whole number. None where there is no film.
    """
    films = [clip.picture for clip in clips if clip.picture is not None and clip.picture.rate and not clip.is_still]
    if not films:
        return None
    if fps is not None:
        return Fraction(fps)
    steady = next((picture.rate for picture in films if not picture.variable), None)
    return steady or Fraction(max(1, round(films[0].rate or 1)))


@dataclass(frozen=True, slots=True, order=True)
class Times:
    """When a layer is shown, in pictures of the film: [first, last)."""

    first: int
    last: int


def frames_in(clip: Clip, rate: Fraction) -> int:
    """How many pictures a film lasts at a rate."""
    return max(1, round((clip.duration or 0) * rate))


def times_of(
    clips: Sequence[Clip], spans: Sequence[tuple[float, float | None]], rate: Fraction, duration: Duration
) -> tuple[int, list[Times]]:
    """How many pictures the film has, and when each clip is shown, which starts and ends (seconds) at its span.

    A picture belongs to a span in which it begins. A film is shown as long as it lasts, a still to its end.
    """
    firsts = [ceil(exact(start) * rate) for start, _ in spans]
    ends = [None if end is None else ceil(exact(end) * rate) for _, end in spans]
    lasts = []
    for clip, first, end in zip(clips, firsts, ends, strict=True):
        natural = None if clip.is_still else first + frames_in(clip, rate)
        lasts.append(min((stop for stop in (natural, end) if stop is not None), default=None))
    films = [last for clip, last in zip(clips, lasts, strict=True) if last is not None and not clip.is_still]
    count = {"first": films[0], "longest": max(films), "shortest": min(films)}[duration]
    return count, [
        Times(first, count if last is None else min(count, last)) for first, last in zip(firsts, lasts, strict=True)
    ]


def time_notes(clips: Sequence[Clip], times: Sequence[Times], count: int, rate: Fraction, ended: str) -> list[str]:
    """What a reader of the plan should know of films that end before the result does, or are cut off by its end."""
    notes = []
    for number, (clip, shown) in enumerate(zip(clips, times, strict=True), 1):
        if clip.is_still:
            continue
        natural = shown.first + frames_in(clip, rate)
        if natural == shown.last < count:
            notes.append(f"input {number} ends at {seconds(natural / rate)}: {ended}")
        elif natural > shown.last == count:
            notes.append(cut_off(number, count / rate, natural / rate))
    return notes


def all_heard(input: Streams) -> Audio:
    """All the sound of an input: that of a film may go on after its pictures."""
    assert input.audio is not None
    return replace(input.audio, duration=input.clip.sound_duration)


def sum_notes(heard: Sequence[Times]) -> list[str]:
    """What a reader of the plan should know of sounds that are added as they are, where two are heard together."""
    together = any(after.first < before.last for before, after in pairwise(sorted(heard)))
    return [SUMMED] if together else []


SUMMED = "the sum may pass full scale: what is louder is clipped when it is written in whole numbers"


def cut_off(number: int, end: Fraction, natural: Fraction, what: str = "input") -> str:
    """What a reader of the plan should know of an input that the end of the result cuts off."""
    return f"{what} {number} is cut off at {seconds(end)}; it would last to {seconds(natural)}"
