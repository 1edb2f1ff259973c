"""tus 1.0.0, the protocol of uploads that can be resumed: its headers."""

from __future__ import annotations

import base64
import binascii
from email.utils import formatdate
from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException

from artcelery.core.engine.people.upload_parts import Partial
from artcelery.core.errors import UsageError

__all__ = ["VERSION", "Spoken", "about", "headers_of", "told_name"]

VERSION = "1.0.0"
_EXTENSIONS = "creation,expiration,termination"


def _spoken(
    tus_resumable: Annotated[
        str, Header(description="The version of tus that is spoken.", json_schema_extra={"enum": [VERSION]})
    ] = "",
) -> None:
    """412, as the protocol has it, for any other version."""
    if tus_resumable != VERSION:
        detail = f"say `Tus-Resumable: {VERSION}`: that is the version of tus that is spoken here"
        raise HTTPException(412, detail, {"Tus-Version": VERSION, "Tus-Resumable": VERSION})


Spoken = Depends(_spoken)


def about(most_bytes: int) -> dict[str, str]:
    """What the server can do."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": _EXTENSIONS,
        "Tus-Max-Size": str(most_bytes),
    }


def headers_of(partial: Partial) -> dict[str, str]:
    """Where an upload stands."""
    said = {
        "Tus-Resumable": VERSION,
        "Cache-Control": "no-store",
        "Upload-Offset": str(partial.offset),
        "Upload-Length": str(partial.size_bytes),
        "Upload-Expires": formatdate(partial.expires_at, usegmt=True),
    }
    return {**said, "Content-Location": f"/cache/{partial.content_hash}"} if partial.content_hash else said


def told_name(metadata: str) -> str:
    """The name in `Upload-Metadata`, which is made of words, each with a value in base 64; empty when there is none."""
    pairs = dict(item.strip().partition(" ")[::2] for item in metadata.split(","))
    said = pairs.get("filename") or pairs.get("name") or ""
    try:
        return base64.b64decode(said, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError) as error:
        raise UsageError("`Upload-Metadata` has a filename that is not in base 64") from error
