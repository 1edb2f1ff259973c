"""How much a user of L2 may have waiting at once."""

from __future__ import annotations

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import QuotaError
from artcelery.core.state.quota import too_many

__all__ = ["most_runs", "too_much"]


def most_runs(context: Context, who: Who) -> int | None:
    """How many runs that are not over somebody may have; None where that is not limited."""
    return None if who.is_operator else context.settings.quota_runs


def too_much(context: Context, who: Who) -> QuotaError | None:
    """What to tell somebody who has as many runs that are not over, or as many bytes, as they may.

    It is asked before anything is planned; what others of theirs begin meanwhile counts when the run is recorded.
    """
    if who.is_operator:
        return None
    refusal = too_many(context.state.runs.unfinished(who.user), most_runs(context, who))
    return refusal or _too_large(context, who)


def _too_large(context: Context, who: Who) -> QuotaError | None:
    most = context.settings.quota_size
    held = 0 if most is None else context.state.belongings(who.user).files.total()[1]
    if most is None or held < most:
        return None
    return QuotaError(f"your files have {held:,} bytes, and {most:,} may be; remove some first")
