# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect mirror
@version 1.0.0
@author artcelery
@alpha through

@description
One half, and its reflection.

@param side choice
  @choices left right top bottom
  @default left
  The half that is reflected.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def process_frame(frame: Pixels, params: dict[str, Any], state: Any) -> Pixels:
    """The kept half is copied, reversed, over the other."""
    height, width = frame.shape[:2]
    across, down = width // 2, height // 2
    if params["side"] == "left":
        frame[:, width - across :] = frame[:, :across][:, ::-1]
    elif params["side"] == "right":
        frame[:, :across] = frame[:, width - across :][:, ::-1]
    elif params["side"] == "top":
        frame[height - down :] = frame[:down][::-1]
    else:
        frame[:down] = frame[height - down :][::-1]
    return frame
