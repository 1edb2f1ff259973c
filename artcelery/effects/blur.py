# /// script
# requires-python = ">=3.11"
# ///
"""
@effect blur
@version 1.1.0
@author artcelery
@alpha through

@description
Out of focus: a Gaussian blur.

@param radius float
  @range 0 200
  @default 4.0
  Sigma of the Gaussian, in pixels.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter, blurred


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """A recursive Gaussian, whose time does not depend on the radius."""
    assert clip.picture is not None
    return blurred(params["radius"], clip.picture)
