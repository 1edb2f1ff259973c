"""The file behind each SOURCE of an order; whatever is missing or unknown is reported at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from artcelery.core.engine.assets import Assets
from artcelery.core.errors import ConfigError, NotFoundError, Problem, UsageError
from artcelery.core.graph import SourceFile
from artcelery.core.ops.source import SourceConfig

if TYPE_CHECKING:
    from artcelery.core.config import BoundNode
    from artcelery.core.engine.order import Order

__all__ = ["find_inputs"]


def find_inputs(order: Order, bound: Iterable[BoundNode], assets: Assets) -> dict[str, SourceFile]:
    """The file of each SOURCE node, by the node's id.

    UsageError names the inputs that were not given, are not there, or that the config does not ask for; ConfigError
    the files that the config itself names and that are not there.
    """
    search = _Search(order, assets)
    found = {node.id: file for node in bound if (file := search.file_of(node)) is not None}
    search.raise_problems()
    return found


class _Search:
    def __init__(self, order: Order, assets: Assets) -> None:
        self.order, self.assets = order, assets
        self.asked: dict[str, None] = {}
        self.in_config: list[Problem] = []
        self.in_call: list[str] = []

    def file_of(self, node: BoundNode) -> SourceFile | None:
        config = node.op.config
        if not isinstance(config, SourceConfig):
            return None
        recorded = self.order.recorded.sources.get(node.id) if self.order.recorded else None
        if recorded is not None:
            return self.assets.by_hash(recorded)
        try:
            return self._named(config) if config.hash or config.asset else self._given(node.id, config)
        except NotFoundError as error:
            self._report(node, config, error.message)
            return None

    def raise_problems(self) -> None:
        self.in_call += (self._unknown(name) for name in self.order.inputs if name not in self.asked)
        if self.in_config:
            said = (*self.in_config, *(Problem(text) for text in self.in_call))
            raise ConfigError(said, self.order.config.file)
        if self.in_call:
            raise UsageError("\n".join(self.in_call))

    def _report(self, node: BoundNode, config: SourceConfig, message: str) -> None:
        if config.input:
            self.in_call.append(message)
        else:
            place = self.order.config.locate(node.path)
            self.in_config.append(Problem(f"SOURCE {node.id!r}: {message}", *place))

    def _given(self, node_id: str, config: SourceConfig) -> SourceFile:
        names = [name for name in (config.name, node_id) if name]
        self.asked.update(dict.fromkeys(names))
        given = next((self.order.inputs[name] for name in names if name in self.order.inputs), None)
        if given is None:
            what = f" ({config.description})" if config.description else ""
            raise NotFoundError(f"the input {names[0]!r}{what} is missing; give it with -i {names[0]}=FILE")
        return self.assets.resolve(given)

    def _named(self, config: SourceConfig) -> SourceFile:
        if config.hash:
            return self.assets.by_hash(config.hash)
        name = config.asset or ""
        pin = self.order.config.assets.get(name)
        if pin is not None and pin.hash is not None and self.assets.holds(pin.hash):
            return self.assets.by_hash(pin.hash)
        folder = Path(self.order.config.file).parent
        found = self.assets.resolve(Path(pin.path), folder) if pin and pin.path else self.assets.resolve(name)
        if pin is not None and pin.hash not in (None, found.content_hash):
            raise NotFoundError(
                f"the asset {name!r} is pinned to {pin.hash}, but what is called so here is {found.content_hash}"
            )
        return found

    def _unknown(self, name: str) -> str:
        close = difflib.get_close_matches(name, self.asked, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return f"the config has no input {name!r}{hint} (inputs: {', '.join(self.asked) or 'none'})"
