"""What an effect file says about itself, before it is known to be right."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from artcelery.core.effect.checking import check_value, parse_value
from artcelery.core.effect.interface import Param, ParamType
from artcelery.core.errors import Problem

__all__ = ["Declaration", "ParamDraft", "did_you_mean", "finish_params", "merge", "merge_params"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_TYPES: dict[str, ParamType] = {
    "float": "float",
    "number": "float",
    "int": "int",
    "integer": "int",
    "bool": "bool",
    "boolean": "bool",
    "str": "str",
    "string": "str",
    "choice": "choice",
    "color": "color",
    "colour": "color",
    "time": "time",
}
_RANGED = ("float", "int", "time")


@dataclass(slots=True)
class ParamDraft:
    """A parameter as a file declares it; None where it says nothing. `default_text` is a default in a docstring."""

    name: str
    line: int
    type: str | None = None
    default: Any = None
    default_text: str | None = None
    range: tuple[float | None, float | None] | None = None
    choices: tuple[str, ...] | None = None
    description: str | None = None


@dataclass(slots=True)
class Declaration:
    """What one part of a file (docstring, META, script block) says; None where it says nothing."""

    line: int = 1
    name: str | None = None
    version: str | None = None
    description: str | None = None
    author: str | None = None
    temporal: bool | None = None
    alpha: str | None = None
    identity: bool | None = None
    params: list[ParamDraft] | None = None


def merge(first: Declaration, second: Declaration) -> Declaration:
    """Both together; where both say something, the first counts."""
    merged = Declaration(first.line)
    for field in ("name", "version", "description", "author", "temporal", "alpha", "identity"):
        said = getattr(first, field)
        setattr(merged, field, getattr(second, field) if said is None else said)
    merged.params = merge_params(first.params, second.params)
    return merged


def merge_params(first: list[ParamDraft] | None, second: list[ParamDraft] | None) -> list[ParamDraft] | None:
    """The first's parameters, with what the second says of them beyond that."""
    if first is None or second is None:
        return second if first is None else first
    known = {draft.name: draft for draft in second}
    return [_merged(draft, known.get(draft.name)) for draft in first]


def _merged(draft: ParamDraft, other: ParamDraft | None) -> ParamDraft:
    if other is None:
        return draft
    fields = ("type", "range", "choices", "description")
    missing = {name: getattr(other, name) for name in fields if getattr(draft, name) is None}
    if draft.default is None and draft.default_text is None:
        missing |= {"default": other.default, "default_text": other.default_text}
    return replace(draft, **missing)


def finish_params(drafts: Sequence[ParamDraft], problems: list[Problem]) -> tuple[Param, ...]:
    """The parameters; what is wrong with them goes into `problems`."""
    params: dict[str, Param] = {}
    for draft in drafts:
        if not _NAME.fullmatch(draft.name):
            problems.append(
                Problem(f"{draft.name!r} is no name for a parameter; use letters, digits, _ and -", draft.line)
            )
        elif draft.name in params:
            problems.append(Problem(f"the parameter {draft.name} is declared twice", draft.line))
        else:
            params[draft.name] = _finish(draft, problems)
    return tuple(params.values())


def _finish(draft: ParamDraft, problems: list[Problem]) -> Param:
    found = len(problems)
    type = _type(draft, problems)
    low, high = _range(draft, type, problems)
    if (type == "choice") != bool(draft.choices):
        wrong = "has no choices" if type == "choice" else f"is of type {type} and cannot have choices"
        problems.append(Problem(f"the parameter {draft.name} {wrong}", draft.line))
    param = Param(draft.name, type, None, low, high, draft.choices or (), draft.description or "")
    if len(problems) > found:
        return param
    try:
        return replace(param, default=_default(draft, param))
    except ValueError as error:
        problems.append(Problem(f"the default of {draft.name} {error}", draft.line))
        return param


def _type(draft: ParamDraft, problems: list[Problem]) -> ParamType:
    said = draft.type or ("choice" if draft.choices else "float")
    type = _TYPES.get(said.lower())
    if type is None:
        hint = did_you_mean(said, _TYPES) or " use float, int, bool, str, choice, color or time"
        problems.append(Problem(f"the parameter {draft.name} has the unknown type {said!r};{hint}", draft.line))
        return "choice" if draft.choices else "float"
    return "choice" if type == "str" and draft.choices else type


def _range(draft: ParamDraft, type: ParamType, problems: list[Problem]) -> tuple[float | None, float | None]:
    low, high = draft.range or (None, None)
    if draft.range is not None and type not in _RANGED:
        problems.append(Problem(f"the parameter {draft.name} is of type {type} and cannot have a range", draft.line))
    if any(bound is not None and not math.isfinite(bound) for bound in (low, high)):
        problems.append(Problem(f"the range of {draft.name} must be of finite numbers", draft.line))
    if low is not None and high is not None and low > high:
        problems.append(Problem(f"the range of {draft.name} is empty: {low:.10g} is above {high:.10g}", draft.line))
    return low, high


def _default(draft: ParamDraft, param: Param) -> Any:
    if draft.default is not None:
        return check_value(param, draft.default)
    return None if draft.default_text is None else parse_value(param, draft.default_text)


def did_you_mean(word: str, known: Sequence[str] | dict[str, Any], cutoff: float = 0.6) -> str:
    """` did you mean '...'?`, or nothing when no known word is close."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1, cutoff)
    return f" did you mean {close[0]!r}?" if close else ""
