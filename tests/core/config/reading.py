"""How these tests read configs: short texts in, problems as `line:column: message` out."""

from __future__ import annotations

from artcelery.core.config import Config, Effects, load_config
from artcelery.core.effect import Effect
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.errors import ConfigError

LIBRARY = EffectLibrary([])
CAT = "    - {id: cat, type: SOURCE, config: {asset: cat}}\n"


class Builtin:
    """The built-in effects, read once."""

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        return LIBRARY.resolve(name, pinned_hash, lambda _: None)


def graph(*nodes: str, output: str, top: str = "") -> str:
    """A config of nodes, one in each line from line 4 on; `top` is what follows."""
    lines = "".join(f"    - {node}\n" for node in nodes)
    return f"name: test\ndag:\n  nodes:\n{lines}  output: {output}\n{top}"


def with_node(node: str, top: str = "") -> str:
    """A config in which a node, in line 5, works on the cat: `type: RESIZE, config: {width: 3}`."""
    return graph(
        "{id: cat, type: SOURCE, config: {asset: cat}}", f"{{id: it, {node}, inputs: cat}}", output="it", top=top
    )


def loaded(text: str | bytes, effects: Effects | None = None) -> Config:
    """The config, which is right."""
    return load_config(text, file="file.yaml", effects=effects)


def problems(text: str | bytes, effects: Effects | None = None) -> list[str]:
    """Everything that is wrong, as `line:column: message`; empty when nothing is."""
    try:
        loaded(text, effects)
    except ConfigError as error:
        return [problem.located("").removeprefix(":") for problem in error.problems]
    return []


def problems_at(marked: str, effects: Effects | None = None) -> list[str]:
    """The messages of everything that is wrong in a text, all of it where the mark `▸` stands."""
    before, _, after = marked.partition("▸")
    place = f"{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}: "
    found = problems(before + after, effects)
    assert [item for item in found if not item.startswith(place)] == []
    return [item.removeprefix(place) for item in found]


def warnings(text: str) -> list[str]:
    """What is right and yet hardly meant, as `line:column: message`."""
    return [found.located("").removeprefix(":") for found in loaded(text).warnings]
