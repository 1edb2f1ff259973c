# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect halftone
@version 1.0.0
@author artcelery

@description
Printed in dots: three screens of ink on paper.

@param size float
  @range 2 64
  @default 6.0
  Distance of the dots, in pixels.

@param angle float
  @range -90 90
  @default 15.0
  Turn of the first screen, in degrees; the others follow 30 degrees apart.

@param colour bool
  @default true
  Three inks; false: one black screen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def process_frame(frame: Pixels, params: dict[str, Any], state: Any) -> tuple[Pixels, Any]:
    """Each channel is compared with a screen whose dots grow as it darkens; edges are smoothed over a pixel."""
    height, width = frame.shape[:2]
    screens = state or [_screen(height, width, params["size"], params["angle"] + 30 * number) for number in range(3)]
    softness = params["size"] / 2
    if not params["colour"]:
        luma = _luma(frame)
        return np.repeat(_dots(luma, screens[1], softness)[:, :, None], 3, axis=2), screens
    inked = [_dots(frame[:, :, channel], screens[channel], softness) for channel in range(3)]
    return np.dstack(inked), screens


def _screen(height: int, width: int, size: float, degrees: float) -> NDArray[np.float32]:
    """A threshold between 0 (middle of a dot) and 1 (middle between dots) for every pixel."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = np.radians(degrees)
    across = (columns * np.cos(turn) + rows * np.sin(turn)) * (2 * np.pi / size)
    along = (rows * np.cos(turn) - columns * np.sin(turn)) * (2 * np.pi / size)
    wave = 0.5 - (np.cos(across) + np.cos(along)) / 4
    order = np.linspace(0, 1, 257)
    grid = np.linspace(0, 2 * np.pi, 129)[:-1]
    even = np.quantile(0.5 - (np.cos(grid)[:, None] + np.cos(grid)[None]) / 4, order)
    screen: NDArray[np.float32] = np.interp(wave, even, order).astype(np.float32)
    return screen


def _dots(values: NDArray[Any], screen: NDArray[np.float32], softness: float) -> Pixels:
    light = values.astype(np.float32) / 255
    covered = np.clip((light - (1 - screen)) * softness + light, 0, 1)
    return (covered * 255 + 0.5).astype(np.uint8)


def _luma(frame: Pixels) -> NDArray[np.float32]:
    """Rec. 709, channel by channel: the last bit of a matrix product differs between processors."""
    red, green, blue = frame[:, :, 0], frame[:, :, 1], frame[:, :, 2]
    luma: NDArray[np.float32] = red * np.float32(0.2126) + green * np.float32(0.7152) + blue * np.float32(0.0722)
    return luma
