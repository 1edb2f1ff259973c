"""Where the pictures are that say how effects look."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from artcelery.server.pages.ordering.entered import param_field

__all__ = ["CAT_PICTURE", "look_url"]


def look_url(effect: str, params: Mapping[str, str] | None = None) -> str:
    """The picture of an effect on the cat, with these parameters as texts."""
    query = urlencode({param_field(name): text for name, text in (params or {}).items()})
    return f"/effect/{effect}/look?{query}" if query else f"/effect/{effect}/look"


CAT_PICTURE = look_url("identity")
"""The cat itself."""
