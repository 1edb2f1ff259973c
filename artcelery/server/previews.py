"""Previews for requests: one that is made is given; one that is not is made elsewhere, and waited for a little."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Query, Response
from fastapi.responses import JSONResponse

from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.engine.people.file_previews import Preview
from artcelery.core.engine.people.files import VISITOR
from artcelery.core.media.peaks import Peaks
from artcelery.core.store.protocol import Blob
from artcelery.server.given import Asker, ServicesGiven
from artcelery.server.models.cache import InTheMaking

__all__ = ["EMPTY_PICTURE", "PreviewAsker", "Previews", "Wait", "in_the_making", "waited_for"]

EMPTY_PICTURE = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")
"""A WebP of one transparent pixel: what an `<img>` shows until there is more to be seen."""

_AGAIN_S = 1

Wait = Annotated[int, Query(ge=0, le=30, description="How many seconds to wait for what is not made yet.")]


class Previews:
    """What one who asks may see of previews. Whoever waits for one holds no thread meanwhile."""

    def __init__(self, who: Asker, services: ServicesGiven) -> None:
        self._who = who or VISITOR
        self._files = services.member(self._who).files
        self._makings = services.previews

    async def ask(self, content_hash: str, preview: Preview, wait_s: float) -> tuple[StoredFile, Blob | None]:
        """A file that they may read, and its preview; None when it is not made in time."""
        file, found = await to_thread.run_sync(self._files.preview, content_hash, preview)
        return file, found or await self._made(file, preview, wait_s)

    async def path_of(self, made: Blob) -> Path:
        """Where a preview lies."""
        return await to_thread.run_sync(self._files.path_of, made)

    async def peaks_of(self, made: Blob) -> Peaks:
        """What a waveform says."""
        return Peaks.of(await to_thread.run_sync((await self.path_of(made)).read_bytes))

    async def _made(self, file: StoredFile, preview: Preview, wait_s: float) -> Blob | None:
        make = partial(self._files.make_preview, file, preview)
        making = self._makings.wanted(self._who.user, preview.key_of(file.content_hash), make)
        return await waited_for(making, wait_s)


async def waited_for(making: Future[Blob], wait_s: float) -> Blob | None:
    """What is made, None when that takes longer; who waits no longer does not end what is being made."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: Future[Blob]) -> None:
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(over.set)

    making.add_done_callback(tell)
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), wait_s)
    return making.result() if making.done() and not making.cancelled() else None


PreviewAsker = Annotated[Previews, Depends()]


def in_the_making(picture: bytes = b"") -> Response:
    """The reply while a preview is being made: a picture, or words."""
    headers = {"Retry-After": str(_AGAIN_S), "Cache-Control": "no-store"}
    if picture:
        return Response(picture, 202, headers, "image/webp")
    return JSONResponse(InTheMaking(again_in_s=_AGAIN_S).model_dump(), 202, headers)
