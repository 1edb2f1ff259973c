"""The engine: one object whose calls are all that the command line and the server can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artcelery.core.closing import Closing
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.configs import Configs
from artcelery.core.engine.context import Context, open_context
from artcelery.core.engine.delivery import check_target, deliver
from artcelery.core.engine.order import Order
from artcelery.core.engine.records import Records
from artcelery.core.engine.rendering import Renderer
from artcelery.core.engine.submitting import Submitted, Submitter
from artcelery.core.errors import NotFoundError
from artcelery.core.events import Listener, ignore
from artcelery.core.plan import Plan
from artcelery.core.settings import Settings, load_settings
from artcelery.core.state.protocol import State
from artcelery.core.state.records import RunRecord

if TYPE_CHECKING:
    from artcelery.core.config import Config
    from artcelery.core.effect import Effect
    from artcelery.core.engine.cache import Cache
    from artcelery.core.engine.looks import Looks
    from artcelery.core.engine.people import Member, Publication, Who
    from artcelery.core.engine.performing import Performer
    from artcelery.core.engine.verifying import Verdict
    from artcelery.core.engine.workers import Overview

__all__ = ["Engine", "Order", "open_engine"]


class Engine(Closing):
    """Renders orders, and knows what was rendered: `cache`, `runs`, `assets` and `configs` are its services.

    >>> with open_engine() as engine:
    ...     run = engine.render("dog", "cat", output=Path("dog.png"))
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.settings = context.settings
        self.assets = Assets(context)
        self.configs = Configs(context)
        self.runs = Records(context)
        self._renderer = Renderer(context, self.assets)
        self._submitter = Submitter(context, self.assets)

    @cached_property
    def cache(self) -> Cache:
        """The stored files."""
        from artcelery.core.engine import cache

        return cache.Cache(self._context, self.assets)

    @cached_property
    def looks(self) -> Looks:
        """How effects look."""
        from artcelery.core.engine import looks

        return looks.Looks(self._context)

    def output_path(self, run: RunRecord) -> Path:
        """Where the output of a run lies in the cache; NotFoundError when it has gone, or there is none."""
        path = self._context.store.find(run.output_hash) if run.output_hash else None
        if path is None:
            raise NotFoundError(f"run {run.id} has no output in the cache: it is {run.status}, or was removed")
        return path

    def render(
        self,
        effect: str | Path,
        input: str | Path,
        *,
        params: Mapping[str, object] | None = None,
        output: Path | None = None,
        format: str | None = None,
        quality: int | None = None,
        force: bool = False,
        jobs: int | None = None,
        listener: Listener = ignore,
        cancelled: Callable[[], bool] = bool,
    ) -> RunRecord:
        """Apply an effect (a name, or the path of an effect file) to one input; the completed run.

        The result is in the cache (`engine.output_path(run)`), and at `output` when that is given.
        """
        order = self.order_effect(effect, input, params=params, output=output, format=format, quality=quality)
        return self.run(order, force=force, jobs=jobs, listener=listener, cancelled=cancelled)

    def run(
        self,
        order: Order,
        *,
        force: bool = False,
        jobs: int | None = None,
        listener: Listener = ignore,
        cancelled: Callable[[], bool] = bool,
    ) -> RunRecord:
        """Render an order, `jobs` passes at a time (`settings.jobs` unless given); the completed run.

        An existing `output` is overwritten only with `force`.
        """
        if order.output is not None:
            check_target(order.output, force)
        run = self._renderer.run(order, listener, cancelled, jobs)
        if order.output is not None and run.output_hash is not None:
            deliver(self._context.store, run.output_hash, order.output, force)
        return run

    def submit(self, order: Order) -> Submitted:
        """Record a run of an order for workers to render; the run, and the passes to ring for."""
        return self._submitter.submit(order)

    def retry(self, run_id: str) -> Submitted:
        """Begin a run again that failed or was cancelled; only what is missing is rendered."""
        return self._submitter.again(self.runs.get(run_id))

    def member(self, who: Who, publication: Publication) -> Member:
        """What somebody can do who asks a server: the same things, with what is theirs."""
        from artcelery.core.engine.people import Member

        return Member(self._context, who, publication)

    def workers(self) -> Overview:
        """The workers that are alive, what they render, and what waits."""
        from artcelery.core.engine.workers import overview

        return overview(self._context.state)

    def warnings(self) -> Sequence[str]:
        """What is set so that facts may be lost, each with the way to mend it."""
        return self._context.state.warnings()

    def follow(self, run_id: str, listener: Listener = ignore, cancelled: Callable[[], bool] = bool) -> RunRecord:
        """Report what happens to a submitted run until it ends, or until `cancelled`; its record."""
        from artcelery.core.engine.following import follow

        return follow(self._context.state, self.runs.get(run_id).id, listener, cancelled)

    def performer(
        self, worker: str, lacks: Callable[[Sequence[str]], Sequence[str]], stopping: Callable[[], bool] = bool
    ) -> Performer:
        """What performs passes of submitted runs in this process, under the name of a worker.

        `lacks` says which of a pass's requirements this worker cannot meet; `stopping`, whether to give passes back.
        """
        from artcelery.core.engine.performing import Performer

        return Performer(self._context, self.assets, worker, lacks, stopping)

    @property
    def state(self) -> State:
        """The facts, for transports: they say which passes to ring for."""
        return self._context.state

    def check_target(self, output: Path, *, force: bool = False) -> None:
        """UsageError when an output cannot be written there, before anything is rendered."""
        check_target(output, force)

    def deliver(self, run: RunRecord, output: Path, *, force: bool = False) -> None:
        """Copy the output of a run to a file; one that is there is overwritten only with `force`."""
        check_target(output, force)
        deliver(self._context.store, run.output_hash or "", output, force)

    def plan(self, order: Order) -> Plan:
        """What rendering an order would do, and why."""
        return self._renderer.plan(order)

    def order(
        self,
        config: Config | Path | str,
        inputs: Mapping[str, str | Path] | None = None,
        params: Mapping[str, object] | None = None,
        *,
        output: Path | None = None,
        format: str | None = None,
        quality: int | None = None,
    ) -> Order:
        """An order for a config: one already read, a file, or the name or id of a stored one."""
        found = self.configs.load(config) if isinstance(config, (str, Path)) else config
        return Order(found, inputs or {}, params or {}, output, format, quality)

    def order_effect(
        self,
        effect: str | Path,
        input: str | Path,
        *,
        params: Mapping[str, object] | None = None,
        output: Path | None = None,
        format: str | None = None,
        quality: int | None = None,
    ) -> Order:
        """An order for one effect on one input: a config of two nodes, written for the occasion."""
        from artcelery.core.config import effect_config

        found = self.effect(effect)
        config = effect_config(found, params or {}, self._context)
        return Order(config, {"input": input}, {}, output, format, quality)

    def effect(self, name: str | Path) -> Effect:
        """An effect by name, or the one in an effect file, which then is known to this engine."""
        if isinstance(name, Path) or name.endswith(".py"):
            return self._context.library.use_file(Path(name))
        return self._context.resolve(name, None)

    def effects(self) -> Sequence[Effect]:
        """All effects: built-in ones, and those of the user."""
        return self._context.library.all()

    def effect_names(self) -> Sequence[str]:
        """The names of all effects, quickly."""
        return self._context.library.names()

    def add_effect(self, path: Path) -> Effect:
        """Keep an effect file among the user's own; it is read and loaded first."""
        return self._context.library.add(path)

    def keep_effect(self, path: Path) -> Effect:
        """Keep the source of an effect file in the cache, for configs that pin its hash; its name means what it did."""
        from artcelery.core.effect.folder import read_file
        from artcelery.core.engine.papers import Papers

        effect = read_file(path)
        Papers(self._context, self.assets).keep_effect(effect)
        return effect

    def verify(self, said: str | Path, *, rerender: bool = False, listener: Listener = ignore) -> Verdict:
        """Whether a file, or the output of a run, is what its record says; `rerender` makes it again and compares."""
        from artcelery.core.engine.verifying import Verifier

        return Verifier(self._context, self.runs).verify(said, rerender=rerender, listener=listener)

    def close(self) -> None:
        """Close the state, and end what looks at files of strangers."""
        self._context.close()


def open_engine(
    settings: Settings | None = None, *, read_only: bool = False, wait_s: float | None = None, **given: Any
) -> Engine:
    """An engine with these settings, or those of the environment (`given` wins over them).

    A `read_only` engine can plan and show, and writes nothing. `wait_s` is how long a state file is waited for that
    another process locks, half a minute unless it is given.
    """
    return Engine(open_context(settings or load_settings(**given), read_only=read_only, wait_s=wait_s))
