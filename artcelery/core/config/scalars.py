"""Plain YAML scalars as YAML 1.2's core schema reads them: `no` and `1:30` are text, `0777` is 777.

The schema is that of https://yaml.org/spec/1.2.2/#103-core-schema.
"""

from __future__ import annotations

import math
import re

__all__ = ["MAX_INTEGER", "meaningless", "plain_value", "tagged_value"]

MAX_INTEGER = 2**53 - 1
"""The largest whole number that JSON, and so a key, can hold exactly."""

_PREFIX = "tag:yaml.org,2002:"
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMERIC = frozenset("-+.0123456789")
_KINDS: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}


def plain_value(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar; ValueError when it is a number that cannot be used."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _DECIMAL.fullmatch(text):
        return _whole(text, text, 10)
    if _BASED.fullmatch(text):
        return _whole(text, text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    return text


def tagged_value(tag: str, text: str) -> str | int | float | bool | None:
    """The value of a scalar with a tag; ValueError for a tag outside the core schema, or one that does not fit."""
    kind = tag.removeprefix(_PREFIX)
    if tag == "!" or kind == "str":
        return text
    if not tag.startswith(_PREFIX) or kind not in _KINDS:
        raise ValueError(meaningless(tag))
    value = plain_value(text)
    if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "bool"):
        raise ValueError(f"{text[:40]!r} does not fit its tag !!{kind}")
    return float(value) if kind == "float" and isinstance(value, int) else value


def meaningless(tag: str) -> str:
    """What is said of a tag that is outside the core schema, or stands at what it does not fit."""
    shown = f"!!{tag.removeprefix(_PREFIX)}" if tag.startswith(_PREFIX) else tag
    return f"the tag {shown[:60]} means nothing here; leave it out"


def _whole(text: str, digits: str, base: int) -> int:
    # Python refuses to read more than 4,300 digits, and takes quadratic time up to there.
    if len(digits) <= 60 and abs(value := int(digits, base)) <= MAX_INTEGER:
        return value
    said = text if len(text) <= 20 else f"{text[:20]}..."
    raise ValueError(f"{said} is too large a whole number (at most {MAX_INTEGER}); quote it if it is text")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:40]} is too large a number; quote it if it is text")
    return value
