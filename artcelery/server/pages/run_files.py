"""The files of a run as its page shows them: what came out, what went in, and the two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.engine.people.files import MemberFiles
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.records import RunRecord
from artcelery.server.pages.media_kinds import Look, facts_line, title_of, word_of
from artcelery.server.pages.waveforms import Drawn, waveform_made

__all__ = ["Compared", "Shown", "compared", "inputs_of", "shown"]

_AS_LONG_S = 0.1
_MOST_INPUTS = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A file of a run; without a look where it has gone from the cache. `role` is what it is in the run."""

    role: str
    content_hash: str
    title: str
    word: str = "document"
    facts: str = ""
    look: Look | None = None
    waveform: Drawn | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two pictures or two films, before and after."""

    before: Shown
    after: Shown


def shown(files: MemberFiles, content_hash: str, role: str) -> Shown:
    """A file, as far as it is there."""
    try:
        file = files.get(content_hash)
    except ArtceleryError:
        return Shown(role, content_hash, content_hash[:12])
    look = Look.of(file)
    return Shown(
        role,
        content_hash,
        title_of(file),
        word_of(file),
        facts_line(file),
        look,
        _waveform(files, file, look),
        float(file.clip.duration) if file.clip and file.clip.duration is not None else None,
    )


def inputs_of(files: MemberFiles, run: RunRecord) -> Sequence[Shown]:
    """The first files that a run was given, by the names of their nodes."""
    return [shown(files, content_hash, name) for name, content_hash in islice(run.inputs.items(), _MOST_INPUTS)]


def compared(inputs: Sequence[Shown], output: Shown | None) -> Compared | None:
    """What came out beside what it was made of: the one input of its kind, as long as it; None where there is none."""
    if output is None or output.look is None or output.look.element not in ("image", "video"):
        return None
    alike = {item.content_hash: item for item in inputs if item.look and item.look.element == output.look.element}
    before = next(iter(alike.values())) if len(alike) == 1 else None
    if before is None or before.content_hash == output.content_hash or not _lasts_as_long(before, output):
        return None
    return Compared(before, output)


def _lasts_as_long(one: Shown, other: Shown) -> bool:
    return abs((one.duration_s or 0) - (other.duration_s or 0)) < _AS_LONG_S


def _waveform(files: MemberFiles, file: StoredFile, look: Look) -> Drawn | None:
    """The waveform where it is made already; without one, the page asks for it later."""
    if not look.has_sound:
        return None
    try:
        return waveform_made(files, file.content_hash)
    except ArtceleryError:
        return None
