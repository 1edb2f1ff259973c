# /// script
# requires-python = ">=3.11"
# ///
"""
@effect dog
@version 1.0.0
@author artcelery

@description
The picture as a dog sees it: two kinds of cones, and eyes less sharp than ours.

Colour: dogs have cones with peaks near 429 and 555 nm (Neitz, Geist and Jacobs 1989, Visual Neuroscience 3:119-125),
so they tell blue from yellow, and not red from green. This is the deuteranopia model of Vienot, Brettel and Mollon
(1999, Color Research and Application 24:243-252), applied in linear light: greys and white stay as they are.

Acuity: about 20/75 (Miller and Murphy 1995, JAVMA 207:1623-1634), so detail ends at 30 * 20/75 = 8 cycles a degree.
The picture's long side is taken to be seen over 20 degrees; the blur, near a Gaussian and in linear light, leaves a
tenth of the contrast there.

@param colour float
  @range 0 1
  @default 1.0
  0 leaves our colours, 1 is what two kinds of cones see.

@param acuity float
  @range 0 1
  @default 1.0
  0 leaves the picture sharp, 1 is 20/75.
"""

from __future__ import annotations

from math import cos, pi, sqrt
from typing import Any

from artcelery.core.effect import Clip, Filter

# Linear RGB to linear RGB: to cone responses, the missing one replaced, and back.
DICHROMAT = ((0.292751, 0.707249, 0.0), (0.292751, 0.707249, 0.0), (-0.022336, 0.022336, 1.0))
CYCLES_PER_DEGREE = 30 * 20 / 75
DEGREES_SEEN = 20
CONTRAST_LEFT = 0.1
STEPS = 4
# IEC 61966-2-1, both ways
TO_LINEAR = "if(lte(val/maxval,0.04045),val/12.92,maxval*pow((val/maxval+0.055)/1.055,2.4))"
FROM_LINEAR = "if(lte(val/maxval,0.0031308),val*12.92,maxval*(1.055*pow(val/maxval,1/2.4)-0.055))"


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """To linear light in 16 bits, colours mixed, detail blurred, and back."""
    colour, sigma = params["colour"], params["acuity"] * _sigma(clip)
    inner = [_mixed(colour)] if colour else []
    inner += [Filter("gblur", sigma=sigma, steps=STEPS)] if sigma else []
    if not inner:
        return []
    linear = Filter("lutrgb", r=TO_LINEAR, g=TO_LINEAR, b=TO_LINEAR)
    shown = Filter("lutrgb", r=FROM_LINEAR, g=FROM_LINEAR, b=FROM_LINEAR)
    return [Filter("format", pix_fmts="gbrp16le"), linear, *inner, shown]


def _mixed(colour: float) -> Filter:
    mixture: dict[str, float] = {}
    for row, out in enumerate("rgb"):
        for column, source in enumerate("rgb"):
            mixture[out + source] = colour * DICHROMAT[row][column] + (1 - colour) * (row == column)
    return Filter("colorchannelmixer", **mixture)


def _sigma(clip: Clip) -> float:
    """Sigma that makes gblur leave `CONTRAST_LEFT` at the finest detail that is seen; 0 when pixels are coarser.

    gblur runs `STEPS` recursive passes, whose response at w radians a pixel is
    (1 + sigma^2 / STEPS * (1 - cos w)) ^ -STEPS.
    """
    side = max(clip.picture.size) if clip.picture else 0
    cycles_per_pixel = CYCLES_PER_DEGREE * DEGREES_SEEN / max(side, 1)
    if cycles_per_pixel >= 0.5:
        return 0.0
    return sqrt(STEPS * (CONTRAST_LEFT ** (-1 / STEPS) - 1) / (1 - cos(2 * pi * cycles_per_pixel)))
