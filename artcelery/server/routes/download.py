"""The command line of exactly this server's version, for whoever wants to speak to it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from artcelery.core.errors import NotFoundError
from artcelery.server.given import ServicesGiven
from artcelery.server.models.download import ClientReply
from artcelery.server.problems import responses
from artcelery.server.wheel import client_wheel

__all__ = ["router"]

router = APIRouter(tags=["download"])

_REPLIES = {200: {"description": "The wheel.", "content": {"application/zip": {}}}, **responses(404)}


@router.get("/download/client", responses=responses(404))
def client_info(request: Request, services: ServicesGiven) -> ClientReply:
    """The command line of this version, and the one line that installs it."""
    wheel = client_wheel()
    url = (services.settings.public_url or str(request.base_url)).rstrip("/")
    command = f'pip install "artcelery @ {url}/download/client/{wheel.file}#sha256={wheel.sha256}"'
    return ClientReply(version=wheel.version, file=wheel.file, sha256=wheel.sha256, command=command)


@router.get("/download/client/{file}", response_class=Response, responses=_REPLIES)
def client_file(file: str) -> Response:
    """The wheel itself."""
    wheel = client_wheel()
    if file != wheel.file:
        raise NotFoundError(f"there is no {file!r} here; /download/client names the one that there is")
    return Response(wheel.data, media_type="application/zip", headers={"ETag": f'"{wheel.sha256}"'})
