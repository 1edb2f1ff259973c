"""The test card: a picture that says which frame it is, to the eye and to a program."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import numpy as np
from PIL import Image, ImageDraw

from artcelery.core.media.generating import Pixels, Runs
from artcelery.core.media.letters.typesetting import font_of

__all__ = ["CODE_BITS", "test_card"]

CODE_BITS = 24
_BARS = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0)]
_BAR_END, _RAMP_END, _PANEL_END, _SWEEP_END = (Fraction(share, 100) for share in (55, 63, 86, 93))
_LEAST_LETTERS = 6  # pixels
_GROUND = 16


def test_card(size: tuple[int, int], rate: Fraction | None) -> Runs:
    """Colour bars of 75 %, a ramp from black to white, the time and number of the frame, a sweep and a code.

    The time is hours, minutes, seconds and the number of the frame in its second. The sweep goes from left to right
    once a second, and is white throughout on the first frame of each. The lowest 7 % hold the number of the frame as
    `CODE_BITS` cells, the highest bit first, white for 1.
    """

    def runs(first: int, last: int) -> Iterator[tuple[Pixels, int]]:
        ground = _ground(size)
        for index in range(first, last):
            yield _marked(ground, index, rate or Fraction(1)), 1

    return runs


def _ground(size: tuple[int, int]) -> Pixels:
    """What is the same on all frames."""
    width, height = size
    picture = np.full((height, width, 3), _GROUND, np.uint8)
    bars, ramp = int(_BAR_END * height), int(_RAMP_END * height)
    picture[:bars] = np.array(_BARS, np.uint8)[np.arange(width) * len(_BARS) // width]
    picture[bars:ramp] = (np.arange(width) * 255 // max(1, width - 1)).astype(np.uint8)[None, :, None]
    return picture


def _marked(ground: Pixels, index: int, rate: Fraction) -> Pixels:
    picture = ground.copy()
    height, width = picture.shape[:2]
    ramp, panel, sweep = (int(share * height) for share in (_RAMP_END, _PANEL_END, _SWEEP_END))
    second = int(index / rate)
    number = index - ceil(second * rate)
    picture[ramp:panel] = _panel((width, panel - ramp), second, number, index)
    if number == 0:
        picture[panel:sweep] = 255
    else:
        reached = int((index / rate - second) * width)
        picture[panel:sweep, max(0, reached - max(1, width // 64)) : reached + 1] = 255
    bits = index >> (CODE_BITS - 1 - np.arange(width) * CODE_BITS // width) & 1
    picture[sweep:] = (bits * 255).astype(np.uint8)[None, :, None]
    return picture


def _panel(size: tuple[int, int], second: int, number: int, index: int) -> Pixels:
    """The time in large figures, the number of the frame in small ones under it."""
    width, height = size
    panel = Image.new("RGB", size, (_GROUND,) * 3)
    pen = ImageDraw.Draw(panel)
    time = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}:{number:02}"
    large, small = min(height * 11 // 20, width // 7), min(height // 4, width // 10)
    for text, letters, base in ((time, large, height * 11 // 20), (f"frame {index}", small, height * 9 // 10)):
        if letters >= _LEAST_LETTERS:
            pen.text((width // 2, base), text, (255, 255, 255), font_of("sans-bold", letters), "ms")
    return np.asarray(panel)
