"""Parameters of a config: typed, ranged, documented; options of the command line and fields of a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.section import Section, mapping_at
from artcelery.core.config.suggest import Suggester, choices, shown
from artcelery.core.effect import Param
from artcelery.core.effect.checking import allowed, check_value, parse_value, range_of
from artcelery.core.values import parse_decibels, parse_gain, parse_loudness, parse_size

if TYPE_CHECKING:
    from artcelery.core.effect.interface import ParamType as EffectParamType

__all__ = ["NAME", "PARAM_KEYS", "PARAM_TYPES", "ParamSpec", "ParamType", "read_params"]

ParamType = Literal["float", "int", "bool", "str", "choice", "color", "time", "size", "gain", "level", "loudness"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

_ALSO: dict[str, ParamType] = {
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "string": "str",
    "text": "str",
    "colour": "color",
}
PARAM_TYPES: dict[str, ParamType] = {**{name: name for name in get_args(ParamType)}, **_ALSO}
"""What a config may call each type."""

_WRITTEN: dict[ParamType, tuple[Callable[[object], Any], str]] = {
    "size": (parse_size, 'a size (1280 or "50%")'),
    "gain": (parse_gain, 'a gain (0.5 or "-6dB")'),
    "level": (parse_decibels, 'a level ("-30dB")'),
    "loudness": (parse_loudness, 'a loudness ("-14 LUFS")'),
}
"""Types that no effect has: what reads their values, and what they take in words."""

_RANGED = ("float", "int", "time", "gain", "level", "loudness")
PARAM_KEYS = ("type", "default", "min", "max", "range", "choices", "description")
_PLACEHOLDERS: dict[ParamType, object] = {"bool": True, "str": "text", "color": "#000000", "size": 100}
_USUAL: dict[ParamType, int] = {"level": -12, "loudness": -14}


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One parameter; `default` is None when a value must be given."""

    name: str
    type: ParamType = "float"
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    description: str = ""

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is None

    def check(self, value: object) -> Any:
        """The value in its normal form; ValueError says what is allowed."""
        if self.type not in _WRITTEN:
            return check_value(self._param(), value)
        read, _ = _WRITTEN[self.type]
        found = read(value)
        low, high = self.minimum, self.maximum
        if (low is not None and found < low) or (high is not None and found > high):
            raise ValueError(f"must be {self.allowed()}; it is {shown(value)}")
        return found

    def parse(self, text: str) -> Any:
        """The value that a text of a command line or a form means; ValueError says what is allowed."""
        if self.type in _WRITTEN:
            return self.check(_number_in(text, whole=self.type == "size"))
        return parse_value(self._param(), text)

    def allowed(self) -> str:
        """What it takes, in words: `a whole number from 16 to 4096`."""
        if self.type not in _WRITTEN:
            return allowed(self._param())
        range = range_of(Param(self.name, "float", None, self.minimum, self.maximum))
        return " ".join(word for word in (_WRITTEN[self.type][1], range) if word)

    def placeholder(self) -> Any:
        """Some value it could have, to check a config with before one is given."""
        if self.type == "choice":
            return self.choices[0] if self.choices else ""
        if self.type not in _RANGED:
            return _PLACEHOLDERS[self.type]
        usual = _USUAL.get(self.type, 1)
        low = usual if self.minimum is None else max(usual, self.minimum)
        value = low if self.maximum is None else min(low, self.maximum)
        return int(value) if self.type == "int" else float(value)

    def _param(self) -> Param:
        return Param(self.name, cast("EffectParamType", self.type), None, self.minimum, self.maximum, self.choices)


def read_params(findings: Findings, section: Section | None) -> tuple[ParamSpec, ...]:
    """The parameters that the config declares."""
    if section is None:
        return ()
    read = (_read_param(findings, (*section.path, name), name, value) for name, value in section.value.items())
    return tuple(param for param in read if param is not None)


