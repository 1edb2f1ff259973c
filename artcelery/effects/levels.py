# /// script
# requires-python = ">=3.11"
# ///
"""
@effect levels
@version 1.0.0
@author artcelery

@description
Black point, white point and middle tones.

@param black float
  @range 0 0.99
  @default 0.0
  What is this dark becomes black.

@param white float
  @range 0.01 1
  @default 1.0
  What is this light becomes white.

@param gamma float
  @range 0.1 10
  @default 1.0
  Above 1 brightens the middle tones.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """Each channel of RGB stretched between the two points and bent by the gamma."""
    black, white, gamma = params["black"], max(params["white"], params["black"] + 0.01), params["gamma"]
    if (black, white, gamma) == (0, 1, 1):
        return []
    stretched = f"clip((val/maxval-{black:.10g})/{white - black:.10g},0,1)"
    bent = f"maxval*pow({stretched},{1 / gamma:.10g})"
    return [Filter("format", pix_fmts="gbrp|gbrp10le"), Filter("lutrgb", r=bent, g=bent, b=bent)]
