"""Pictures, films and sounds described as a graph; rendered once, in one pass, with their papers."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
