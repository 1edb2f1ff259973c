"""The end of tokens: they are dead here from the next request on, whatever L2 says later.

Anybody may say of any text that it is a token. So of one that nobody is signed in with here, the mark that it leaves
stays only when an L2 knows it: what none of them knows signs nobody in, marked or not.
"""

from __future__ import annotations

import time
from contextlib import suppress

from artcelery.core.errors import SignInError, StateError, UnreachableError
from artcelery.core.state.protocol import Sessions
from artcelery.core.state.records import Session
from artcelery.server.auth.deadlines import Deadline
from artcelery.server.auth.l2 import L2, PATIENCE_S
from artcelery.server.auth.sealing import token_hash

__all__ = ["revoke_session", "revoke_token", "weigh"]

_REVOKED_S = 30 * 86400.0
_DISOWNED_S = 60.0
"""Longer than any sign-in takes that L2 said yes to just before the token died there."""

_UNWEIGHED_S = 3600.0
_UNWEIGHED_AT_ONCE, _PAUSE_S = 16, 60.0
"""So many tokens a minute, of those that no L2 can be asked about, stay revoked as long as any; others for an hour."""


def revoke_token(sessions: Sessions, token: str) -> bool:
    """Let a token count no more, known here or not; whether somebody was signed in with it."""
    return sessions.revoke(token_hash(token), _REVOKED_S)


def revoke_session(sessions: Sessions, session: Session) -> None:
    """End a session, and let its token count no more."""
    sessions.revoke(session.token_hash, max(_REVOKED_S, session.expires_at - time.time()))


def weigh(sessions: Sessions, l2: L2, token: str) -> None:
    """Remember that a token was revoked while an L2 gives it a life, and forget it soon when none knows it.

    A state that cannot be told so remembers it as it was told to.
    """
    with suppress(UnreachableError, StateError):
        for_s = _worth_s(sessions, l2, token)
        change = sessions.relent if for_s < _REVOKED_S else sessions.revoke
        change(token_hash(token), for_s)


def _worth_s(sessions: Sessions, l2: L2, token: str) -> float:
    """How long it is worth knowing that a token was revoked."""
    try:
        found = l2.find(token, None, Deadline.within(PATIENCE_S))
    except SignInError:
        return _DISOWNED_S
    except UnreachableError:
        place = int(token_hash(token), 16) % _UNWEIGHED_AT_ONCE
        return _REVOKED_S if sessions.may_ask(f"unweighed {place}", time.time(), _PAUSE_S) else _UNWEIGHED_S
    return max(_REVOKED_S, found.expires_at - time.time())
