"""The filters of a TRANSFORM: turns, and changes of colour and of sharpness."""

from __future__ import annotations

from math import comb, cos, radians, sin

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Picture
from artcelery.core.media.scaling import EXACT
from artcelery.core.ops.placing import chroma_of
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
        chain[:0] = _taken_apart(picture, "yuv444p10le" if picture.depth <= 8 else "yuv444p16le")
    elif chain and picture.color_range == "pc":  # lutyuv takes all YUV to be of the narrow range
        chain[:0] = [Filter("scale", flags=EXACT, out_range="tv"), Filter("format", pix_fmts=_DEEP)]
    return chain


_DEEP = "|".join(f"yuv{chroma}p{depth}le" for depth in (10, 12) for chroma in (420, 422, 440, 444))


def focused(change: TransformEffects, picture: Picture) -> list[Filter]:
    """Blurred, then sharpened; transparency goes through them, with colour premultiplied."""
    blurred = _blurred(change.blur, picture) if change.blur else []
    return blurred + (_sharpened(change.sharpen, picture) if change.sharpen else [])


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


def _sharpened(amount: float, picture: Picture) -> list[Filter]:
    """Luma and so much of what a binomial filter of 5x5 takes from it.

    FFmpeg's unsharp is that, and quick; of more than 8 bits it changes next to nothing (it divides by 256 once more).
    """
    in_rgb = picture.alpha or picture.matrix == "rgb"  # what is transparent comes in RGB
    if not in_rgb and picture.depth <= 8 and picture.color_range == "tv":
        return [Filter("unsharp", luma_amount=amount, chroma_amount=0)]
    others = [-round(amount * comb(4, row) * comb(4, column) * _ONE / 256) for row in range(5) for column in range(5)]
    others[12] = 0
    matrix = [*others[:12], _ONE - sum(others), *others[13:]]
    luma: dict[str, str | float] = {"0m": " ".join(map(str, matrix)), "0rdiv": 1 / _ONE}
    apart = _taken_apart(picture, "yuva444p16le" if picture.alpha else "yuv444p16le") if in_rgb else []
    return [*apart, Filter("convolution", **luma)]


_ONE = 2048
"""1 in the whole numbers of the matrix: times 11 (for an amount of 5) times 65535 it fits into 32 bits with a sign."""


def _taken_apart(picture: Picture, pix_fmt: str) -> list[Filter]:
    """A picture in RGB as light and colour, in a format so fine that what nothing changes comes back as it was."""
    matrix = _MATRICES.get(picture.primaries, "bt709")
    return [Filter("scale", flags=EXACT, out_color_matrix=matrix), Filter("format", pix_fmts=pix_fmt)]


_MATRICES = {"smpte170m": "smpte170m", "bt470bg": "bt470", "bt2020": "bt2020"}
"""What tells light from colour where these are the primaries (ITU-T H.273); else BT.709, whose primaries sRGB has."""
