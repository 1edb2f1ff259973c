# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect chromatic
@version 1.0.0
@author artcelery

@description
Colour fringes of a simple lens: red larger, blue smaller, growing towards the corners.

@param amount float
  @range 0 1
  @default 0.3
  Width of the fringes; 1 is two hundredths of the picture at the corners.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class Sampler:
    """Bilinear samples of frames at places that stay the same, with everything about the places computed once."""

    def __init__(self, rows: NDArray[np.float32], columns: NDArray[np.float32], height: int, width: int) -> None:
        rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
        top, left = rows.astype(np.intp), columns.astype(np.intp)
        bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
        down, across = rows - top, columns - left
        self.corners = [top * width + left, top * width + right, bottom * width + left, bottom * width + right]
        weights = [(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across]
        self.weights = [(weight * 256 + 0.5).astype(np.uint32) for weight in weights]

    def __call__(self, plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """One channel, (height, width), at the places."""
        flat = plane.reshape(-1).astype(np.uint32)
        total = sum(flat[corner] * weight for corner, weight in zip(self.corners, self.weights, strict=True))
        scale: NDArray[np.uint32] = np.sum(self.weights, axis=0, dtype=np.uint32)
        sampled: NDArray[np.uint8] = ((total + scale // 2) // scale).astype(np.uint8)
        return sampled


def process_frame(frame: Pixels, params: dict[str, Any], state: Any) -> tuple[Pixels, Any]:
    """Red and blue scaled about the middle, in opposite directions."""
    amount = params["amount"] * 0.02
    if amount == 0:
        return frame, None
    height, width = frame.shape[:2]
    samplers = state or (_scaled(height, width, 1 - amount), _scaled(height, width, 1 + amount))
    red, blue = samplers[0](frame[:, :, 0]), samplers[1](frame[:, :, 2])
    return np.dstack([red, frame[:, :, 1], blue]), samplers


def _scaled(height: int, width: int, factor: float) -> Sampler:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = (height - 1) / 2, (width - 1) / 2
    return Sampler(y + (rows - y) * factor, x + (columns - x) * factor, height, width)
