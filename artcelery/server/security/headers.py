"""Headers that stand on every reply, unless its route says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from artcelery.core.settings import Settings
from artcelery.server.security.origins import public_origin

__all__ = ["TOKEN_PATH", "adding", "standing_headers"]

TOKEN_PATH = "/auth"
"""The one path whose query holds a secret: no reply there is kept, or named to where the browser goes next."""

_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers then say `Origin: null` when a form of ours is sent, which is refused here.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_YEAR_S = 365 * 86400


def standing_headers(settings: Settings) -> Mapping[str, str]:
    """The headers of a server with these settings; with https, browsers are told to stay there."""
    public = public_origin(settings)
    if public is None or not public.is_https:
        return _EVERYWHERE
    return {**_EVERYWHERE, "Strict-Transport-Security": f"max-age={_YEAR_S}"}


def adding(headers: Mapping[str, str], path: str, send: Send) -> Send:
    """What sends a reply, with those headers where it has none of that name."""
    meant = {**headers, "Referrer-Policy": "no-referrer"} if path == TOKEN_PATH else headers

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = MutableHeaders(scope=message)
            for name, value in meant.items():
                given.setdefault(name, value)
        await send(message)

    return send_with_headers
