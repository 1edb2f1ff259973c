"""Text that may be no text (the name of a file, say), as bytes and back."""

from __future__ import annotations

__all__ = ["octets", "text"]


def octets(value: str) -> bytes:
    """The bytes of any string, also of one that has no UTF-8 form."""
    return value.encode("utf-8", "surrogatepass")


def text(value: bytes) -> str:
    """The string of such bytes."""
    return value.decode("utf-8", "surrogatepass")
