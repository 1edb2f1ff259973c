# /// script
# requires-python = ">=3.11"
# ///
"""
@effect sharpen
@version 1.1.0
@author artcelery

@description
Clearer edges: unsharp masking of the light.

@param amount float
  @range 0 5
  @default 1.0
  How much of the detail is added again.

@param radius int
  @range 1 6
  @default 2
  Size of what counts as detail, in pixels. Pictures of more than 8 bits take 3 at most.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter, sharpened


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The picture plus its difference from a binomial blur, in luma only."""
    assert clip.picture is not None
    return sharpened(params["amount"], params["radius"], clip.picture)
