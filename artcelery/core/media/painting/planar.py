"""Planar pixel formats by what they hold. Imports no codec library."""

from __future__ import annotations

__all__ = ["planar"]


def planar(matrix: str, chroma: str, depth: int, alpha: bool) -> str:
    """FFmpeg's name; `chroma` is "420", "422" or "444" (RGB and alpha: always 444), `depth` 8, 10, 12 or 16."""
    deep = "" if depth <= 8 else f"{depth}le"
    if matrix == "rgb":
        return f"gbr{'a' if alpha else ''}p{deep}"
    return f"yuv{'a' if alpha else ''}{'444' if alpha else chroma}p{deep}"
