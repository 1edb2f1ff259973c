"""The papers of a run: what made its output, from what, on what; readable, and as they are kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from artcelery.core.engine.people.runs import MemberRuns
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.records import RunRecord

__all__ = ["Papers", "papers_of"]

_WORDS = {"True": "yes", "False": "no"}


@dataclass(frozen=True, slots=True)
class Papers:
    """A provenance record; `trouble` is why it cannot be shown."""

    rendered_by: str = ""
    rendered_at: str = ""
    software: str = ""
    hardware: str = ""
    versions: str = ""
    encoding: str = ""
    notes: Sequence[str] = ()
    raw: str = ""
    trouble: str = ""


def papers_of(runs: MemberRuns, run: RunRecord) -> Papers | None:
    """The papers of a completed run, None of any other."""
    if run.provenance_hash is None:
        return None
    try:
        record = runs.provenance(run.id)
    except ArtceleryError as error:
        return Papers(trouble=str(error))
    return _readable(record)


def _readable(record: dict[str, Any]) -> Papers:
    built = record["infrastructure"]
    return Papers(
        rendered_by=record["rendered_by"],
        rendered_at=record["rendered_at"],
        software=built["software"]["name"].removeprefix("infra:"),
        hardware=built["hardware"]["name"].removeprefix("infra:"),
        versions=", ".join(f"{name} {version}" for name, version in record["versions"].items()),
        encoding=_encoding(record["encoding"] or {}),
        notes=record["notes"],
        raw=json.dumps(record, indent=2, ensure_ascii=False),
    )


def _encoding(said: dict[str, Any]) -> str:
    """How the output is written, in one line: `png; still: compress_level 6, alpha yes`."""
    parts = [f"{name}: {_listed(value)}" for name, value in said.items() if isinstance(value, dict)]
    return "; ".join([str(said.get("format", "")), *parts])


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_WORDS.get(str(value), value)}" for name, value in values.items())
