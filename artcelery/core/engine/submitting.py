"""Submitting an order: its plan is recorded as passes, which any worker may begin."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.ending import Ending
from artcelery.core.engine.order import Order, order_of
from artcelery.core.engine.papers import Papers
from artcelery.core.engine.people.run_files import hold_used
from artcelery.core.engine.planning import Planning
from artcelery.core.engine.stages import as_planned
from artcelery.core.errors import NotAllowedError
from artcelery.core.plan import Plan, queue_of, requirements
from artcelery.core.runs import new_run
from artcelery.core.state.protocol import RUNG_AGAIN_S
from artcelery.core.state.records import Claim, PassRecord, RunRecord

__all__ = ["LAST", "Submitted", "Submitter"]

LAST = ""
"""The name of the last pass of a run, which ends it or plans its next stage."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A run that was recorded, and its passes that can be begun; none when everything was known."""

    run: RunRecord
    ready: tuple[PassRecord, ...] = ()


class Submitter:
    """Records what runs have to do: a run that is there has its passes."""

    def __init__(self, context: Context, assets: Assets) -> None:
        self._context, self._assets = context, assets
        self._papers = Papers(context, assets)
        self._ending = Ending(context, self._papers)

    def submit(self, order: Order) -> Submitted:
        """Record a new run of the order; it is completed at once when everything is known."""
        submitted = self.submit_once(order)
        assert submitted is not None
        return submitted

    def submit_once(self, order: Order, *, claim: Claim | None = None, most: int | None = None) -> Submitted | None:
        """Record a new run of the order as the answer to a request; None when that was answered by another run.

        QuotaError when the member has `most` runs that are not over.
        """
        planning = Planning(self._context, self._assets, order)
        plan = planning.plan()
        run = new_run(
            plan,
            user=order.user or self._context.settings.actor,
            output_name=order.output_name(plan),
            params=dict(order.params),
            asked=planning.asked,
            submitted=True,
        )
        self._keep(run, plan)
        planning.share(plan)
        if not self._context.state.runs.open(run, *_to_do(run, plan), most=most, claim=claim):
            return None
        return self._begun(run, plan)

    def again(self, run: RunRecord, *, most: int | None = None) -> Submitted:
        """Begin a run again that failed or was cancelled: what was rendered is known. NotAllowedError for others.

        QuotaError when the member has `most` runs that are not over.
        """
        if run.status not in ("failed", "cancelled"):
            raise _not_again(self._context.state.runs.get(run.id) or run)
        order = order_of(run, self._context)
        planning = Planning(self._context, self._assets, order)
        plan = planning.plan()
        fresh = new_run(
            plan, user=run.user, output_name=run.output_name, params=run.params, asked=run.asked, submitted=True
        )
        fresh = replace(fresh, id=run.id, created_at=run.created_at)
        planning.share(plan)
        if not self._context.state.runs.reopen(fresh, *_to_do(fresh, plan), most=most):
            raise NotAllowedError(f"run {run.id} began again already")
        return self._begun(fresh, plan)

    def next_stage(self, run: RunRecord, plan: Plan) -> Submitted:
        """Record the rest of a run, of which more is known now."""
        fresh = as_planned(run, plan)
        self._keep(fresh, plan)
        self._context.state.runs.put(fresh)
        ready = tuple(self._context.state.passes.plan(run.id, *_to_do(fresh, plan)))
        if ready:  # nobody ended the run meanwhile
            self._context.state.journal.append(run.id, "planned", {"passes": len(plan.passes)})
        return Submitted(fresh, ready)

    def _keep(self, run: RunRecord, plan: Plan) -> None:
        """Keep what the run uses, before the run is recorded."""
        self._papers.keep_sources(plan, run.member)
        hold_used(self._context, run, plan)

    def _begun(self, run: RunRecord, plan: Plan) -> Submitted:
        """A run that was recorded; one of which everything is known is ended here, and by any worker should we die."""
        if not plan.passes:
            return Submitted(self._ending.complete(run, plan, {}, {}))
        ready = (item for item in self._context.state.passes.of_run(run.id) if item.status == "ready")
        return Submitted(run, tuple(ready))


def _to_do(run: RunRecord, plan: Plan) -> tuple[Sequence[PassRecord], float]:
    """The passes of a run, and when those are due that can be begun, should nobody be rung for."""
    return pass_records(run.id, plan), time.time() + RUNG_AGAIN_S


def pass_records(run_id: str, plan: Plan) -> Sequence[PassRecord]:
    """The passes of a plan as they are recorded, and the last one, which waits for all of them."""
    passes = [
        PassRecord(
            run_id=run_id,
            name=item.name,
            key=item.key,
            encoding=item.encoding_id,
            queue=queue_of(item, plan.graph),
            waits_for=item.reads,
            requires=requirements(item, plan.graph),
            frames=item.frames,
            seconds=item.seconds,
        )
        for item in plan.passes
    ]
    files = tuple((item.key, item.encoding) for item in passes)
    return [*passes, PassRecord(run_id, LAST, run_id, "run", "probe", files)]


def _not_again(run: RunRecord) -> NotAllowedError:
    return NotAllowedError(f"run {run.id} is {run.status}; only one that failed or was cancelled begins again")
