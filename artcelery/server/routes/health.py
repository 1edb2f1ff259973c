"""Routes for whoever watches the server: balancers, supervisors, Prometheus."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST

from artcelery.core.engine.people import OPERATOR
from artcelery.core.engine.readiness import check_ready
from artcelery.server.given import Operator, ServicesGiven
from artcelery.server.metrics.metrics import Metrics, metrics_of
from artcelery.server.models.health import HealthReply
from artcelery.server.problems import responses

__all__ = ["router"]

Replies = dict[int | str, dict[str, Any]]

router = APIRouter(tags=["health"])

_TEXT: Replies = {200: {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get("/healthz")
async def health() -> HealthReply:
    """Whether the process lives; it asks nobody."""
    return HealthReply(status="ok")


@router.get("/readyz", responses=responses(503))
def readiness(services: ServicesGiven) -> HealthReply:
    """Whether requests can be answered: the state answers, and the store can be written to."""
    check_ready(services.member(OPERATOR).context)
    return HealthReply(status="ok")


@router.get("/metrics", response_class=Response, responses={**_TEXT, **responses(401, 403, 503)})
def metrics(operator: Operator, services: ServicesGiven, told: Annotated[Metrics, Depends(metrics_of)]) -> Response:
    """Runs, passes, queues, cache and requests in figures, in the text format of Prometheus."""
    return Response(told.tell(services.engine.state), media_type=CONTENT_TYPE_LATEST)
