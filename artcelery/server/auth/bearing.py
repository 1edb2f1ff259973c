"""Programs that show a token with each request: L2's verdict on it is remembered for a minute."""

from __future__ import annotations

import time

from artcelery.core.errors import SignInError
from artcelery.core.state.protocol import Sessions
from artcelery.core.state.records import Session
from artcelery.server.auth.deadlines import Deadline
from artcelery.server.auth.doubting import Doubts
from artcelery.server.auth.l2 import L2, PATIENCE_S
from artcelery.server.auth.names import is_token
from artcelery.server.auth.sealing import token_hash

__all__ = ["Bearers"]

_REMEMBERED_S = 60.0
_DEAD = "this token does not count (any more); sign in again with `artcelery login`"


class Bearers:
    """Whose tokens are."""

    def __init__(self, sessions: Sessions, l2: L2, doubts: Doubts) -> None:
        self._sessions, self._l2, self._doubts = sessions, l2, doubts

    def session(self, token: str) -> Session:
        """The session of a token; SignInError when it does not count, UnreachableError when L2 cannot be asked."""
        if not is_token(token):
            raise SignInError(_DEAD)
        verdict = self._sessions.check(token_hash(token), time.time())
        if verdict is None or verdict.session.sealed:  # a sealed one is a cookie's, whose secret is no token
            return self._new(token)
        if not self._doubts.stands(verdict, lambda: token):
            raise SignInError(_DEAD)
        return verdict.session

    def _new(self, token: str) -> Session:
        now = time.time()
        found = self._l2.find(token, None, Deadline.within(PATIENCE_S))
        session = Session(
            id_hash=token_hash(token),
            user=found.user,
            token_hash=token_hash(token),
            l2_origin=str(found.origin),
            epoch=self._sessions.epoch(found.user),
            created_at=now,
            verified_at=now,
            expires_at=min(found.expires_at, now + _REMEMBERED_S),
        )
        if not self._sessions.begin(session):
            raise SignInError(_DEAD)
        return session
