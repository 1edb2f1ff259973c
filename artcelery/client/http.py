"""Requests to one server: what it answers, or the error that it answers with."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from artcelery import __version__
from artcelery.client.address import Address
from artcelery.client.credentials import refuse_open_way
from artcelery.client.patience import within
from artcelery.client.replies import error_of
from artcelery.core.errors import UnreachableError

__all__ = ["Http", "path_of", "reason_of"]

_PATIENCE = httpx.Timeout(60.0, connect=4.0)
_WITHIN_S = 150.0
"""How long an answer that is read whole may take in all."""

_LEAST_RATE = 16_000
"""How many bytes a second go to a server at least that is sent more than a few."""
_MORE_THAN_ONCE = frozenset({"GET", "HEAD", "PUT"})
_PAGE = 1000


class Http:
    """The server at an address, asked with a token; the token goes nowhere else, for no redirect is followed."""

    def __init__(self, address: Address, token: str | None, within_s: float = _WITHIN_S) -> None:
        self.address = address
        self._within_s = within_s
        headers = {"User-Agent": f"artcelery/{__version__}", "Accept": "application/json"}
        if token is not None:
            refuse_open_way(address)
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(
            base_url=address.url,
            headers=headers,
            timeout=_PATIENCE,
            follow_redirects=False,
            trust_env=not address.is_loopback,  # a proxy for the world is none for this machine
        )

    def json(self, method: str, path: str, *, again: bool = False, **request: Any) -> dict[str, Any]:
        """What the answer says, empty when that is nothing. `again` says that asking twice is asking once."""
        response = self.answer(method, path, again=again, **request)
        try:
            said = response.json() if response.content else {}
        except ValueError as error:
            raise self._foreign() from error
        if not isinstance(said, dict):
            raise self._foreign()
        return said

    def answer(self, method: str, path: str, *, again: bool = False, **request: Any) -> httpx.Response:
        """The answer, read whole; a connection that broke is tried once more where that does no harm."""
        again = again or method in _MORE_THAN_ONCE
        return self._checked(self._sent(method, path, again, request))

    def _sent(self, method: str, path: str, again: bool, request: Mapping[str, Any]) -> httpx.Response:
        within_s = self._within_s + len(request.get("content") or b"") / _LEAST_RATE
        with self._telling():
            return within(within_s, lambda: self._asked(method, path, again, request))

    def _asked(self, method: str, path: str, again: bool, request: Mapping[str, Any]) -> httpx.Response:
        try:
            return self._client.request(method, path, **request)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            if not again:
                raise
            return self._client.request(method, path, **request)

    @contextmanager
    def stream(self, method: str, path: str, **given: Any) -> Iterator[httpx.Response]:
        """The answer, of which the body is still to be read; what breaks on the way is httpx's to say."""
        request = self._client.build_request(method, path, **given)
        with closing(self._begun(request, is_sent_at_once="content" not in given)) as response:
            if not response.is_success:
                within(self._within_s, response.read)
            yield self._checked(response)

    def _begun(self, request: httpx.Request, is_sent_at_once: bool) -> httpx.Response:
        def begun() -> httpx.Response:
            return self._client.send(request, stream=True)

        return within(self._within_s, begun) if is_sent_at_once else begun()

    def pages(self, path: str, plural: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Everything in a list, page by page."""
        cursor: str | None = None
        while True:
            asked = {"limit": _PAGE, **(params or {}), **({"cursor": cursor} if cursor else {})}
            page = self.json("GET", path, params=asked)
            if plural not in page:
                raise self._foreign()
            yield from page[plural]
            cursor = page.get("cursor")
            if cursor is None:
                return

    def unreachable(self, reason: object) -> UnreachableError:
        """The error for a server that does not answer."""
        return UnreachableError(
            f"{self.address.url} does not answer: {reason}; "
            "check that it runs, and that --server or ARTCELERY_SERVER is right"
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if not response.is_success:
            raise error_of(response, self.address.url, response.request.method)
        return response

    def _foreign(self) -> UnreachableError:
        return UnreachableError(f"{self.address.url} does not answer as an artcelery server does; check the URL")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise self.unreachable(reason_of(error)) from error


def path_of(*parts: str) -> str:
    """The path of these parts, whatever is in them: `/runs/last/events`."""
    return "".join(f"/{quote(part, safe='', errors='surrogateescape')}" for part in parts)


def reason_of(error: httpx.HTTPError) -> str:
    """Why a request failed, in a few words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"it is not what it says ({cause.verify_message})"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    return str(error) or type(error).__name__
