"""Performing the passes of submitted runs, one by one: what a worker does.

Nothing waits here for another pass. What cannot be done now is given back with the reason, and is due again later; what
cannot be done at all ends the run.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.ending import Ending
from artcelery.core.engine.holding import STOPS, Held
from artcelery.core.engine.order import order_of
from artcelery.core.engine.papers import Papers
from artcelery.core.engine.people.run_words import told_of
from artcelery.core.engine.planning import Planning
from artcelery.core.engine.submitting import LAST, Submitter
from artcelery.core.errors import (
    ArtceleryError,
    CancelledError,
    CorruptError,
    NotAllowedError,
    RenderError,
    StateError,
    StoreError,
    UnreachableError,
)
from artcelery.core.execute import Workshop, make_result, present, record_result
from artcelery.core.graph import Graph
from artcelery.core.plan import File, Pass
from artcelery.core.runs import now
from artcelery.core.state.holder import holder_id
from artcelery.core.state.records import Ended, PassRecord, Result, RunRecord, RunStatus

__all__ = ["FINAL", "MOST_ATTEMPTS", "STOPS", "Performer"]

FINAL = frozenset({"completed", "failed", "cancelled"})
MOST_ATTEMPTS = 3
_KNOWN_RUNS = 8
_AGAIN_S = 5.0

_WAITS = (UnreachableError, CorruptError, NotAllowedError)
"""What is wrong with a service, or with this worker's way to it, is no fault of the run."""


@dataclass(frozen=True, slots=True)
class _Work:
    run: RunRecord
    passes: Mapping[File, tuple[Pass, Graph]]


