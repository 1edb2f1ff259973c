"""The only place where bytes or values become digests (SHA3-256, 64 lowercase hex digits)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = [
    "CHUNK_BYTES",
    "Hasher",
    "canonical",
    "content_hash",
    "hash_bytes",
    "hash_value",
    "is_hash",
    "node_key",
    "result_encoding_id",
]

CHUNK_BYTES = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")

Hasher = hashlib.sha3_256


def is_hash(text: str) -> bool:
    """Whether `text` is a whole content hash or key."""
    return _HASH.fullmatch(text) is not None


def hash_bytes(data: bytes) -> str:
    """The content hash of `data`."""
    return hashlib.sha3_256(data).hexdigest()


def content_hash(path: Path) -> str:
    """The content hash of the file at `path`, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.sha3_256).hexdigest()


def canonical(value: Any) -> bytes:
    """The RFC 8785 (canonical JSON) form of `value`."""
    import rfc8785

    return rfc8785.dumps(value)


def hash_value(value: Any) -> str:
    """The hash of the canonical JSON form of `value`."""
    return hash_bytes(canonical(value))


def node_key(
    op: str,
    version: int,
    config: Mapping[str, Any],
    inputs: Sequence[str],
    effect: str | None = None,
) -> str:
    """The key of a node: what computes it and nothing else. `inputs` are keys, in order."""
    value: dict[str, Any] = {"op": op, "v": version, "config": dict(config), "inputs": list(inputs)}
    if effect is not None:
        value["effect"] = effect
    return hash_value(value)


def result_encoding_id(encoding: Mapping[str, Any]) -> str:
    """The id of an encoding: with a node key it names a result."""
    return hash_value({"encoding": dict(encoding)})
