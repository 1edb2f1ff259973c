"""Parameters as fields of a form: which control each has, what stands in it, and what was wrong with that."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from artcelery.core.config.params import ParamSpec
from artcelery.core.effect.checking import allowed, parse_value
from artcelery.server.pages.ordering.entered import Entered, param_field
from artcelery.server.pages.ordering.recipes import AskedParam, label_of

__all__ = ["Control", "ParamField", "read_param"]

Control = Literal["number", "checkbox", "choice", "color", "text", "lines"]

_CONTROLS: dict[str, Control] = {
    "float": "number",
    "int": "number",
    "bool": "checkbox",
    "choice": "choice",
    "color": "color",
}
_HEX = re.compile("#[0-9a-fA-F]{6}")
_LONG = 80
_STEPS = 100
"""Into about how many steps the range of a number is divided."""


@dataclass(frozen=True, slots=True)
class ParamField:
    """A parameter as a form shows it; `slide` is the step of the slider beside a number, empty where there is none."""

    name: str
    id: str
    label: str
    control: Control
    value: str
    minimum: str
    maximum: str
    step: str
    slide: str
    choices: Sequence[str]
    hint: str
    is_required: bool
    error: str

    @property
    def palette(self) -> str:
        """The colour that stands in it, as a palette takes it: without transparency, black where it is none."""
        return self.value[:7] if _HEX.match(self.value) else "#000000"

    @classmethod
    def of(cls, param: AskedParam, entered: Entered, fault: str = "") -> Self:
        """The field of a parameter, with what was entered, or else its default."""
        name = param_field(param.name)
        given = entered.given(name)
        return cls(
            name=name,
            id=name.replace(".", "-"),
            label=label_of(param.name),
            control=_control_of(param),
            value=_text(param.default) if given is None else given,
            minimum=_text(param.minimum),
            maximum=_text(param.maximum),
            step="1" if param.type == "int" else "any",
            slide=_slide(param),
            choices=param.choices,
            hint=_hint(param),
            is_required=param.required,
            error=fault,
        )


def read_param(param: AskedParam, text: str) -> Any:
    """The value that a text means; ValueError says what is allowed."""
    return param.parse(text) if isinstance(param, ParamSpec) else parse_value(param, text)


def _control_of(param: AskedParam) -> Control:
    is_long = param.type == "str" and (len(param.default or "") > _LONG or "\n" in (param.default or ""))
    return "lines" if is_long else _CONTROLS.get(param.type, "text")


def _hint(param: AskedParam) -> str:
    """What it is, and what it takes where the control does not show that."""
    takes = param.allowed() if isinstance(param, ParamSpec) else allowed(param)
    is_shown = _CONTROLS.get(param.type) in ("checkbox", "choice") or param.type == "str"
    says = param.description.strip()
    if is_shown:
        return says
    takes = takes[:1].upper() + takes[1:] + "."
    return f"{says} {takes}" if says else takes


def _slide(param: AskedParam) -> str:
    """A step of one, two or five times a power of ten; whole for whole numbers."""
    low, high = param.minimum, param.maximum
    if param.type not in ("float", "int") or low is None or high is None or high <= low:
        return ""
    rough = (high - low) / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.999)
    return _text(max(1.0, round(step)) if param.type == "int" else step)


def _text(value: object) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
