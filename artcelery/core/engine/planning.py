"""The plan of an order: sources found, graph built, what is known looked up; in stages where analyses decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from artcelery.core.config.model import OutputProfile
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.inputs import find_inputs
from artcelery.core.engine.order import Order, recorded_effects
from artcelery.core.errors import RenderError
from artcelery.core.graph import Graph, build_graph
from artcelery.core.media.profiles import KEPT, Encoding, choose_encoding, format_of_suffix
from artcelery.core.plan import File, Plan, make_plan, plan_analyses
from artcelery.core.state.records import Result

__all__ = ["Planning"]


class Planning:
    """The plan of an order, made again when more is known."""

    def __init__(self, context: Context, assets: Assets, order: Order) -> None:
        self._context, self._assets, self._order = context, assets, order
        self._documents: dict[str, Any] = {}

    def plan(self) -> Plan:
        """The whole plan, or that of the analyses that have to come first."""
        from artcelery.core.config import bind

        order = self._order
        effects = recorded_effects(order.recorded, self._context)
        last = self._context.state.runs.last_of(order.config.name)
        known = _nothing_known if order.recorded else self._known
        while True:
            bound = bind(order.config, order.params, effects, self._documents)
            sources = find_inputs(order, bound.nodes, self._assets)
            graph = build_graph(order.config, bound, sources, self._context.limits)
            if not bound.waiting:
                return make_plan(graph, self._encoding(graph), known, last)
            found = known((graph.nodes[name].key, KEPT["data"].id) for name in bound.waiting)
            results = {name: found.get((graph.nodes[name].key, KEPT["data"].id)) for name in bound.waiting}
            missing = [name for name, result in results.items() if result is None]
            if missing:
                return plan_analyses(graph, missing, known, last)
            self.learn({name: result for name, result in results.items() if result is not None})

    def learn(self, results: Mapping[str, Result]) -> None:
        """Take in what analyses found out."""
        for name, result in results.items():
            path = self._context.store.find(result.content_hash, result.size_bytes)
            if path is None:
                raise RenderError(f"the analysis {name!r} is gone from the cache; run it again")
            self._documents[name] = json.loads(path.read_bytes())

    def _known(self, pairs: Iterable[File]) -> Mapping[File, Result]:
        found = self._context.state.results.get_many(pairs)
        store = self._context.store
        return {pair: item for pair, item in found.items() if store.find(item.content_hash, item.size_bytes)}

    def _encoding(self, graph: Graph) -> Encoding | None:
        order = self._order
        profile = order.config.profile
        named = f"output.{order.format}" if order.format else order.output.name if order.output else None
        asked = format_of_suffix(named) if named else profile.format
        if asked != profile.format:
            profile = OutputProfile()  # its quality and codec are those of its own format
        quality = order.quality if order.quality is not None else profile.quality
        target = graph.target
        as_is = graph.source_of(target) is not None or target.op.on_whole_files
        if as_is and quality is None and (asked is None or _is_already(asked, graph)):
            return None
        return choose_encoding(target.clip, asked, quality, profile.codec)


def _nothing_known(pairs: Iterable[File]) -> Mapping[File, Result]:
    return {}


def _is_already(asked: str, graph: Graph) -> bool:
    """Whether the file behind the output is of the asked format already, so that it is handed on as it is."""
    source = graph.source_of(graph.target)
    return source is not None and graph.sources[source.id].format == asked
