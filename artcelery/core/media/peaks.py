"""Peaks: how far a sound swings in each of many equal parts, for its waveform. Imports no codec library."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["MOST_COLUMNS", "Peaks"]

MOST_COLUMNS = 2048
"""As many parts as there are at most; any smaller number is made of them."""

_LEAST, _MOST = -128, 127
_BITS = 8
_VERSION = 2


@dataclass(frozen=True, slots=True)
class Peaks:
    """The lowest and the highest sample of each part, of all channels together, where full scale is -128 to 127.

    A part has `step` samples, the last one may have fewer.
    """

    sample_rate: int
    step: int
    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many parts there are."""
        return len(self.low)

    def narrowed(self, width: int) -> Peaks:
        """The same sound in at most so many parts, each of which is as many of these."""
        together = -(-self.width // max(1, width))
        if together <= 1:
            return self
        parts = [slice(at, at + together) for at in range(0, self.width, together)]
        low, high = tuple(min(self.low[part]) for part in parts), tuple(max(self.high[part]) for part in parts)
        return replace(self, step=self.step * together, low=low, high=high)

    def to_json(self) -> dict[str, Any]:
        """The peaks as plain values, as audiowaveform writes them and players of waveforms read them."""
        return {
            "version": _VERSION,
            "channels": 1,
            "sample_rate": self.sample_rate,
            "samples_per_pixel": self.step,
            "bits": _BITS,
            "length": self.width,
            "data": [value for pair in zip(self.low, self.high, strict=True) for value in pair],
        }

    def to_bytes(self) -> bytes:
        """The peaks as they are kept."""
        return json.dumps(self.to_json(), separators=(",", ":")).encode()

    @staticmethod
    def of(data: bytes) -> Peaks:
        """The peaks that were kept, or that a stranger sent; ValueError when they are none."""
        try:
            said = json.loads(data)
            values, rate, step = said["data"], said["sample_rate"], said["samples_per_pixel"]
            whole = [rate, step, *values]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError("these are no peaks") from error
        if not all(type(value) is int for value in whole) or len(values) % 2 or len(values) > 2 * MOST_COLUMNS:
            raise ValueError("these are no peaks")
        if min(rate, step) < 1 or any(not _LEAST <= value <= _MOST for value in values):
            raise ValueError("these are no peaks")
        return Peaks(rate, step, tuple(values[::2]), tuple(values[1::2]))
