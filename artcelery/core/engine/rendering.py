"""Rendering an order: plan made, passes executed, papers written."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.ending import Ending
from artcelery.core.engine.order import Order
from artcelery.core.engine.papers import Papers
from artcelery.core.engine.planning import Planning
from artcelery.core.errors import ArtceleryError
from artcelery.core.events import Event, Listener, PassFinished, RunFinished, RunPlanned, RunStarted, ignore
from artcelery.core.plan import Plan
from artcelery.core.runs import new_run, sweep_dead
from artcelery.core.state.records import Result, RunRecord

__all__ = ["Renderer"]


_LOOK_S = 1.0


class Renderer:
    """Plans and renders orders in this process."""

    def __init__(self, context: Context, assets: Assets) -> None:
        self._context, self._assets = context, assets
        self._papers = Papers(context, assets)
        self._ending = Ending(context, self._papers)

    def plan(self, order: Order) -> Plan:
        """What rendering the order would do, and why; writes nothing when the context is read-only.

        Where analyses decide what follows and are not known yet, it is the plan of just these.
        """
        return Planning(self._context, self._assets, order).plan()

    def run(
        self, order: Order, listener: Listener = ignore, cancelled: Callable[[], bool] = bool, jobs: int | None = None
    ) -> RunRecord:
        """Render the order, `jobs` passes at a time; its run, completed. The run is recorded whatever happens."""
        sweep_dead(self._context.state.runs)
        planning = Planning(self._context, self._assets, order)
        plan = planning.plan()
        self._papers.keep_sources(plan)
        run = self._begun(order, plan, planning)
        if plan.passes:
            self._context.state.runs.put(run)
        listener(RunStarted(run.id, len(plan.passes), len(plan.nodes), plan.known))
        made: dict[str, Result] = {}
        costs: dict[str, float] = {}

        def listening(event: Event) -> None:
            if isinstance(event, PassFinished):
                for name, cost in event.costs.items():
                    costs[name] = round(costs.get(name, 0) + cost, 3)
            listener(event)

        try:
            unwanted = _Unwanted(run.id, self._context, cancelled)
            execute = self._executor(run.id, listening, unwanted, jobs or self._context.settings.jobs)
            while plan.waiting:
                made |= execute(plan)
                planning.learn({name: made[name] for name in plan.waiting if name in made})
                plan = planning.plan()
                run = self._again(run, plan, order, planning)
                listener(RunPlanned(run.id, len(plan.passes), len(plan.nodes), plan.known))
            made |= execute(plan)
            done = self._ending.complete(run, plan, made, costs)
        except BaseException as error:
            ended = self._ending.fail(run, error)
            listener(RunFinished(run.id, ended.status, str(error)))
            raise
        listener(RunFinished(run.id, done.status))
        return done

    def _begun(self, order: Order, plan: Plan, planning: Planning) -> RunRecord:
        return new_run(
            plan,
            user=order.user or self._context.settings.actor,
            output_name=order.output_name(plan),
            params=dict(order.params),
            asked=planning.asked,
        )

    def _again(self, run: RunRecord, plan: Plan, order: Order, planning: Planning) -> RunRecord:
        """The same run, now that more of what it does is known."""
        self._papers.keep_sources(plan)
        again = replace(
            self._begun(order, plan, planning), id=run.id, created_at=run.created_at, started_at=run.started_at
        )
        self._context.state.runs.put(again)
        return again

    def _executor(
        self, run_id: str, listener: Listener, cancelled: Callable[[], bool], jobs: int
    ) -> Callable[[Plan], dict[str, Result]]:
        def execute(plan: Plan) -> dict[str, Result]:
            if not plan.passes:
                return {}
            from artcelery.core.execute import Workshop, run_passes

            shop = Workshop(
                self._context.store,
                self._context.state,
                self._context.limits,
                self._context.settings.lease_s,
                listener,
                cancelled,
            )
            return run_passes(plan.passes, plan.graph, shop, run_id, jobs)

        return execute


class _Unwanted:
    """Whether a run is to stop: the caller says so, or it was cancelled from elsewhere, which is looked up each second.

    A state that does not answer cancels nothing.
    """

    def __init__(self, run_id: str, context: Context, cancelled: Callable[[], bool]) -> None:
        self._run_id, self._runs, self._cancelled = run_id, context.state.runs, cancelled
        self._looked, self._found = time.monotonic(), False

    def __call__(self) -> bool:
        if time.monotonic() - self._looked > _LOOK_S:
            self._looked = time.monotonic()
            with suppress(ArtceleryError):
                self._found = self._runs.status(self._run_id) == "cancelled"
        return self._found or self._cancelled()
