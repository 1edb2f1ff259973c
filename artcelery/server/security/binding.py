"""Which addresses a server may listen on: none but this machine's own, unless it knows who asks."""

from __future__ import annotations

from artcelery.core.errors import UsageError
from artcelery.core.settings import Settings
from artcelery.server.security.origins import is_loopback, l2_origins, public_origin

__all__ = ["check_binding"]


def check_binding(settings: Settings) -> None:
    """UsageError, which says what to set, when these settings would open the server to people whom it does not know."""
    public_origin(settings)
    if l2_origins(settings) or settings.api_token is not None or is_loopback(settings.host):
        return
    raise UsageError(
        f"at {settings.host!r} everybody who reaches this machine could render and delete here;"
        " set l2_urls (ARTCELERY_L2_URLS) so that users sign in,"
        " or ARTCELERY_API_TOKEN to a secret of yours; or listen on 127.0.0.1"
    )
