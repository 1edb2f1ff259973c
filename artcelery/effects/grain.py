# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect grain
@version 1.0.0
@author artcelery

@description
The grain of film: strongest in the middle tones, new in each frame.

@param amount float
  @range 0 1
  @default 0.3
  How strong the grain is.

@param size int
  @range 1 8
  @default 1
  Size of a grain, in pixels.

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
    """Noise on the light, weighted by a parabola that is 1 at middle grey."""
    if params["amount"] == 0:
        return frame
    random = np.random.Generator(np.random.PCG64([params["seed"], ctx.index]))
    height, width = frame.shape[:2]
    size = params["size"]
    shape = -(-height // size), -(-width // size)
    noise = random.integers(-128, 128, shape, dtype=np.int16) + random.integers(-128, 128, shape, dtype=np.int16)
    grains = np.kron(noise, np.ones((size, size), np.int16))[:height, :width].astype(np.float32)
    luma = _luma(frame)
    weight = (luma / 255 * (1 - luma / 255) * 4 * 0.8 + 0.2) * (params["amount"] * 0.35)
    grainy: Pixels = np.clip(frame + (grains * weight)[:, :, None] + 0.5, 0, 255).astype(np.uint8)
    return grainy


def _luma(frame: Pixels) -> NDArray[np.float32]:
    """Rec. 709, channel by channel: the last bit of a matrix product differs between processors."""
    red, green, blue = frame[:, :, 0], frame[:, :, 1], frame[:, :, 2]
    luma: NDArray[np.float32] = red * np.float32(0.2126) + green * np.float32(0.7152) + blue * np.float32(0.0722)
    return luma
