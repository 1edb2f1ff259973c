"""A text that stands in a clear picture, and how it comes and goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from artcelery.core.errors import RenderError
from artcelery.core.media.generating import Pixels, Runs
from artcelery.core.media.letters.captioning import Spot
from artcelery.core.media.letters.lettering import Letterer, Look, blank, faded, laid
from artcelery.core.media.letters.markup import Line
from artcelery.core.media.painting.fading import Fades

__all__ = ["title"]


def title(lines: Sequence[Line], look: Look, spot: Spot, margin: int, fades: Fades, called: str) -> Runs:
    """The text at its spot, drawn once; RenderError, which names the node `called` so, when it finds no room."""

    def runs(first: int, last: int) -> Iterator[tuple[Pixels, int]]:
        picture = _drawn(lines, look, spot, margin, called)
        steady, going = fades.steady
        for index in range(first, min(last, steady)):
            yield _at(picture, fades.opacity(index)), 1
        if (times := min(last, going) - max(first, steady)) > 0:
            yield picture, times
        for index in range(max(first, going), last):
            yield _at(picture, fades.opacity(index)), 1

    return runs


def _drawn(lines: Sequence[Line], look: Look, spot: Spot, margin: int, called: str) -> Pixels:
    width, height = spot.size
    letterer = Letterer(look)
    block = letterer.block(lines, width - 2 * margin)
    if block.height > height or block.width > width:
        raise RenderError(
            f"{called}: the text takes {block.width}x{block.height} pixels and the picture has {width}x{height};"
            " make its `size` smaller, or the text shorter"
        )
    left, top = spot.of(block)
    drawn, spill = letterer.draw(block)
    laid(canvas := blank(spot.size), drawn, left - spill, top - spill)
    return np.asarray(canvas)


def _at(picture: Pixels, opacity: Fraction) -> Pixels:
    return faded(picture, opacity.numerator, opacity.denominator)
