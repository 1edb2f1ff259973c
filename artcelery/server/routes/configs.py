"""Routes of configs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from artcelery.server.config_texts import CONFIG_BODY, ConfigTextGiven
from artcelery.server.given import MemberGiven, ServicesGiven, Share
from artcelery.server.models.configs import ConfigReply, ConfigsReply, KeptReply, WholeConfigReply
from artcelery.server.models.orders import ConfigRunOrder
from artcelery.server.models.runs import StartedReply
from artcelery.server.problems import responses
from artcelery.server.routes.runs import Key, started

__all__ = ["router"]

router = APIRouter(tags=["configs"])

Named = Annotated[str, Path(description="A config's id or name.")]


@router.post(
    "/configs/upload",
    status_code=201,
    openapi_extra=CONFIG_BODY,
    responses=responses(400, 401, 403, 413, 422, 429, 503, 507),
)
def upload_config(
    text: ConfigTextGiven, member: MemberGiven, response: Response, _: Annotated[None, Share]
) -> KeptReply:
    """Check a config and keep it; what is wrong with it comes with lines and columns."""
    record, config = member.configs.add(text.data, text.file)
    response.headers["Location"] = f"/configs/{record.id}"
    return KeptReply.kept(record, config)


@router.get("/configs", responses=responses(401, 404, 422, 503))
def list_configs(
    member: MemberGiven,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ConfigsReply:
    """List configs, by name."""
    return ConfigsReply.of(member.configs.page(limit=limit, cursor=cursor))


@router.get("/configs/{config_id}", responses=responses(401, 404, 422, 503))
def show_config(config_id: Named, member: MemberGiven) -> WholeConfigReply:
    """Show what a config asks for, and its text."""
    record = member.configs.get(config_id)
    return WholeConfigReply.whole(record, member.configs.load(record))


@router.delete("/configs/{config_id}", responses=responses(401, 403, 404, 409, 503))
def remove_config(config_id: Named, member: MemberGiven) -> ConfigReply:
    """Forget a config that no run needs."""
    return ConfigReply.of(member.configs.remove(config_id))


@router.post(
    "/configs/{config_id}/run",
    status_code=202,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503, 507),
    dependencies=[Share],
)
def run_config(
    config_id: Named,
    order: ConfigRunOrder,
    member: MemberGiven,
    services: ServicesGiven,
    response: Response,
    key: Key = None,
) -> StartedReply:
    """Start a run of a config."""
    request = order.request(member.configs.get(config_id).id)
    return started(services, member.runs.submit(request, key), response)
