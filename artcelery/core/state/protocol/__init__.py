"""What a state does: one small protocol per concern, bundled in `State`; all implementations pass one contract test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from artcelery.core.state.protocol.facts import (
    Assets,
    ConfigPage,
    Configs,
    Leases,
    Media,
    Page,
    Results,
    RunFilter,
    Runs,
)
from artcelery.core.state.protocol.farm import RUNG_AGAIN_S, Journal, Passes, Waiting, Workers
from artcelery.core.state.protocol.people import Belongings, FileFilter, FilePage, Files, Replies, Sessions, Verdict

__all__ = [
    "RUNG_AGAIN_S",
    "Assets",
    "Belongings",
    "ConfigPage",
    "Configs",
    "FileFilter",
    "FilePage",
    "Files",
    "Journal",
    "Leases",
    "Media",
    "Page",
    "Passes",
    "Replies",
    "Results",
    "RunFilter",
    "Runs",
    "Sessions",
    "State",
    "Verdict",
    "Waiting",
    "Workers",
]


class State(Protocol):
    """All facts: of renders, of the farm, and of the people of a server."""

    @property
    def results(self) -> Results: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def assets(self) -> Assets: ...
    @property
    def configs(self) -> Configs: ...
    @property
    def media(self) -> Media: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def passes(self) -> Passes: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def workers(self) -> Workers: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def replies(self) -> Replies: ...
    def belongings(self, user: str) -> Belongings:
        """What is one user's; `assets` and `configs` above are those of the user ""."""
        ...

    def holders(self, content_hash: str) -> Sequence[str]:
        """The users whose file it is, in order, without ""."""
        ...

    def warnings(self) -> Sequence[str]:
        """What is set so that facts may be lost, each with the way to mend it."""
        ...

    def close(self) -> None: ...
