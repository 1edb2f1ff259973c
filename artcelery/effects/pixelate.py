# /// script
# requires-python = ">=3.11"
# ///
"""
@effect pixelate
@version 1.0.0
@author artcelery
@alpha through

@description
Large square pixels.

@param size int
  @range 1 256
  @default 12
  Side of a square, in pixels.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """Each square becomes its average."""
    size = params["size"]
    if size == 1 or clip.picture is None:
        return []
    return [Filter("pixelize", w=min(size, clip.picture.width), h=min(size, clip.picture.height))]
