"""Every error artcelery raises on purpose.

    ArtceleryError
    ├── UsageError              the call itself is wrong
    │   └── ConflictError       it does not fit what was said before
    ├── NotFoundError           no such run, asset, effect, config or file
    ├── ConfigError             a config, with every problem in it
    ├── MediaError              an input is not media that can be read
    │   └── LimitError          an input is larger than the limits allow
    ├── RenderError             a pass failed
    │   ├── EffectError         an effect raised, or returned something that is no picture
    │   └── CancelledError      somebody asked the run to stop
    ├── NotAllowedError         the rules forbid it (something still needs it)
    │   ├── ForbiddenError      the rules of this server forbid it
    │   ├── SignInError         nobody knows who asks
    │   ├── QuotaError          a user has too much of something already
    │   └── TooLargeError       an upload is larger than may be
    ├── StoreError              the store cannot keep or give a file
    │   ├── StoreFullError      no space left
    │   └── CorruptError        bytes are not what their hash says
    ├── VerifyError             a file or record is not what its papers say
    ├── StateError              the state cannot be read or written
    └── UnreachableError        a service does not answer

Each class has a stable `code`. Messages say what to do next. Errors survive pickling, so that a worker can send
them home.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "ArtceleryError",
    "CancelledError",
    "ConfigError",
    "ConflictError",
    "CorruptError",
    "EffectError",
    "ForbiddenError",
    "LimitError",
    "MediaError",
    "NotAllowedError",
    "NotFoundError",
    "Problem",
    "QuotaError",
    "RenderError",
    "SignInError",
    "StateError",
    "StoreError",
    "StoreFullError",
    "TooLargeError",
    "UnreachableError",
    "UsageError",
    "VerifyError",
]


class ArtceleryError(Exception):
    """The base of all errors that artcelery raises on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(ArtceleryError):
    """The call itself is wrong."""

    code = "usage"


class ConflictError(UsageError):
    """The call does not fit what was said before."""

    code = "conflict"


class NotFoundError(ArtceleryError):
    """There is no such run, asset, effect, config or file."""

    code = "not-found"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a config; `line` and `column` count from 1, 0 when there is no text."""

    message: str
    line: int = 0
    column: int = 0
    path: tuple[str | int, ...] = ()

    def located(self, file: str) -> str:
        """The problem as `file:line:column: message`."""
        return f"{file}:{self.line}:{self.column}: {self.message}" if self.line else f"{file}: {self.message}"


class ConfigError(ArtceleryError):
    """A config is invalid; `problems` holds everything that is wrong with it, in the order of the file."""

    code = "config-invalid"

    def __init__(self, problems: Iterable[Problem], file: str = "config") -> None:
        self.problems = tuple(problems)
        self.file = file
        super().__init__("\n".join(problem.located(file) for problem in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.problems, self.file))


class MediaError(ArtceleryError):
    """An input is not media that can be read."""

    code = "media-unreadable"


class LimitError(MediaError):
    """An input is larger than the limits allow."""

    code = "media-limit"


class RenderError(ArtceleryError):
    """A pass failed."""

    code = "render-failed"


class EffectError(RenderError):
    """An effect raised, or returned something that is no picture."""

    code = "effect-failed"


class CancelledError(RenderError):
    """Somebody asked the run to stop."""

    code = "cancelled"


class NotAllowedError(ArtceleryError):
    """The rules forbid it: something still needs what would be removed."""

    code = "not-allowed"


class ForbiddenError(NotAllowedError):
    """The rules of this server forbid it."""

    code = "forbidden"


class SignInError(NotAllowedError):
    """Nobody knows who asks: there is no sign-in, or it does not count any more."""

    code = "sign-in"


class QuotaError(NotAllowedError):
    """A user has too much of something already."""

    code = "quota"


class TooLargeError(NotAllowedError):
    """An upload is larger than may be."""

    code = "too-large"


class StoreError(ArtceleryError):
    """The store cannot keep or give a file."""

    code = "store"


class StoreFullError(StoreError):
    """There is no space left where the store keeps its files."""

    code = "store-full"


class CorruptError(StoreError):
    """Bytes are not what their hash says."""

    code = "store-corrupt"


class VerifyError(ArtceleryError):
    """A file or a record is not what its papers say."""

    code = "verify-failed"


class StateError(ArtceleryError):
    """The state cannot be read or written."""

    code = "state"


class UnreachableError(ArtceleryError):
    """A service does not answer."""

    code = "unreachable"
