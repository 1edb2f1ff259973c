"""Which of the formats that results are written in a file has already, by its first bytes."""

from __future__ import annotations

from pathlib import Path

__all__ = ["format_of_file"]

_STARTS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"fLaC": "flac",
    b"ID3": "mp3",
}
_BRANDS = {b"avif": "avif", b"M4A ": "m4a"}
_FILMS = (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"iso4", b"iso5", b"iso6")


def format_of_file(path: Path) -> str | None:
    """The name of the file's format when it is one that results are written in, else None."""
    with path.open("rb") as file:
        head = file.read(64)
    for start, name in _STARTS.items():
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "mp4" if head[8:12] in _FILMS else _BRANDS.get(head[8:12])
    if head[:4] == b"\x1aE\xdf\xa3":
        return "webm" if b"webm" in head else "mkv" if b"matroska" in head else None
    return "opus" if head[:4] == b"OggS" and b"OpusHead" in head else None
