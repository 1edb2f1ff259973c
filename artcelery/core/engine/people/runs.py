"""Somebody's runs: ordered, listed, followed, stopped, begun again, and removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.people.run_once import answer
from artcelery.core.engine.people.run_orders import RunRequest, order_for
from artcelery.core.engine.people.run_plans import RunPlan, plan_of
from artcelery.core.engine.people.run_quota import most_runs, too_much
from artcelery.core.engine.people.run_search import run_among
from artcelery.core.engine.planning import Planning
from artcelery.core.engine.records import Records
from artcelery.core.engine.submitting import Submitted, Submitter
from artcelery.core.errors import ForbiddenError, NotAllowedError, NotFoundError
from artcelery.core.plan import Plan
from artcelery.core.state.paging import FINAL
from artcelery.core.state.protocol import Page, RunFilter
from artcelery.core.state.records import Claim, Entry, PassRecord, RunRecord

if TYPE_CHECKING:
    from artcelery.core.engine.people.member import Member

__all__ = ["MemberRuns", "RunRequest"]


class MemberRuns:
    """The runs of one who asks; for who operates the server, all of them."""

    def __init__(self, member: Member) -> None:
        self._member, self._context, self._who = member, member.context, member.who
        self._records = Records(member.context)
        self._assets = Assets(member.context)

    def plan(self, request: RunRequest) -> Plan:
        """What a request would do, and why; nothing is recorded of it."""
        return Planning(self._context, self._assets, order_for(self._member, request)).plan()

    def submit(self, request: RunRequest, key: str | None = None) -> Submitted:
        """Record a run for workers to render; the run, and the passes to ring for.

        A request that comes again with its key gives the run that it gave before. QuotaError when too many runs wait.
        """
        refusal = too_much(self._context, self._who)  # asked first: the last run that may be is perhaps that of the key
        claim = None if key is None else Claim(self._who.user, key, request.fingerprint)
        if found := self._answered(claim):
            return found
        if refusal is not None:
            raise refusal
        order, most = order_for(self._member, request), most_runs(self._context, self._who)
        submitted = self._submitter.submit_once(order, claim=claim, most=most)
        found = submitted or self._answered(claim)  # by the same request, when it came twice at once
        assert found is not None
        return found

    def _answered(self, claim: Claim | None) -> Submitted | None:
        run_id = None if claim is None else answer(self._context.state.replies, claim)
        return None if run_id is None else Submitted(self.get(run_id))

    def page(self, *, limit: int = 50, cursor: str | None = None, only: RunFilter) -> Page:
        """Runs, newest first; ForbiddenError when those of somebody else are asked for."""
        if not self._who.is_operator and only.user not in (None, self._who.user):
            raise ForbiddenError("only who operates this server sees the runs of others; leave `user` out")
        if not self._who.is_operator:
            only = replace(only, member=self._who.user)
        return self._records.page(limit=limit, cursor=cursor, only=only)

    def get(self, said: str) -> RunRecord:
        """A run by its id, the beginning of one, or "last"; NotFoundError when there is none."""
        if self._who.is_operator:
            return self._records.get(said)
        run = run_among(self._context.state.runs, self._who.user, said)
        if run is None:
            raise NotFoundError(f"there is no run {said!r}; `artcelery runs list` shows them")
        return run

    def plan_of(self, said: str) -> RunPlan:
        """What a run does or did, and why."""
        return plan_of(self._context.state, self.get(said))

    def provenance(self, said: str) -> dict[str, Any]:
        """The provenance record of a completed run."""
        return self._records.provenance(self.get(said).id)

    def passes(self, run: RunRecord) -> Sequence[PassRecord]:
        """What a submitted run still has to do, and how far that is."""
        return [item for item in self._context.state.passes.of_run(run.id) if item.name]

    def journal(self, run: RunRecord, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """What happened to a submitted run after entry number `after`, oldest first."""
        return self._context.state.journal.since(run.id, after, limit)

    def is_told(self, run: RunRecord, after: int) -> bool:
        """Whether the run is over, and nothing happened to it after that entry of its journal."""
        return run.status in FINAL and after > 0 and not self.journal(run, after, 1)

    def cancel(self, said: str) -> RunRecord:
        """Stop a run; who renders for it hears of it within a second. NotAllowedError when it is over."""
        return self._records.cancel(self.get(said).id)

    def retry(self, said: str) -> Submitted:
        """Begin a run again that failed or was cancelled; only what is missing is rendered."""
        run = self.get(said)
        if refusal := too_much(self._context, self._who):
            raise refusal
        return self._submitter.again(run, most=most_runs(self._context, self._who))

    def remove(self, said: str) -> RunRecord:
        """Forget a run; its files stay. NotAllowedError while it waits or runs, or when its output is published."""
        run = self.get(said)
        if run.status == "completed" and run.output_hash and self._member.publication.is_published(run.output_hash):
            raise NotAllowedError(f"the output of run {run.id} is published; what is published stays")
        return self._records.remove(run.id)

    @property
    def _submitter(self) -> Submitter:
        return Submitter(self._context, self._assets)
