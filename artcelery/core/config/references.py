"""`${name}` in the texts of a node's config: found, and replaced by values.

`${width}` is a parameter, or a value of the MAP around the node; `${beats.beats[3]}` is a part of what the ANALYZE node
`beats` found out, with indices and slices as in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from artcelery.core.config.findings import Path
from artcelery.core.config.params import NAME
from artcelery.core.config.suggest import Suggester, choices, shown

__all__ = ["MOST_WRITTEN", "Mention", "Reference", "escaped", "find_mentions", "substitute", "walk"]

MOST_WRITTEN = 1_000_000
"""Characters that references inside the texts of one node stand for."""

_MOST_STEPS = 8

_REFERENCE = re.compile(
    rf"\$\$\{{|\$\{{(?P<name>{NAME.pattern})(?P<steps>(?:\.{NAME.pattern}|\[[^][{{}}]{{0,40}}\]){{0,{_MOST_STEPS}}})\}}|\$\{{"
)
_STEP = re.compile(rf"\.(?P<key>{NAME.pattern})|\[(?P<at>[^][]*)\]")
_INDEX = re.compile(r"\s*-?[0-9]{1,9}\s*")
_SLICE = re.compile(r"\s*(-?[0-9]{1,9})?\s*:\s*(-?[0-9]{1,9})?\s*(?::\s*(-?[0-9]{1,9})?\s*)?")
_MALFORMED = "'${' begins a reference such as ${width}; write '$${' for the text itself"

Step = str | int | slice


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands between `${` and `}`: a name, and the way from there. `wrong` says why it is none."""

    text: str
    name: str = ""
    steps: tuple[Step, ...] = ()
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference at a path in a node's config; `whole` when the text there is nothing else."""

    path: Path
    reference: Reference
    whole: bool


def find_mentions(value: Any) -> tuple[Mention, ...] | None:
    """All references in a config; None when no text has a `${` in it, not even an escaped one."""
    texts = list(_texts(value, ()))
    return tuple(mention for path, text in texts for mention in _mentions(path, text)) if texts else None


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if "${" in value:
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (str, dict, list)):
                yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, (str, dict, list)):
                yield from _texts(item, (*path, index))


def _mentions(path: Path, text: str) -> Iterator[Mention]:
    for found in _REFERENCE.finditer(text):
        if found[0] != "$${":
            yield Mention(path, _parsed(found), len(found[0]) == len(text))


def _parsed(found: re.Match[str]) -> Reference:
    if not found["name"]:
        return Reference(found[0], wrong=_MALFORMED)
    steps: list[Step] = []
    for step in _STEP.finditer(found["steps"]):
        if step["key"] is not None:
            steps.append(step["key"])
            continue
        at = _index(step["at"])
        if at is None:
            said = f"{found[0]}: {step[0]} is no index; write [3], [-1] or [::4]"
            return Reference(found[0], found["name"], wrong=said)
        steps.append(at)
    return Reference(found[0], found["name"], tuple(steps))


def _index(text: str) -> int | slice | None:
    if _INDEX.fullmatch(text):
        return int(text)
    found = _SLICE.fullmatch(text)
    if found is None:
        return None
    start, stop, step = (None if part is None else int(part) for part in found.groups())
    return None if step == 0 else slice(start, stop, step)


def walk(value: Any, reference: Reference) -> Any:
    """What the reference's steps lead to, from the value of its name; ValueError says where they lead nowhere."""
    said = reference.name
    for step in reference.steps:
        try:
            value = _stepped(value, step, said)
        except ValueError as error:
            raise ValueError(f"{reference.text}: {error}") from None
        said += f".{step}" if isinstance(step, str) else _bracketed(step)
    return value


def _stepped(value: Any, step: Step, said: str) -> Any:
    if isinstance(step, str):
        if not isinstance(value, Mapping):
            raise ValueError(f"{said} is {shown(value)}; it has no parts such as {step!r}")
        if step not in value:
            hint = Suggester(value).hint(step) or f"; it has {choices(value) or 'nothing'}"
            raise ValueError(f"{said} has no {step!r}{hint}")
        return value[step]
    if not isinstance(value, list):
        raise ValueError(f"{said} is {shown(value)}, and no list; it has no {_bracketed(step)}")
    if isinstance(step, int) and not -len(value) <= step < len(value):
        raise ValueError(f"{said} has {len(value)} value{'' if len(value) == 1 else 's'}; there is no [{step}]")
    return value[step]


def _bracketed(step: int | slice) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    ends = [step.start, step.stop, *([] if step.step is None else [step.step])]
    return f"[{':'.join('' if end is None else str(end) for end in ends)}]"


def substitute(value: Any, values: Mapping[str, Any]) -> Any:
    """The value with references replaced: one that is the whole text keeps its type, others are written out.

    `values` are by the references' texts. ValueError when more than `MOST_WRITTEN` characters would be written out.
    """
    return _Substitution(values).replaced(value)


class _Substitution:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._left = MOST_WRITTEN

    def replaced(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value) if "${" in value else value
        if isinstance(value, dict):
            return {key: self.replaced(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.replaced(item) for item in value]
        return value

    def _text(self, text: str) -> Any:
        return self._values[text] if text in self._values else _REFERENCE.sub(self._part, text)

    def _part(self, found: re.Match[str]) -> str:
        if found[0] == "$${":
            return "${"
        said = _written(self._values[found[0]]) if found[0] in self._values else found[0]
        self._left -= len(said)
        if self._left < 0:
            raise ValueError(f"references in its texts stand for more than {MOST_WRITTEN:,} characters")
        return said


def escaped(value: Any) -> Any:
    """The value with its texts written so that `substitute` gives them back unchanged."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, Mapping):
        return {key: escaped(item) for key, item in value.items()}
    return [escaped(item) for item in value] if isinstance(value, (list, tuple)) else value


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
