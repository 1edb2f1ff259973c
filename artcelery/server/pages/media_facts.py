"""What a file was found to be, in rows of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.server.pages.media_filter import ORIGINS
from artcelery.server.pages.wording import count, duration, moment, size

__all__ = ["Fact", "facts_of"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name, and what it is."""

    name: str
    value: str


def facts_of(file: StoredFile) -> Sequence[Fact]:
    """What there is to be said of a file."""
    return [Fact(name, value) for name, value in (*_of_clip(file.clip), *_of_file(file)) if value]


def _of_clip(clip: Clip | None) -> Iterator[tuple[str, str]]:
    if clip is None:
        return
    if clip.picture is not None:
        yield from _of_picture(clip.picture)
    if clip.duration is not None:
        yield "Length", duration(float(clip.duration))
    if clip.kind == "film" and clip.frames:
        yield "Pictures", count(clip.frames)
    if clip.sound is not None:
        yield "Sound", _of_sound(clip.sound)


def _of_picture(picture: Picture) -> Iterator[tuple[str, str]]:
    yield "Size", f"{picture.width}×{picture.height} pixels"
    if picture.rate is not None:
        yield "Rate", f"{_rate(picture.rate)} a second{', on average' if picture.variable else ''}"
    yield "Pixels", f"{picture.pix_fmt}, {picture.depth} bits{', with transparency' if picture.alpha else ''}"


def _rate(rate: Fraction) -> str:
    return "1 picture" if rate == 1 else f"{float(rate):.5g} pictures"


def _of_sound(sound: Sound) -> str:
    return f"{sound.rate / 1000:g} kHz, {sound.layout}, {sound.bits} bits"


def _of_file(file: StoredFile) -> Iterator[tuple[str, str]]:
    yield "File", f"{size(file.size_bytes)}, {file.type}" if file.type else size(file.size_bytes)
    yield "How it came", ORIGINS.get(file.origin, file.origin)
    yield "Since", moment(file.created_at) if file.created_at else ""
