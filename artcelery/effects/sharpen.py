# /// script
# requires-python = ">=3.11"
# ///
"""
@effect sharpen
@version 1.0.0
@author artcelery

@description
Clearer edges: unsharp masking of the light.

@param amount float
  @range 0 5
  @default 1.0
  How much of the detail is added again.

@param radius int
  @range 1 11
  @default 2
  Size of what counts as detail, in pixels.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The picture plus its difference from a box blur, in luma only."""
    if params["amount"] == 0:
        return []
    size = 2 * params["radius"] + 1
    return [Filter("unsharp", luma_msize_x=size, luma_msize_y=size, luma_amount=params["amount"])]
