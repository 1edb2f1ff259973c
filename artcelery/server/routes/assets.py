"""Routes of names: `/assets`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from artcelery.server.given import MemberGiven
from artcelery.server.models.assets import AssetItem, AssetList, AssetRequest
from artcelery.server.problems import responses

__all__ = ["router"]

router = APIRouter(prefix="/assets", tags=["assets"])


@router.get("", responses=responses(400, 401, 422, 503))
def list_assets(
    member: MemberGiven,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 50,
    cursor: Annotated[str | None, Query(description="Where the page begins.", max_length=500)] = None,
) -> AssetList:
    """List your names of files, and the built-in ones."""
    return AssetList.of(member.names.page(limit=limit, cursor=cursor))


@router.put("/{name}", responses=responses(400, 401, 403, 404, 422, 429, 503))
def name_file(name: str, asked: AssetRequest, member: MemberGiven) -> AssetItem:
    """Give a file a name."""
    return AssetItem.of(member.names.put(name, asked.content_hash))


@router.delete("/{name}", status_code=204, response_class=Response, responses=responses(401, 403, 404, 422, 503))
def forget_name(name: str, member: MemberGiven) -> Response:
    """Forget a name; the file stays."""
    member.names.remove(name)
    return Response(status_code=204)
