"""Ending a run: its papers are written, and its record says how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from artcelery.core.engine.context import Context
from artcelery.core.engine.papers import Papers
from artcelery.core.errors import ArtceleryError
from artcelery.core.plan import Plan
from artcelery.core.runs import completed, failed
from artcelery.core.state.records import Result, RunRecord

__all__ = ["Ending"]


class Ending:
    """Ends runs; a run ends once."""

    def __init__(self, context: Context, papers: Papers) -> None:
        self._context, self._papers = context, papers

    def complete(self, run: RunRecord, plan: Plan, made: Mapping[str, Result], costs: Mapping[str, float]) -> RunRecord:
        """The run, completed: `made` are the results of its passes by name, `costs` what nodes in them took."""
        result = plan.result or made[plan.passes[-1].name]
        if made:
            self._papers.remember_output(run, result)
        self._papers.remember_passes(run, made)
        record_hash = self._papers.keep_record(run, plan, result.content_hash, dict(made))
        done = completed(run, result.content_hash, dict(made), record_hash, costs)
        self._context.state.runs.finish(done)
        return done

    def fail(self, run: RunRecord, error: BaseException) -> RunRecord:
        """The run, failed or cancelled; a state that cannot be written to does not hide what ended it."""
        ended = failed(run, error)
        with suppress(ArtceleryError):
            self._context.state.runs.finish(ended)
        return ended
