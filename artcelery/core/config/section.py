"""One mapping of a config, read key by key: what has the wrong type, is missing or is unknown is reported."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.suggest import Suggester, choices, quote_hint, shown

__all__ = ["LONGEST_NAME", "Section", "mapping_at"]

LONGEST_NAME = 200


class Section:
    """The mapping at `path`; `what` says in messages which one it is."""

    def __init__(self, findings: Findings, path: Path, value: dict[str, Any], what: str) -> None:
        self.findings, self.path, self.value, self._what = findings, path, value, what

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Report each key that is not among the known ones."""
        for key in self.value:
            if key not in known:
                hint = Suggester(known).hint(key) or f"; it knows {choices(known)}"
                self.problem(key, f"unknown key {shown(key)} in {self._what}{hint}")

    def problem(self, key: str, message: str) -> None:
        """Report something about one key, at the key."""
        self.findings.problem((*self.path, key), message)

    def missing(self, key: str, why: str = "") -> None:
        """Report that a key is not there, at the mapping that lacks it."""
        self.findings.problem(self.path, f"{self._what} needs a key {key!r}{why}")

    def text(self, key: str) -> str | None:
        """The text at `key`; None when it is not there, or no text."""
        value = self.given(key)
        if value is None or isinstance(value, str):
            return value
        self.problem(key, f"{key!r} must be text; it is {shown(value)}{quote_hint(value)}")
        return None

    def flag(self, key: str) -> bool:
        """Whether `key` is true; false when it is not there, or something else."""
        value = self.given(key) if key in self.value else False
        if value is not None and not isinstance(value, bool):
            self.problem(key, f"{key!r} must be true or false; it is {shown(value)}")
        return value is True

    def given(self, key: str) -> Any:
        """What stands at `key`; None when nothing does, which is reported where the key is there."""
        value = self.value.get(key)
        if value is None and key in self.value:
            self.problem(key, f"{key!r} is empty; give it a value, or leave the key out")
        return value

    def name(self, key: str) -> str | None:
        """The text at `key` when it can name something: printable, on one line, not too long."""
        text = self.text(key)
        if text is None:
            return None
        if not text or not text.isprintable() or len(text) > LONGEST_NAME:
            self.problem(key, f"{key!r} must be 1 to {LONGEST_NAME} printable characters; it is {shown(text)}")
            return None
        return text

    def mapping(self, key: str, what: str) -> Section | None:
        """The mapping at `key`; None when it is not there, or something else."""
        if key not in self.value:
            return None
        return mapping_at(self.findings, (*self.path, key), self.value[key], what)


def mapping_at(findings: Findings, path: Path, value: Any, what: str) -> Section | None:
    """The mapping that `value` is (nothing at all is an empty one); None, reported, when it is something else."""
    if value is None:
        value = {}
    if not isinstance(value, dict):
        findings.problem(path, f"{what} must be a mapping of keys; it is {shown(value)}")
        return None
    return Section(findings, path, value, what)
