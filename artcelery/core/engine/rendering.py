"""Rendering an order: sources found, graph built, plan made, passes executed, papers written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from artcelery.core.config.model import OutputProfile
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.inputs import find_inputs
from artcelery.core.engine.order import Order, recorded_effects
from artcelery.core.engine.papers import Papers
from artcelery.core.errors import ArtceleryError
from artcelery.core.events import Listener, RunFinished, RunStarted, ignore
from artcelery.core.graph import Graph, build_graph
from artcelery.core.media.profiles import Encoding, choose_encoding, format_of_suffix
from artcelery.core.plan import Plan, make_plan
from artcelery.core.runs import completed, failed, new_run, sweep_dead
from artcelery.core.state.records import Result, RunRecord
from artcelery.core.values import file_name

__all__ = ["Renderer"]


class Renderer:
    """Plans and renders orders in this process."""

    def __init__(self, context: Context, assets: Assets) -> None:
        self._context, self._assets = context, assets
        self._papers = Papers(context, assets)

    def plan(self, order: Order) -> Plan:
        """What rendering the order would do, and why; writes nothing when the context is read-only."""
        from artcelery.core.config import bind

        bound = bind(order.config, order.params, recorded_effects(order.recorded, self._context)).nodes
        graph = build_graph(order.config, bound, find_inputs(order, bound, self._assets))
        known = _nothing_known if order.recorded else self._known
        last = self._context.state.runs.last_of(order.config.name)
        return make_plan(graph, self._encoding(order, graph), known, last)

    def run(self, order: Order, listener: Listener = ignore, cancelled: Callable[[], bool] = bool) -> RunRecord:
        """Render the order; its run, completed. The run is recorded whatever happens."""
        sweep_dead(self._context.state.runs)
        plan = self.plan(order)
        self._papers.keep_sources(plan)
        run = new_run(
            plan,
            user=order.user or self._context.settings.actor,
            output_name=_output_name(order, plan),
            params=dict(order.params),
        )
        if plan.passes:
            self._context.state.runs.put(run)
        listener(RunStarted(run.id, len(plan.passes), len(plan.nodes), plan.known))
        try:
            done = self._rendered(plan, run, listener, cancelled)
        except BaseException as error:
            ended = failed(run, error)
            # A state that cannot be written to either must not hide what ended the run.
            with suppress(ArtceleryError):
                self._context.state.runs.finish(ended)
            listener(RunFinished(run.id, ended.status, str(error)))
            raise
        listener(RunFinished(run.id, done.status))
        return done

    def _rendered(self, plan: Plan, run: RunRecord, listener: Listener, cancelled: Callable[[], bool]) -> RunRecord:
        made: dict[str, Result] = {}
        if plan.passes:
            from artcelery.core.execute import Workshop, execute_pass

            shop = Workshop(
                self._context.store,
                self._context.state,
                self._context.limits,
                self._context.settings.lease_s,
                listener,
                cancelled,
            )
            for item in plan.passes:
                made[item.node] = execute_pass(item, plan.graph, shop, run.id)
        result = plan.result or made[plan.passes[-1].node]
        if plan.result is None:
            self._papers.remember_output(run, result)
        record_hash = self._papers.keep_record(run, plan, result.content_hash, made)
        done = completed(run, result.content_hash, made, record_hash)
        self._context.state.runs.finish(done)
        return done

    def _known(self, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
        found = self._context.state.results.get_many(pairs)
        store = self._context.store
        return {pair: item for pair, item in found.items() if store.find(item.content_hash, item.size_bytes)}

    def _encoding(self, order: Order, graph: Graph) -> Encoding | None:
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


def _nothing_known(pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
    return {}


def _is_already(asked: str, graph: Graph) -> bool:
    """Whether the file behind the output is of the asked format already, so that it is handed on as it is."""
    source = graph.source_of(graph.target)
    return source is not None and graph.sources[source.id].format == asked


def _output_name(order: Order, plan: Plan) -> str:
    if order.output is not None:
        return file_name(order.output)
    suffix = plan.encoding.suffix if plan.encoding else ""
    names = [Path(source.name).stem for source in plan.graph.sources.values() if source.name][:2]
    return "-".join([*names, plan.graph.config.name]) + suffix
