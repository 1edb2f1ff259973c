"""How much a user of L2 may have waiting at once."""

from __future__ import annotations

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import QuotaError

__all__ = ["check_quota"]


def check_quota(context: Context, who: Who) -> None:
    """QuotaError when somebody has as many runs that are not over, or as many bytes, as they may."""
    if who.is_operator:
        return
    runs, most = context.state.runs.unfinished(who.user), context.settings.quota_runs
    if runs >= most:
        raise QuotaError(f"{runs} of your runs wait or run, and {most} may; wait until one has ended, or cancel one")
    if (size := context.settings.quota_size) is None:
        return
    _, held = context.state.belongings(who.user).files.total()
    if held >= size:
        raise QuotaError(f"your files have {held:,} bytes, and {size:,} may be; remove some first")
