"""People of a server as the core has them, and work done at once in this process."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.people import Member, Who
from artcelery.core.engine.people.runs import RunRequest
from artcelery.core.engine.performing import Performer
from artcelery.core.errors import UnreachableError
from artcelery.core.runs import now
from artcelery.core.state.records import Holding, RunRecord

__all__ = ["Published", "done", "hold", "rendered"]


@dataclass
class Published:
    """What is published; nobody can say while it is `away`."""

    hashes: set[str] = field(default_factory=set)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def is_published(self, content_hash: str) -> bool:
        self.asked.append(content_hash)
        if self.away:
            raise UnreachableError("L2 does not answer")
        return content_hash in self.hashes


def done(context: Context, run_id: str) -> RunRecord:
    """The run, once all its passes are performed, as workers perform them."""
    performer = Performer(context, Assets(context), "hand", lambda requires: ())
    waiting = deque(item for item in context.state.passes.of_run(run_id) if item.status == "ready")
    while waiting:
        item = waiting.popleft()
        waiting += performer.perform(item.run_id, item.name)
    run = context.state.runs.get(run_id)
    assert run is not None
    return run


def rendered(member: Member, **asked: Any) -> RunRecord:
    """A run of a member, completed."""
    run = done(member.context, member.runs.submit(RunRequest(**asked)).run.id)
    assert run.status == "completed", run.error
    return run


def hold(context: Context, user: str, content_hash: str, name: str = "") -> None:
    """Make a stored file somebody's, as an upload of theirs does."""
    path = context.store.find(content_hash)
    assert path is not None
    holding = Holding(content_hash, path.stat().st_size, "", name, "upload", now())
    context.state.belongings(user).files.put(holding)


def who(name: str) -> Who:
    return Who(f"@{name}@l2.example")
