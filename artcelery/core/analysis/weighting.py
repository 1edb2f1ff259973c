"""How loud the ear finds what a meter measures: K-weighting, and the weights of channels (ITU-R BS.1770-4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["channel_weights", "k_response"]

# The analogue filters behind the coefficients that BS.1770 tabulates for 48 kHz, so that they can be had at any rate:
# B. De Man, "Evaluation of Implementations of the EBU R128 Loudness Measurement", AES 145 (2018).
_SHELF_HZ, _SHELF_Q, _SHELF_DB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_LOW_CUT_HZ, _LOW_CUT_Q = 38.13547087602444, 0.5003270373238773
_SHELF_SLOPE = 0.4996667741545416

_SIDE = 1.41
_SIDES = {
    "quad": (2, 3),
    "quad(side)": (2, 3),
    "5.0": (3, 4),
    "5.0(side)": (3, 4),
    "5.1": (4, 5),
    "5.1(side)": (4, 5),
    "6.0": (4, 5),
    "6.1": (5, 6),
    "7.0": (5, 6),
    "7.1": (6, 7),
}
_LOW_EFFECTS = {"2.1": 2, "3.1": 3, "4.1": 3, "5.1": 3, "5.1(side)": 3, "6.1": 3, "7.1": 3}


def k_response(rate: int, size: int) -> NDArray[np.complex128]:
    """The response of the K-weighting filter at the frequencies of an rfft of `size` samples."""
    delay = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    return _biquad(*_shelf(rate), delay) * _biquad(*_low_cut(rate), delay)


def channel_weights(layout: str, channels: int) -> NDArray[np.float64]:
    """What the power of each channel counts: 1.41 from the sides, nothing from the low frequency effects.

    `layout` is FFmpeg's name; channels of layouts that BS.1770 does not speak of count 1.
    """
    weights = np.ones(channels)
    weights[[place for place in _SIDES.get(layout, ()) if place < channels]] = _SIDE
    if _LOW_EFFECTS.get(layout, channels) < channels:
        weights[_LOW_EFFECTS[layout]] = 0
    return weights


_Coefficients = tuple[tuple[float, float, float], tuple[float, float, float]]


def _biquad(
    b: tuple[float, float, float], a: tuple[float, float, float], delay: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    return (b[0] + (b[1] + b[2] * delay) * delay) / (a[0] + (a[1] + a[2] * delay) * delay)


def _shelf(rate: int) -> _Coefficients:
    """More of the treble, as a head in the sound field makes it."""
    k, high = np.tan(np.pi * _SHELF_HZ / rate), 10 ** (_SHELF_DB / 20)
    middle = high**_SHELF_SLOPE
    b = (high + middle * k / _SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / _SHELF_Q + k * k)
    return b, _poles(k, _SHELF_Q)


def _low_cut(rate: int) -> _Coefficients:
    k = np.tan(np.pi * _LOW_CUT_HZ / rate)
    a = _poles(k, _LOW_CUT_Q)
    return (a[0], -2 * a[0], a[0]), a


def _poles(k: float, q: float) -> tuple[float, float, float]:
    return 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k
