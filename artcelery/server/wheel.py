"""The client of a server: a wheel of exactly this version, made of the installed package, always of the same bytes."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_string
from functools import cache
from hashlib import sha256
from importlib.metadata import Distribution, distribution
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import artcelery
from artcelery.core.errors import NotFoundError

__all__ = ["Wheel", "client_wheel"]

_NAME = "artcelery"
_LEFT_OUT = frozenset({"__pycache__"})
_WHEEL = "Wheel-Version: 1.0\nGenerator: artcelery\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip files
_PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel: its version, the name of its file, its bytes, and their SHA-256, by which pip checks them."""

    version: str
    file: str
    data: bytes
    sha256: str


@cache
def client_wheel() -> Wheel:
    """The wheel of this version; NotFoundError where nothing says how the package was installed."""
    version, data = artcelery.__version__, BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in _files(version).items():
            info = ZipInfo(name, _FIRST_DAY)
            info.external_attr, info.compress_type = _PLAIN_FILE, ZIP_DEFLATED
            archive.writestr(info, content)
    made = data.getvalue()
    return Wheel(version, f"{_NAME}-{version}-py3-none-any.whl", made, sha256(made).hexdigest())


def _files(version: str) -> Mapping[str, bytes]:
    """What is in the wheel by name: the package, and last what is said of it."""
    files = dict(_package())
    files |= _said(distribution(_NAME), version)
    record = f"{_NAME}-{version}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    return {**files, record: "\n".join([*lines, f"{record},,", ""]).encode()}


def _package() -> Iterator[tuple[str, bytes]]:
    """The files of the package, wherever it lies."""
    folder = Path(artcelery.__file__).parent
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder.parent)
        if path.is_file() and path.suffix != ".pyc" and not _LEFT_OUT.intersection(inner.parts):
            yield inner.as_posix(), path.read_bytes()


def _said(found: Distribution, version: str) -> dict[str, bytes]:
    """The metadata, its licence files and the programs that it installs."""
    metadata, programs = found.read_text("METADATA"), found.read_text("entry_points.txt")
    if metadata is None or programs is None:
        raise NotFoundError("this server does not know how it was installed; take the client from its packager")
    folder = f"{_NAME}-{version}.dist-info"
    metadata = re.sub(r"^Version: .*$", f"Version: {version}", metadata, count=1, flags=re.MULTILINE)
    licenses = message_from_string(metadata).get_all("License-File", [])
    texts = {f"licenses/{name}": found.read_text(f"licenses/{name}") or "" for name in licenses}
    said = {"METADATA": metadata, "WHEEL": _WHEEL, "entry_points.txt": programs, **texts}
    return {f"{folder}/{name}": text.encode() for name, text in said.items()}


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
