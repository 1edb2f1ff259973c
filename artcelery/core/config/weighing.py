"""How much may come of a small config: references and MAPs multiply what they are given."""

from __future__ import annotations

from typing import Any

from artcelery.core.config.composing import MAX_WEIGHT, VALUE_WEIGHT

__all__ = ["MAX_INPUTS", "Scales"]

MAX_INPUTS = 1_000_000
"""Inputs of all nodes together, MAPs unfolded."""

_MAX_WEIGHT = 4 * MAX_WEIGHT


class Scales:
    """Adds up what references are replaced by, and the configs that come of it: about four million values may."""

    def __init__(self) -> None:
        self._left = _MAX_WEIGHT

    def bear(self, value: Any) -> bool:
        """Whether this much more may come; looks no further when it may not."""
        waiting = [value]
        while waiting and self._left >= 0:
            item = waiting.pop()
            self._left -= VALUE_WEIGHT + (len(item) if isinstance(item, str) else 0)
            if isinstance(item, dict):
                waiting += item.values()
            elif isinstance(item, list):
                waiting += item
        return not self.tipped

    @property
    def tipped(self) -> bool:
        """Whether more came than may."""
        return self._left < 0
