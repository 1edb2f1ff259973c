"""The operator in a browser: their token, said once, begins a session that a cookie opens as long as the token is so.

The state holds nothing from which the token could be found out: what proves it there is made with the cookie's secret.
"""

from __future__ import annotations

import time
from ipaddress import IPv4Address, IPv6Network, ip_address

from artcelery.core.engine.people import OPERATOR
from artcelery.core.errors import QuotaError, SignInError, UsageError
from artcelery.core.settings import Settings
from artcelery.core.state.protocol import Sessions
from artcelery.core.state.records import Session
from artcelery.server.auth.sealing import new_secret, proof_of, same, secret_id
from artcelery.server.auth.signing_in import SignedIn

__all__ = ["TRIES_PAUSE_S", "is_of_token", "sign_in_by_token", "stands_by_token"]

TRIES_PAUSE_S = 60.0
"""Within which time one address has a few tries."""
_TRIES = 5
_LASTS_S = 30 * 86400.0
_NET_BITS = 64  # of IPv6, whoever has one address has so many of them


def sign_in_by_token(sessions: Sessions, settings: Settings, token: str, address: str) -> SignedIn:
    """Sign the operator in who comes from an address and says a token.

    SignInError when it is not the operator's, QuotaError after too many tries, UsageError where the operator has none.
    """
    expected = settings.api_token
    if expected is None:
        raise UsageError(
            "nobody signs in here with a token: who operates this server has set none (`ARTCELERY_API_TOKEN`)"
        )
    if not _may_try(sessions, address):
        raise QuotaError("that was tried too often from where you are; try again in a minute")
    if not same(token, expected.get_secret_value()):
        raise SignInError("that is not the token of this server; whoever set `ARTCELERY_API_TOKEN` there knows it")
    secret = new_secret()
    session = _record(sessions, secret, expected.get_secret_value())
    if not sessions.begin(session):
        raise SignInError("this sign-in does not count (any more); begin a new one")
    return SignedIn(session.user, secret, session.expires_at)


def is_of_token(session: Session) -> bool:
    """Whether a session was begun with the operator's token."""
    return not session.l2_origin


def stands_by_token(session: Session, secret: str, settings: Settings) -> bool:
    """Whether the token is still the one with which the holder of a secret began such a session."""
    expected = settings.api_token
    return expected is not None and same(session.sealed, proof_of(secret, expected.get_secret_value()))


def _record(sessions: Sessions, secret: str, token: str) -> Session:
    """The operator's session; it is revoked alone, in the place of a token that others have sessions of."""
    now, id_hash = time.time(), secret_id(secret)
    epoch = sessions.epoch(OPERATOR.user)
    return Session(id_hash, OPERATOR.user, id_hash, "", epoch, now, now, now + _LASTS_S, proof_of(secret, token))


def _may_try(sessions: Sessions, address: str) -> bool:
    now, network = time.time(), _network_of(address)
    return any(sessions.may_ask(f"try {number} {network}", now, TRIES_PAUSE_S) for number in range(_TRIES))


def _network_of(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:  # such as that of a socket of this machine
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found), _NET_BITS), strict=False))
