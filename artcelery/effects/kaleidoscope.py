# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect kaleidoscope
@version 1.0.0
@author artcelery
@alpha through

@description
A rosette of mirrored slices around the middle.

@param segments int
  @range 2 32
  @default 6
  How many pairs of mirrored slices.

@param angle float
  @range -360 360
  @default 0.0
  Where in the picture the slice is cut, in degrees.
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


def process_frame(frame: Pixels, params: dict[str, Any], state: Any) -> tuple[Pixels, Sampler]:
    """Every place takes its colour from the one slice that it mirrors."""
    height, width = frame.shape[:2]
    sampler: Sampler = state or _slices(height, width, params["segments"], np.radians(params["angle"]))
    return np.dstack([sampler(frame[:, :, channel]) for channel in range(3)]), sampler


def _slices(height: int, width: int, segments: int, angle: float) -> Sampler:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = rows - (height - 1) / 2, columns - (width - 1) / 2
    slice_angle = np.pi / segments
    turned = np.mod(np.arctan2(y, x), 2 * slice_angle)
    folded = np.minimum(turned, 2 * slice_angle - turned) + angle
    radius = np.hypot(x, y) * min(height, width) / max(np.hypot(height, width), 1)
    return Sampler((height - 1) / 2 + radius * np.sin(folded), (width - 1) / 2 + radius * np.cos(folded), height, width)
