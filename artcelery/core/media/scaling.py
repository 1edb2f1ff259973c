"""How pixels are scaled and converted: swscale's flags. Imports no codec library."""

from __future__ import annotations

__all__ = ["EXACT", "exactly"]


def exactly(scaler: str) -> str:
    """The flags of a scaler that rounds to the nearest step and does the same on every processor."""
    return f"{scaler}+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"


EXACT = exactly("bicubic")
"""For conversions where nobody chose a scaler."""
