"""The end of tokens: they are dead here from the next request on, whatever L2 says later."""

from __future__ import annotations

import time

from artcelery.core.state.protocol import Sessions
from artcelery.core.state.records import Session
from artcelery.server.auth.sealing import token_hash

__all__ = ["revoke_session", "revoke_token"]

_REVOKED_S = 30 * 86400.0


def revoke_token(sessions: Sessions, token: str) -> None:
    """Let a token count no more, known here or not."""
    sessions.revoke(token_hash(token), _REVOKED_S)


def revoke_session(sessions: Sessions, session: Session) -> None:
    """End a session, and let its token count no more."""
    sessions.revoke(session.token_hash, max(_REVOKED_S, session.expires_at - time.time()))
