"""Forms with files: each file becomes its sender's while it comes, and the form has its content hash in its place."""

from __future__ import annotations

from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.requests import Request

from artcelery.core.engine.people import Member
from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.errors import MediaError, QuotaError, TooLargeError, UsageError
from artcelery.server.auth.standing import Standing
from artcelery.server.given import services_of
from artcelery.server.pages.ordering.entered import Entered, file_field, input_field, other_field
from artcelery.server.pages.wording import sentence
from artcelery.server.uploads.form_parts import FormPart, form_parts
from artcelery.server.uploads.forms import form_boundary
from artcelery.server.uploads.receiving import blocks_of, receive

__all__ = ["read_form"]

_FILE = file_field("")
_MOST_TEXT_BYTES = 256 << 10


async def read_form(request: Request, member: Member) -> Entered:
    """What a form says, once all of its files have come; UsageError when it is damaged or is none."""
    boundary = form_boundary(request)
    if boundary is None:
        raise UsageError("send the form as multipart/form-data; that is what its page does")
    reading = _Reading(request, member)
    body = Standing(request, services_of(request), member.who).sending(blocks_of(request))
    async for part in form_parts(body, boundary):
        await reading.read(part)
    return reading.entered()


class _Reading:
    """The parts of a form that have been read."""

    def __init__(self, request: Request, member: Member) -> None:
        self._request, self._member = request, member
        self._texts: list[tuple[str, str]] = []
        self._files: list[tuple[str, str]] = []
        self._faults: dict[str, str] = {}
        self._bytes_left = _MOST_TEXT_BYTES

    def entered(self) -> Entered:
        """What they say; a file counts more than what was chosen beside it."""
        return Entered(Entered.of((*self._texts, *self._files)).texts, self._faults)

    async def read(self, part: FormPart) -> None:
        """Read one more; a file that was not chosen is none."""
        if part.file_name is None:
            await self._read_text(part)
        elif part.file_name and part.name.startswith(_FILE):
            await self._read_file(part, part.name.removeprefix(_FILE))

    async def _read_text(self, part: FormPart) -> None:
        text = await part.text(self._bytes_left)
        self._bytes_left -= len(text.encode())
        self._texts.append((part.name, text))

    async def _read_file(self, part: FormPart, name: str) -> None:
        try:
            file = await _take(self._request, self._member, part)
        except (MediaError, QuotaError, TooLargeError) as error:
            self._faults[input_field(name)] = sentence(error.message)
        else:
            self._files += [(input_field(name), file.content_hash), (other_field(name), "")]


async def _take(request: Request, member: Member, part: FormPart) -> StoredFile:
    """The file of a part; it is the member's now. MediaError when it is no media, or an error that it has no room."""
    coming = member.files.arriving(None)
    async with contextmanager_in_threadpool(coming) as arrival:
        await receive(part.pieces(), None, arrival.write, arrival.hash)
        async with services_of(request).shares.of(member.who):
            return await run_in_threadpool(arrival.take, part.file_name or "")
