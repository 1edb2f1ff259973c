"""TRANSFORM: crop, rotate, flip, speed, colour, blur and sharpen, in that order whatever the order in the file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import cos, radians, sin
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.cutting import nearest
from artcelery.core.media.scaling import EXACT, exactly
from artcelery.core.ops.fields import Size
from artcelery.core.ops.op import FilterOp, InferError, OpConfig, op
from artcelery.core.ops.placing import chroma_of
from artcelery.core.ops.timing import exact
from artcelery.core.values import resolve_size

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Video

__all__ = ["Crop", "Transform", "TransformConfig", "TransformEffects"]


def _range(low: float, high: float) -> object:
    return Field(ge=low, le=high, strict=True)


class Crop(OpConfig):
    """A part of the picture; sizes and places in pixels or in percent of the picture."""

    x: Annotated[int, Field(ge=0, strict=True)] | Size = Field(0, description="Left edge.")
    y: Annotated[int, Field(ge=0, strict=True)] | Size = Field(0, description="Top edge.")
    width: Size = Field(description="Width of the part.")
    height: Size = Field(description="Height of the part.")

    def box(self, picture: Picture) -> tuple[int, int, int, int]:
        """x, y, width and height in pixels."""
        return (
            resolve_size(self.x, picture.width) if self.x else 0,
            resolve_size(self.y, picture.height) if self.y else 0,
            resolve_size(self.width, picture.width),
            resolve_size(self.height, picture.height),
        )


class TransformEffects(OpConfig):
    """What to change; what is left out stays as it is."""

    crop: Crop | None = Field(None, description="Keep only a part of the picture.")
    rotate: Annotated[float, _range(-360, 360)] = Field(
        0.0, description="Degrees clockwise; other than quarter turns, the canvas grows so that nothing is lost."
    )
    flip: Literal["none", "horizontal", "vertical", "both"] = Field("none", description="Mirror the picture.")
    speed: Annotated[float, _range(0.05, 100)] = Field(
        1.0, description="2 is twice as fast; picture and sound together, the pitch is kept."
    )
    volume: Annotated[float, _range(0, 16)] = Field(1.0, description="A factor on the sound.")
    brightness: Annotated[float, _range(-1, 1)] = Field(0.0, description="Added to the luma (black is 0, white is 1).")
    contrast: Annotated[float, _range(0, 10)] = Field(1.0, description="A factor on the luma around middle grey.")
    gamma: Annotated[float, _range(0.1, 10)] = Field(1.0, description="Above 1 brightens the middle tones.")
    saturation: Annotated[float, _range(0, 10)] = Field(1.0, description="A factor on the colour; 0 is grey.")
    hue: Annotated[float, _range(-360, 360)] = Field(0.0, description="Turn of the colour circle in degrees.")
    blur: Annotated[float, _range(0, 200)] = Field(0.0, description="Sigma of a Gaussian blur in pixels.")
    sharpen: Annotated[float, _range(0, 5)] = Field(0.0, description="Amount of unsharp masking (5x5).")


class TransformConfig(OpConfig):
    """The changes, under `effects`."""

    effects: TransformEffects = Field(description="Any of the changes below.")


@op("TRANSFORM", version=3, inputs=1, config=TransformConfig)
class Transform(FilterOp[TransformConfig]):
    """The picture (and with `speed` and `volume` the sound) changed."""

    def infer(self, *clips: Clip) -> Clip:
        """The clip that comes out; InferError names what the input lacks."""
        (clip,) = clips
        change = self.config.effects
        self._need(clip)
        if clip.picture:
            clip = replace(clip, picture=self._geometry(clip.picture))
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
        width, height = _rotated(picture.size, change.rotate)
        sar = 1 / picture.sar if change.rotate % 180 == 90 else picture.sar
        return replace(picture, width=width, height=height, sar=sar)

    def video(self, video: Video) -> Video:
        """Changed frames."""
        change = self.config.effects
        video = self._moved(video)
        if change.speed != 1:
            video = video.faster(exact(change.speed))
        colour = _colour(change, video.picture)
        if colour:
            video = video.filter(*colour, alpha="keep")
        return video.filter(*_focus(change, video.picture), alpha="through")

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
        turns = [*_turn(change.rotate, video.picture.size), *_mirror(change.flip)]
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


def _mirror(flip: str) -> list[Filter]:
    across = [Filter("hflip")] if flip in ("horizontal", "both") else []
    return across + ([Filter("vflip")] if flip in ("vertical", "both") else [])


def _turn(degrees: float, size: tuple[int, int]) -> list[Filter]:
    quarter = degrees % 360
    turns = {0: [], 90: [Filter("transpose", dir="clock")], 180: [Filter("hflip"), Filter("vflip")]}
    turns[270] = [Filter("transpose", dir="cclock")]
    if quarter in turns:
        return turns[int(quarter)]
    width, height = _rotated(size, degrees)
    return [Filter("rotate", angle=radians(quarter), out_w=width, out_h=height, fillcolor="black@0")]


def _rotated(size: tuple[int, int], degrees: float) -> tuple[int, int]:
    """The size of the canvas that holds a picture turned by `degrees`."""
    width, height = size
    if degrees % 90 == 0:
        return size if degrees % 180 == 0 else (height, width)
    across, along = abs(cos(radians(degrees))), abs(sin(radians(degrees)))
    return round(width * across + height * along), round(width * along + height * across)


def _colour(change: TransformEffects, picture: Picture) -> list[Filter]:
    chain = []
    if (change.brightness, change.contrast, change.gamma) != (0, 1, 1):
        luma = f"clip(((val-minval)/(maxval-minval)-0.5)*{change.contrast:.10g}+0.5+{change.brightness:.10g},0,1)"
        chain.append(Filter("lutyuv", y=f"minval+(maxval-minval)*pow({luma},1/{change.gamma:.10g})+0.5"))
    if (change.saturation, change.hue) != (1, 0):
        chain.append(Filter("hue", h=change.hue, s=change.saturation))
    if chain and picture.matrix == "rgb":
        luma = _LUMA.get(picture.primaries, "bt709")
        chain[:0] = [Filter("scale", flags=EXACT, out_color_matrix=luma), Filter("format", pix_fmts="yuv444p10le")]
    elif chain and picture.color_range == "pc":  # lutyuv takes all YUV to be of the narrow range
        chain[:0] = [Filter("scale", flags=EXACT, out_range="tv"), Filter("format", pix_fmts=_DEEP)]
    return chain


_LUMA = {"smpte170m": "smpte170m", "bt470bg": "bt470", "bt2020": "bt2020"}
"""What tells light from colour where these are the primaries (ITU-T H.273); else BT.709, whose primaries sRGB has."""

_DEEP = "|".join(f"yuv{chroma}p{depth}le" for depth in (10, 12) for chroma in (420, 422, 440, 444))


def _focus(change: TransformEffects, picture: Picture) -> list[Filter]:
    chain = _blurred(change.blur, picture) if change.blur else []
    if change.sharpen:
        chain.append(Filter("unsharp", luma_amount=change.sharpen, chroma_amount=0))
    return chain


def _blurred(sigma: float, picture: Picture) -> list[Filter]:
    """Colour as far as light: gblur counts each plane's own pixels, which are fewer where pixels share their colour."""
    shared = None if picture.alpha else _SHARED.get(chroma_of(picture))  # what is transparent is blurred in RGB
    if shared is None:
        return [Filter("gblur", sigma=sigma, steps=3)]
    across, along = shared
    colour = Filter("gblur", sigma=sigma / across, sigmaV=sigma / along, steps=3, planes=0b110)
    return [Filter("gblur", sigma=sigma, steps=3, planes=0b001), colour]


_SHARED = {"420": (2, 2), "422": (2, 1)}
"""How many pixels share their colour, across and along."""
