"""What people do with files on their pages: upload, name, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from artcelery.core.errors import NotAllowedError, UsageError
from artcelery.server.given import MemberGiven
from artcelery.server.pages.media_file import Said, file_page
from artcelery.server.pages.routing import Pages
from artcelery.server.uploads.taking import take_upload

__all__ = ["router"]

router = Pages()

Name = Annotated[str, Form(max_length=500)]


@router.post("/do/media/upload")
async def upload(request: Request, member: MemberGiven) -> Response:
    """Take in the file of a form, and show it."""
    file = await take_upload(request, member, "")
    return _see(f"/media/{file.content_hash}")


@router.post("/do/media/{content_hash}/name")
def name(request: Request, content_hash: str, member: MemberGiven, name: Name = "") -> Response:
    """Give a file a name."""
    try:
        member.names.put(name.strip(), content_hash)
    except (UsageError, NotAllowedError) as error:
        return file_page(request, member, content_hash, error, Said("name", error.message, name))
    return _see(f"/media/{content_hash}")


@router.post("/do/media/{content_hash}/forget-name")
def forget_name(content_hash: str, member: MemberGiven, name: Name) -> Response:
    """Forget a name of a file."""
    member.names.remove(name)
    return _see(f"/media/{content_hash}")


@router.post("/do/media/{content_hash}/delete")
def delete(request: Request, content_hash: str, member: MemberGiven) -> Response:
    """Let go of a file; when something needs it, its page says what."""
    try:
        member.files.remove(content_hash)
    except NotAllowedError as error:
        return file_page(request, member, content_hash, error, Said("delete", error.message))
    return _see("/media")


def _see(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303)
