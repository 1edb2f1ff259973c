"""How many runs of a user of L2 may wait or run at once."""

from __future__ import annotations

from artcelery.core.errors import QuotaError

__all__ = ["too_many"]


def too_many(unfinished: int, most: int | None) -> QuotaError | None:
    """What to tell somebody who has as many runs that are not over as there may be."""
    if most is None or unfinished < most:
        return None
    return QuotaError(f"{unfinished} of your runs wait or run, and {most} may; wait until one has ended, or cancel one")
