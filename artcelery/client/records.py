"""What a server says, as the records that the engine has; UnreachableError when it says something else."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from artcelery.core.errors import UnreachableError

__all__ = ["record_of"]

T = TypeVar("T")

_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def record_of(kind: type[T], said: Any) -> T:
    """The record that the fields of a reply make; what else a later server says is left out."""
    try:
        found: T = _adapter(kind).validate_python(said)
        return found
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "reply"
        raise UnreachableError(
            f"the server does not speak as this version does ({kind.__name__}.{where}: {first['msg']}); "
            "install the client that it gives: GET /download/client"
        ) from error


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
