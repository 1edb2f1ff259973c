"""Filters that do the same to every kind of picture: in RGB or YUV, of any depth, chroma and range.

Each takes the `Picture` that comes in, `clip.picture`. A blur is for effects that say `@alpha through`.
"""

from __future__ import annotations

from math import comb

from artcelery.core.effect.interface import Filter
from artcelery.core.media.clip import Picture
from artcelery.core.media.scaling import EXACT

__all__ = ["blurred", "recoloured", "sharpened", "taken_apart"]


def blurred(sigma: float, picture: Picture) -> list[Filter]:
    """A Gaussian blur of `sigma` pixels, of colour as far as of light.

    gblur counts each plane's own pixels, which are fewer where pixels share their colour.
    """
    if not sigma:
        return []
    shared = None if picture.alpha else _SHARED.get(picture.chroma)  # what is transparent is blurred in RGB
    if shared is None:
        return [Filter("gblur", sigma=sigma, steps=_STEPS)]
    across, along = shared
    colour = Filter("gblur", sigma=sigma / across, sigmaV=sigma / along, steps=_STEPS, planes=0b110)
    return [Filter("gblur", sigma=sigma, steps=_STEPS, planes=0b001), colour]


_STEPS = 3
_SHARED = {"420": (2, 2), "422": (2, 1)}
"""How many pixels share their colour, across and along."""


def sharpened(amount: float, radius: int, picture: Picture) -> list[Filter]:
    """Luma and `amount` (0 to 5) times what a binomial filter takes from it that reaches `radius` (1 to 6) pixels.

    FFmpeg's unsharp is that, and quick; of more than 8 bits it changes next to nothing (it divides by 256 once more),
    and it knows no transparency. FFmpeg's convolution does all, and finer, but reaches no more than 3 pixels:
    ValueError for more in pictures of more than 8 bits. Where transparency goes through, 3 is the most as well.
    """
    if not amount:
        return []
    in_rgb, size = picture.alpha or picture.matrix == "rgb", 2 * radius + 1  # what is transparent comes in RGB
    far = radius > _FARTHEST
    if picture.depth <= 8 and (far or (not in_rgb and picture.color_range == "tv")):
        apart = taken_apart(picture, "yuv444p") if in_rgb else []
        return [*apart, Filter("unsharp", luma_msize_x=size, luma_msize_y=size, luma_amount=amount, chroma_amount=0)]
    if far:
        raise ValueError(f"pictures of {picture.depth} bits are sharpened by a radius of {_FARTHEST} pixels at most")
    apart = taken_apart(picture, "yuva444p16le" if picture.alpha else "yuv444p16le") if in_rgb else []
    return [*apart, Filter("convolution", **_binomial(amount, radius))]


_FARTHEST = 3


def recoloured(hue: float, saturation: float, picture: Picture) -> list[Filter]:
    """The circle of colours turned by `hue` degrees, and each colour `saturation` times as strong; luma stays."""
    if hue % 360 == 0 and saturation == 1:
        return []
    is_rgb = picture.matrix == "rgb"
    apart = taken_apart(picture, "yuv444p10le" if picture.depth <= 8 else "yuv444p16le") if is_rgb else []
    return [*apart, Filter("hue", h=hue, s=saturation)]


def taken_apart(picture: Picture, pix_fmt: str) -> list[Filter]:
    """A picture in RGB as light and colour, in a format so fine that what nothing changes comes back as it was.

    FFmpeg itself would do that by BT.601 where nobody says.
    """
    matrix = _MATRICES.get(picture.primaries, "bt709")
    return [Filter("scale", flags=EXACT, out_color_matrix=matrix), Filter("format", pix_fmts=pix_fmt)]


_MATRICES = {"smpte170m": "smpte170m", "bt470bg": "bt470", "bt2020": "bt2020"}
"""What tells light from colour where these are the primaries (ITU-T H.273); else BT.709, whose primaries sRGB has."""


def _binomial(amount: float, radius: int) -> dict[str, str | float]:
    """The options of a convolution of the first plane: 1 is so large a whole number that sums fit into 32 bits."""
    one = 1 << int((2**31 - 1) / (2**16 - 1) / (1 + 2 * amount)).bit_length() - 1
    row = [comb(2 * radius, place) / 4**radius for place in range(2 * radius + 1)]
    matrix = [-round(amount * across * along * one) for along in row for across in row]
    middle = len(matrix) // 2
    matrix[middle] += one - sum(matrix)
    return {"0m": " ".join(map(str, matrix)), "0rdiv": 1 / one}
