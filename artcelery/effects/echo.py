# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect echo
@version 1.0.0
@author artcelery
@temporal true

@description
Earlier frames shine through, each weaker than the one before.

@param delay int
  @range 1 60
  @default 6
  Frames between one echo and the next.

@param count int
  @range 1 8
  @default 3
  How many echoes.

@param strength float
  @range 0 0.9
  @default 0.5
  How strong each is beside the one before; 0 leaves none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def process_frame(frame: Pixels, params: dict[str, Any], state: Any) -> tuple[Pixels, list[Pixels]]:
    """A weighted mean of this frame and those `delay`, 2 * `delay` ... frames ago, as far as there are any."""
    past: list[Pixels] = state or []
    if params["strength"] == 0:
        return frame, past
    total, weight, sum_of_weights = frame.astype(np.float32), 1.0, 1.0
    for number in range(1, params["count"] + 1):
        ago = number * params["delay"]
        if ago > len(past):
            break
        weight *= params["strength"]
        total += past[-ago] * np.float32(weight)
        sum_of_weights += weight
    kept = [*past, frame.copy()][-params["delay"] * params["count"] :]
    return (total / np.float32(sum_of_weights) + 0.5).astype(np.uint8), kept
