"""The files that pages load: held in memory, and addressed by what is in them, so that browsers keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

__all__ = ["Statics", "router", "statics"]

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Static:
    """One file: its bytes, as they are and packed, and what they are."""

    data: bytes
    packed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Statics:
    """All files by name; `build` names this state of all of them."""

    files: Mapping[str, Static]
    build: str

    def url(self, name: str) -> str:
        """Where a page finds a file; KeyError when there is none of that name."""
        self.files[name]
        return f"/static/{self.build}/{name}"


@cache
def statics() -> Statics:
    """The files of this version."""
    files = {name: Static(data, gzip.compress(data, 9, mtime=0), kind) for name, data, kind in _read()}
    digest = hashlib.sha256()
    for name, file in sorted(files.items()):
        digest.update(f"{name} {len(file.data)}\n".encode() + file.data)
    return Statics(files, digest.hexdigest()[:16])


def _read() -> Iterator[tuple[str, bytes, str]]:
    yield "app.css", b"\n".join(path.read_bytes() for path in sorted(_FOLDER.glob("css/*.css"))), _TYPES[".css"]
    for path in sorted(_FOLDER.rglob("*")):
        name = path.relative_to(_FOLDER).as_posix()
        if path.suffix in _TYPES and not name.startswith("css/"):
            yield name, path.read_bytes(), _TYPES[path.suffix]


router = APIRouter(include_in_schema=False)


@router.api_route("/static/{build}/{name:path}", methods=["GET", "HEAD"])
async def get_static(request: Request, build: str, name: str) -> Response:
    """A file; of another build, what is now in its place."""
    known = statics()
    file = known.files.get(name)
    if file is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": _FOR_EVER if build == known.build else "no-cache",
        "Content-Security-Policy": _POLICY,
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", "") and len(file.packed) < len(file.data):
        return Response(file.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.data, headers=headers, media_type=file.media_type)
