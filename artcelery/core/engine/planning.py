"""The plan of an order: sources found, graph built, what is known looked up; in stages where analyses decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from artcelery.core.config.model import OutputProfile
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.inputs import find_inputs
from artcelery.core.engine.order import NotedEffects, Order, effects_of
from artcelery.core.errors import RenderError, UsageError
from artcelery.core.graph import Graph, build_graph
from artcelery.core.media.profiles import KEPT, Encoding, choose_encoding
from artcelery.core.plan import File, Known, Pass, Plan, make_plan, plan_analyses
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import Result, RunRecord
from artcelery.core.store.protocol import Wanted

__all__ = ["Planning"]


class Planning:
    """The plan of an order, made again when more is known."""

    def __init__(self, context: Context, assets: Assets, order: Order) -> None:
        self._context, self._order = context, order
        self._assets = order.reach.assets if order.reach else assets
        self._documents: dict[str, Any] = {}
        self._there: set[Wanted] = set()
        self._effects = NotedEffects(effects_of(order, context))

    def plan(self) -> Plan:
        """The whole plan, or that of the analyses that have to come first."""
        last = self._last()
        known = _nothing_known if self._order.anew else self._known
        *_, (graph, waiting) = self._stages(known)
        if waiting:
            return plan_analyses(graph, [name for name in waiting if name not in self._documents], known, last)
        return make_plan(graph, self._encoding(graph), known, last)

    def _last(self) -> RunRecord | None:
        """The last run of the config, for reasons and times; of what others did before, users of an L2 hear nothing."""
        runs, name, reach = self._context.state.runs, self._order.config.name, self._order.reach
        if reach is None or not reach.user:
            return runs.last_of(name)
        page = runs.page(limit=1, only=RunFilter("completed", config=name, member=reach.user))
        return next((runs.get(run.id) for run in page.runs), None)

    def passes(self) -> Mapping[File, tuple[Pass, Graph]]:
        """Every pass that is needed when nothing is known but the analyses, by the file that it makes."""
        plans = [
            plan_analyses(graph, waiting, _nothing_known)
            if waiting
            else make_plan(graph, self._encoding(graph), _nothing_known)
            for graph, waiting in self._stages(self._known)
        ]
        return {item.file: (item, plan.graph) for plan in plans for item in plan.passes}

    @property
    def asked(self) -> dict[str, Any]:
        """What, beside the config, its inputs and parameters, makes the order again."""
        order = self._order
        asked = {"format": order.asked_format, "quality": order.quality, "effects": dict(self._effects.found)}
        return {**asked, "member": order.reach.user} if order.reach else asked

    def share(self, plan: Plan) -> None:
        """Have all files where other machines find them that the passes of a plan may read."""
        graph = plan.graph
        named = {source.content_hash for source in graph.sources.values()} | {graph.config.id}
        named |= set(self._effects.found.values())
        self._context.store.share([*((name, None) for name in sorted(named)), *self._there])

    def _stages(self, known: Known) -> Iterator[tuple[Graph, tuple[str, ...]]]:
        """The graph as far as it can be built and the analyses that the rest waits for; again while these are known."""
        from artcelery.core.config import bind

        order = self._order
        while True:
            bound = bind(order.config, order.params, self._effects, self._documents)
            sources = find_inputs(order, bound.nodes, self._assets)
            graph = build_graph(order.config, bound, sources, self._context.limits)
            yield graph, bound.waiting
            wanted = {name: (graph.nodes[name].key, KEPT["data"].id) for name in bound.waiting}
            found = known(wanted.values()) if wanted else {}
            if not wanted or len(found) < len(set(wanted.values())):
                return
            self.learn({name: found[file] for name, file in wanted.items()})

    def learn(self, results: Mapping[str, Result]) -> None:
        """Take in what analyses found out."""
        for name, result in results.items():
            path = self._context.store.find(result.content_hash, result.size_bytes)
            if path is None:
                raise RenderError(f"the analysis {name!r} is gone from the cache; run it again")
            self._documents[name] = json.loads(path.read_bytes())

    def _known(self, pairs: Iterable[File]) -> Mapping[File, Result]:
        found = self._context.state.results.get_many(pairs)
        there = self._context.store.has_many((item.content_hash, item.size_bytes) for item in found.values())
        self._there |= there
        return {pair: item for pair, item in found.items() if (item.content_hash, item.size_bytes) in there}

    def _encoding(self, graph: Graph) -> Encoding | None:
        order = self._order
        profile = order.config.profile
        asked = order.asked_format or profile.format
        if asked != profile.format:
            profile = OutputProfile()  # its quality and codec are those of its own format
        quality = order.quality if order.quality is not None else profile.quality
        target = graph.target
        if graph.is_as_it_is(target) and quality is None and (asked is None or _is_already(asked, graph)):
            return None
        if graph.is_as_it_is(target) and target.clip.kind == "data":
            raise UsageError(
                f"the output {target.id!r} is a document that is handed on as it is: ask for no format or quality, nor"
                " for a file whose name says one"
            )
        return choose_encoding(target.clip, asked, quality, profile.codec)


def _nothing_known(pairs: Iterable[File]) -> Mapping[File, Result]:
    return {}


def _is_already(asked: str, graph: Graph) -> bool:
    """Whether the file behind the output is of the asked format already, so that it is handed on as it is."""
    source = graph.source_of(graph.target)
    return source is not None and graph.sources[source.id].format == asked
