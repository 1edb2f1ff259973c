"""The registries that vouch for users: what the contract lets this server ask them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from artcelery.core.closing import Closing
from artcelery.core.errors import SignInError, UnreachableError
from artcelery.core.hashing import is_hash
from artcelery.core.settings import Settings
from artcelery.server.auth.calling import Caller
from artcelery.server.auth.deadlines import Deadline
from artcelery.server.auth.names import USERNAME, user_at
from artcelery.server.auth.publications import Publications
from artcelery.server.security.origins import Origin, l2_origins

__all__ = ["L2", "PATIENCE_S", "Verified"]

PATIENCE_S = 5.0
"""How long a registry may take to answer in all."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a registry says of a token that is valid: whose it is, and until when (seconds since 1970)."""

    user: str
    origin: Origin
    expires_at: float


class L2(Closing):
    """The L2 registries that the settings name; without any, nothing is published and nobody signs in."""

    def __init__(self, settings: Settings) -> None:
        self.origins = l2_origins(settings)
        self._scope = (settings.public_url or "").rstrip("/")
        self._caller = Caller()
        self._publications = Publications()
        self._opened = ExitStack()

    def origin(self, text: str) -> Origin | None:
        """The registry of that origin, None when it is none of ours."""
        try:
            said = Origin.of(text)
        except ValueError:
            return None
        return said if said in self.origins else None

    def verify(self, token: str, origin: Origin, within_s: float = PATIENCE_S) -> Verified | None:
        """What one registry says of a token, None when it is not valid; UnreachableError when it cannot be asked."""
        reply = self._caller.ask(
            self._ours(origin),
            "POST",
            "/auth/verify",
            within_s,
            headers={"Authorization": f"Bearer {token}"},
            json={"l1_server": self._scope},
            reads=True,
        )
        if reply.status == 401:
            return None
        if reply.status != 200:
            raise UnreachableError(f"{origin} cannot verify sign-ins now (status {reply.status}); try again later")
        return self._verified(_parsed(reply.body, origin), origin)

    def find(self, token: str, first: Origin | None, deadline: Deadline) -> Verified:
        """What the first registry says that knows a token.

        SignInError when all refuse it, UnreachableError when none knows it and some cannot be asked.
        """
        silent: UnreachableError | None = None
        origins = sorted(self.origins, key=lambda origin: origin != first)
        for number, origin in enumerate(origins):
            try:
                found = self.verify(token, origin, deadline.share(len(origins) - number))
            except UnreachableError as error:
                silent = error
                continue
            if found is not None:
                return found
        raise silent or SignInError("no L2 of this server knows that token (any more); sign in again")

    def is_published(self, content_hash: str) -> bool:
        """Whether a file is published on any of them; UnreachableError when that cannot be found out."""
        if not self.origins or not is_hash(content_hash):
            return False
        known = self._publications.get(content_hash)
        if known is None:
            known = self._any_has(f"/assets/by-hash/{content_hash}")
            self._publications.put(content_hash, known)
        return known

    def _any_has(self, path: str) -> bool:
        deadline, silent = Deadline.within(PATIENCE_S), None
        for number, origin in enumerate(self.origins):
            try:
                if self._has(origin, path, deadline.share(len(self.origins) - number)):
                    return True
            except UnreachableError as error:
                silent = error
        if silent is not None:
            raise silent
        return False

    def _has(self, origin: Origin, path: str, within_s: float) -> bool:
        status = self._caller.ask(origin, "GET", path, within_s).status
        if status not in (200, 404):
            raise UnreachableError(f"{origin} does not say what is published (status {status}); try again later")
        return status == 200

    def _ours(self, origin: Origin) -> Origin:
        """The origin, which must be one that the settings name: tokens are sent nowhere else."""
        if origin not in self.origins:
            raise SignInError(f"this server does not know {origin} (any more); sign in again")
        return origin

    def _verified(self, said: _Valid | _Invalid, origin: Origin) -> Verified | None:
        if isinstance(said, _Invalid) or said.scope.rstrip("/") != self._scope:
            return None
        expires_at = said.expires_at.replace(tzinfo=said.expires_at.tzinfo or UTC)
        if expires_at <= datetime.now(UTC):
            return None
        return Verified(user_at(said.username, origin), origin, expires_at.timestamp())

    def __enter__(self) -> Self:
        if self.origins:
            self._opened.enter_context(self._caller)
        return self

    def close(self) -> None:
        """Close all connections."""
        self._opened.close()


class _Valid(BaseModel):
    valid: Literal[True]
    username: Annotated[str, Field(pattern=USERNAME)]
    scope: str
    expires_at: datetime


class _Invalid(BaseModel):
    valid: Literal[False]


_REPLY: TypeAdapter[_Valid | _Invalid] = TypeAdapter(_Valid | _Invalid)


def _parsed(body: bytes, origin: Origin) -> _Valid | _Invalid:
    try:
        return _REPLY.validate_json(body)
    except ValidationError as error:
        raise UnreachableError(f"{origin} does not answer as an L2 does; tell who runs it") from error
