"""One value against one parameter: its type, its range, its normal form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from artcelery.core.effect.interface import Param, ParamType
from artcelery.core.values import parse_color, parse_seconds

__all__ = ["allowed", "check_value", "parse_value", "range_of"]

# What canonical JSON (and so a key) can hold exactly.
_LARGEST_INT = 2**53 - 1
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def check_value(param: Param, value: object) -> Any:
    """The value in its normal form; ValueError says what is allowed."""
    checked = _CHECKS[param.type](param, value)
    if param.type in ("float", "int", "time"):
        _check_range(param, checked, value)
    return checked


def parse_value(param: Param, text: str) -> Any:
    """The value that `text` means for this parameter; ValueError says what is allowed."""
    return check_value(param, _PARSERS.get(param.type, str)(text.strip() if param.type != "str" else text))


def allowed(param: Param) -> str:
    """What a parameter takes, in words: `a number from 0 to 1`."""
    if param.type == "choice":
        return "one of " + ", ".join(param.choices)
    return " ".join(word for word in (_KINDS[param.type], range_of(param)) if word)


def range_of(param: Param) -> str:
    """The range of a parameter in words: `from 0 to 1`, `at least 0`, or nothing."""
    low, high = param.minimum, param.maximum
    if low is not None and high is not None:
        return f"from {low:.10g} to {high:.10g}"
    if low is not None:
        return f"of at least {low:.10g}"
    return f"of at most {high:.10g}" if high is not None else ""


_KINDS: dict[ParamType, str] = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a text",
    "color": 'a colour ("#ff8800", or a name such as "orange")',
    "time": 'a time (2.5, "2.5s" or "00:01:30")',
}


def _float(param: Param, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _refused(param, value)
    try:
        number = float(value)
    except OverflowError:
        raise _refused(param, value) from None
    if not math.isfinite(number):
        raise _refused(param, value)
    return number


def _int(param: Param, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refused(param, value)
    if abs(value) > _LARGEST_INT:
        raise ValueError(f"must be a whole number of at most {_LARGEST_INT} either way; got {_shown(value)}")
    return value


def _bool(param: Param, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(param, value)
    return value


def _str(param: Param, value: object) -> str:
    if not isinstance(value, str):
        raise _refused(param, value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"must be a text in UTF-8; got {value!r}") from None
    return value


def _choice(param: Param, value: object) -> str:
    if isinstance(value, str) and value in param.choices:
        return value
    from difflib import get_close_matches

    close = get_close_matches(value, param.choices, 1) if isinstance(value, str) else []
    raise _refused(param, value, f"did you mean {close[0]!r}?" if close else "")


def _color(param: Param, value: object) -> str:
    try:
        return parse_color(value)
    except ValueError:
        raise _refused(param, value) from None


def _time(param: Param, value: object) -> float:
    try:
        seconds = parse_seconds(value)
    except (ValueError, OverflowError):
        raise _refused(param, value) from None
    return _float(param, seconds)


_CHECKS: dict[ParamType, Callable[[Param, object], Any]] = {
    "float": _float,
    "int": _int,
    "bool": _bool,
    "str": _str,
    "choice": _choice,
    "color": _color,
    "time": _time,
}


def _number(text: str) -> object:
    return _tried(float, text)


def _whole(text: str) -> object:
    return _tried(int, text)


def _tried(convert: Callable[[str], object], text: str) -> object:
    """The converted text; or the text itself, which the check then refuses in the parameter's own words."""
    try:
        return convert(text)
    except ValueError:
        return text


_PARSERS: dict[ParamType, Callable[[str], object]] = {
    "float": _number,
    "int": _whole,
    "bool": lambda text: _WORDS.get(text.lower(), text),
}


def _check_range(param: Param, number: float, given: object) -> None:
    too_low = param.minimum is not None and number < param.minimum
    if too_low or (param.maximum is not None and number > param.maximum):
        raise _refused(param, given)


def _refused(param: Param, value: object, hint: str = "") -> ValueError:
    return ValueError(f"must be {allowed(param)}; got {_shown(value)}" + (f"; {hint}" if hint else ""))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > _LARGEST_INT:
        return "a far larger one"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
