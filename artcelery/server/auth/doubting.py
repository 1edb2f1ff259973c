"""When somebody says that a user signed out elsewhere: nobody is trusted in that, but L2 is asked again."""

from __future__ import annotations

import time
from collections.abc import Callable

from artcelery.core.errors import UnreachableError
from artcelery.core.state.protocol import Sessions, Verdict
from artcelery.core.state.records import Session
from artcelery.server.auth.l2 import L2
from artcelery.server.auth.revoking import revoke_session
from artcelery.server.security.origins import Origin

__all__ = ["Doubts"]

_AGAIN_S = 2.0
_AFTER_S = (0.0, _AGAIN_S, 10.0)
_PAUSE_S = 10.0


class Doubts:
    """Whether sessions still count whose user is said to have signed out.

    L2 is asked at the user's next request, and at the first ones after 2 s and 10 s, in case it spoke before it acted.
    It is asked about a user once in 10 s, however often somebody says so; only the question after 2 s stands beside
    that, and falls away when more is said meanwhile, as in a flood.
    """

    def __init__(self, sessions: Sessions, l2: L2) -> None:
        self._sessions, self._l2 = sessions, l2

    def say(self, user: str) -> None:
        """Somebody says that a user signed out; of one who has no sessions, nothing is kept."""
        now = time.time()
        if not self._sessions.of_user(user):
            return
        if not self._sessions.may_ask(f"said {user}", now, _PAUSE_S):
            self._sessions.may_ask(f"again {user}", now, _PAUSE_S)
        self._sessions.suspect(user, now)

    def stands(self, verdict: Verdict, token: Callable[[], str | None]) -> bool:
        """Whether a session counts; one that L2 rejects is revoked, and one that it cannot be asked about stands.

        One of an L2 that the settings do not name any more does not count.
        """
        session, now = verdict.session, time.time()
        origin = self._l2.origin(session.l2_origin)
        if origin is None:
            return False
        # Times that have yet to come are from before the clock was set back, and tell nothing.
        verified_at = session.verified_at if session.verified_at <= now else 0.0
        suspected_at = min(verdict.suspected_at, now)
        due = {after_s for after_s in _AFTER_S if verified_at < suspected_at + after_s <= now}
        if not suspected_at or not due or not self._may_ask(session.user, due, now):
            return True
        return self._is_valid(session, origin, token(), now)

    def _may_ask(self, user: str, due: set[float], now: float) -> bool:
        if _AGAIN_S in due and self._sessions.may_ask(f"again {user}", now, _PAUSE_S):
            return True
        # A session that L2 rejected is gone from the count: the next one of a user who did sign out is asked at once.
        return self._sessions.may_ask(f"{len(self._sessions.of_user(user))} of {user}", now, _PAUSE_S)

    def _is_valid(self, session: Session, origin: Origin, token: str | None, now: float) -> bool:
        try:
            found = self._l2.verify(token, origin) if token else None
        except UnreachableError:
            return True
        if found is None or found.user != session.user:
            revoke_session(self._sessions, session)
            return False
        return self._sessions.verified(session.id_hash, now)
