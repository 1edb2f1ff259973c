"""What a user asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.run_reach import Reach, reach_of
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import NotFoundError, UsageError
from artcelery.core.state.records import RunRecord
from artcelery.core.values import file_name

if TYPE_CHECKING:
    from artcelery.core.config import Config, Effects
    from artcelery.core.effect import Effect
    from artcelery.core.plan import Plan

__all__ = ["NotedEffects", "Order", "Recorded", "effects_of", "format_in", "order_of"]


@dataclass(frozen=True)
class Order:
    """A config, its inputs by name (asset, path or hash), parameters, and the encoding.

    The output is for a file, or has a `name`. With `recorded` it renders from just the files and effects that are
    recorded there, and `anew`: whatever is known. With a `reach` its words mean what that reaches, and no more.
    """

    config: Config
    inputs: Mapping[str, str | Path] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    output: Path | None = None
    format: str | None = None
    quality: int | None = None
    user: str | None = None
    recorded: Recorded | None = None
    anew: bool = False
    name: str | None = None
    reach: Reach | None = None

    @property
    def asked_format(self) -> str | None:
        """The format that is asked for: said, or meant by the ending of the file or the name."""
        from artcelery.core.media.profiles import format_of_suffix

        if self.format:
            return format_of_suffix(f"output.{self.format}")
        return format_of_suffix(self.output.name) if self.output is not None else format_in(self.name or "")

    def output_name(self, plan: Plan) -> str:
        """What the output is called: as was said, as the file it is for, or after the inputs and the config."""
        if self.output is not None:
            return file_name(self.output)
        suffix = plan.encoding.suffix if plan.encoding else ""
        if self.name is not None:
            is_said = plan.encoding is None or format_in(self.name) == plan.encoding.format
            return self.name if is_said else self.name + suffix
        names = [Path(source.name).stem for source in plan.graph.sources.values() if source.name][:2]
        return "-".join([*names, plan.graph.config.name]) + suffix


@dataclass(frozen=True)
class Recorded:
    """What a run used, by content hash, whatever names mean now: sources by node id, effects by name."""

    sources: Mapping[str, str]
    effects: Mapping[str, str]


def effects_of(order: Order, context: Context) -> Effects:
    """Where the effects of an order are found: each one as it is recorded, when there is a record."""
    found = order.reach.effects if order.reach else context
    return _Pinned(context, found, order.recorded) if order.recorded else found


class NotedEffects:
    """Where effects are found, and which ones were: content hashes by name."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects
        self.found: dict[str, str] = {}

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        """The effect of a name."""
        effect = self._effects.resolve(name, pinned_hash)
        self.found[name] = effect.content_hash
        return effect


def order_of(run: RunRecord, context: Context) -> Order:
    """The order that led to a run, from the files and effects that it used; NotFoundError when its config is gone."""
    from artcelery.core.config import load_config

    path = context.store.find(run.config_id)
    if path is None:
        raise NotFoundError(f"the config of run {run.id} has gone from the cache")
    recorded = Recorded(run.inputs, {**_used(run), **run.asked.get("effects", {})})
    user = run.asked.get("member")
    reach = None if user is None else reach_of(context, Who(user))
    found = _Pinned(context, reach.effects if reach else context, recorded)
    config = replace(load_config(path.read_bytes(), file=run.config_name, effects=found), is_given=False)
    format, quality = _asked(run)
    return Order(config, {}, run.params, None, format, quality, run.user, recorded, reach=reach)


def _used(run: RunRecord) -> dict[str, str]:
    return {node.effect["name"]: node.effect["content_hash"] for node in run.nodes if node.effect}


def _asked(run: RunRecord) -> tuple[str | None, int | None]:
    from artcelery.core.media.profiles import encoding_request

    return (run.asked["format"], run.asked["quality"]) if run.asked else encoding_request(run.encoding)


def format_in(name: str) -> str | None:
    """The format that the ending of a name means, if it means one."""
    from artcelery.core.media.profiles import format_of_suffix

    try:
        return format_of_suffix(name)
    except UsageError:
        return None


class _Pinned:
    """Effects as they are recorded, from wherever they are kept; others are found as the order's words mean them."""

    def __init__(self, kept: Effects, effects: Effects, recorded: Recorded) -> None:
        self._kept, self._effects, self._recorded = kept, effects, recorded

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        known = self._recorded.effects.get(name)
        return self._kept.resolve(name, known) if known else self._effects.resolve(name, pinned_hash)
