"""What a form said that cannot be taken just now: the page that says so holds it, to be sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request
from starlette.types import Message, Receive, Scope

from artcelery.server.pages.heard_forms import Pair, heard_form
from artcelery.server.security.bodies import WHOLE_S

__all__ = ["Held", "HeldField", "Holding"]

_MOST_READ_BYTES = 64 << 20
"""How much is read on of a form whose fields may stand behind its files."""

_UNSEEN = "key"
_LINE, _MOST_LINES = 80, 12


@dataclass(frozen=True, slots=True)
class HeldField:
    """A field, and what stood in it."""

    name: str
    text: str

    @property
    def label(self) -> str:
        """What it is called on the page; empty where it is nothing that was entered."""
        return _words(self.name) if self.text.strip() and self.name != _UNSEEN else ""

    @property
    def lines(self) -> int:
        """How many lines are shown of it at once."""
        return min(max(len(self.text.splitlines()), len(self.text) // _LINE + 1), _MOST_LINES)


@dataclass(frozen=True, slots=True)
class Held:
    """A form: where it is sent, and as what; its fields, and the field and the name of each file, which is not kept.

    One that `is_too_much` is not kept at all.
    """

    action: str
    kind: str
    fields: Sequence[HeldField]
    files: Sequence[Pair]
    is_too_much: bool = False


class Holding:
    """Hears what a form says while it is read; `receive` stands in the place of what it is read with."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope, self._receive = scope, receive
        self._form = heard_form(Request(scope))
        self._is_over = False

    async def receive(self) -> Message:
        """What comes next."""
        message = await self._receive()
        self._is_over = message["type"] != "http.request" or not message.get("more_body", False)
        if self._form is not None and not self._form.is_too_much:
            self._form.hear(message.get("body", b""))
        return message

    async def held(self) -> Held | None:
        """What the form says, once the rest of it was read; None when it is none, or did not come as a whole."""
        if self._form is None:
            return None
        await self._read_on()
        action = quote(self._scope["path"])
        if self._form.is_too_much:
            return Held(action, self._form.kind, (), (), is_too_much=True)
        if not self._is_over or (found := self._form.found()) is None:
            return None
        texts, files = found
        return Held(action, self._form.kind, [HeldField(name, text) for name, text in texts], files)

    async def _read_on(self) -> None:
        assert self._form is not None
        left = _MOST_READ_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(WHOLE_S):
                while not self._is_over and not self._form.is_too_much:
                    left -= len((await self.receive()).get("body", b""))
                    self._form.is_too_much |= left < 0


def _words(name: str) -> str:
    """The name of a field as people read it: `param.max_size` is "Max size"."""
    return name.rpartition(".")[2].replace("_", " ").capitalize()
