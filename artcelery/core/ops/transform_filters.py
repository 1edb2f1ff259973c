"""The filters of a TRANSFORM: turns, and changes of colour and of sharpness."""

from __future__ import annotations

from math import cos, radians, sin

from artcelery.core.effect import Filter, blurred, sharpened
from artcelery.core.effect.pictures import taken_apart
from artcelery.core.media.clip import Picture
from artcelery.core.media.scaling import EXACT
from artcelery.core.ops.transform_config import TransformEffects

__all__ = ["coloured", "focused", "mirrored", "rotated", "turned"]


def mirrored(flip: str) -> list[Filter]:
    """The picture mirrored: "none", "horizontal", "vertical" or "both"."""
    across = [Filter("hflip")] if flip in ("horizontal", "both") else []
    return across + ([Filter("vflip")] if flip in ("vertical", "both") else [])


def turned(degrees: float, size: tuple[int, int]) -> list[Filter]:
    """The picture turned clockwise, on the canvas of `rotated`."""
    quarter = degrees % 360
    turns = {0: [], 90: [Filter("transpose", dir="clock")], 180: [Filter("hflip"), Filter("vflip")]}
    turns[270] = [Filter("transpose", dir="cclock")]
    if quarter in turns:
        return turns[int(quarter)]
    width, height = rotated(size, degrees)
    return [Filter("rotate", angle=radians(quarter), out_w=width, out_h=height, fillcolor="black@0")]


def rotated(size: tuple[int, int], degrees: float) -> tuple[int, int]:
    """The size of the canvas that holds a picture turned by `degrees`."""
    width, height = size
    if degrees % 90 == 0:
        return size if degrees % 180 == 0 else (height, width)
    across, along = abs(cos(radians(degrees))), abs(sin(radians(degrees)))
    return round(width * across + height * along), round(width * along + height * across)


def coloured(change: TransformEffects, picture: Picture) -> list[Filter]:
    """Brightness, contrast, gamma, saturation and hue; they know nothing of transparency."""
    chain = []
    if change.brightness != 0 or change.contrast != 1 or change.gamma != 1:
        luma = f"clip(((val-minval)/(maxval-minval)-0.5)*{change.contrast:.10g}+0.5+{change.brightness:.10g},0,1)"
        chain.append(Filter("lutyuv", y=f"minval+(maxval-minval)*pow({luma},1/{change.gamma:.10g})+0.5"))
    if change.turns_colour:
        chain.append(Filter("hue", h=change.hue, s=change.saturation))
    if chain and picture.matrix == "rgb":
        chain[:0] = taken_apart(picture, "yuv444p10le" if picture.depth <= 8 else "yuv444p16le")
    elif chain and picture.color_range == "pc":  # lutyuv takes all YUV to be of the narrow range
        chain[:0] = [Filter("scale", flags=EXACT, out_range="tv"), Filter("format", pix_fmts=_DEEP)]
    return chain


_DEEP = "|".join(f"yuv{chroma}p{depth}le" for depth in (10, 12) for chroma in (420, 422, 440, 444))


def focused(change: TransformEffects, picture: Picture) -> list[Filter]:
    """Blurred, then sharpened; transparency goes through them, with colour premultiplied."""
    return [*blurred(change.blur, picture), *sharpened(change.sharpen, 2, picture)]
