"""Routes of uploads that can be resumed: `/cache/uploads`, as tus 1.0.0 has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from starlette.exceptions import HTTPException

from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.problems import responses
from artcelery.server.uploads import tus
from artcelery.server.uploads.taking import take_part

__all__ = ["router"]

router = APIRouter(prefix="/uploads")

_MOST = 2**63 - 1
_PART = "application/offset+octet-stream"
_SENT = {"requestBody": {"required": True, "content": {_PART: {"schema": {"type": "string", "format": "binary"}}}}}
_REFUSED = (400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 429, 503, 507)


@router.options("", status_code=204, response_class=Response)
def describe_uploads(services: ServicesGiven) -> Response:
    """What the server can do with uploads."""
    return Response(status_code=204, headers=tus.about(services.settings.upload_max_size))


@router.post("", status_code=201, response_class=Response, responses=responses(*_REFUSED), dependencies=[tus.Spoken])
def begin_upload(
    member: MemberGiven,
    upload_length: Annotated[int, Header(ge=1, le=_MOST, description="How large the file is, in bytes.")],
    upload_metadata: Annotated[str, Header(description="Its name: `filename` and the name in base 64.")] = "",
) -> Response:
    """Begin an upload that can be resumed."""
    partial = member.files.parts.begin(upload_length, tus.told_name(upload_metadata))
    location = {"Location": f"/cache/uploads/{partial.id}"}
    return Response(status_code=201, headers={**tus.headers_of(partial), **location})


@router.head("/{upload_id}", response_class=Response, responses=responses(*_REFUSED), dependencies=[tus.Spoken])
def look_at_upload(upload_id: str, member: MemberGiven) -> Response:
    """Where an upload stands."""
    return Response(headers=tus.headers_of(member.files.parts.get(upload_id)))


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    responses=responses(*_REFUSED),
    dependencies=[tus.Spoken],
    openapi_extra=_SENT,
)
async def resume_upload(
    request: Request,
    upload_id: str,
    member: MemberGiven,
    upload_offset: Annotated[int, Header(ge=0, le=_MOST, description="Where the upload stands.")],
) -> Response:
    """Send the next part of an upload."""
    if request.headers.get("content-type") != _PART:
        raise HTTPException(415, f"a part of an upload has the type {_PART}")
    partial = await take_part(request, member, upload_id, upload_offset)
    return Response(status_code=204, headers=tus.headers_of(partial))


@router.delete(
    "/{upload_id}", status_code=204, response_class=Response, responses=responses(*_REFUSED), dependencies=[tus.Spoken]
)
def give_up_upload(upload_id: str, member: MemberGiven) -> Response:
    """Give up an upload."""
    member.files.parts.remove(upload_id)
    return Response(status_code=204, headers={"Tus-Resumable": tus.VERSION})
