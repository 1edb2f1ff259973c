"""Which keys are whose."""

from __future__ import annotations

from urllib.parse import quote

from artcelery.core.state.octets import octets

__all__ = ["keys_of", "quoted"]


def quoted(user: str) -> str:
    """The user's name with nothing in it that divides the names of keys."""
    return quote(octets(user), safe="@")


def keys_of(user: str) -> str:
    """What stands before the names of a user's keys, and of nobody else's; nothing for the machine's own user."""
    return f"of:{quoted(user)}:" if user else ""
