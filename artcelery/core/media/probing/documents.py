"""Documents: captions (SubRip, WebVTT) and JSON, known by their content. Imports no codec library."""

from __future__ import annotations

import codecs
import json
import os
import re
from pathlib import Path
from typing import Literal

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.clip import Clip
from artcelery.core.media.letters.captions import CaptionError, Captions, is_vtt, parse_captions
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.regular import named, open_regular

__all__ = ["probe_document", "read_captions"]

_HEAD_BYTES = 4096
_MOST_BYTES = {"captions": 2 * 2**20, "json": 16 * 2**20}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TIMED = re.compile(r"^[ \t]*\d+:\d\d?:\d\d?[,.]\d+[ \t]*-->", re.MULTILINE)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\"\]]|-?\d|true|false|null))")


def probe_document(path: Path, limits: Limits) -> Clip | None:
    """The document in a file, or None when it is none; MediaError says where one is damaged.

    Captions have a duration: when the last of them ends.
    """
    kind, data = _read(path)
    if kind is None:
        return None
    if kind == "json":
        _check_json(path, data)
        return Clip("data")
    captions = _captions(path, data)
    if captions.duration > limits.max_duration_s:
        raise LimitError(
            f"{named(path)} has captions until {float(captions.duration):.0f} s; the limit is"
            f" {limits.max_duration_s:.0f} s. Cut it, or raise max_duration_s"
        )
    return Clip("data", duration=captions.duration, notes=captions.notes)


def read_captions(path: Path) -> Captions:
    """The captions in a file; MediaError when it holds none, or says where they are damaged."""
    kind, data = _read(path)
    if kind != "captions":
        raise MediaError(f"{named(path)} holds no captions; give a SubRip (.srt) or WebVTT (.vtt) file")
    return _captions(path, data)


def _read(path: Path) -> tuple[Literal["captions", "json"] | None, bytes]:
    """What kind of document a file is, and its bytes."""
    with open_regular(path) as descriptor:
        kind = _kind(os.pread(descriptor, _HEAD_BYTES, 0))
        if kind is None:
            return None, b""
        most = _MOST_BYTES[kind]
        if os.fstat(descriptor).st_size > most:
            raise LimitError(f"{named(path)} is larger than {most // 2**20} MB, the limit for such a document")
        with open(os.dup(descriptor), "rb") as file:
            return kind, file.read(most)


def _kind(head: bytes) -> Literal["captions", "json"] | None:
    if b"\0" in head and not head.startswith(_UTF_16):
        return None
    encoding = "utf-16" if head.startswith(_UTF_16) else "utf-8"
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if is_vtt(text) or _TIMED.search(text.replace("\r", "\n")):
        return "captions"
    return "json" if _JSON.match(text) else None


def _captions(path: Path, data: bytes) -> Captions:
    text, notes = _decoded(path, data)
    try:
        captions = parse_captions(text)
    except CaptionError as error:
        raise MediaError(f"{named(path)}, {error}") from error
    return Captions(captions.cues, (*notes, *captions.notes))


def _decoded(path: Path, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, which is UTF-8 or says what else it is; older files are what Windows called Latin-1."""
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise MediaError(f"{named(path)} is damaged UTF-16 ({error.reason}); save it as UTF-8") from error
    return _latin(data), ("the captions are no UTF-8; they are read as Latin-1 (Windows-1252)",)


def _latin(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:  # the five bytes that Windows-1252 leaves open
        return data.decode("latin-1")


def _check_json(path: Path, data: bytes) -> None:
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        raise MediaError(f"{named(path)} is no JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise MediaError(f"{named(path)} is no JSON that can be read: {error}") from error
