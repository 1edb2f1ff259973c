"""`login` and `logout`: the token by which a server knows who asks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from artcelery.cli.console import out, say
from artcelery.core.errors import UsageError

if TYPE_CHECKING:
    from artcelery.client.signing import Signing

__all__ = ["login", "logout"]

Server = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="The server; that of the settings when unset.")
]


def login(
    server: Server = None,
    token: Annotated[
        str | None, typer.Option("--token", metavar="-", help="Read the token from stdin: --token -")
    ] = None,
) -> None:
    """Keep a token of a server, which looks at it first.

    It is asked for, and not shown; or it comes from stdin. Your L2 gives one, or who operates the server.
    """
    if token not in (None, "-"):
        raise UsageError("everybody on this machine can see a token in a command; write --token - and pipe it in")
    signing = _signing(server)
    signing.keep(_asked_for(signing.url) if token is None and sys.stdin.isatty() else sys.stdin.readline())
    say(f"signed in; the token is in {signing.path}")
    out(signing.url)


def logout(server: Server = None) -> None:
    """Have the server forget a token, and forget it here."""
    signing = _signing(server)
    signing.revoke()
    say("signed out")
    out(signing.url)


def _signing(server: str | None) -> Signing:
    from artcelery.cli.engine import choose_server, load_settings
    from artcelery.client.signing import Signing

    if server is not None:
        choose_server(server)
    settings = load_settings()
    if not settings.server:
        raise UsageError("which server? say it with --server URL, or in ARTCELERY_SERVER")
    return Signing(settings)


def _asked_for(url: str) -> str:
    from getpass import getpass

    try:
        return getpass(f"token for {url}: ", stream=sys.stderr)
    except EOFError:
        return ""
