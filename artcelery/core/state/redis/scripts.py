"""The Lua scripts: what must happen at once, or not at all, is one of their calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Script", "script"]


@dataclass(frozen=True, slots=True)
class Script:
    """A script as Redis runs it, and the name that Redis keeps it under; the first argument is the call."""

    text: str
    sha: str


@cache
def script(*names: str) -> Script:
    """The script of those names: one that uses what another has stands behind it."""
    text = "\n".join([_text("common"), *map(_text, names), "return calls[ARGV[1]]()"])
    return Script(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


def _text(name: str) -> str:
    return files("artcelery.core.state.redis").joinpath("lua", f"{name}.lua").read_text("utf-8")
