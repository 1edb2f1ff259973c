"""MUX: the pictures of one input with the sound of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, StrictBool, WithJsonSchema, field_validator

from artcelery.core.media.clip import PADDING_S, Clip
from artcelery.core.media.cutting import grid_of
from artcelery.core.media.editing.conforming import changes, notes_of
from artcelery.core.ops.fields import Rate
from artcelery.core.ops.generate_text import Fade
from artcelery.core.ops.op import InferError, OpConfig, StreamOp, op
from artcelery.core.ops.timing import cut_off, exact, rate_of, seconds
from artcelery.core.values import parse_seconds

if TYPE_CHECKING:
    from artcelery.core.media.sound.mixing import Placed
    from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["Mux", "MuxConfig"]

_LEAST_LOOP = Fraction(1, 100)
_STILL_RATE = Fraction(25)


def parse_offset(value: object) -> float:
    """Seconds as `parse_seconds` reads them, that may be negative."""
    if isinstance(value, str) and value.strip().startswith("-"):
        return -parse_seconds(value.strip()[1:])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return float(value)
    return parse_seconds(value) + 0.0


Offset = Annotated[
    float,
    BeforeValidator(parse_offset),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "description": 'Seconds: -2.5 or "500ms".'}),
]


class MuxConfig(OpConfig):
    """When the sound begins, and when the film ends."""

    shortest: StrictBool = Field(
        True,
        description="End with the pictures or the sound, whichever ends first; false: with the one that ends last, and"
        " silence follows the sound, or the last picture stays.",
    )
    audio_offset: Offset = Field(
        0.0, description="When the sound begins, in seconds; negative: so much of its beginning is left out."
    )
    loop_audio: StrictBool = Field(
        False, description="Repeat the sound (without what is left out) until the pictures end."
    )
    fade: Fade | None = Field(
        None,
        description="How long the sound comes and goes, at equal power (a quarter of a sine wave). Where the film ends"
        " before it, it has gone by then.",
    )
    fps: Rate | None = Field(None, description="Pictures a second that a still becomes (25); a film keeps its own.")

    @field_validator("fade")
    @classmethod
    def _some_fade(cls, fade: list[float] | None) -> list[float] | None:
        return fade if fade and any(fade) else None


@op("MUX", version=2, inputs=2, config=MuxConfig)
class Mux(StreamOp[MuxConfig]):
    """A film: the pictures of input 1 and the sound of input 2, each as it is.

    Of a film as input 2 all its sound is heard, also what goes on after its last picture. Pictures that are only cut
    off at the end are copied and not encoded again, where the format of the result allows. A still is shown
    as long as the sound lasts.
    """

    def infer(self, *clips: Clip) -> Clip:
        """The film; InferError when there are no pictures or no sound, or nothing of them is left."""
        pictures, sound = clips
        if pictures.picture is None:
            raise InferError(f"input 1 gives the pictures, and has none ({pictures.describe()})", "inputs")
        if sound.sound is None:
            raise InferError(f"input 2 gives the sound, and has none ({sound.describe()})", "inputs")
        if self.config.fps and not pictures.is_still:
            raise InferError("`fps` is for a still; these pictures are a film, which keeps its own rate", "fps")
        film = self._film(pictures, sound)
        film = replace(film, sound=sound.sound, notes=notes_of(clips), tail=Fraction(0))
        self._refuse_fade(film, sound)
        return film.noting(*changes(1, pictures, film.picture, None), *self._time_notes(film, pictures, sound))

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The pictures of the first, and the sound of the second at its time."""
        from artcelery.core.media.stream import Streams

        pictures, sound = inputs
        assert pictures.video is not None
        assert sound.audio is not None
        audio = replace(sound.audio, duration=_seconds_of(sound.clip))
        return Streams(clip, self._pictures(clip, pictures.clip, pictures.video), self._sound(clip, audio))

    def heard(self, count: int) -> Iterable[int]:
        """The second input alone."""
        return (1,)

    def passes_pictures(self, clip: Clip, *clips: Clip) -> int | None:
        """The first input, unless it has to last longer than it does."""
        return None if self._are_held(clip, clips[0]) else 0

    def _are_held(self, film: Clip, pictures: Clip) -> bool:
        assert film.duration is not None
        return pictures.duration is None or film.duration > pictures.duration

    def _film(self, pictures: Clip, sound: Clip) -> Clip:
        """The pictures as they come out: to the end, cut off, or held."""
        assert pictures.picture is not None
        whole, ends = pictures.duration, self._end(pictures, sound)
        if whole == ends:
            return pictures
        if whole is not None and ends < whole and pictures.picture.variable:
            return replace(pictures, duration=ends, frames=max(1, round(pictures.frames * ends / whole)))
        rate = Fraction(self.config.fps) if self.config.fps else rate_of([pictures]) or _STILL_RATE
        frames = ceil(ends * rate)
        picture = replace(pictures.picture, rate=rate, variable=False)
        return replace(pictures, kind="film", picture=picture, duration=frames / rate, frames=frames)

    def _end(self, pictures: Clip, sound: Clip) -> Fraction:
        """When the film ends, to the picture that begins last before."""
        begin, _, length = self._heard_from(_seconds_of(sound))
        whole = pictures.duration
        if whole is not None and begin >= whole and (self.config.shortest or self.config.loop_audio):
            raise InferError(
                f"the sound would begin at {seconds(begin)}, and the pictures end at {seconds(whole)}", "audio_offset"
            )
        if self.config.loop_audio:
            if whole is None:
                raise InferError("a sound that is repeated has no end, and neither has a still", "loop_audio")
            return whole
        end, grid = begin + length, grid_of(pictures)
        if whole is None:
            return end
        if not self.config.shortest:
            return max(whole, end)
        return min(whole, end if grid is None else ceil(end * grid) / grid)

    def _heard_from(self, duration: Fraction) -> tuple[Fraction, Fraction, Fraction]:
        """When a sound of that duration begins, how much of its beginning is left out, and how long the rest is."""
        offset = exact(self.config.audio_offset)
        begin, skipped = max(Fraction(0), offset), max(Fraction(0), -offset)
        if skipped >= duration:
            raise InferError(
                f"the sound lasts {seconds(duration)}; nothing is left of it after {seconds(skipped)}", "audio_offset"
            )
        if self.config.loop_audio and duration - skipped < _LEAST_LOOP:
            raise InferError(f"only {seconds(duration - skipped)} of the sound are left to repeat", "audio_offset")
        return begin, skipped, duration - skipped

    def _pictures(self, film: Clip, pictures: Clip, video: Video) -> Video:
        from artcelery.core.media.editing.conforming import retime

        if film.duration == pictures.duration:
            return video
        assert film.picture is not None
        if self._are_held(film, pictures):
            assert film.picture.rate is not None
            return retime(video, film.picture.rate, film.frames)
        return video.cut(Fraction(0), film.duration)

    def _sound(self, film: Clip, audio: Audio) -> Audio:
        from artcelery.core.media.sound.mixing import Placed, mix

        assert film.duration is not None
        begin, skipped, length = self._heard_from(audio.duration)
        heard = mix([Placed(audio, -skipped)], audio.sound, length) if skipped else audio
        rounds = ceil((film.duration - begin) / length) if self.config.loop_audio else 1
        placed = [Placed(heard, begin + number * length) for number in range(rounds)]
        if self.config.fade is not None:
            placed = [self._faded(film, audio, [replace(item, start=item.start - begin) for item in placed])]
        return mix(placed, audio.sound, film.duration, grid=grid_of(film))

    def _faded(self, film: Clip, audio: Audio, placed: list[Placed]) -> Placed:
        """All that is heard of the sound, from 0 on, as one that comes and goes."""
        from artcelery.core.media.sound.mixing import Placed, mix

        assert self.config.fade is not None
        coming, going = map(exact, self.config.fade)
        first, last = self._heard_between(film, audio.duration)
        whole = mix(placed, audio.sound, last - first)
        return Placed(whole, first, last - first, fade_in=coming, fade_out=going)

    def _heard_between(self, film: Clip, duration: Fraction) -> tuple[Fraction, Fraction]:
        """When the sound of that duration begins and ends in the film."""
        assert film.duration is not None
        begin, _, length = self._heard_from(duration)
        return begin, film.duration if self.config.loop_audio else min(film.duration, begin + length)

    def _refuse_fade(self, film: Clip, sound: Clip) -> None:
        first, last = self._heard_between(film, _seconds_of(sound))
        if self.config.fade is not None and sum(map(exact, self.config.fade)) > last - first:
            raise InferError(
                f"the sound is heard for {seconds(last - first)}, and its fades take {sum(self.config.fade):g} s;"
                " shorten them",
                "fade",
            )

    def _time_notes(self, film: Clip, pictures: Clip, sound: Clip) -> Iterator[str]:
        """What a reader of the plan should know where pictures and sound do not end together."""
        assert film.duration is not None
        begin, _, length = self._heard_from(_seconds_of(sound))
        if not self.config.loop_audio and begin + length > film.duration + PADDING_S:
            yield cut_off(2, film.duration, begin + length, "the sound of input")
        if pictures.duration is not None and pictures.duration > film.duration:
            yield cut_off(1, film.duration, pictures.duration)


def _seconds_of(sound: Clip) -> Fraction:
    """How long the sound of a clip is; that of a film is as long as its pictures, unless it clearly goes on."""
    return sound.sound_duration if sound.goes_on else sound.duration or Fraction(0)
