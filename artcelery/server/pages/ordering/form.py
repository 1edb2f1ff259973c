"""The whole form of an order, as its template shows it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from artcelery.core.engine.people import Member
from artcelery.server.pages.ordering.entered import MOST_PARTS, Entered, input_field, param_field
from artcelery.server.pages.ordering.fields import ParamField
from artcelery.server.pages.ordering.inputs import InputField, Shelf
from artcelery.server.pages.ordering.looks import look_of
from artcelery.server.pages.ordering.recipes import AskedInput, Recipe

__all__ = ["FORM", "FORMATS", "OrderForm", "order_form"]

FORM = "form"
"""Where a fault is that belongs to no field."""

FORMATS = {
    "Pictures": ("png", "jpeg", "webp", "avif"),
    "Films": ("mp4", "webm", "mkv", "gif"),
    "Sounds": ("wav", "flac", "mp3", "m4a", "opus"),
}
"""What an output can be written as."""


@dataclass(frozen=True, slots=True)
class OrderForm:
    """A form with what stands in its fields; `key` is its own, so that it is one run however often it is sent.

    `look` is the picture of an effect with these parameters, empty for recipes. What asks for more than is read of a
    form `is_too_much` for one.
    """

    recipe: Recipe
    inputs: Sequence[InputField]
    params: Sequence[ParamField]
    names: Sequence[str]
    format: str
    quality: str
    output_name: str
    look: str
    key: str
    faults: Mapping[str, str]
    is_too_much: bool = False

    @property
    def formats(self) -> Mapping[str, Sequence[str]]:
        """What the output can be written as, by kind."""
        return FORMATS

    def fault(self, name: str) -> str:
        """What is wrong with a field, empty where nothing is."""
        return self.faults.get(name, "")

    @property
    def has_output_words(self) -> bool:
        """Whether anything was said of the output, or was wrong with it."""
        said = (self.format, self.quality, self.output_name)
        return any(said) or any(name in self.faults for name in ("format", "quality", "output_name"))


def order_form(
    member: Member, recipe: Recipe, entered: Entered | None = None, faults: Mapping[str, str] | None = None
) -> OrderForm:
    """The form of an effect or a config, with what was entered before and what was wrong with it."""
    is_too_much = _is_too_much(recipe)
    recipe = replace(recipe, inputs=(), params=()) if is_too_much else recipe
    entered, faults = _for_inputs(recipe, entered or Entered()), faults or {}
    shelf = Shelf.of(member, of_films=any(item.is_film for item in recipe.inputs))
    first = shelf.first if len(recipe.inputs) == 1 and not faults else ""
    return OrderForm(
        recipe=recipe,
        inputs=[_input(asked, number, entered, shelf, faults, first) for number, asked in enumerate(recipe.inputs)],
        params=[ParamField.of(param, entered, faults.get(param_field(param.name), "")) for param in recipe.params],
        names=shelf.names,
        format=entered.text("format"),
        quality=entered.text("quality"),
        output_name=entered.text("output_name"),
        look=look_of(recipe, entered) if recipe.is_effect else "",
        key=secrets.token_urlsafe(12),
        faults=faults,
        is_too_much=is_too_much,
    )


def _is_too_much(recipe: Recipe) -> bool:
    """Whether the fields of inputs (three each), of parameters (two at most) and eight more are too many."""
    return 3 * len(recipe.inputs) + 2 * len(recipe.params) + 8 > MOST_PARTS


def _input(
    asked: AskedInput, number: int, entered: Entered, shelf: Shelf, faults: Mapping[str, str], first: str
) -> InputField:
    name = input_field(asked.name)
    chosen, fault = entered.text(name) or first, faults.get(name, "")
    return InputField.of(asked, number, entered, shelf, chosen=chosen, fault=fault)


def _for_inputs(recipe: Recipe, entered: Entered) -> Entered:
    """What was entered; files that were chosen for another recipe are those of this one, in their order."""
    chosen = [text for name, text in entered.texts.items() if name.startswith(input_field("")) and text]
    named = {input_field(item.name): text for item, text in zip(recipe.inputs, chosen, strict=False)}
    return Entered({**named, **entered.texts}, entered.faults)
