"""The body of a request becomes a file of a member."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.requests import Request

from artcelery.core.engine.people import Member
from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.engine.people.upload_parts import Partial
from artcelery.server.auth.standing import Standing
from artcelery.server.given import services_of
from artcelery.server.uploads.forms import MOST_BESIDE_FILE_BYTES, FormFile, form_boundary
from artcelery.server.uploads.receiving import blocks_of, length_of, receive

__all__ = ["take_from_peer", "take_part", "take_upload"]


async def take_upload(request: Request, member: Member, name: str) -> StoredFile:
    """The file that is the body, or the one in the form that is the body; it is the member's now."""
    boundary = form_boundary(request)
    form = FormFile(boundary) if boundary else None
    length = length_of(request)
    # A form is longer than the file in it: how much, is seen when it has come.
    least = max(0, length - MOST_BESIDE_FILE_BYTES) if form and length else length
    coming = member.files.arriving(least, length or 0)
    async with contextmanager_in_threadpool(coming) as arrival:
        body = _body(request, member)
        await receive(form.blocks(body) if form else body, length, arrival.write, arrival.hash)
        async with services_of(request).shares.of(member.who):
            return await run_in_threadpool(arrival.take, name or (form.name if form else ""))


async def take_from_peer(request: Request, member: Member, content_hash: str) -> None:
    """The file of that hash, which is the body."""
    length = length_of(request)
    coming = member.files.arriving_from_peer(content_hash, length)
    async with contextmanager_in_threadpool(coming) as arrival:
        await receive(blocks_of(request), length, arrival.write, arrival.hash)
        async with services_of(request).shares.of(member.who):
            await run_in_threadpool(arrival.keep)


async def take_part(request: Request, member: Member, id: str, offset: int) -> Partial:
    """Where an upload stands after the part that is the body."""
    length = length_of(request)
    async with contextmanager_in_threadpool(member.files.parts.more(id, offset, length)) as part:
        await receive(_body(request, member), length, part.write, part.hash)
        async with services_of(request).shares.of(member.who):
            return await run_in_threadpool(part.end)


def _body(request: Request, member: Member) -> AsyncIterator[bytes]:
    """The body as it comes, while its sender is signed in."""
    return Standing(request, services_of(request), member.who).sending(blocks_of(request))
