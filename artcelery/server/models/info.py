"""What a server says of itself."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["CountsReply", "InfoReply"]


class CountsReply(BaseModel):
    """How much there is; as of a second ago at most."""

    runs: int = Field(description="Runs that are known, whatever became of them.")
    files: int = Field(description="Stored media.")
    workers: int = Field(description="Workers that are alive.")


class InfoReply(BaseModel):
    """Which server this is, and what it offers."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "artcelery",
                "version": "0.1.0",
                "public_url": "https://art.example",
                "actor": "@art@art.example",
                "effects": ["blur", "dog", "invert"],
                "counts": {"runs": 12, "files": 40, "workers": 1},
                "l2_origins": ["https://l2.example"],
            }
        }
    )

    name: str = Field(description="The name of the program: artcelery.")
    version: str = Field(description="Its version.")
    public_url: str | None = Field(description="The URL by which users and L2 know the server, null when none is set.")
    actor: str = Field(description="Who renders, as provenance records say it.")
    effects: list[str] = Field(description="The names of all effects.")
    counts: CountsReply = Field(description="How much there is.")
    l2_origins: list[str] = Field(description="The L2 registries whose users may sign in; empty when none may.")
