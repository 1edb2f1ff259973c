"""SEGMENT: the part of a clip between two times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, StrictBool, model_validator

from artcelery.core.media.clip import Clip, Picture, called
from artcelery.core.media.cutting import grid_of
from artcelery.core.ops.fields import Seconds
from artcelery.core.ops.op import FilterOp, InferError, OpConfig, op
from artcelery.core.ops.timing import exact, seconds

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["Segment", "SegmentConfig"]


class SegmentConfig(OpConfig):
    """Where the part begins and how long it is; `start` and `end` say the same in another way."""

    offset: Seconds | None = Field(None, description="Where the part begins, from the start of the input (0).")
    duration: Seconds | None = Field(None, description="How long it is; to the end of the input when absent.")
    start: Seconds | None = Field(None, description="The same as `offset`.")
    end: Seconds | None = Field(None, description="Where the part ends, from the start of the input.")
    still: StrictBool = Field(False, description="Only the picture that is shown at `offset`, as a still.")
    precise: StrictBool = Field(
        True, description="Begin at the exact frame; false: at the key frame before it, as long."
    )

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if self.offset is not None and self.start is not None:
            raise ValueError("`offset` and `start` mean the same; give one of them")
        if self.duration is not None and self.end is not None:
            raise ValueError("`duration` and `end` say the same thing twice; give one of them")
        if self.end is not None and self.end <= self.begin:
            raise ValueError(f"`end` ({self.end:g} s) must come after the start ({self.begin:g} s)")
        if self.duration == 0:
            raise ValueError("`duration` must be more than 0")
        if self.still and self.length is not None:
            raise ValueError("`still: true` is one picture; leave `duration` and `end` out")
        return self

    @property
    def begin(self) -> float:
        """Seconds from the start of the input to the start of the part."""
        return next((time for time in (self.offset, self.start) if time is not None), 0.0)

    @property
    def length(self) -> float | None:
        """Seconds of the part; None: to the end."""
        return self.duration if self.end is None else round(self.end - self.begin, 9)

    def complete(self) -> dict[str, Any]:
        """One form for both ways to say it."""
        still = {"still": True} if self.still else {}
        return {"offset": self.begin, "duration": self.length, "precise": self.precise, **still}


@op("SEGMENT", version=3, inputs=1, config=SegmentConfig)
class Segment(FilterOp[SegmentConfig]):
    """The frames whose time is in [offset, offset + duration), and the sound of that time.

    With `still` it is one picture: the thumbnail of a film, or what stays on the screen in a SEQUENCE.
    """

    def infer(self, *clips: Clip) -> Clip:
        """A shorter clip, or a still; InferError when the cut lies outside the input or the input has no time."""
        (clip,) = clips
        if clip.duration is None or clip.kind == "data":
            raise InferError(f"a {called(clip.kind)} has no time to cut a SEGMENT from; give it a film or a sound")
        begin, end = self._cut()
        end = clip.duration if end is None else end
        slack = 1 / clip.picture.rate if clip.picture and clip.picture.rate else Fraction(1, 1000)
        if begin >= clip.duration:
            raise InferError(
                f"the segment begins at {seconds(begin)}, but its clip ends at {seconds(clip.duration)}", "offset"
            )
        if self.config.still:
            return self._still(clip)
        if end > clip.duration + slack:
            field = "end" if self.config.end is not None else "duration"
            raise InferError(
                f"the segment ends at {seconds(end)}, but its clip ends at {seconds(clip.duration)}", field
            )
        length = min(end, clip.duration) - begin
        frames = _frames_between(clip.picture, begin, begin + length)
        if frames == 0 and clip.picture and not clip.picture.variable:
            raise InferError(f"no frame begins between {seconds(begin)} and {seconds(begin + length)}", "duration")
        if clip.picture and clip.picture.rate and not clip.picture.variable:
            length = frames / clip.picture.rate
        return replace(clip, duration=length, frames=frames, tail=Fraction(0) if self.config.length else clip.tail)

    def heard(self, count: int) -> Iterable[int]:
        """A still is silent."""
        return () if self.config.still else super().heard(count)

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The part, or the one picture."""
        if not self.config.still:
            return super().streams(clip, *inputs)
        from artcelery.core.media.stream import Streams

        (source,) = inputs
        assert source.video is not None
        begin, grid = exact(self.config.begin), grid_of(source.video.clip)
        shown = begin if grid is None else floor(begin * grid) / grid
        return Streams(clip, source.video.cut(shown, None, precise=self.config.precise).first())

    def video(self, video: Video) -> Video:
        """The frames of that time, the first at time 0; a source seeks to them."""
        return video.cut(*self._cut(), precise=self.config.precise)

    def audio(self, audio: Audio) -> Audio:
        """The samples of that time, to the sample."""
        return audio.cut(*self._cut(), precise=self.config.precise)

    def _still(self, clip: Clip) -> Clip:
        if clip.picture is None:
            raise InferError(f"a {called(clip.kind)} has no pictures; `still` needs a film", "still")
        return clip.first_picture()

    def _cut(self) -> tuple[Fraction, Fraction | None]:
        """Begin and end in seconds of the input; None: to its end."""
        begin, length = exact(self.config.begin), self.config.length
        return begin, None if length is None else begin + exact(length)


def _frames_between(picture: Picture | None, begin: Fraction, end: Fraction) -> int:
    if picture is None or picture.rate is None:
        return 0
    return ceil(end * picture.rate) - ceil(begin * picture.rate)
