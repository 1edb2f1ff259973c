"""BLEND: two pictures whose colours meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.editing.conforming import changes, common_sound, notes_of
from artcelery.core.media.editing.fitting import Box, box_of
from artcelery.core.ops.generate_text import Opacity
from artcelery.core.ops.op import InferError, OpConfig, StreamOp, op
from artcelery.core.ops.placing import BlendMode, canvas_of, pictures_of
from artcelery.core.ops.timing import Duration, Times, rate_of, sum_notes, time_notes, times_of

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["Blend", "BlendConfig"]

_AUDIO = {"first": (0,), "second": (1,), "mix": (0, 1), "none": ()}


class BlendConfig(OpConfig):
    """How the second input is laid over the first."""

    mode: BlendMode = Field("normal", description="How the colours of the second input meet those of the first.")
    opacity: Opacity = Field(0.5, description="How much of the result is seen over the first: 0 nothing, 1 all.")
    fit: Literal["fill", "fit", "stretch"] = Field(
        "fill",
        description="How the second comes to the size of the first. fill: over it and cut; fit: inside, beside it the"
        " first alone; stretch: exactly.",
    )
    duration: Duration = Field(
        "first", description="Of two films: as long as the first, or the one that lasts longest or shortest."
    )
    audio: Literal["first", "second", "mix", "none"] = Field("first", description="Whose sound is heard.")


@op("BLEND", version=1, inputs=2, config=BlendConfig)
class Blend(StreamOp[BlendConfig]):
    """The second input blended over the first, as large as the first.

    A still lasts as long as the film beside it. Where one of two films has ended, the other is shown alone, as it is.
    """

    def infer(self, *clips: Clip) -> Clip:
        """The film, or of two stills the still; InferError where an input lacks a picture, or the sound asked for."""
        canvas, box = self._canvas(clips)
        notes = list(notes_of(clips))
        if canvas.rate is None:
            return Clip("still", canvas, frames=1).noting(*notes, *self._changes(clips, canvas, box, None))
        sound = self._sound(clips)
        count, times = self._times(clips, canvas)
        notes += self._changes(clips, canvas, box, sound)
        notes += time_notes(clips, times, count, canvas.rate, "from there the other is shown alone")
        notes += sum_notes([times[number] for number in self.heard(2) if clips[number].sound])
        if sound is None and self.config.audio == "first" and clips[1].sound:
            notes.append("input 1 has no sound, and that of input 2 is not asked for (`audio: second`): it is silent")
        return Clip("film", canvas, sound, count / canvas.rate, count).noting(*notes)

    def heard(self, count: int) -> Iterable[int]:
        """Those that `audio` names."""
        return _AUDIO[self.config.audio]

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The blended pictures, and the sound that was chosen."""
        from artcelery.core.media.stream import Streams

        return Streams(clip, self._pictures(clip, inputs), self._mixed(clip, inputs))

    def _pictures(self, clip: Clip, inputs: Sequence[Streams]) -> Video:
        from artcelery.core.media.painting.blending import blend_filter
        from artcelery.core.media.painting.combining import combined
        from artcelery.core.media.painting.compositing import Place
        from artcelery.core.media.painting.layering import Layer, fitted, layered

        canvas, box = self._canvas([item.clip for item in inputs])
        below, above = inputs[0].video, inputs[1].video
        assert below is not None
        assert above is not None
        above = above if above.picture.size == box.out and above.picture.sar == 1 else above.into(box)
        mode, opacity = self._mixing(below.picture)
        everywhere = box.out == canvas.size and not above.picture.alpha and canvas.depth == 8
        if everywhere and not canvas.alpha and mode != "normal":
            one, other = (fitted(clip, video, canvas.size, canvas.pix_fmt, clip.frames) for video in (below, above))
            return combined(clip, one, other, blend_filter(mode, opacity))
        left, top = ((whole - part) // 2 for whole, part in zip(canvas.size, box.out, strict=True))
        layers = (
            Layer(below, canvas.size, Place(), 0, clip.frames),
            Layer(above, box.out, Place(left, top, opacity, mode), 0, clip.frames, alone=True),
        )
        return layered(clip, layers, "#000000")

    def _mixed(self, clip: Clip, inputs: Sequence[Streams]) -> Audio | None:
        from artcelery.core.media.sound.mixing import Placed, mix

        if clip.sound is None or clip.duration is None or clip.picture is None:
            return None
        sounds = [audio for number in self.heard(2) if (audio := inputs[number].audio) is not None]
        return mix([Placed(audio) for audio in sounds], clip.sound, clip.duration, grid=clip.picture.rate)

    def _canvas(self, clips: Sequence[Clip]) -> tuple[Picture, Box]:
        """The format of the result, and how the second input comes to its size."""
        pictures = pictures_of(clips, "BLEND")
        first, second = pictures
        size = first.squared().size
        rgb = self._mixing(first)[0] != "normal"
        canvas = canvas_of(pictures, size, rate_of(clips), alpha=first.alpha, rgb=rgb)
        return canvas, box_of(second, size, self.config.fit)

    def _mixing(self, below: Picture) -> tuple[str, float]:
        """Mode and opacity. Over what is opaque an average is a mix of half as much, which needs no RGB."""
        if self.config.mode == "average" and not below.alpha:
            return "normal", self.config.opacity / 2
        return self.config.mode, self.config.opacity

    def _times(self, clips: Sequence[Clip], canvas: Picture) -> tuple[int, list[Times]]:
        assert canvas.rate is not None
        return times_of(clips, [(0.0, None)] * 2, canvas.rate, self.config.duration)

    def _sound(self, clips: Sequence[Clip]) -> Sound | None:
        if self.config.audio == "second" and clips[1].sound is None:
            raise InferError("input 2 has no sound; choose `audio: first` or none", "audio")
        sounds = [sound for number in self.heard(2) if (sound := clips[number].sound) is not None]
        return common_sound(sounds) if sounds else None

    def _changes(self, clips: Sequence[Clip], canvas: Picture, box: Box, sound: Sound | None) -> list[str]:
        """What is converted on the way, in words."""
        notes: list[str] = []
        for number, (clip, size) in enumerate(zip(clips, (canvas.size, box.out), strict=True), 1):
            assert clip.picture is not None
            shown = replace(canvas, width=size[0], height=size[1], alpha=clip.picture.alpha)
            heard = sound if clip.sound and number - 1 in self.heard(2) else None
            notes += changes(number, clip, shown, heard, self.config.fit)
        return notes
