"""Files that people give for media and that are something else, known by how they begin."""

from __future__ import annotations

__all__ = ["foreign_kind"]

_BEGINNINGS = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"#EXTM3U", "a playlist (its films are other files)"),
    (b"ffconcat", "a list of files (its films are other files)"),
    (b"8BPS", "a Photoshop document (export it as PNG or TIFF)"),
    (b"\xff\x0a", "a JPEG XL picture (convert it to PNG or JPEG)"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture (convert it to PNG or JPEG)"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture (convert it to PNG or TIFF)"),
)
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")


def foreign_kind(head: bytes) -> str | None:
    """What a file that begins with `head` is, when that is known not to be readable media."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[4:12] in _HEIF:
        return "a HEIC picture (convert it to JPEG, PNG or AVIF)"
    if b"<svg" in head:
        return "an SVG drawing (export it as PNG)"
    if b"<html" in head.lower():
        return "a web page"
    return "a text file" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    return bool(head) and all(byte >= 32 or byte in b"\t\r\n\f" for byte in head)
