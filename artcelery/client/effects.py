"""The effects that a server has: named, described, and never sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from artcelery.client.http import Http, path_of
from artcelery.client.records import record_of
from artcelery.core.effect import Effect
from artcelery.core.errors import ForbiddenError, NotFoundError

__all__ = ["RemoteEffects"]


class RemoteEffects:
    """The effects of a server, each asked for once; also what a config's effects are checked against."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._known: dict[str, Effect] = {}

    def all(self) -> Sequence[Effect]:
        """All effects, by name."""
        return [_effect(said) for said in self._http.pages("/effects", "effects")]

    def named(self, said: str | Path) -> Effect:
        """An effect by name; ForbiddenError for a file, since a server runs no code of others."""
        if isinstance(said, Path) or said.endswith(".py"):
            raise self.refusal(said)
        if said not in self._known:
            self._known[said] = _effect(self._http.json("GET", path_of("effects", said)))
        return self._known[said]

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        """The effect of a name; NotFoundError when it is pinned to a source that the server does not have."""
        effect = self.named(name)
        if pinned_hash not in (None, effect.content_hash):
            raise NotFoundError(
                f"the effect {name} is pinned to {pinned_hash}, but that of {self._http.address.url} is "
                f"{effect.content_hash}; write that hash into the config, or no hash at all"
            )
        return effect

    def refusal(self, file: str | Path) -> ForbiddenError:
        """Why an effect file does not go to a server."""
        return ForbiddenError(
            f"{str(file)!r} is code, and no server runs code that comes from outside: "
            "who operates it adds effects there, with `artcelery effects add FILE`"
        )


def _effect(said: dict[str, Any]) -> Effect:
    return record_of(Effect, {**said, "source": b""})
