"""Ending a run: its papers are written, and its record says how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from artcelery.core.engine.context import Context
from artcelery.core.engine.papers import Papers
from artcelery.core.engine.people.run_files import hold_made, hold_used
from artcelery.core.engine.people.run_words import told_of
from artcelery.core.engine.stages import as_planned
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
        if not run.output_key:  # what its last stage would have rendered was known already
            self._papers.keep_sources(plan, run.member)
            run = as_planned(run, plan)
            hold_used(self._context, run, plan)
        result = plan.result or made[plan.passes[-1].name]
        if made:
            self._papers.remember_output(run, result)
        self._papers.remember_passes(run, made)
        record_hash = self._papers.keep_record(run, plan, result.content_hash, dict(made))
        done = completed(run, result.content_hash, dict(made), record_hash, costs)
        hold_made(self._context, done)
        if self._finished(run, done, {}):
            return done
        return self._context.state.runs.get(run.id) or done

    def fail(self, run: RunRecord, error: BaseException, name: str = "") -> RunRecord:
        """The run, failed or cancelled in the pass of a name.

        A state that cannot be written to does not hide what ended it.
        """
        ended = failed(run, error)
        if ended.error:
            told = told_of(run, ended.error["message"], self._context.settings.store_url)
            ended = replace(ended, error={**ended.error, "message": told})
        with suppress(ArtceleryError):
            self._finished(run, ended, {"pass": name, **(ended.error or {})})
        return ended

    def _finished(self, run: RunRecord, ended: RunRecord, data: Mapping[str, Any]) -> bool:
        """Whether this ended the run; of submitted ones, which no process holds, the journal says so."""
        return self._context.state.runs.finish(ended, None if run.holder else data)
