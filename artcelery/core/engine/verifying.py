"""Verifying: is a file what its record says, and does rendering it again give the same bytes?"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.order import order_of
from artcelery.core.engine.records import Records
from artcelery.core.engine.rendering import Renderer
from artcelery.core.errors import NotFoundError, VerifyError
from artcelery.core.events import Listener
from artcelery.core.hashing import content_hash
from artcelery.core.state.records import RunRecord
from artcelery.core.state.sqlite import SqliteState

__all__ = ["Verdict", "Verifier"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked and found right; what is wrong is raised as VerifyError."""

    run: RunRecord
    content_hash: str
    rerendered: bool

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain values."""
        return {
            "ok": True,
            "run": self.run.id,
            "content_hash": self.content_hash,
            "record": self.run.provenance_hash,
            "rerendered": self.rerendered,
        }


class Verifier:
    """Compares files with their papers."""

    def __init__(self, context: Context, records: Records) -> None:
        self._context, self._records = context, records

    def verify(self, said: str | Path, *, rerender: bool, listener: Listener) -> Verdict:
        """A file (by path) or a run (by id); NotFoundError when no run made that file."""
        run, found = self._file(Path(said)) if _is_path(said) else self._stored(str(said))
        self._check_record(run)
        if found != run.output_hash:
            raise VerifyError(f"the record of run {run.id} says {run.output_hash}, but the file is {found}")
        if rerender:
            again = self._render_again(run, listener)
            if again != found:
                raise VerifyError(f"rendering run {run.id} again gave {again}; its record says {found}")
        return Verdict(run, found, rerender)

    def _file(self, path: Path) -> tuple[RunRecord, str]:
        found = content_hash(path)
        for run_id in self._context.state.runs.using(found):
            run = self._records.get(run_id)
            if run.output_hash == found:
                return run, found
        raise VerifyError(
            f"no run that is recorded here made {str(path)!r} ({found}); it was changed, or made elsewhere"
        )

    def _stored(self, run_id: str) -> tuple[RunRecord, str]:
        run = self._records.get(run_id)
        if run.output_hash is None:
            raise NotFoundError(f"run {run.id} has no output: it is {run.status}")
        path = self._context.store.find(run.output_hash)
        if path is None:
            raise VerifyError(f"the output {run.output_hash} of run {run.id} has gone from the cache; run it again")
        return run, content_hash(path)

    def _check_record(self, run: RunRecord) -> None:
        """The record is in the store, is what its hash says, and speaks of this output."""
        path = self._context.store.find(run.provenance_hash) if run.provenance_hash else None
        if path is None or content_hash(path) != run.provenance_hash:
            raise VerifyError(f"the provenance record of run {run.id} is missing or damaged")
        record = self._records.provenance(run.id)
        if record["output"]["content_hash"] != run.output_hash:
            raise VerifyError(f"the provenance record of run {run.id} speaks of another file")

    def _render_again(self, run: RunRecord, listener: Listener) -> str:
        """The content hash of what the run's order gives when nothing is known; the state learns nothing of it."""
        order = replace(order_of(run, self._context), anew=True)
        with tempfile.TemporaryDirectory(prefix="artcelery-verify-") as folder:
            state = SqliteState.open(Path(folder) / "state.db")
            try:
                apart = Context(self._context.settings, self._context.store, state)
                again = Renderer(apart, Assets(apart)).run(order, listener)
            finally:
                state.close()
        assert again.output_hash is not None
        self._context.store.remove(again.provenance_hash or "")
        return again.output_hash


def _is_path(said: str | Path) -> bool:
    return isinstance(said, Path) or Path(said).exists()