def _read_param(findings: Findings, path: Path, name: str, value: Any) -> ParamSpec | None:
    if not NAME.fullmatch(name):
        findings.problem(path, f"{shown(name)} is no name for a parameter; use letters, digits, _ and -")
        return None
    section = mapping_at(findings, path, value, f"the parameter {name!r}")
    if section is None:
        return None
    section.refuse_unknown(PARAM_KEYS)
    kind = _type(section)
    low, high = _range(section, kind)
    spec = ParamSpec(name, kind, None, low, high, _choices(section, kind), section.text("description") or "")
    return _with_default(section, spec)


def _with_default(section: Section, spec: ParamSpec) -> ParamSpec:
    given = section.given("default")
    if given is None or (spec.type == "choice" and not spec.choices):
        return spec
    try:
        default = spec.check(given)
    except ValueError as error:
        section.problem("default", f"the default of {spec.name!r}: {error}")
        return spec
    return ParamSpec(spec.name, spec.type, default, spec.minimum, spec.maximum, spec.choices, spec.description)


def _type(section: Section) -> ParamType:
    said = section.text("type")
    if said in PARAM_TYPES:
        kind = PARAM_TYPES[said]
        return "choice" if kind == "str" and "choices" in section.value else kind
    if said is not None:
        hint = Suggester(PARAM_TYPES).hint(said) or f"; use {choices(get_args(ParamType))}"
        section.problem("type", f"there is no type {shown(said)} of parameters{hint}")
    return "choice" if "choices" in section.value else _guessed(section.value.get("default"))


def _guessed(default: object) -> ParamType:
    kinds: dict[type, ParamType] = {bool: "bool", int: "int", str: "str"}
    return kinds.get(type(default), "float")


def _range(section: Section, kind: ParamType) -> tuple[float | None, float | None]:
    said = section.given("range")
    low, high = _bound(section, "min", kind), _bound(section, "max", kind)
    if said is not None:
        if not isinstance(said, list) or len(said) != 2:
            section.problem("range", f"'range' must be a list of two, [lowest, highest]; it is {shown(said)}")
            return low, high
        if low is not None or high is not None:
            section.problem("range", "'range' says the same as 'min' and 'max'; give one of them")
        low, high = (_number(section, "range", item, kind) for item in said)
    if low is not None and high is not None and low > high:
        section.problem("range" if said is not None else "min", f"nothing lies between {low:.10g} and {high:.10g}")
        return None, None
    return low, high


def _bound(section: Section, key: str, kind: ParamType) -> float | None:
    return _number(section, key, section.given(key), kind)


def _number(section: Section, key: str, value: object, kind: ParamType) -> float | None:
    if value is None:
        return None
    if kind not in _RANGED:
        section.problem(key, f"a parameter of type {kind} has no {key!r}")
        return None
    read: Callable[[object], Any] = ParamSpec("", "float" if kind == "int" else kind).check
    try:
        return float(read(value))
    except ValueError as error:
        section.problem(key, f"{key!r}: {error}")
        return None


def _number_in(text: str, *, whole: bool) -> object:
    """The number that a text is, or else the text."""
    if whole:
        return int(text) if text.strip().isdecimal() and len(text) < 20 else text
    try:
        return float(text)
    except ValueError:
        return text


def _choices(section: Section, kind: ParamType) -> tuple[str, ...]:
    said = section.value.get("choices")
    if kind != "choice":
        if said is not None:
            section.problem("choices", f"a parameter of type {kind} has no 'choices'")
        return ()
    if not isinstance(said, list) or not said or not all(isinstance(item, str) for item in said):
        if "choices" in section.value:
            section.problem("choices", f"'choices' must be a list of texts; it is {_list_shown(said)}")
        else:
            section.missing("choices", ": a list of texts")
        return ()
    return tuple(said)


def _list_shown(value: object) -> str:
    if isinstance(value, list):
        odd = next((item for item in value if not isinstance(item, str)), None)
        return f"a list with {shown(odd)} in it; quote it" if value else "empty"
    return shown(value)
