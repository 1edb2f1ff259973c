# /// script
# requires-python = ">=3.11"
# ///
"""
@effect hue
@version 1.0.0
@author artcelery
@description
Hue.
@param degrees float
  @range -360 360
  @default 90
  Turn.
"""
from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The chain."""
    return [Filter("hue", h=params["degrees"])]
