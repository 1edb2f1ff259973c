"""Where the pictures are that say how effects look."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from artcelery.server.pages.ordering.entered import Entered, param_field
from artcelery.server.pages.ordering.reading import ask_params
from artcelery.server.pages.ordering.recipes import Recipe

__all__ = ["CAT_PICTURE", "look_of", "look_url"]


def look_url(effect: str, params: Mapping[str, str] | None = None) -> str:
    """The picture of an effect on the cat, with these parameters as texts."""
    query = urlencode({param_field(name): text for name, text in (params or {}).items()})
    return f"/effect/{effect}/look?{query}" if query else f"/effect/{effect}/look"


def look_of(recipe: Recipe, entered: Entered) -> str:
    """The picture of an effect with what was entered; what is wrong of that is as if it were not there."""
    return look_url(recipe.said, {name: entered.text(param_field(name)) for name in ask_params(recipe, entered).params})


CAT_PICTURE = look_url("identity")
"""The cat itself."""
