"""A YAML text as plain values, with the place of every key and item."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from artcelery.core.config.composing import Composer, Places, line_and_column
from artcelery.core.config.unreadable import parse_problem, text_problem
from artcelery.core.errors import Problem

__all__ = ["MAX_BYTES", "Document", "read_document"]

MAX_BYTES = 4 << 20
_START = (1, 1)


@dataclass(frozen=True)
class Document:
    """What a YAML text says; when `whole` is false, it could not be read to its end.

    The values are dict, list, str, int, float, bool and None. Aliases share one object with their anchor.
    """

    value: Any
    problems: tuple[Problem, ...] = ()
    whole: bool = True
    places: Places = field(default_factory=dict, repr=False)

    def locate(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Line and column, from 1, of the key or item at `path`, or of the innermost part of it that is there."""
        value, place = self.value, _START
        for step in path:
            # A text or number may have the id of a collection that is no more.
            places = self.places[id(value)] if isinstance(value, (dict, list)) else {}
            try:
                value, place = value[step], line_and_column(places[step])  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                break
        return place


def read_document(data: bytes) -> Document:
    """The document in `data`: UTF-8, at most 4 MB, one document, no deeper than 32; problems are in it, not raised."""
    import yaml

    problem = text_problem(data, MAX_BYTES)
    if problem is not None:
        return Document(None, (problem,), whole=False)
    composer = Composer()
    try:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(data)
        composer.read(iter(loader.get_event, None))
    except yaml.YAMLError as error:
        composer.problems.append(parse_problem(error, data))
        composer.whole = False
    return Document(composer.value, tuple(composer.problems), composer.whole, composer.places)
