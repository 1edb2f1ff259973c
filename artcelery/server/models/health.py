"""Whether a server is well."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["HealthReply"]


class HealthReply(BaseModel):
    """It is."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "ok"}})

    status: Literal["ok"] = Field("ok", description="Always `ok`: what is not well is a problem with another status.")
