# /// script
# requires-python = ">=3.11"
# ///
"""
@effect hue
@version 1.1.0
@author artcelery

@description
Turns the circle of colours.

@param degrees float
  @range -360 360
  @default 90.0
  How far to turn; 120 makes red green.

@param saturation float
  @range 0 10
  @default 1.0
  A factor on the colour; 0 is grey.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter, recoloured


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """A rotation of the colour difference."""
    assert clip.picture is not None
    return recoloured(params["degrees"], params["saturation"], clip.picture)
