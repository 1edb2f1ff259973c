"""Routes of files: `/cache`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from artcelery.core.engine.people.file_previews import WAVEFORM, thumbnail
from artcelery.core.engine.people.file_types import MEDIA_TYPES
from artcelery.core.engine.people.files import VISITOR, MemberFiles
from artcelery.core.media.peaks import MOST_COLUMNS
from artcelery.server.file_filters import FilesMeant
from artcelery.server.given import Asker, MemberGiven, Operator, ServicesGiven, Share
from artcelery.server.models.cache import (
    BYTES,
    FileFacts,
    FileItem,
    FileList,
    FileMeta,
    InTheMaking,
    ThumbnailSize,
    Waveform,
)
from artcelery.server.previews import EMPTY_PICTURE, PreviewAsker, Wait, in_the_making
from artcelery.server.problems import responses
from artcelery.server.routes import uploads
from artcelery.server.serving_files import Shown, bytes_reply, file_reply, size_reply
from artcelery.server.uploads.taking import take_from_peer, take_upload

__all__ = ["router"]

router = APIRouter(prefix="/cache", tags=["cache"])
router.include_router(uploads.router)


def _readable(who: Asker, services: ServicesGiven) -> MemberFiles:
    return services.member(who or VISITOR).files


Readable = Annotated[MemberFiles, Depends(_readable)]
Name = Annotated[str, Query(description="What the file is called.", max_length=500)]

_ANY_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILE: dict[str, Any] = {"content": dict.fromkeys([BYTES, *MEDIA_TYPES], _ANY_BYTES)}
_FORM = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}
_SENT_BYTES = {"requestBody": {"required": True, "content": {BYTES: _ANY_BYTES}}}
_SENT = {"requestBody": {"required": True, "content": {BYTES: _ANY_BYTES, "multipart/form-data": _FORM}}}
_GIVEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", **_FILE},
    206: {"description": "The part of the file that was asked for.", **_FILE},
    304: {"description": "The file that its sender has already."},
}
_REFUSED = (400, 401, 403, 408, 409, 413, 422, 429, 503, 507)


@router.get("", responses=responses(400, 401, 403, 422, 503))
def list_files(
    member: MemberGiven,
    only: FilesMeant,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 50,
    cursor: Annotated[str | None, Query(description="Where the page begins.", max_length=500)] = None,
    user: Annotated[str | None, Query(description="Whose they are; for the operator.", max_length=200)] = None,
) -> FileList:
    """List your files."""
    files, following = member.files.page(limit=limit, cursor=cursor, only=only, user=user or "")
    return FileList(files=[FileItem.of(file) for file in files], cursor=following)


@router.post("/upload", status_code=201, responses=responses(*_REFUSED), openapi_extra=_SENT)
async def upload_file(request: Request, response: Response, member: MemberGiven, name: Name = "") -> FileFacts:
    """Upload a file, as the body or in a form."""
    file = await take_upload(request, member, name)
    response.headers["Location"] = f"/cache/{file.content_hash}"
    return FileFacts.of(file)


@router.post(
    "/import",
    status_code=201,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503, 507),
    dependencies=[Share],
)
def import_file(
    response: Response,
    member: MemberGiven,
    path: Annotated[str, Query(description="Where it lies on the server, from the root on.", max_length=4096)],
) -> FileFacts:
    """Take in a file of the server's own disk."""
    file = member.files.import_path(path)
    response.headers["Location"] = f"/cache/{file.content_hash}"
    return FileFacts.of(file)


@router.get("/{content_hash}", response_class=Response, responses={**_GIVEN, **responses(401, 404, 416, 422, 503)})
def get_file(
    request: Request,
    content_hash: str,
    files: Readable,
    services: ServicesGiven,
    download: Annotated[bool, Query(description="Whether browsers are to save it.")] = False,
) -> Response:
    """Get a file, or a part of it."""
    file, path = files.open(content_hash)
    shown = Shown(file.content_hash, file.type, file.file_name, is_public=file.is_public, saved=download)
    prefix = services.settings.accel_redirect
    return file_reply(request, path, shown, (prefix, services.settings.cache) if prefix else None)


@router.head("/{content_hash}", response_class=Response, responses={**_GIVEN, **responses(401, 404, 416, 422, 503)})
def look_for_file(request: Request, content_hash: str, files: Readable) -> Response:
    """Look whether there is a file, and how large it is."""
    file = files.get(content_hash)
    shown = Shown(file.content_hash, file.type, file.file_name, is_public=file.is_public)
    return size_reply(request, file.size_bytes, shown)


@router.put(
    "/{content_hash}",
    status_code=201,
    response_class=Response,
    responses=responses(*_REFUSED, 404),
    openapi_extra=_SENT_BYTES,
)
async def put_file(request: Request, content_hash: str, member: Operator) -> Response:
    """Keep a file of another store, which must hash to its name."""
    await take_from_peer(request, member, content_hash)
    return Response(status_code=201, headers={"Location": f"/cache/{content_hash}"})


@router.delete("/{content_hash}", responses=responses(401, 404, 409, 422, 503))
def delete_file(content_hash: str, member: MemberGiven) -> FileItem:
    """Let go of a file."""
    return FileItem.of(member.files.remove(content_hash))


@router.get("/{content_hash}/meta", responses=responses(401, 404, 422, 503))
def describe_file(content_hash: str, files: Readable) -> FileMeta:
    """What a file is, who made it, and what needs it."""
    return FileMeta.of_uses(*files.meta(content_hash))


_IN_THE_MAKING = "It is being made; ask again in a second."
_NOT_YET_SEEN: dict[int | str, dict[str, Any]] = {
    202: {"description": _IN_THE_MAKING, "content": {"image/webp": _ANY_BYTES}}
}
_NOT_YET_HEARD: dict[int | str, dict[str, Any]] = {202: {"description": _IN_THE_MAKING, "model": InTheMaking}}
_PREVIEWED = responses(401, 404, 409, 422, 503, 507)


@router.get(
    "/{content_hash}/thumbnail",
    response_class=Response,
    responses={**_GIVEN, **_NOT_YET_SEEN, **responses(416), **_PREVIEWED},
)
async def get_thumbnail(
    request: Request,
    content_hash: str,
    asker: PreviewAsker,
    size: Annotated[ThumbnailSize, Query(description="The most pixels a side.")] = ThumbnailSize.MEDIUM,
    wait: Wait = 2,
) -> Response:
    """A small picture of a file."""
    file, made = await asker.ask(content_hash, thumbnail(size), wait)
    if made is None:
        return in_the_making(EMPTY_PICTURE)
    shown = Shown(made.content_hash, "image/webp", f"{file.file_name}.webp", is_public=file.is_public)
    return file_reply(request, await asker.path_of(made), shown)


@router.get(
    "/{content_hash}/waveform",
    response_model=Waveform,
    responses={304: _GIVEN[304], **_NOT_YET_HEARD, **_PREVIEWED},
)
async def get_waveform(
    request: Request,
    content_hash: str,
    asker: PreviewAsker,
    width: Annotated[int, Query(ge=1, le=MOST_COLUMNS, description="The most columns.")] = 512,
    wait: Wait = 2,
) -> Response:
    """How loud a sound is, from its beginning to its end."""
    file, made = await asker.ask(content_hash, WAVEFORM, wait)
    if made is None:
        return in_the_making()
    peaks = (await asker.peaks_of(made)).narrowed(width)
    name = f"{file.file_name}.json"
    shown = Shown(f"{made.content_hash}-{peaks.width}", "application/json", name, is_public=file.is_public)
    return bytes_reply(request, peaks.to_bytes(), shown)
