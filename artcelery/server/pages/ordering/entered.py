"""What somebody entered into a form: texts by the names of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from artcelery.server.uploads.form_parts import MOST_PARTS

__all__ = ["MOST_PARTS", "Entered", "file_field", "input_field", "other_field", "param_field"]


@dataclass(frozen=True, slots=True)
class Entered:
    """Texts by field, and what was wrong with files that were sent, by field as well."""

    texts: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The texts of a query or a form; of those with one name the last counts, as of a checkbox after its "no"."""
        return cls(dict(pairs))

    def text(self, name: str) -> str:
        """What was entered there, without blanks around it; empty where nothing was."""
        return self.texts.get(name, "").strip()

    def given(self, name: str) -> str | None:
        """What was entered there as it is, None where the form had no such field."""
        return self.texts.get(name)


def param_field(name: str) -> str:
    """The field of a parameter."""
    return f"param.{name}"


def input_field(name: str) -> str:
    """The field of an input: the content hash or the name that was chosen."""
    return f"input.{name}"


def other_field(name: str) -> str:
    """The field of an input where a name can be written."""
    return f"other.{name}"


def file_field(name: str) -> str:
    """The field of an input that holds a file."""
    return f"file.{name}"
