# /// script
# requires-python = ">=3.11"
# ///
"""
@effect posterize
@version 1.0.0
@author artcelery

@description
Few flat tones, like a poster.

@param levels int
  @range 2 256
  @default 5
  How many tones each channel has.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """Each channel rounded to equally spaced levels."""
    steps = params["levels"] - 1
    if steps == 255:
        return []
    flat = f"maxval*round(val/maxval*{steps})/{steps}"
    return [Filter("format", pix_fmts="gbrp|gbrp10le"), Filter("lutrgb", r=flat, g=flat, b=flat)]
