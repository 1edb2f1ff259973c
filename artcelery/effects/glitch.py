# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect glitch
@version 1.0.0
@author artcelery

@description
A torn signal: shifted blocks and channels out of place.

@param amount float
  @range 0 1
  @default 0.4
  How much is torn.

@param seed int
  @range 0 2147483647
  @default 0
  Another seed gives another pattern; the same one always the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect import FrameContext

Pixels = NDArray[np.uint8]


def process_frame(frame: Pixels, params: dict[str, Any], state: Any, ctx: FrameContext) -> Pixels:
    """Bands of lines shifted sideways, and red and blue pulled apart; another tear in each frame."""
    amount = params["amount"]
    if amount == 0:
        return frame
    random = np.random.Generator(np.random.PCG64([params["seed"], ctx.index]))
    height, width = frame.shape[:2]
    torn = frame.copy()
    for _ in range(1 + int(amount * 16)):
        top = int(random.integers(0, height))
        lines = slice(top, top + 1 + int(random.integers(0, max(1, height // 10))))
        shift = int(random.integers(-1, 2) * random.integers(1, 2 + int(width * 0.25 * amount)))
        torn[lines] = np.roll(frame[lines], shift, axis=1)
    apart = 1 + int(width * 0.015 * amount * (0.5 + random.random()))
    torn[:, :, 0] = np.roll(torn[:, :, 0], apart, axis=1)
    torn[:, :, 2] = np.roll(torn[:, :, 2], -apart, axis=1)
    return torn
