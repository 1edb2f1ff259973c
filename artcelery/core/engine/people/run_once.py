"""Doing once what is asked for again and again with one key."""

from __future__ import annotations

from collections.abc import Callable

from artcelery.core.errors import ConflictError, InProgressError
from artcelery.core.state.protocol import Replies

__all__ = ["once"]

_AT_WORK_S = 120.0
_KEPT_S = 24 * 3600.0


def once(replies: Replies, user: str, key: str, fingerprint: str, work: Callable[[], str]) -> str:
    """What the work gave when it was done first under a user's key, now or before.

    ConflictError when the key was for something else; InProgressError while it is being done. When it fails, the key is
    free again; so it is two minutes after a process died over it.
    """
    known = replies.claim(user, key, fingerprint, _AT_WORK_S)
    if known is not None:
        return _reply(key, fingerprint, *known)
    try:
        reply = work()
    except BaseException:
        replies.release(user, key)
        raise
    replies.keep(user, key, reply, _KEPT_S)
    return reply


def _reply(key: str, fingerprint: str, first: str, reply: str) -> str:
    if first != fingerprint:
        raise ConflictError(f"the key {key!r} was used for another request; give each request a key of its own")
    if not reply:
        raise InProgressError(f"the first request with the key {key!r} is still at work; ask again in a moment")
    return reply
