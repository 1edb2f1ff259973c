"""Signing in to a server and out of it, with a token that was made elsewhere."""

from __future__ import annotations

from pathlib import Path

from artcelery.client.address import Address, parse_address
from artcelery.client.credentials import Credentials, check_token, refuse_open_way
from artcelery.client.http import Http
from artcelery.core.errors import SignInError, UnreachableError
from artcelery.core.settings import Settings

__all__ = ["Signing", "token_for"]


class Signing:
    """The token of one server, kept in the home of artcelery."""

    def __init__(self, settings: Settings) -> None:
        self._address = parse_address(settings.server or "")
        self._credentials = Credentials(settings.home_dir)

    @property
    def url(self) -> str:
        """The server."""
        return self._address.url

    @property
    def path(self) -> Path:
        """Where tokens are kept."""
        return self._credentials.path

    def keep(self, text: str) -> None:
        """Keep a token; SignInError when the server does not know it."""
        token = check_token(text)
        refuse_open_way(self._address)
        http = Http(self._address, token)
        try:
            http.json("GET", "/runs", params={"limit": 1})
        except SignInError as error:
            raise SignInError(f"{self.url} does not know this token; get a new one from your L2") from error
        finally:
            http.close()
        self._credentials.keep(self._address, token)

    def revoke(self) -> None:
        """End the token, and forget it here, even when the server cannot be told: UnreachableError says so."""
        token = self._credentials.token(self._address)
        if token is None:
            raise SignInError(f"nobody is signed in to {self.url}")
        self._credentials.forget(self._address)
        http = Http(self._address, token)
        try:
            http.json("POST", "/auth/revoke", json={"token": token}, again=True)
        except UnreachableError as error:
            raise UnreachableError(
                f"the token is forgotten here, but still counts there until it expires: {error.message}"
            ) from error
        finally:
            http.close()


def token_for(address: Address, settings: Settings) -> str | None:
    """What a server is asked with: the token of the settings, or what `artcelery login` kept; None for nobody."""
    if settings.token is not None:
        return check_token(settings.token.get_secret_value())
    return Credentials(settings.home_dir).token(address)
