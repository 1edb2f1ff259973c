"""From the events of a YAML parser to plain values with places: iterative, bounded, without surprises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from artcelery.core.config.scalars import meaningless, plain_value, tagged_value
from artcelery.core.errors import Problem

__all__ = ["MAX_DEPTH", "MAX_WEIGHT", "MOST_FOUND", "VALUE_WEIGHT", "Composer", "Place", "Places", "line_and_column"]

MAX_DEPTH = 32
MAX_WEIGHT = 32 << 20
"""How much may come of one document, aliases followed: 32 for each value, and its characters."""

MOST_FOUND = 1_000
"""After so many problems the rest is not looked at: a file with a fault in every line must not take minutes."""

VALUE_WEIGHT = 32
_COLUMN_BITS = 32
_COLLECTION_TAGS: dict[type, tuple[str | None, ...]] = {
    dict: (None, "!", "tag:yaml.org,2002:map"),
    list: (None, "!", "tag:yaml.org,2002:seq"),
}

Place = int
"""Line and column, from 1, in one number: there are many, and numbers cost the garbage collector nothing."""

Places = dict[int, dict[str, Place] | list[Place]]
"""By the id of a dict or list: the place of each key or item."""


class _Stop(Exception):
    """The rest is not worth reading: a limit is passed."""


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an alias stands for; `height` counts the levels of collections in it."""

    value: Any
    weight: int
    height: int = 0


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "height", "key", "place", "places", "skip", "value", "weight")

    def __init__(self, value: Any, places: Any, place: Place, anchor: str | None, weight: int) -> None:
        self.value, self.places = value, places
        self.place, self.anchor, self.weight = place, anchor, weight
        self.key: str | None = None
        self.skip = False
        self.height = 1


class Composer:
    """Builds the value of one document; `problems` grow on the way, and `whole` says whether the end was reached."""

    def __init__(self) -> None:
        self.value: Any = None
        self.places: Places = {}
        self.problems: list[Problem] = []
        self.whole = True
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._weight = 0
        self._documents = 0

    def read(self, events: Iterable[yaml.Event]) -> None:
        """Take in all events, up to a limit."""
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        try:
            for event in events:
                handler: Any = handlers.get(type(event))
                if handler is not None:
                    handler(event)
        except _Stop:
            self.whole = False

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = _place_of(event)
        value: Any = event.value
        try:
            if event.tag is not None:
                value = tagged_value(event.tag, value)
            elif event.implicit[0]:
                value = plain_value(value)
        except ValueError as error:
            self._problem(str(error), place)
        weight = VALUE_WEIGHT + len(event.value)
        self._weigh(weight, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, weight)
        self._put(value, place)

    def _mapping(self, event: yaml.MappingStartEvent) -> None:
        self._begin(event, {}, {})

    def _sequence(self, event: yaml.SequenceStartEvent) -> None:
        self._begin(event, [], [])

    def _begin(self, event: yaml.CollectionStartEvent, value: Any, places: Any) -> None:
        place = _place_of(event)
        if event.tag not in _COLLECTION_TAGS[type(value)]:
            self._problem(meaningless(event.tag or "!"), place)
        self._refuse_depth(1, place)
        if not self._open and isinstance(value, list):
            self._problem("a config is a mapping of keys (name, dag, ...), not a list", place)
            raise _Stop
        self._open.append(_Open(value, places, place, event.anchor, self._weight))
        self._weigh(VALUE_WEIGHT, place)
        self.places[id(value)] = places

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        done = self._open.pop()
        if done.anchor is not None:
            self._anchors[done.anchor] = _Anchored(done.value, self._weight - done.weight, done.height)
        self._grow(done.height)
        self._put(done.value, done.place)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = _place_of(event)
        anchor = event.anchor or ""
        found = self._anchors.get(anchor)
        if found is None:
            within = any(item.anchor == anchor for item in self._open)
            why = "stands inside what it refers to" if within else f"refers to no &{anchor[:60]} before it"
            self._problem(f"*{anchor[:60]} {why}", place)
            self._put(None, place)
            return
        self._weigh(found.weight, place)
        self._refuse_depth(found.height, place)
        self._grow(found.height)
        self._put(found.value, place)

    def _refuse_depth(self, height: int, place: Place) -> None:
        if len(self._open) + height > MAX_DEPTH:
            self._problem(f"this is nested deeper than {MAX_DEPTH} levels", place)
            raise _Stop

    def _grow(self, height: int) -> None:
        """Something of that height ends in the innermost open collection."""
        if self._open:
            self._open[-1].height = max(self._open[-1].height, height + 1)

    def _put(self, value: Any, place: Place) -> None:
        if not self._open:
            self.value = value
            return
        parent = self._open[-1]
        if type(parent.value) is list:
            parent.value.append(value)
            parent.places.append(place)
        elif parent.skip:
            parent.skip = False
        elif parent.key is None:
            self._key(parent, value, place)
        else:
            parent.value[parent.key] = value
            parent.key = None

    def _key(self, parent: _Open, key: Any, place: Place) -> None:
        """Take in a key; the value of one that cannot be used is skipped."""
        wrong = self._wrong_key(parent, key)
        if wrong is None:
            parent.key = key
            parent.places[key] = place
            return
        self._problem(wrong, place)
        parent.skip = True

    def _wrong_key(self, parent: _Open, key: Any) -> str | None:
        if not isinstance(key, str):
            hint = "" if isinstance(key, (dict, list)) else f'; quote it: "{_written(key)}"'
            return f"a key must be text{hint}"
        if key == "<<":
            return "merge keys (<<) are not part of YAML 1.2; write the keys out"
        if key in parent.places:
            return f"the key {key[:60]!r} stands here twice; first in line {line_and_column(parent.places[key])[0]}"
        return None

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        place = _place_of(event)
        self._documents += 1
        if self._documents > 1:
            self._problem("a second document begins here; a config is one document", place)
            raise _Stop
        if event.version is not None and tuple(event.version) != (1, 2):
            said = ".".join(map(str, event.version))
            self._problem(f"a config is read as YAML 1.2; take the line %YAML {said} out", place)

    def _weigh(self, weight: int, place: Place) -> None:
        self._weight += weight
        if self._weight > MAX_WEIGHT:
            self._problem("too much comes of this document; it has too many values, or its aliases multiply", place)
            raise _Stop

    def _problem(self, message: str, place: Place) -> None:
        self.problems.append(Problem(message, *line_and_column(place)))
        if len(self.problems) == MOST_FOUND:
            raise _Stop


def _place_of(event: yaml.Event) -> Place:
    mark: Any = event.start_mark
    place: Place = (mark.line + 1) << _COLUMN_BITS | (mark.column + 1)
    return place


def line_and_column(place: Place) -> tuple[int, int]:
    """A place as line and column, from 1."""
    return place >> _COLUMN_BITS, place & ((1 << _COLUMN_BITS) - 1)


def _written(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
