"""Routes of runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from artcelery.core.engine.submitting import Submitted
from artcelery.core.runs import recorded_time
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import RunStatus
from artcelery.server.auth.standing import Standing
from artcelery.server.following import Followings
from artcelery.server.given import MemberGiven, ServicesGiven, Share
from artcelery.server.models.orders import RunOrder
from artcelery.server.models.plans import PlanReply, RunPlanReply
from artcelery.server.models.provenance import ProvenanceReply
from artcelery.server.models.runs import (
    EntriesReply,
    RunReply,
    RunsReply,
    StartedReply,
    WholeRunReply,
)
from artcelery.server.problems import responses
from artcelery.server.services import Services

__all__ = ["Key", "router", "started"]

router = APIRouter(tags=["runs"])

_MOST = 2**53 - 1
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, until the run ends.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "The run is over, and all of it was told."},
}

Named = Annotated[str, Path(description="A run's id, the beginning of one, or `last`.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many.")]
Cursor = Annotated[str | None, Query(max_length=200, description="Where the page before this one ended.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[ -~]{1,255}$",
        description="A request that comes again with its key gives the run that it gave before.",
    ),
]


def _followings(request: Request) -> Followings:
    followings: Followings = request.app.state.followings
    return followings


def started(services: Services, submitted: Submitted, response: Response) -> StartedReply:
    """The reply for a run that was started: workers hear of it, and the reply says where it is."""
    run = services.farm.ring(submitted)
    response.headers["Location"] = f"/runs/{run.id}"
    return StartedReply.started(run, None if run.finished_at else services.farm.trouble())


@router.post(
    "/runs",
    status_code=202,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503, 507),
    dependencies=[Share],
)
def start_run(
    order: RunOrder, member: MemberGiven, services: ServicesGiven, response: Response, key: Key = None
) -> StartedReply:
    """Start a run; one whose result is known is completed at once."""
    return started(services, member.runs.submit(order.asked(), key), response)


@router.post(
    "/runs/plan",
    response_model_exclude_unset=True,
    responses=responses(400, 401, 403, 404, 413, 422, 503),
    dependencies=[Share],
)
def plan_run(order: RunOrder, member: MemberGiven) -> PlanReply:
    """Say what a run would do, and why; none is started."""
    return PlanReply.of(member.runs.plan(order.asked()))


@router.get("/runs", responses=responses(400, 401, 403, 422, 503))
def list_runs(
    member: MemberGiven,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: RunStatus | None = None,
    user: Annotated[str | None, Query(max_length=300, description="Whose runs; for who operates the server.")] = None,
    recipe: Annotated[str | None, Query(max_length=200, description="The name or id of a config.")] = None,
    since: Annotated[datetime | None, Query(description="Only runs created since.")] = None,
) -> RunsReply:
    """List runs, newest first."""
    only = RunFilter(status, user, recipe, None if since is None else recorded_time(since))
    return RunsReply.of(member.runs.page(limit=limit, cursor=cursor, only=only))


@router.get("/runs/{run_id}", responses=responses(401, 404, 503))
def show_run(run_id: Named, member: MemberGiven) -> WholeRunReply:
    """Show a run: what happens to each node and pass, how far it is, and why."""
    run = member.runs.get(run_id)
    return WholeRunReply.whole(run, member.runs.passes(run), with_holders=member.who.is_operator)


@router.get(
    "/runs/{run_id}/events",
    response_class=StreamingResponse,
    responses={**_EVENTS, **responses(401, 404, 422, 429, 503)},
)
def follow_run(
    request: Request,
    run_id: Named,
    member: MemberGiven,
    services: ServicesGiven,
    followings: Annotated[Followings, Depends(_followings)],
    after: Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=_MOST)] = None,
) -> Response:
    """Tell what happens to a run, as it happens and until it ends."""
    run = member.runs.get(run_id)
    if after is not None and member.runs.is_told(run, after):
        return Response(status_code=204)
    told = Standing(request, services, member.who).hearing(followings.stream(run.id, after))
    return services.streams.reply(member.who, told)


@router.get("/runs/{run_id}/journal", responses=responses(401, 404, 422, 503))
def show_journal(
    run_id: Named,
    member: MemberGiven,
    limit: Limit = 50,
    cursor: Annotated[int, Query(ge=0, le=_MOST, description="The number of the entry before the first.")] = 0,
) -> EntriesReply:
    """Show what happened to a run, oldest first: which worker began which pass, what failed and why."""
    return EntriesReply.of(member.runs.journal(member.runs.get(run_id), cursor, limit + 1), limit)


@router.get("/runs/{run_id}/plan", responses=responses(401, 404, 503))
def show_plan(run_id: Named, member: MemberGiven) -> RunPlanReply:
    """Show what of a run was known and what is or was rendered, and why."""
    return RunPlanReply.of(member.runs.plan_of(run_id))


@router.get("/runs/{run_id}/provenance", responses=responses(401, 404, 503))
def show_provenance(run_id: Named, member: MemberGiven) -> ProvenanceReply:
    """Show the record of a completed run: what made its output, from what, on what."""
    return ProvenanceReply.model_validate(member.runs.provenance(run_id))


@router.post("/runs/{run_id}/cancel", responses=responses(401, 403, 404, 409, 503))
def cancel_run(run_id: Named, member: MemberGiven) -> RunReply:
    """Stop a run; what was rendered of it is kept."""
    return RunReply.of(member.runs.cancel(run_id))


@router.post(
    "/runs/{run_id}/retry",
    status_code=202,
    responses=responses(401, 403, 404, 409, 422, 429, 503, 507),
    dependencies=[Share],
)
def retry_run(run_id: Named, member: MemberGiven, services: ServicesGiven, response: Response) -> StartedReply:
    """Begin a run again that failed or was cancelled; only what is missing is rendered."""
    return started(services, member.runs.retry(run_id), response)


@router.delete("/runs/{run_id}", responses=responses(401, 403, 404, 409, 503))
def remove_run(run_id: Named, member: MemberGiven) -> RunReply:
    """Forget a run; its files stay."""
    return RunReply.of(member.runs.remove(run_id))
