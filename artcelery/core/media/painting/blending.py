"""Blend modes: what becomes of two colours that lie over each other.

The formulas are those of W3C Compositing and Blending Level 1 (section 10, separable modes), in gamma-encoded values
from 0 to 1 as editors use them, with Cb the colour below and Cs the one above; and three that the standard leaves to
others: add = min(1, Cb + Cs), subtract = max(0, Cb - Cs), average = (Cb + Cs) / 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect import Filter

__all__ = ["FORMULAS", "Floats", "blend_filter", "blend_table"]

Floats: TypeAlias = NDArray[np.float32]


def _screen(below: Floats, above: Floats) -> Floats:
    return below + above - below * above


def _hard_light(below: Floats, above: Floats) -> Floats:
    return np.where(above <= 0.5, below * (2 * above), _screen(below, 2 * above - 1))


def _soft_light(below: Floats, above: Floats) -> Floats:
    darker = below - (1 - 2 * above) * below * (1 - below)
    root = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    return np.where(above <= 0.5, darker, below + (2 * above - 1) * (root - below))


def _average(below: Floats, above: Floats) -> Floats:
    return (below + above) * np.float32(0.5)


FORMULAS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "normal": lambda below, above: above,
    "multiply": lambda below, above: below * above,
    "screen": _screen,
    "overlay": lambda below, above: _hard_light(above, below),
    "add": lambda below, above: np.minimum(1, below + above),
    "subtract": lambda below, above: np.maximum(0, below - above),
    "average": _average,
    "difference": lambda below, above: np.abs(below - above),
    "lighten": np.maximum,
    "darken": np.minimum,
    "soft_light": _soft_light,
    "hard_light": _hard_light,
}
"""B(Cb, Cs) of each mode, over arrays of values from 0 to 1."""

_SCREEN, _MULTIPLY = "({0}+{1}-{0}*({1}))", "({0}*({1}))"
_B, _S = "ld(0)", "ld(1)"
_ROOT = f"if(lte({_B},0.25),((16*{_B}-12)*{_B}+4)*{_B},sqrt({_B}))"

_EXPRESSIONS: Mapping[str, str] = {
    "normal": _S,
    "multiply": _MULTIPLY.format(_B, _S),
    "screen": _SCREEN.format(_B, _S),
    "overlay": f"if(lte({_B},0.5),{_MULTIPLY.format(_S, f'2*{_B}')},{_SCREEN.format(_S, f'(2*{_B}-1)')})",
    "add": f"min(1,{_B}+{_S})",
    "subtract": f"max(0,{_B}-{_S})",
    "average": f"({_B}+{_S})/2",
    "difference": f"abs({_B}-{_S})",
    "lighten": f"max({_B},{_S})",
    "darken": f"min({_B},{_S})",
    "soft_light": f"if(lte({_S},0.5),{_B}-(1-2*{_S})*{_B}*(1-{_B}),{_B}+(2*{_S}-1)*({_ROOT}-{_B}))",
    "hard_light": f"if(lte({_S},0.5),{_MULTIPLY.format(_B, f'2*{_S}')},{_SCREEN.format(_B, f'(2*{_S}-1)')})",
}


@lru_cache(maxsize=64)
def blend_table(mode: str, opacity: float) -> NDArray[np.uint8]:
    """The blended value over the lower one, for each pair of 8 bits: at 256 times the lower value plus the upper."""
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    below, above = values.repeat(256), np.tile(values, 256)
    mixed = below + np.float32(opacity) * (FORMULAS[mode](below, above) - below)
    return (mixed * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def blend_filter(mode: str, opacity: float) -> Filter:
    """The filter of two opaque 8-bit RGB inputs that lays the blended picture over the first, rounded once.

    A table of all 65,536 pairs of values: any mode costs the same, and its last digit is right (`blend` cuts it off).
    """
    mixed = f"st(0,x/255);st(1,y/255);255*({_B}+{opacity:.10g}*({_EXPRESSIONS[mode]}-{_B}))+0.5"
    return Filter("lut2", c0=mixed, c1=mixed, c2=mixed)
