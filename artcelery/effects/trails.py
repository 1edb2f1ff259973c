# /// script
# requires-python = ">=3.11"
# ///
"""
@effect trails
@version 1.0.0
@author artcelery
@temporal true

@description
Light leaves a trail that fades.

@param decay float
  @range 0 1
  @default 0.92
  How much of the trail is left after each frame; 0 leaves none.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """Each channel keeps the brighter of what is there and what is fading."""
    if params["decay"] == 0:
        return []
    return [Filter("format", pix_fmts="gbrp"), Filter("lagfun", decay=params["decay"])]
