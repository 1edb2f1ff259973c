"""The workers of a server, for who operates it."""

from __future__ import annotations

from fastapi import APIRouter

from artcelery.server.given import Operator, ServicesGiven
from artcelery.server.models.workers import WorkersReply
from artcelery.server.problems import responses

__all__ = ["router"]

router = APIRouter(tags=["workers"])


@router.get("/workers", responses=responses(401, 403, 503))
def workers(operator: Operator, services: ServicesGiven) -> WorkersReply:
    """Which workers are alive, what they render, and what waits."""
    return WorkersReply.of(services.engine.workers())
