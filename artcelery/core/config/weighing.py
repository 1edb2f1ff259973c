"""How much may come of a small config: references and MAPs multiply what they are given."""

from __future__ import annotations

from typing import Any

from artcelery.core.config.composing import MAX_WEIGHT, VALUE_WEIGHT

__all__ = ["MAX_INPUTS", "Scales"]

MAX_INPUTS = 1_000_000
"""Inputs of all nodes together, MAPs unfolded."""


class Scales:
    """Adds up the configs whose references are replaced: as much may come of them as of a document."""

    def __init__(self) -> None:
        self._left = MAX_WEIGHT
        self.tipped = False

    def bear(self, value: Any) -> bool:
        """Whether this much more may come."""
        waiting = [value]
        while waiting and self._left >= 0:
            item = waiting.pop()
            self._left -= VALUE_WEIGHT + (len(item) if isinstance(item, str) else 0)
            if isinstance(item, dict):
                waiting += item.values()
            elif isinstance(item, list):
                waiting += item
        return self._left >= 0
