"""What a card shows of a recipe, kept by the hash of its text: a list of many does not read all of them again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Self

from artcelery.core.config import Config
from artcelery.core.errors import ArtceleryError
from artcelery.server.pages.graphs import Drawing
from artcelery.server.pages.recipe_graphs import graph_of

__all__ = ["Sketch", "Sketches", "sketches"]

_KEPT = 1000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a config is about: its own words, how much there is of it, and its graph; without one, why it has none."""

    description: str
    version: str = ""
    nodes: int = 0
    inputs: int = 0
    params: int = 0
    drawing: Drawing | None = None
    trouble: str = ""

    @classmethod
    def of(cls, config: Config) -> Self:
        """What a config is about."""
        description, drawing = config.description.strip()[:_LONGEST], graph_of(config).drawing
        return cls(description, config.version, len(config.nodes), len(config.inputs), len(config.params), drawing)

    @property
    def counts(self) -> str:
        """How much there is of it, in words: `3 nodes, 1 input`."""
        counted = ((self.nodes, "node"), (self.inputs, "input"), (self.params, "parameter"))
        return ", ".join(f"{count} {word}{'s' if count != 1 else ''}" for count, word in counted if count)


class Sketches:
    """The sketches that were made last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Sketch] = OrderedDict()
        self._lock = Lock()

    def get(self, config_id: str, load: Callable[[], Config]) -> Sketch:
        """The sketch of the config with that id; one that cannot be read (any more) is tried again the next time."""
        with self._lock:
            if config_id in self._kept:
                self._kept.move_to_end(config_id)
                return self._kept[config_id]
        try:
            made = Sketch.of(load())
        except ArtceleryError as error:
            return Sketch("", trouble=error.message.partition("\n")[0][:_LONGEST])
        with self._lock:
            self._kept[config_id] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


@cache
def sketches() -> Sketches:
    """Those of this process."""
    return Sketches()
