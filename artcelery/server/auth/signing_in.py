"""Signing in: a token that L2 vouches for becomes a session, which only a cookie opens.

A token is verified twice. The first answer says whose it is; then the session is recorded, so that whatever revokes it
finds it; and only the second answer makes it count. So no revocation falls unseen between an answer and its session.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from artcelery.core.errors import SignInError
from artcelery.core.state.protocol import Sessions
from artcelery.core.state.records import Session
from artcelery.server.auth.deadlines import Deadline
from artcelery.server.auth.l2 import L2, PATIENCE_S, Verified
from artcelery.server.auth.names import is_token
from artcelery.server.auth.sealing import code_of, is_secret, new_secret, same, seal, secret_id, token_hash, unseal
from artcelery.server.security.origins import Origin

__all__ = ["PENDING_S", "SignIns", "SignedIn"]

PENDING_S = 600.0
"""How long a sign-in may take: from its beginning here until the user comes back from L2, or answers what we ask."""

_ASKED = "asked"
_GONE = "this sign-in does not count (any more); begin a new one"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What opens a session, or a sign-in that is `kept`: the secret for its user's cookie, and until when it does."""

    user: str
    secret: str
    expires_at: float
    kept: bool = False

    @property
    def left_s(self) -> float:
        """How long that still is."""
        return self.expires_at - time.time()


class SignIns:
    """What becomes of tokens that browsers bring."""

    def __init__(self, sessions: Sessions, l2: L2) -> None:
        self._sessions, self._l2 = sessions, l2

    def take(self, token: str, begun_with: Origin | None) -> SignedIn:
        """Sign in with a token that came back from the L2 that this server sent its user to.

        One that came unasked, or from another L2, is `kept` until its user says that they mean it.
        """
        if not is_token(token):
            raise SignInError("that is no token; begin a new sign-in")
        deadline = Deadline.within(PATIENCE_S)
        found = self._l2.find(token, begun_with, deadline)
        if found.origin != begun_with:
            return self._keep(token, found)
        return self._enter(token, found.user, found.origin, deadline, once=token_hash(token))

    def held(self, secret: str) -> Session:
        """The sign-in that is kept under a secret; SignInError when there is none (any more)."""
        verdict = self._sessions.check(secret_id(secret, _ASKED), time.time()) if is_secret(secret) else None
        if verdict is None:
            raise SignInError(_GONE)
        return verdict.session

    def confirm(self, secret: str, code: str) -> SignedIn:
        """Sign in with a token that is kept; `code` is what the form shows that asked, and serves once."""
        session = self.held(secret)
        token, origin = unseal(session.sealed, secret), self._l2.origin(session.l2_origin)
        if token is None or origin is None or not same(code, code_of(secret)):
            raise SignInError(_GONE)
        signed_in = self._enter(token, session.user, origin, Deadline.within(PATIENCE_S), once=session.id_hash)
        self._sessions.forget(session.id_hash)
        return signed_in

    def _keep(self, token: str, found: Verified) -> SignedIn:
        self._spend(token_hash(token), found)
        secret = new_secret()
        session = self._record(secret_id(secret, _ASKED), token, found.user, found.origin, seal(token, secret))
        self._begin(session)
        return SignedIn(found.user, secret, session.expires_at, kept=True)

    def _enter(self, token: str, user: str, origin: Origin, deadline: Deadline, *, once: str) -> SignedIn:
        """Sign in unless that was done `once`; what L2 did not answer may be tried again."""
        secret = new_secret()
        session = self._record(secret_id(secret), token, user, origin, seal(token, secret))
        self._begin(session)
        try:
            at = time.time()
            found = self._l2.verify(token, origin, deadline.share())
            if found is None or found.user != user:
                raise SignInError(_GONE)
            self._spend(once, found)
            self._begin(replace(session, verified_at=at, expires_at=found.expires_at))
        except BaseException:
            self._sessions.forget(session.id_hash)
            raise
        return SignedIn(user, secret, found.expires_at)

    def _spend(self, once: str, found: Verified) -> None:
        if not self._sessions.spend(once, found.expires_at - time.time()):
            raise SignInError("this sign-in was used already; begin a new one")

    def _begin(self, session: Session) -> None:
        if not self._sessions.begin(session):
            raise SignInError(_GONE)

    def _record(self, id_hash: str, token: str, user: str, origin: Origin, sealed: str) -> Session:
        """A session with its user's epoch of now, that nothing verified yet."""
        now, epoch = time.time(), self._sessions.epoch(user)
        return Session(id_hash, user, token_hash(token), str(origin), epoch, now, 0.0, now + PENDING_S, sealed)
