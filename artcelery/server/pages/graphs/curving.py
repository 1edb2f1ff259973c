"""Lines between places, as the data of SVG paths: smooth, or along a trunk that many share."""

from __future__ import annotations

__all__ = ["corners", "curve"]

_ROUND = 8


def curve(left: int, upper: int, right: int, lower: int) -> str:
    """A smooth line from the left to the right, level at both ends."""
    bend = (left + right) // 2
    rest = f"H{right}" if upper == lower else f"C{bend} {upper} {bend} {lower} {right} {lower}"
    return f"M{left} {upper}{rest}"


def corners(trunk: int, left: int, upper: int, right: int, lower: int) -> str:
    """A line that goes up or down along a trunk, with rounded corners; smooth where there is no room for them."""
    if abs(lower - upper) < 2 * _ROUND:
        return curve(left, upper, right, lower)
    turn = _ROUND if lower > upper else -_ROUND
    first = f"H{trunk - _ROUND}Q{trunk} {upper} {trunk} {upper + turn}"
    second = f"V{lower - turn}Q{trunk} {lower} {trunk + _ROUND} {lower}"
    return f"M{left} {upper}{first}{second}H{right}"
