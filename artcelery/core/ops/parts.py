"""Parts: the stretches of a film that is joined, each rendered apart and known by itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

__all__ = ["Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """`frames` pictures of input number `input` (from 0), from `begin` seconds of it on, made to match the film.

    `config` is what else decides how it is made to match (plain JSON): it goes into the part's key, beside the film's
    format and the input's key.
    """

    input: int
    frames: int
    begin: Fraction = Fraction(0)
    config: tuple[tuple[str, Any], ...] = ()
