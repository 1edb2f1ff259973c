# /// script
# requires-python = ">=3.11"
# ///
"""
@effect sepia
@version 1.0.0
@author artcelery

@description
The brown of old prints.

@param amount float
  @range 0 1
  @default 1.0
  0 leaves the colours, 1 is all brown.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter

SEPIA = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """Each channel a mixture of the three, as in the sepia matrix of the Filter Effects specification (W3C)."""
    amount = params["amount"]
    if amount == 0:
        return []
    mixture: dict[str, float] = {}
    for row, out in enumerate("rgb"):
        for column, source in enumerate("rgb"):
            mixture[out + source] = amount * SEPIA[row][column] + (1 - amount) * (row == column)
    return [Filter("format", pix_fmts="gbrp|gbrp10le"), Filter("colorchannelmixer", **mixture)]
