# /// script
# requires-python = ">=3.11"
# ///
"""
@effect vignette
@version 1.0.0
@author artcelery

@description
Darker towards the corners, as through an old lens.

@param amount float
  @range 0 1
  @default 0.5
  How dark the corners become.
"""

from __future__ import annotations

from math import pi
from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The cosine-fourth law of a lens with this angle of view."""
    return [Filter("vignette", angle=params["amount"] * 0.4 * pi)] if params["amount"] else []
