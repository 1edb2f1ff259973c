"""SWITCH: inputs that run side by side, one of them shown at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from artcelery.core.media.clip import PADDING_S, Clip, Sound
from artcelery.core.media.editing.conforming import changes
from artcelery.core.ops.matching import film_of, shown
from artcelery.core.ops.op import InferError, op
from artcelery.core.ops.parts import JoinOp, Part
from artcelery.core.ops.switch_config import SwitchConfig
from artcelery.core.ops.timing import all_heard, cut_off, exact, frames_in, seconds

if TYPE_CHECKING:
    from artcelery.core.media.stream import Streams

__all__ = ["Switch"]


@op("SWITCH", version=2, inputs=(1, None), config=SwitchConfig)
class Switch(JoinOp[SwitchConfig]):
    """A film of several cameras: all inputs run from 0, and of each only what is shown is read.

    A still is there all the time. An input without pictures can be the one that is heard.
    """

    def infer(self, *clips: Clip) -> Clip:
        """The film; InferError when a cut lies outside of it, or an input is not there when it is shown."""
        turns = self._turns(clips)
        self._check(clips, turns)
        film = film_of(self.config, [clip for clip in clips if clip.picture], self._sounds(clips, turns))
        rate = film.picture.rate if film.picture else None
        assert rate
        film = replace(film, frames=self._frames(clips, rate))
        film = replace(film, duration=film.frames / rate)
        self._stretches(film, clips)
        seen = sorted({number for _, number in turns})
        sound = film.sound if self.config.audio == "follow" else None
        notes = [
            note
            for number in seen
            for note in changes(number + 1, clips[number], film.picture, sound, self.config.fitted)
        ]
        return film.noting(*notes, *self._cut_off(film, clips, seen))

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The stretches that are shown, each opened when its time comes."""
        parts = self._stretches(clip, tuple(item.clip for item in inputs))
        heard = [inputs[number] for number in self.sound_inputs]
        return self.joined(clip, *(self.part(part, clip, inputs[part.input]) for part in parts), *heard)

    def parts(self, clip: Clip, *clips: Clip) -> tuple[Part, ...]:
        """The stretches that are shown."""
        return tuple(
            replace(part, config=shown(clips[part.input], clip, self.config)) for part in self._stretches(clip, clips)
        )

    def part(self, part: Part, clip: Clip, input: Streams) -> Streams:
        """The stretch in the film's size, rate, colours and kind of sound."""
        from artcelery.core.media.editing.joining import piece_of

        config, silent = self.config, bool(self.sound_inputs)
        return piece_of(
            input, clip, part.frames, part.begin, mode=config.fitted, background=config.background, silent=silent
        )

    def joined(self, clip: Clip, *parts: Streams) -> Streams:
        """The film of stretches that match it; after them, the input that is heard throughout."""
        from artcelery.core.media.editing.joining import joined_parts
        from artcelery.core.media.sound.mixing import Placed, mix

        if not self.sound_inputs:
            return joined_parts(clip, parts)
        film = joined_parts(replace(clip, sound=None), parts[:-1])
        assert clip.picture is not None
        assert clip.sound is not None
        assert clip.duration is not None
        sound = mix([Placed(all_heard(parts[-1]))], clip.sound, clip.duration, grid=clip.picture.rate)
        return replace(film, clip=clip, audio=sound)

    @property
    def sound_inputs(self) -> tuple[int, ...]:
        """The input that is heard throughout."""
        return () if self.config.audio == "follow" else (self.config.audio,)

    def heard(self, count: int) -> Iterable[int]:
        """That input, or all that are shown."""
        return self.sound_inputs or sorted({number for _, number in self.config.turns(count)})

    def _turns(self, clips: tuple[Clip, ...]) -> list[tuple[float, int]]:
        turns, last = list(self.config.turns(len(clips))), len(clips) - 1
        numbers = [("cuts", number) for _, number in turns] + [("audio", number) for number in self.sound_inputs]
        for field, number in numbers:
            if number > last:
                raise InferError(
                    f"there is no input with the number {number}; `{field}` counts from 0, so the last is {last}", field
                )
        return turns

    def _check(self, clips: tuple[Clip, ...], turns: list[tuple[float, int]]) -> None:
        seen = {number for _, number in turns}
        for number, clip in enumerate(clips):
            if clip.kind == "data" or (clip.picture is None and (number in seen or number not in self.sound_inputs)):
                what = "document" if clip.kind == "data" else "sound"
                raise InferError(f"{_called(number)} is a {what}, which cannot be shown", "inputs")
        if all(clip.is_still or clip.picture is None for clip in clips):
            raise InferError("a SWITCH needs a film: stills do not say how long it lasts", "inputs")

    def _sounds(self, clips: tuple[Clip, ...], turns: list[tuple[float, int]]) -> list[Sound]:
        sounds = {number: sound for number in self.heard(len(clips)) if (sound := clips[number].sound)}
        for number in self.sound_inputs:
            if number not in sounds:
                raise InferError(f"{_called(number)} has no sound to be heard ({clips[number].describe()})", "audio")
        return list(sounds.values())

    def _cut_off(self, film: Clip, clips: tuple[Clip, ...], seen: list[int]) -> Iterator[str]:
        """What a reader of the plan should know of inputs that are seen or heard, and last longer than the film."""
        assert film.duration is not None
        for number in sorted({*seen, *self.sound_inputs}):
            clip = clips[number]
            natural = clip.sound_duration if number in self.sound_inputs else clip.duration
            if not clip.is_still and natural and natural > film.duration + PADDING_S:
                yield cut_off(number + 1, film.duration, natural)

    def _frames(self, clips: tuple[Clip, ...], rate: Fraction) -> int:
        choose = min if self.config.duration == "shortest" else max
        return choose(frames_in(clip, rate) for clip in clips if clip.picture and not clip.is_still)

    def _stretches(self, film: Clip, clips: tuple[Clip, ...]) -> tuple[Part, ...]:
        """The stretches, from cut to cut; InferError where there is nothing to show."""
        rate = film.picture.rate if film.picture else None
        assert rate
        turns = self._turns(clips)
        begins = [round(exact(time) * rate) for time, _ in turns]
        if begins[-1] >= film.frames:
            longer = "; with `duration: longest` it ends with the last input" * (self.config.duration == "shortest")
            raise InferError(
                f"the cut at {turns[-1][0]:g} s lies after the end of the film ({seconds(film.frames / rate)}){longer}",
                "cuts",
            )
        stretches = []
        for (time, number), (begin, end) in zip(turns, pairwise([*begins, film.frames]), strict=True):
            clip = clips[number]
            if begin == end:
                raise InferError(f"the cut at {time:g} s and the next fall on the same picture", "cuts")
            if not clip.is_still and frames_in(clip, rate) < end:
                raise InferError(
                    f"{_called(number)} is shown from {seconds(begin / rate)} to {seconds(end / rate)}, and ends at"
                    f" {seconds(frames_in(clip, rate) / rate)}; cut to another input before that, or give it a longer"
                    f" film{self._or_end_before()}",
                    "cuts",
                )
            stretches.append(Part(number, end - begin, Fraction(0) if clip.is_still else begin / rate))
        return tuple(stretches)

    def _or_end_before(self) -> str:
        return ", or choose `duration: shortest`" if self.config.duration == "longest" else ""


def _called(number: int) -> str:
    """An input as messages show it: they count from 1, and the config from 0."""
    return f"input {number + 1} (`{number}` in the config)"
