"""The text of a config that is uploaded: the body itself, or the only file of a form."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from artcelery.core.engine.people.configs import MAX_CONFIG_BYTES
from artcelery.core.errors import TooLargeError, UsageError
from artcelery.server.uploads.receiving import blocks_of

__all__ = ["CONFIG_BODY", "ConfigText", "ConfigTextGiven", "body_of", "form_in", "shown_name"]

_FORM_BYTES = 10_000
_FORM = "multipart/form-data"
_TEXT: dict[str, Any] = {"schema": {"type": "string"}, "example": "name: one\ndag: ..."}

CONFIG_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": _TEXT,
            "text/plain": _TEXT,
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            },
        },
    }
}
"""What OpenAPI says of such a body."""


@dataclass(frozen=True, slots=True)
class ConfigText:
    """A text, and what problems call it."""

    data: bytes
    file: str


async def _config_text(
    request: Request, name: Annotated[str | None, Query(max_length=200, description="What problems call it.")] = None
) -> ConfigText:
    """What is uploaded; TooLargeError as soon as it is too much."""
    is_form = request.headers.get("content-type", "").lower().startswith(_FORM)
    data = await body_of(request, MAX_CONFIG_BYTES + (_FORM_BYTES if is_form else 0))
    sent = await _file_of(request, data) if is_form else ConfigText(data, "")
    return ConfigText(sent.data, shown_name(name or sent.file))


ConfigTextGiven = Annotated[ConfigText, Depends(_config_text)]


async def body_of(request: Request, most: int) -> bytes:
    """The body, read whole; TooLargeError as soon as it is more than `most` bytes."""
    data = bytearray()
    async for piece in blocks_of(request):
        data += piece
        if len(data) > most:
            raise TooLargeError(f"a config has at most {MAX_CONFIG_BYTES:,} bytes")
    return bytes(data)


@asynccontextmanager
async def form_in(request: Request, data: bytes) -> AsyncGenerator[FormData, None]:
    """The form that a body is, which was read whole, so that none of it goes to a disk; it has one file at most."""

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield data

    try:
        parser = MultiPartParser(
            request.headers, pieces(), max_files=1, max_fields=10, max_part_size=2 * MAX_CONFIG_BYTES
        )
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise UsageError(f"the form cannot be read: {getattr(error, 'message', error)}") from error
    try:
        yield form
    finally:
        await form.close()


async def _file_of(request: Request, data: bytes) -> ConfigText:
    """The only file of a form."""
    async with form_in(request, data) as form:
        sent = next((item for _, item in form.multi_items() if isinstance(item, UploadFile)), None)
        if sent is None:
            raise UsageError("the form has no file; send the YAML as `file`, or as the body itself")
        return ConfigText(await sent.read(), sent.filename or "")


def shown_name(name: str) -> str:
    """The last part of a name, in what can be shown of it."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:200] or "config"
