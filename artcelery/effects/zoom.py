# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect zoom
@version 1.0.0
@author artcelery
@temporal true
@alpha through

@description
A slow push towards the middle over the length of the film.

@param to float
  @range 1 8
  @default 1.3
  How much larger the picture is at the end.

@param from float
  @range 1 8
  @default 1.0
  How much larger it is at the beginning.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect import FrameContext

Pixels = NDArray[np.uint8]


def process_frame(frame: Pixels, params: dict[str, Any], state: Any, ctx: FrameContext) -> Pixels:
    """Bilinear samples between pixels, so that the motion is smooth; the speed is even in the logarithm."""
    progress = ctx.time_s / ctx.duration_s if ctx.duration_s else 0.0
    factor = params["from"] * (params["to"] / params["from"]) ** min(progress, 1.0)
    if factor == 1:
        return frame
    halfway = _scaled(frame, factor, axis=0)
    return (_scaled(halfway, factor, axis=1) + 0.5).astype(np.uint8)


def _scaled(frame: NDArray[Any], factor: float, axis: int) -> NDArray[np.float32]:
    """The frame enlarged about its middle along one axis."""
    size = frame.shape[axis]
    places = (size - 1) / 2 + (np.arange(size) - (size - 1) / 2) / factor
    low = np.minimum(places.astype(np.intp), max(size - 2, 0))
    high = np.minimum(low + 1, size - 1)
    share = (places - low).astype(np.float32)
    share = share[:, None, None] if axis == 0 else share[None, :, None]
    first, second = frame.take(low, axis).astype(np.float32), frame.take(high, axis).astype(np.float32)
    blended: NDArray[np.float32] = first + (second - first) * share
    return blended
