# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect duotone
@version 1.0.0
@author artcelery

@description
Two colours: one for the shadows, one for the lights.

@param dark color
  @default "#1b1464"
  The colour of the shadows.

@param light color
  @default "#ffd166"
  The colour of the lights.

@param amount float
  @range 0 1
  @default 1.0
  0 leaves the picture, 1 is only the two colours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def process_frame(frame: Pixels, params: dict[str, Any], state: Any) -> tuple[Pixels, Any]:
    """The light of each pixel looked up between the two colours."""
    if params["amount"] == 0:
        return frame, None
    table = _table(params["dark"], params["light"]) if state is None else state
    luma = (_luma(frame) + 0.5).astype(np.uint8)
    toned = table[luma]
    if params["amount"] == 1:
        return toned, table
    mixed = frame + (toned.astype(np.float32) - frame) * np.float32(params["amount"])
    return (mixed + 0.5).astype(np.uint8), table


def _table(dark: str, light: str) -> Pixels:
    ends = [np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], np.float64) for color in (dark, light)]
    share = np.linspace(0, 1, 256)[:, None]
    return (ends[0] * (1 - share) + ends[1] * share + 0.5).astype(np.uint8)


def _luma(frame: Pixels) -> NDArray[np.float32]:
    """Rec. 709, channel by channel: the last bit of a matrix product differs between processors."""
    red, green, blue = frame[:, :, 0], frame[:, :, 1], frame[:, :, 2]
    luma: NDArray[np.float32] = red * np.float32(0.2126) + green * np.float32(0.7152) + blue * np.float32(0.0722)
    return luma
