"""TRANSFORM: crop, rotate, flip, speed, colour, blur and sharpen, in that order whatever the order in the file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.cutting import nearest
from artcelery.core.media.scaling import exactly
from artcelery.core.ops.op import FilterOp, InferError, op
from artcelery.core.ops.timing import exact
from artcelery.core.ops.transform_config import TransformConfig, TransformEffects
from artcelery.core.ops.transform_filters import coloured, focused, mirrored, rotated, turned

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Video

__all__ = ["Transform", "TransformConfig"]

_MOST_COLOUR_BITS = 10
"""More than that FFmpeg's filter of hue and saturation does not take."""


@op("TRANSFORM", version=3, inputs=1, config=TransformConfig)
class Transform(FilterOp[TransformConfig]):
    """The picture (and with `speed` and `volume` the sound) changed."""

    def infer(self, *clips: Clip) -> Clip:
        """The clip that comes out; InferError names what the input lacks."""
        (clip,) = clips
        change = self.config.effects
        self._need(clip)
        if clip.picture:
            clip = self._changed(clip, clip.picture)
        if change.speed != 1 and clip.duration is not None:
            clip = _faster(clip, clip.duration / exact(change.speed))
        return clip

    def _need(self, clip: Clip) -> None:
        change = self.config.effects
        if clip.kind == "data":
            raise InferError("a document is nothing to TRANSFORM; give it a still, a film or a sound", "inputs")
        pictorial = set(TransformEffects.model_fields) - {"speed", "volume"}
        asked = [name for name in pictorial if getattr(change, name) != TransformEffects.model_fields[name].default]
        if asked and clip.picture is None:
            raise InferError(f"{', '.join(sorted(asked))} need a picture; the input is a sound", "effects")
        if change.speed != 1 and clip.is_still:
            raise InferError("speed needs a film or a sound; the input is a still", "effects")
        if change.volume != 1 and clip.sound is None:
            raise InferError("volume needs sound; the input is silent", "effects")

    def _changed(self, clip: Clip, picture: Picture) -> Clip:
        clip = replace(clip, picture=self._geometry(picture))
        if picture.depth <= _MOST_COLOUR_BITS or not self.config.effects.turns_colour:
            return clip
        return clip.noting(f"saturation and hue: {picture.depth}-bit pictures become {_MOST_COLOUR_BITS}-bit")

    def _geometry(self, picture: Picture) -> Picture:
        change = self.config.effects
        if change.crop:
            x, y, width, height = change.crop.box(picture)
            if x + width > picture.width or y + height > picture.height:
                raise InferError(
                    f"the crop {width}x{height} at {x},{y} does not lie inside the picture"
                    f" ({picture.width}x{picture.height})",
                    "effects",
                )
            picture = replace(picture, width=width, height=height)
        if change.rotate % 90:
            picture = picture.squared()
        width, height = rotated(picture.size, change.rotate)
        sar = 1 / picture.sar if change.rotate % 180 == 90 else picture.sar
        return replace(picture, width=width, height=height, sar=sar)

    def video(self, video: Video) -> Video:
        """Changed frames."""
        change = self.config.effects
        video = self._moved(video)
        if change.speed != 1:
            video = video.faster(exact(change.speed))
        colour = coloured(change, video.picture)
        if colour:
            video = video.filter(*colour, alpha="keep")
        return video.filter(*focused(change, video.picture), alpha="through")

    def _moved(self, video: Video) -> Video:
        change, moved = self.config.effects, self._geometry(video.picture)
        if change.crop:
            x, y, width, height = change.crop.box(video.picture)
            cropped = replace(video.picture, width=width, height=height)
            cut = Filter("crop", w=width, h=height, x=x, y=y, exact=1)
            video = video.at_pixels(x, y)
            video = video.filter(cut, alpha="none", picture=replace(cropped, pix_fmt=video.picture.pix_fmt))
        if change.rotate % 90 and video.picture.sar != 1:
            square = video.picture.squared()
            scale = Filter("scale", w=square.width, h=square.height, flags=exactly("lanczos"))
            video = video.filter(scale, Filter("setsar", sar="1/1"), alpha="through", picture=square)
        turns = [*turned(change.rotate, video.picture.size), *mirrored(change.flip)]
        if not turns:
            return video
        video = video.at_pixels(*video.picture.size)
        mixing: Literal["through", "none"] = "through" if change.rotate % 90 else "none"
        return video.filter(*turns, alpha=mixing, picture=replace(moved, pix_fmt=video.picture.pix_fmt))

    def audio(self, audio: Audio) -> Audio:
        """Sound at the same speed as the picture."""
        change = self.config.effects
        if change.speed != 1:
            audio = audio.faster(exact(change.speed))
        return audio.filter(Filter("volume", volume=change.volume, precision="float")) if change.volume != 1 else audio


def _faster(clip: Clip, duration: Fraction) -> Clip:
    """The clip in another time: as many pictures as fit, and where their rate is steady as long as they last."""
    picture = clip.picture
    if clip.goes_on:
        clip = clip.noting(f"`speed`: without the {float(clip.tail):.3g} s of sound after the last picture")
    if picture is None or picture.rate is None or picture.variable:
        return replace(clip, duration=duration, tail=Fraction(0))
    frames = nearest(duration * picture.rate)
    if frames == 0:
        raise InferError(f"at this `speed` no picture is left of {clip.frames}", "effects")
    return replace(clip, duration=frames / picture.rate, frames=frames, tail=Fraction(0))
