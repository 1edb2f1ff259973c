"""What the words of somebody's order mean, when it is given and whenever it is planned again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.people.reach import ReachedAssets, ReachedEffects
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import UsageError

__all__ = ["Reach", "reach_of"]

_MOST_OF_OTHERS = 20


@dataclass(frozen=True, slots=True)
class Reach:
    """The files and effects that words can mean: those of a user of L2; or of "", who operates the server."""

    user: str
    assets: Assets
    effects: ReachedEffects


def reach_of(context: Context, who: Who, is_published: Callable[[str], bool] | None = None) -> Reach:
    """What somebody's words mean: what is theirs, and what is published, where that can be asked."""
    held = context.state.belongings(who.user)
    asked: set[str] = set()

    def may_read(wanted: str) -> bool:
        if who.is_operator or held.files.get(wanted) is not None:
            return True
        asked.add(wanted)
        if len(asked) > _MOST_OF_OTHERS:  # for each of them others are asked, who may be slow
            raise UsageError(f"an order may name at most {_MOST_OF_OTHERS} files that are not yours; upload them first")
        return is_published is not None and is_published(wanted)

    def called(wanted: str) -> str:
        holding = held.files.get(wanted)
        return holding.name if holding else ""

    return Reach(who.user, ReachedAssets(context, held.assets, may_read, called), ReachedEffects(context))
