# /// script
# requires-python = ">=3.11"
# ///
"""
@effect edges
@version 1.0.0
@author artcelery

@description
The outlines (Canny).

@param mode choice
  @choices wires colormix
  @default wires
  wires: light lines on black; colormix: a painting with dark outlines.

@param low float
  @range 0 1
  @default 0.08
  Weaker edges than this are left out.

@param high float
  @range 0 1
  @default 0.2
  Stronger edges than this are always drawn.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """Canny's detector on each channel."""
    low, high = sorted((params["low"], params["high"]))
    return [Filter("format", pix_fmts="gbrp"), Filter("edgedetect", mode=params["mode"], low=low, high=high)]
