"""How users of L2 are called here, `@username@host-of-L2`, and what a token of theirs looks like."""

from __future__ import annotations

import re

from artcelery.server.security.origins import Origin

__all__ = ["TOKEN", "USERNAME", "is_token", "user_at"]

USERNAME = r"^[\w.~+-]{1,64}$"
"""What a username may be: letters, digits and a few marks, of which none means anything in a name or an address."""

TOKEN = r"^[\x21-\x7e]{1,4096}$"
"""What a token may be: visible ASCII characters, as a header can carry them."""


def is_token(text: str) -> bool:
    """Whether a text may be a token."""
    return re.fullmatch(TOKEN, text) is not None


def user_at(username: str, origin: Origin) -> str:
    """The user of that name at an L2; ValueError when it is no name."""
    if not re.fullmatch(USERNAME, username):
        raise ValueError("a username has 1 to 64 letters, digits, or marks out of _ . ~ + -")
    return f"@{username}@{origin.authority}"
