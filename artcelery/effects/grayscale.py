# /// script
# requires-python = ">=3.11"
# ///
"""
@effect grayscale
@version 1.1.0
@author artcelery

@description
Only light and dark.

@param amount float
  @range 0 1
  @default 1.0
  0 leaves the colours, 1 takes them away.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter, recoloured


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The colour difference scaled down to nothing."""
    assert clip.picture is not None
    return recoloured(0, 1 - params["amount"], clip.picture)
