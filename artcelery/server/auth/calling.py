"""Calls to registries: to nowhere else, for a few seconds in all, and no more is read than an answer can be."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Self

import anyio
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from artcelery.core.closing import Closing
from artcelery.core.errors import UnreachableError
from artcelery.server.security.origins import Origin

__all__ = ["Caller", "Reply"]

_MOST_BYTES = 64 << 10
_MOST_AT_ONCE = 16
"""Fewer than the threads that serve requests, so that a slow registry leaves some for everybody else."""
_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a registry answered."""

    status: int
    body: bytes


class Caller(Closing):
    """Asks registries, from any thread; open between `with` and its end.

    The calls run on an event loop of their own: only there a call can be ended as a whole, whatever it waits for.
    """

    def __init__(self) -> None:
        self._room = BoundedSemaphore(_MOST_AT_ONCE)
        self._opened = ExitStack()

    def ask(
        self,
        origin: Origin,
        method: str,
        path: str,
        within_s: float,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        reads: bool = False,
    ) -> Reply:
        """The answer of a registry, with its body only when that `reads`.

        UnreachableError when there is none in time, or it is too long.
        """
        request = self._client.build_request(method, f"{origin}{path}", headers=dict(headers or {}), json=json)
        if not self._room.acquire(timeout=min(_WAIT_S, within_s)):
            raise UnreachableError(f"too many wait for {origin}; try again in a moment")
        try:
            return self._portal.call(self._answer, request, within_s, reads)
        except (httpx.HTTPError, TimeoutError) as error:
            reason = "in time" if isinstance(error, (TimeoutError, httpx.TimeoutException)) else f"({error})"
            raise UnreachableError(f"{origin} does not answer {reason}; try again in a moment") from error
        finally:
            self._room.release()

    async def _answer(self, request: httpx.Request, within_s: float, reads: bool) -> Reply:
        with anyio.fail_after(within_s):
            response = await self._client.send(request, stream=True)
            try:
                return Reply(response.status_code, await _read(response) if reads else b"")
            finally:
                await response.aclose()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._portal: BlockingPortal = opened.enter_context(start_blocking_portal())
            self._client: httpx.AsyncClient = opened.enter_context(self._portal.wrap_async_context_manager(_client()))
            self._opened = opened.pop_all()
        return self

    def close(self) -> None:
        """Close all connections."""
        self._opened.close()


def _client() -> httpx.AsyncClient:
    """A client that knows no proxies, follows no redirects, keeps no cookies, and asks for nothing compressed."""
    return httpx.AsyncClient(
        verify=ssl.create_default_context(),
        trust_env=False,
        follow_redirects=False,
        timeout=None,
        headers={"User-Agent": "artcelery", "Accept": "application/json", "Accept-Encoding": "identity"},
    )


async def _read(response: httpx.Response) -> bytes:
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) > _MOST_BYTES:
            raise UnreachableError(f"{response.url.host} answers with more than {_MOST_BYTES} bytes; tell who runs it")
    return read
