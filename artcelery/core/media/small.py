"""Small pictures as they are kept, and the one that is drawn: the waveform of a sound."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, WebPImagePlugin  # noqa: F401  # WebP is written by name

from artcelery.core.media.peaks import Peaks

__all__ = ["draw_waveform", "small_webp"]

_QUALITY = 80
_INK = (128, 140, 153, 255)
"""Seen on dark and on light ground."""


def small_webp(image: Image.Image) -> bytes:
    """The picture as a WebP; the same pixels give the same bytes."""
    made = io.BytesIO()
    image.save(made, "WEBP", quality=_QUALITY, method=4)
    return made.getvalue()


def draw_waveform(peaks: Peaks, size: int) -> bytes:
    """A WebP, `size` pixels wide and half as high: how far a sound swings, its loudest part as high as the picture."""
    image = Image.new("RGBA", (size, size // 2), (0, 0, 0, 0))
    draw, middle = ImageDraw.Draw(image), size // 4
    loudest = max([1, *(-value for value in peaks.low), *peaks.high])
    for column in range(size if peaks.width else 0):
        low, high = _swing(peaks, column, size)
        top, bottom = (middle - round(value / loudest * (middle - 1)) for value in (high, low))
        draw.line((column, min(top, middle), column, max(bottom, middle)), fill=_INK)
    return small_webp(image)


def _swing(peaks: Peaks, column: int, columns: int) -> tuple[int, int]:
    """The lowest and highest value of a column of so many."""
    begin = column * peaks.width // columns
    end = max(begin + 1, (column + 1) * peaks.width // columns)
    return min(peaks.low[begin:end]), max(peaks.high[begin:end])
