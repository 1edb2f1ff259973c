# /// script
# requires-python = ">=3.11"
# ///
"""
@effect blur
@version 1.0.0
@author artcelery
@description
Blur.
@param radius float
  @range 0 100
  @default 4
  Sigma.
"""
from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The chain."""
    return [Filter("gblur", sigma=params["radius"])]
