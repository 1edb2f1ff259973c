"""A run as its page shows it, put together from what is recorded of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self
from urllib.parse import urlencode

from artcelery.core.engine.people import Member
from artcelery.core.engine.people.run_plans import RunPlan
from artcelery.core.state.paging import FINAL, REOPENED
from artcelery.core.state.records import PassRecord, RunRecord
from artcelery.server.pages.graphs import Drawing, draw
from artcelery.server.pages.run_again import Again, again
from artcelery.server.pages.run_chosen import Chosen, Setting, chosen_of, settings_of
from artcelery.server.pages.run_files import Compared, Shown, compared, inputs_of, shown
from artcelery.server.pages.run_papers import Papers, papers_of
from artcelery.server.pages.run_progress import Progress
from artcelery.server.pages.run_rows import seconds_between
from artcelery.server.pages.run_states import Standing, drawn_of, standings
from artcelery.server.pages.run_trouble import Log, failing_node, read_log

__all__ = ["Asked", "Place", "RunView", "run_view"]

_MOST_OPENED_LETTERS = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked to show beside the run: a node, and which folded ones one by one."""

    node: str | None = None
    opened: tuple[str, ...] = ()

    def of(self, run: RunRecord) -> Self:
        """As much of it as the run has, and as its links have room for: each of them says all of it again."""
        known = {node.id for node in run.nodes}
        opened = [name for name in self.opened if name in known]
        while sum(map(len, opened)) > _MOST_OPENED_LETTERS:
            opened.pop()
        return type(self)(self.node if self.node in known else None, tuple(opened))

    def query(self, node: str | None, opened: Sequence[str]) -> str:
        """The query of the same page with another node, or others opened."""
        pairs = [("open", name) for name in opened] + ([("node", node)] if node is not None else [])
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is for who looks: its URL, whether it wants a token, and why a pass is not begun there."""

    url: str
    needs_token: bool
    why: Callable[[PassRecord], str]


@dataclass(frozen=True, slots=True)
class RunView:
    """All that the page of a run says."""

    run: RunRecord
    title: str
    is_over: bool
    took_s: float | None
    reused: tuple[int, int] | None
    may_retry: bool
    effects: Mapping[str, str]
    params: Sequence[Setting]
    inputs: Sequence[Shown]
    more_inputs: int
    output: Shown | None
    compared: Compared | None
    progress: Progress | None
    drawing: Drawing
    chosen: Chosen | None
    log: Log
    failing: str
    papers: Papers | None
    again: Again
    asked: Asked


def run_view(member: Member, run_id: str, asked: Asked, place: Place, same: Again | None = None) -> RunView:
    """The view of a run; NotFoundError when there is none. `same` is its order as it was before: that never changes."""
    plan = member.runs.plan_of(run_id)
    run, log, asked = plan.run, read_log(plan), asked.of(plan.run)
    failing = failing_node(log)
    stand = standings(plan, failing)
    inputs = inputs_of(member.files, run)
    output = shown(member.files, run.output_hash, "output") if run.output_hash else None
    is_over = run.status in FINAL
    return RunView(
        run=run,
        title=run.output_name or run.config_name,
        is_over=is_over,
        took_s=seconds_between(run.started_at, run.finished_at),
        reused=run.reused,
        may_retry=run.status in REOPENED,
        effects={node.effect["name"]: node.effect.get("content_hash", "") for node in run.nodes if node.effect},
        params=settings_of(run.params),
        inputs=inputs,
        output=output,
        more_inputs=len(run.inputs) - len(inputs),
        compared=compared(inputs, output) if len(inputs) == len(run.inputs) else None,
        progress=None if is_over else Progress.of(member.runs.passes(run), place.why),
        drawing=_drawing(plan, stand, asked),
        chosen=chosen_of(run, asked.node, stand, partial(shown, member.files)),
        log=log,
        failing=failing,
        papers=papers_of(member.runs, run),
        again=same or again(member, run, place.url, needs_token=place.needs_token),
        asked=asked,
    )


def _drawing(plan: RunPlan, stand: Mapping[str, Standing], asked: Asked) -> Drawing:
    path = f"/run/{plan.run.id}"
    drawn = drawn_of(plan, stand, lambda node: f"{path}{asked.query(node, asked.opened)}#chosen")
    return draw(drawn, asked.opened, lambda first: f"{path}{asked.query(asked.node, (*asked.opened, first))}#graph")
