"""Plans: what an order would do, and what a run does or did."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.engine.people.run_plans import RunPlan
from artcelery.core.plan import Plan
from artcelery.core.state.records import RunStatus

__all__ = ["PlanReply", "RunPlanReply"]


class PlannedPass(BaseModel):
    """One pass that would be rendered."""

    node: str
    nodes: list[str]
    frames: int
    part: int | None = Field(None, description="Which part of a film it renders, from 1.")
    parts: int | None = None
    joins: int | None = Field(None, description="How many files it joins.")
    seconds: float | None = Field(None, description="About how long it will take, where similar ones were timed.")
    makes: str = Field(description="`still`, `film`, `sound` or `data`; `files` where an effect works on whole files.")
    copies: bool = Field(description="Whether it copies pictures that are there, without encoding any.")


class PlannedNode(BaseModel):
    """What happens to one node, and why."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    type: str
    status: str = Field(description="Of a plan: `known`, `render`, `unused`; of a run: its status there.")
    reason: str


class PlannedOutput(BaseModel):
    """What comes out."""

    node: str
    key: str
    clip: str


class PlannedParts(BaseModel):
    """How many parts a joined film has, and how many are known."""

    all: int
    known: int


class PlanReply(BaseModel):
    """What an order would do, and why."""

    config: str
    output: PlannedOutput | None = Field(description="Null while analyses decide what follows.")
    encoding: dict[str, Any] | None
    known: str | None = Field(description="The content hash of the output, where that is known.")
    waiting: list[str] = Field(description="Analyses that have to come first.")
    parts: PlannedParts
    seconds: float | None
    passes: list[PlannedPass]
    nodes: list[PlannedNode]
    notes: list[str]
    advice: list[str]

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """A plan."""
        return cls.model_validate(plan.to_json())


class RunPass(BaseModel):
    """One pass of a run; `seconds` is what it took, or about what it will take."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    status: Literal["waiting", "ready", "running", "done"]
    frames: int
    done: int
    seconds: float | None
    worker: str
    reason: str
    content_hash: str | None


class RunPlanReply(BaseModel):
    """What a run does or did, and why."""

    id: str
    status: RunStatus
    config_name: str
    whole: bool = Field(description="False while analyses have to end before the rest can be planned.")
    nodes: list[PlannedNode]
    passes: list[RunPass]

    @classmethod
    def of(cls, plan: RunPlan) -> Self:
        """The plan of a run."""
        run = plan.run
        nodes = [PlannedNode.model_validate(node) for node in run.nodes]
        passes = [RunPass.model_validate(item) for item in plan.passes]
        head = {"id": run.id, "status": run.status, "config_name": run.config_name, "whole": plan.whole}
        return cls(**head, nodes=nodes, passes=passes)
