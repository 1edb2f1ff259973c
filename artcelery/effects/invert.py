# /// script
# requires-python = ">=3.11"
# ///
"""
@effect invert
@version 1.0.0
@author artcelery
@description
Negative.
"""
from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The chain."""
    return [Filter("negate", components="y+u+v" if clip.picture and clip.picture.matrix != "rgb" else "r+g+b")]
