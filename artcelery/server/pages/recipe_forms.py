"""The form of a new recipe: a file, or a text that was written or pasted into the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from artcelery.core.engine.people.configs import MAX_CONFIG_BYTES
from artcelery.core.errors import UsageError
from artcelery.server.config_texts import body_of, form_in, shown_name

__all__ = ["RecipeText", "RecipeTextGiven", "written"]

_BESIDE_BYTES = 50_000
_FORM = "multipart/form-data"
_PASTED = "recipe.yaml"


@dataclass(frozen=True, slots=True)
class RecipeText:
    """The text of a recipe, and what its file is called; both are empty when nothing was sent."""

    data: bytes
    file: str

    @property
    def text(self) -> str:
        """What can be shown of it in a field of a form."""
        return written(self.data)


async def _recipe_text(request: Request) -> RecipeText:
    """What was sent: the file, if one was chosen, or else the text."""
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        raise UsageError(f"a recipe is sent as {_FORM}; use the form of the page, or POST /configs/upload")
    data = await body_of(request, 2 * MAX_CONFIG_BYTES + _BESIDE_BYTES)
    async with form_in(request, data) as form:
        return await _file_in(form) or _text_in(form)


RecipeTextGiven = Annotated[RecipeText, Depends(_recipe_text)]


def written(data: bytes) -> str:
    """A text as people read it: what is no text is marked."""
    return data.decode(errors="replace").replace("\0", "\ufffd")


async def _file_in(form: FormData) -> RecipeText | None:
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    return RecipeText(await sent.read(), shown_name(sent.filename))


def _text_in(form: FormData) -> RecipeText:
    """The text, with line ends as files have them: browsers send others."""
    text, name = (said if isinstance(said := form.get(key), str) else "" for key in ("text", "name"))
    data = text.replace("\r\n", "\n").encode()
    return RecipeText(data, shown_name(name) if name else _PASTED) if text.strip() else RecipeText(b"", "")
