"""Secrets of sessions: what a cookie holds, what the state knows it by, and the token that is sealed under it."""

from __future__ import annotations

import base64
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from artcelery.core.hashing import hash_bytes

__all__ = ["code_of", "is_secret", "new_secret", "proof_of", "same", "seal", "secret_id", "token_hash", "unseal"]

_SECRET_BYTES = 32
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY_BYTES = 32
_NONCE_BYTES = 12


def new_secret() -> str:
    """256 bits that nobody can guess, as text for a cookie."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def is_secret(text: str) -> bool:
    """Whether a text may be one of ours."""
    return _SECRET.fullmatch(text) is not None


def secret_id(secret: str, use: str = "") -> str:
    """What the state knows a secret by; another one for each use, so that none stands for another."""
    return hash_bytes(f"{use} {secret}".encode() if use else secret.encode())


def token_hash(token: str) -> str:
    """What the state knows a token by."""
    return hash_bytes(token.encode())


def code_of(secret: str) -> str:
    """What a form shows to prove that it was made for the holder of a secret."""
    return _derived(secret, b"artcelery form").hex()


def proof_of(secret: str, token: str) -> str:
    """What shows that the holder of a secret knew a token; it tells neither to who has it alone."""
    return _derived(secret, b"artcelery proof " + token.encode()).hex()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode(), expected.encode())


def seal(token: str, secret: str) -> str:
    """A token that only the holder of the secret can read."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(_derived(secret, b"artcelery token")).encrypt(nonce, token.encode(), None)
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(sealed: str, secret: str) -> str | None:
    """The token that was sealed under the secret, None when it was sealed under another or is damaged."""
    raw = base64.urlsafe_b64decode(sealed)
    try:
        opened = AESGCM(_derived(secret, b"artcelery token")).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        return None
    return opened.decode()


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose).derive(secret.encode())