class Performer:
    """Performs passes under the name of a worker. `stopping` says whether to give back what is not finished yet."""

    def __init__(
        self,
        context: Context,
        assets: Assets,
        worker: str,
        lacks: Callable[[Sequence[str]], Sequence[str]],
        stopping: Callable[[], bool] = bool,
    ) -> None:
        self._context, self._assets = context, assets
        self._worker, self._lacks, self._stopping = worker, lacks, stopping
        self._papers = Papers(context, assets)
        self._submitter = Submitter(context, assets)
        self._ending = Ending(context, self._papers)
        self._known: OrderedDict[str, _Work] = OrderedDict()

    def perform(self, run_id: str, name: str) -> Sequence[PassRecord]:
        """Perform a pass, unless it is done, unwanted, or in other hands; the passes that can be begun now."""
        state = self._context.state
        begun = state.passes.begin(run_id, name, self._worker, holder_id(), self._context.settings.lease_s)
        if begun.record is None:
            return ()
        held = Held(self._context, begun.record, begun.token, self._stopping)
        try:
            with held:
                return self._performed(begun.record, held)
        except Exception as error:
            return self._given_back(held, error)

    def leave(self, run_id: str, name: str, reason: str, after_s: float = _AGAIN_S) -> None:
        """Leave a pass to others, and say why."""
        self._context.state.passes.explain(run_id, name, reason, time.time() + after_s)

    def _performed(self, record: PassRecord, held: Held) -> Sequence[PassRecord]:
        status = self._status_of(record.run_id)
        if status is None and record.attempts < MOST_ATTEMPTS:
            held.release("its run is not recorded yet", _AGAIN_S, counted=True)
            return ()
        if status is None or status in FINAL:
            self._context.state.passes.drop(record.run_id)
            held.release("nobody wants it any more")
            return ()
        if record.attempts > MOST_ATTEMPTS:
            raise RenderError(f"{_called(record)} ended its worker {MOST_ATTEMPTS} times; it is not tried again")
        if lacking := self._lacks(record.requires):
            held.release(f"the worker {self._worker} cannot do it: it lacks {', '.join(lacking)}", _AGAIN_S)
            return ()
        return self._ended(record.run_id, held) if record.name == LAST else self._rendered(record, held)

    def _rendered(self, record: PassRecord, held: Held) -> Sequence[PassRecord]:
        file = (record.key, record.encoding)
        shop = Workshop(
            self._context.store,
            self._context.state,
            self._context.limits,
            self._context.settings.lease_s,
            held.listener,
            lambda: held.lost or self._stopping(),
        )
        result = self._context.state.results.get(*file)
        if result is None or not present(self._context.store, [result]):
            item, graph = self._work(record).passes.get(file, (None, None))
            if item is None or graph is None:
                held.release(f"the worker {self._worker} does not know this pass: its keys are others", _AGAIN_S)
                return ()
            result, costs, _ = make_result(item, graph, shop, record.run_id)
            is_ours = held.patiently(held.renew)
            if costs and is_ours:
                said = {"pass": record.name, "seconds": dict(costs)}
                held.patiently(lambda: self._context.state.journal.append(record.run_id, "costs", said))
        return self._recorded(held, result, shop).ready

    def _recorded(self, held: Held, result: Result, shop: Workshop) -> Ended:
        """Say that the file is there, also when the state is away for a while: the work is not lost."""
        ended = held.patiently(lambda: held.end(result))
        if ended.result is not None and ended.result.content_hash != result.content_hash:
            record_result(result, shop)
        return ended

    def _ended(self, run_id: str, held: Held) -> Sequence[PassRecord]:
        """End the run, or plan what follows now that more is known."""
        self._known.pop(run_id, None)
        run = self._run(run_id)
        plan = Planning(self._context, self._assets, order_of(run, self._context)).plan()
        if not held.renew():
            return ()
        if plan.waiting or plan.passes:
            ready = self._submitter.next_stage(run, plan).ready
            held.release("its next stage is planned")
            return ready
        files = self._files(run)
        found = self._context.state.results.get_many(files.values())
        made = {name: found[file] for name, file in files.items() if file in found}
        self._ending.complete(run, plan, made, self._costs(run.id))
        held.end(None)
        self._context.state.passes.drop(run.id)
        return ()

    def _files(self, run: RunRecord) -> dict[str, File]:
        """The files of all passes of a run by name; of those of earlier stages, only the journal knows them."""
        files = {
            item.name: (item.key, item.encoding) for item in self._context.state.passes.of_run(run.id) if item.name
        }
        entries = self._context.state.journal.since(run.id, limit=1_000_000)
        began = max((entry.number for entry in entries if entry.kind == "retried"), default=0)
        since = [entry for entry in entries if entry.number > began]
        if all(entry.kind != "planned" for entry in since):
            return files
        finished = {entry.data["pass"] for entry in since if entry.kind == "finished"}
        passes = Planning(self._context, self._assets, order_of(run, self._context)).passes()
        return {item.name: file for file, (item, _) in passes.items() if item.name in finished} | files

    def _costs(self, run_id: str) -> dict[str, float]:
        """What nodes took in all passes, each of which counts once, however often it was tried."""
        entries = self._context.state.journal.since(run_id, limit=1_000_000)
        passes = {entry.data["pass"]: entry.data["seconds"] for entry in entries if entry.kind == "costs"}
        costs: dict[str, float] = {}
        for seconds in passes.values():
            for name, cost in seconds.items():
                costs[name] = round(costs.get(name, 0.0) + cost, 3)
        return costs

    def _given_back(self, held: Held, error: Exception) -> Sequence[PassRecord]:
        """What becomes of a pass that was not done; of a state that cannot be told so, its lease lapses."""
        with suppress(UnreachableError, StateError):
            return held.patiently(lambda: self._judged(held.record, held, error))
        return ()

    def _judged(self, record: PassRecord, held: Held, error: Exception) -> Sequence[PassRecord]:
        """It is due again, or its run has failed."""
        if not held.renew():  # what went wrong here is of no account
            held.release("it is not wanted any more, or in other hands")
        elif isinstance(error, CancelledError):
            held.release(STOPS)
        elif isinstance(error, _WAITS):
            held.release(self._said(record, error), _AGAIN_S)
        elif record.attempts < MOST_ATTEMPTS and _may_pass(error):
            held.release(f"attempt {record.attempts} failed: {self._said(record, error)}", _AGAIN_S, counted=True)
        else:
            self._fail(record, held, error)
        return ()

    def _said(self, record: PassRecord, error: Exception) -> str:
        run, said = self._context.state.runs.get(record.run_id), str(error) or type(error).__name__
        return said if run is None else told_of(run, said, self._context.settings.store_url)

    def _fail(self, record: PassRecord, held: Held, error: Exception) -> None:
        run = self._context.state.runs.get(record.run_id)
        if run is not None:
            self._ending.fail(run, error, record.name)
        self._context.state.passes.drop(record.run_id)
        held.release("its run has failed")

    def _status_of(self, run_id: str) -> RunStatus | None:
        """The status of the run; one that waited is running from now on."""
        status = self._context.state.runs.status(run_id)
        if status == "pending" and (run := self._context.state.runs.get(run_id)):
            self._context.state.runs.start(replace(run, status="running", started_at=now()))
        return status

    def _run(self, run_id: str) -> RunRecord:
        run = self._context.state.runs.get(run_id)
        if run is None:
            raise CancelledError(f"run {run_id} is gone")
        return run

    def _work(self, record: PassRecord) -> _Work:
        """What the run has to do, worked out once; again when a later stage has passes that were not known then."""
        work = self._known.get(record.run_id)
        if work is None or (record.key, record.encoding) not in work.passes:
            run = self._run(record.run_id)
            order = order_of(run, self._context)
            work = _Work(run, Planning(self._context, self._assets, order).passes())
            self._known[run.id] = work
        self._known.move_to_end(record.run_id)
        while len(self._known) > _KNOWN_RUNS:
            self._known.popitem(last=False)
        return work


def _called(record: PassRecord) -> str:
    return f"the pass {record.name!r}" if record.name != LAST else "the end of the run"


def _may_pass(error: Exception) -> bool:
    """Whether another attempt, perhaps elsewhere, may go well: what artcelery says itself is said again."""
    return not isinstance(error, ArtceleryError) or isinstance(error, (StateError, StoreError))
