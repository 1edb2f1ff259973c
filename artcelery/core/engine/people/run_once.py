"""Doing once what is asked for again and again with one key: a key and its run are recorded in one step.

So a key means one run from the moment in which there is one, whoever dies before or after; until then it means nothing,
and of several requests with it that are worked on at once, the first to be recorded is the one.
"""

from __future__ import annotations

from artcelery.core.errors import ConflictError
from artcelery.core.state.protocol import Replies
from artcelery.core.state.records import Claim

__all__ = ["answer"]


def answer(replies: Replies, claim: Claim) -> str | None:
    """The run that a request was answered with, None when it was not; ConflictError when its key was another's."""
    reply = replies.find(claim.user, claim.key)
    if reply is None:
        return None
    if reply.fingerprint != claim.fingerprint:
        raise ConflictError(f"the key {claim.key!r} was used for another request; give each request a key of its own")
    return reply.run_id
