"""Sums over steps of time of equal length, which need not be a whole number of samples."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["Steps"]


class Steps:
    """Sums a series over steps of `length` samples each; step k begins at the sample floor(k * length)."""

    def __init__(self, length: Fraction) -> None:
        self._length = length
        self._done: list[NDArray[np.float64]] = []
        self._count = self._position = 0
        self._open = 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        """Go on with more of the series."""
        sums, self._open = self._summed(values)
        self._done.append(sums)
        self._count += sums.size
        self._position += values.size

    def after(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums of all whole steps, were these the last of the series; nothing is kept of them."""
        return np.concatenate((*self._done, self._summed(values)[0]))

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The mean of each step, the last perhaps cut short, were these the last of the series."""
        sums, begun = self._summed(values)
        whole, end = self._count + sums.size, self._position + values.size
        left = end - self.edge(whole)
        totals = np.concatenate((*self._done, sums, [begun] if left else []))
        edges = [*(self.edge(step) for step in range(whole + 1)), *([end] if left else [])]
        return np.asarray(totals / np.diff(edges))

    def edge(self, step: int) -> int:
        """The first sample of a step."""
        return int(step * self._length.numerator // self._length.denominator)

    def _summed(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """The sums of the steps that these values complete, and of the one that they begin."""
        if not values.size:
            return np.zeros(0), self._open
        edges, end = [self._position], self._position + values.size
        while edges[-1] < end:
            edges.append(self.edge(self._count + len(edges)))
        whole = len(edges) - 1 if edges[-1] == end else len(edges) - 2
        sums = np.add.reduceat(values, np.array(edges[:-1]) - self._position)
        sums[0] += self._open
        return sums[:whole], float(sums[-1]) if whole < sums.size else 0.0
