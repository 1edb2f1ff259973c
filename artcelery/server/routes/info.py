"""Routes of the server itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

import artcelery
from artcelery.server.given import ServicesGiven
from artcelery.server.metrics.metrics import Metrics, metrics_of
from artcelery.server.models.info import CountsReply, InfoReply
from artcelery.server.problems import responses

__all__ = ["router"]

router = APIRouter(tags=["info"])


@router.get("/", responses=responses(503))
def server_info(services: ServicesGiven, metrics: Annotated[Metrics, Depends(metrics_of)]) -> InfoReply:
    """Which server this is, and what it offers."""
    return InfoReply(
        name="artcelery",
        version=artcelery.__version__,
        public_url=services.settings.public_url,
        actor=services.settings.actor,
        effects=list(services.engine.effect_names()),
        counts=CountsReply(**metrics.counts(services.engine.state)),
        l2_origins=list(services.settings.l2_urls),
    )
