"""Rendering an order: sources found, graph built, plan made, passes executed, papers written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.errors import ConfigError, NotFoundError, Problem, UsageError
from artcelery.core.events import Listener, RunFinished, RunStarted, ignore
from artcelery.core.graph import Graph, SourceFile, build_graph
from artcelery.core.media.profiles import Encoding, choose_encoding, format_of_suffix
from artcelery.core.ops.source import SourceConfig
from artcelery.core.plan import Plan, make_plan
from artcelery.core.runs import completed, failed, new_run, now, sweep_dead
from artcelery.core.state.records import ConfigRecord, Result, RunRecord
from artcelery.core.values import file_name

if TYPE_CHECKING:
    from artcelery.core.config import BoundNode, Config

__all__ = ["Order", "Renderer"]


@dataclass(frozen=True)
class Order:
    """What a user asks for: a config, its inputs by name (asset, path or hash), parameters, and the encoding."""

    config: Config
    inputs: Mapping[str, str | Path] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    output: Path | None = None
    format: str | None = None
    quality: int | None = None
    user: str | None = None
    rerender: bool = False


class Renderer:
    """Plans and renders orders in this process."""

    def __init__(self, context: Context, assets: Assets) -> None:
        self._context, self._assets = context, assets

    def plan(self, order: Order) -> Plan:
        """What rendering the order would do, and why; writes nothing when the context is read-only."""
        from artcelery.core.config import bind

        bound = bind(order.config, order.params, self._context)
        graph = build_graph(order.config, bound, self._sources(order, bound))
        known = _nothing_known if order.rerender else self._known
        last = self._context.state.runs.last_of(order.config.name)
        return make_plan(graph, self._encoding(order, graph), known, last)

    def run(self, order: Order, listener: Listener = ignore, cancelled: Callable[[], bool] = bool) -> RunRecord:
        """Render the order; its run, completed. The run is recorded whatever happens."""
        sweep_dead(self._context.state.runs)
        plan = self.plan(order)
        self._keep_papers(plan)
        run = new_run(
            plan,
            user=order.user or self._context.settings.actor,
            output_name=_output_name(order, plan),
            params=dict(order.params),
        )
        self._context.state.runs.put(run)
        listener(RunStarted(run.id, len(plan.passes), len(plan.nodes), plan.known))
        try:
            done = self._rendered(plan, run, listener, cancelled)
        except BaseException as error:
            ended = failed(run, error)
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
        from artcelery.core.provenance import provenance_bytes, provenance_of

        record = provenance_of(run, plan, result.content_hash, made, self._context.settings.actor)
        blob = self._context.store.put_bytes(provenance_bytes(record))
        done = completed(run, result.content_hash, made, blob.content_hash)
        self._context.state.runs.finish(done)
        return done

    def _keep_papers(self, plan: Plan) -> None:
        """The config and the effects' sources go into the store: records name them by hash."""
        config = plan.graph.config
        self._context.store.put_bytes(config.text)
        self._context.state.configs.put(ConfigRecord(config.id, config.name, now(), config.file))
        for source in {node.effect.source for node in plan.graph.nodes.values() if node.effect}:
            self._context.store.put_bytes(source)

    def _known(self, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
        found = self._context.state.results.get_many(pairs)
        store = self._context.store
        return {pair: item for pair, item in found.items() if store.find(item.content_hash, item.size_bytes)}

    def _encoding(self, order: Order, graph: Graph) -> Encoding | None:
        profile = order.config.profile
        asked = order.format or (format_of_suffix(order.output.name) if order.output else None) or profile.format
        quality = order.quality if order.quality is not None else profile.quality
        target = graph.target
        as_is = graph.source_of(target) is not None or target.op.on_whole_files
        if as_is and quality is None and (asked is None or _is_already(asked, graph)):
            return None
        return choose_encoding(target.clip, asked, quality, profile.codec)

    def _sources(self, order: Order, bound: Iterable[BoundNode]) -> dict[str, SourceFile]:
        """The file of each SOURCE; every input that is missing or unknown is reported at once."""
        sources: dict[str, SourceFile] = {}
        problems: list[Problem] = []
        wanted: set[str] = set()
        for node in bound:
            if not isinstance(node.op.config, SourceConfig):
                continue
            try:
                sources[node.id] = self._source(order, node, node.op.config, wanted)
            except NotFoundError as error:
                line, column = order.config.locate(("dag", "nodes", node.index))
                problems.append(Problem(f"SOURCE {node.id!r}: {error.message}", line, column))
        _refuse_unknown(order, wanted)
        if problems:
            raise ConfigError(problems, order.config.file)
        return sources

    def _source(self, order: Order, node: BoundNode, config: SourceConfig, wanted: set[str]) -> SourceFile:
        if config.hash:
            return self._assets.by_hash(config.hash)
        if config.asset:
            return self._asset(order, config.asset)
        names = [name for name in (config.name, node.id) if name]
        wanted.update(names)
        given = next((order.inputs[name] for name in names if name in order.inputs), None)
        if given is None:
            raise NotFoundError(f"no file was given for this input; give one with -i {names[0]}=FILE")
        return self._assets.resolve(given)

    def _asset(self, order: Order, name: str) -> SourceFile:
        pin = order.config.assets.get(name)
        if pin is None:
            return self._assets.resolve(name)
        if pin.hash is None:
            folder = Path(order.config.file).parent
            return self._assets.resolve(pin.path, folder) if pin.path else self._assets.resolve(name)
        if self._context.store.find(pin.hash):
            return self._assets.by_hash(pin.hash)
        found = (
            self._assets.resolve(Path(order.config.file).parent / pin.path) if pin.path else self._assets.resolve(name)
        )
        if found.content_hash != pin.hash:
            raise NotFoundError(
                f"the asset {name!r} is pinned to {pin.hash}, but what is called so here is {found.content_hash}"
            )
        return found


def _nothing_known(pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
    return {}


def _refuse_unknown(order: Order, wanted: set[str]) -> None:
    import difflib

    for name in order.inputs:
        if name not in wanted:
            close = difflib.get_close_matches(name, wanted, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            known = ", ".join(sorted(wanted)) or "none"
            raise UsageError(f"the config has no input {name!r}{hint} (inputs: {known})")


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
