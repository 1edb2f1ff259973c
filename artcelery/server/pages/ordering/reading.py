"""From what was entered to a request for a run; whatever is wrong is said where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from artcelery.core.engine.people import Member
from artcelery.core.engine.people.run_orders import RunRequest
from artcelery.core.engine.people.run_reach import reach_of
from artcelery.core.errors import MediaError, NotFoundError
from artcelery.core.media.profiles import FORMATS
from artcelery.server.pages.ordering.entered import Entered, input_field, other_field, param_field
from artcelery.server.pages.ordering.fields import read_param
from artcelery.server.pages.ordering.recipes import AskedInput, Recipe
from artcelery.server.pages.wording import sentence

__all__ = ["Asked", "ask", "ask_params"]

_LONGEST_NAME = 200


@dataclass
class Asked:
    """What was asked for, as far as it is right, and what is wrong, by field."""

    inputs: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def request(self, recipe: Recipe, entered: Entered) -> RunRequest:
        """The request, where nothing is wrong."""
        quality = entered.text("quality")
        return RunRequest(
            recipe.said,
            "",
            self.inputs,
            self.params,
            entered.text("output_name") or None,
            entered.text("format") or None,
            int(quality) if quality else None,
        )


def ask(member: Member, recipe: Recipe, entered: Entered) -> Asked:
    """What a form asks for."""
    asked = Asked(faults=dict(entered.faults))
    reach = reach_of(member.context, member.who, member.publication.is_published)
    for item in recipe.inputs:
        if input_field(item.name) not in asked.faults:
            _ask_input(asked, item, entered, reach.assets.resolve)
    params = ask_params(recipe, entered)
    asked.params |= params.params
    asked.faults |= {**params.faults, **_output_faults(entered)}
    return asked


def ask_params(recipe: Recipe, entered: Entered) -> Asked:
    """The parameters of a form, but for those that are as they are anyway."""
    asked = Asked()
    for param in recipe.params:
        name, text = param_field(param.name), entered.given(param_field(param.name))
        if text is None or (not text.strip() and param.type != "str"):
            if param.required:
                asked.faults[name] = "A value must be given."
            continue
        try:
            value = read_param(param, text.replace("\r\n", "\n"))  # as forms send what has several lines
        except ValueError as error:
            asked.faults[name] = sentence(str(error))
            continue
        if value != param.default:
            asked.params[param.name] = value
    return asked


def _ask_input(asked: Asked, item: AskedInput, entered: Entered, resolve: Callable[[str], object]) -> None:
    said = entered.text(other_field(item.name)) or entered.text(input_field(item.name))
    if not said:
        asked.faults[input_field(item.name)] = "Choose a file, or send one."
        return
    try:
        resolve(said)
    except (NotFoundError, MediaError) as error:
        asked.faults[input_field(item.name)] = sentence(error.message)
    else:
        asked.inputs[item.name] = said


def _output_faults(entered: Entered) -> Mapping[str, str]:
    faults = {}
    format, quality, name = (entered.text(field) for field in ("format", "quality", "output_name"))
    if format and format not in FORMATS:
        faults["format"] = f"There is no format {format!r}; choose another."
    if quality and not (quality.isascii() and quality.isdecimal() and len(quality) < 7):
        faults["quality"] = "A whole number is needed, in the scale of the format."
    if len(name) > _LONGEST_NAME:
        faults["output_name"] = f"A name has at most {_LONGEST_NAME} letters."
    return faults
