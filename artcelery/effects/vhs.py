# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""
@effect vhs
@version 1.0.0
@author artcelery

@description
A worn video tape: colours that bleed, lines that tremble, noise.

@param amount float
  @range 0 1
  @default 0.6
  How worn the tape is.

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
    """Chroma blurred along the line and late, luma softened, lines jittered and dimmed, noise over all."""
    amount = params["amount"]
    if amount == 0:
        return frame
    random = np.random.Generator(np.random.PCG64([params["seed"], ctx.index]))
    height, width = frame.shape[:2]
    jitter = np.cumsum(random.normal(0, 0.35, height))
    jitter = (jitter - jitter.mean()) * amount * width / 1200
    picture = _shifted(frame, np.rint(jitter).astype(np.intp))
    # Channel by channel: the last bit of a matrix product differs between processors.
    luma = picture[:, :, 0] * np.float32(0.299) + picture[:, :, 1] * np.float32(0.587)
    luma += picture[:, :, 2] * np.float32(0.114)
    bleed = max(1, int(width * 0.02 * amount))
    red = np.roll(_along(picture[:, :, 0] - luma, bleed), bleed // 2, axis=1)
    blue = np.roll(_along(picture[:, :, 2] - luma, bleed), bleed // 2, axis=1)
    soft = _along(luma, max(1, int(width * 0.003 * amount)))
    soft += random.normal(0, 14 * amount, (height, width)).astype(np.float32)
    soft *= (1 - 0.12 * amount * (np.arange(height) % 2 == 0))[:, None].astype(np.float32)
    faded = 1 - 0.25 * amount
    red, blue = red * faded, blue * faded
    green = -(0.299 * red + 0.114 * blue) / 0.587
    made = np.dstack([soft + red, soft + green, soft + blue])
    worn: Pixels = np.clip(made + 6 * amount, 0, 255).astype(np.uint8)
    return worn


def _shifted(frame: Pixels, shifts: NDArray[np.intp]) -> NDArray[np.float32]:
    """Each line moved sideways by its own number of pixels."""
    width = frame.shape[1]
    columns = np.clip(np.arange(width)[None] - shifts[:, None], 0, width - 1)
    return np.take_along_axis(frame, columns[:, :, None], axis=1).astype(np.float32)


def _along(plane: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """A box blur along each line."""
    padded = np.pad(plane, ((0, 0), (radius + 1, radius)), mode="edge")
    sums = np.cumsum(padded, axis=1, dtype=np.float64)
    return ((sums[:, 2 * radius + 1 :] - sums[:, : -2 * radius - 1]) / (2 * radius + 1)).astype(np.float32)
