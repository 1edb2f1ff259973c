# /// script
# requires-python = ">=3.11"
# ///
"""
@effect dog
@version 1.0.0
@author artcelery
@description
Dog.
@param colour float
  @range 0 1
  @default 1
  c.
@param acuity float
  @range 0 1
  @default 1
  a.
"""
from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The chain."""
    return [Filter("gblur", sigma=2 * params["acuity"]), Filter("hue", s=1 - params["colour"] / 2)]
