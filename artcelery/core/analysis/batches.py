"""Blocks of any length, cut anew into arrays of one size: what is computed does not depend on how samples arrive."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["Batches"]


class Batches:
    """Arrays of shape (channels, size), each beginning `step` (at most `size`) samples after the one before.

    The first begins `before` samples ahead of the sound, with zeros.
    """

    def __init__(self, channels: int, size: int, step: int, before: int = 0) -> None:
        self.channels, self.size, self.step = channels, size, step
        self._buffer = np.zeros((channels, max(4 * size, 2 * before)), np.float32)
        self._begin, self._end = 0, before

    def add(self, block: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """The arrays that a block of shape (channels, n) completes; each is valid until the next is asked for."""
        if block.ndim != 2 or block.shape[0] != self.channels:
            raise ValueError(f"a block must have the shape ({self.channels}, n), not {block.shape}")
        taken = 0
        while taken < block.shape[1]:
            taken += self._take(block[:, taken:])
            while self._end - self._begin >= self.size:
                yield self._buffer[:, self._begin : self._begin + self.size]
                self._begin += self.step

    def rest(self) -> NDArray[np.float32]:
        """The samples from where the next array begins, fewer than `size`."""
        return self._buffer[:, self._begin : self._end].copy()

    def _take(self, block: NDArray[np.float32]) -> int:
        """Copy what there is room for; the number of samples."""
        room = self._buffer.shape[1] - self._end
        if room == 0:
            kept = self._buffer[:, self._begin : self._end].copy()
            self._begin, self._end = 0, kept.shape[1]
            self._buffer[:, : self._end] = kept
            room = self._buffer.shape[1] - self._end
        count: int = min(room, block.shape[1])
        self._buffer[:, self._end : self._end + count] = block[:, :count]
        self._end += count
        return count
