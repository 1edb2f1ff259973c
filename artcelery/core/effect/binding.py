"""Parameters given for an effect, made complete: defaults filled in, types and ranges checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from artcelery.core.effect.checking import check_value, parse_value
from artcelery.core.effect.interface import Effect, Param
from artcelery.core.errors import UsageError

__all__ = ["ParamProblems", "bind", "find_param", "parse_text"]


class ParamProblems(UsageError):
    """Parameters do not fit their effect; `problems` holds every (parameter name, message)."""

    def __init__(self, problems: Iterable[tuple[str, str]], effect: str = "") -> None:
        self.problems = tuple(problems)
        self.effect = effect
        where = f"effect {effect}: " if effect else ""
        super().__init__("\n".join(f"{where}{message}" for _, message in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.problems, self.effect))


def bind(effect: Effect, values: Mapping[str, object]) -> dict[str, Any]:
    """The complete parameters in the effect's order; ParamProblems with everything that is wrong."""
    params = {param.name: param for param in effect.params}
    problems = [(name, _unknown(effect, name)) for name in values if name not in params]
    bound: dict[str, Any] = {}
    for name, param in params.items():
        try:
            bound[name] = _bound(param, values)
        except ValueError as error:
            problems.append((name, f"{name} {error}"))
    if problems:
        raise ParamProblems(problems, effect.name)
    return bound


def parse_text(param: Param, text: str) -> Any:
    """The value that a text such as a command line's `--param k=v` means; ParamProblems says what is allowed."""
    try:
        return parse_value(param, text)
    except ValueError as error:
        raise ParamProblems([(param.name, f"{param.name} {error}")]) from None


def find_param(effect: Effect, name: str) -> Param:
    """The parameter of that name; ParamProblems with what was perhaps meant."""
    for param in effect.params:
        if param.name == name:
            return param
    raise ParamProblems([(name, _unknown(effect, name))], effect.name)


def _bound(param: Param, values: Mapping[str, object]) -> Any:
    if param.name in values:
        return check_value(param, values[param.name])
    if param.required:
        raise ValueError("must be given; it has no default")
    return param.default


def _unknown(effect: Effect, name: str) -> str:
    from difflib import get_close_matches

    names = [param.name for param in effect.params]
    if not names:
        return f"no parameter {name!r}; {effect.name} has none"
    close = get_close_matches(str(name), names, 1)
    meant = f"did you mean {close[0]!r}? It" if close else "it"
    return f"no parameter {name!r}; {meant} has {', '.join(names)}"
