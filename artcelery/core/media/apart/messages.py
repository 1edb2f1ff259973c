"""What is asked of a helper, and what it answers.

A job is one JSON message. An answer is one line of JSON, the bytes that belong to it, and, from the helper itself, how
the process ended that wrote them.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Any, Literal

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.limits import Limits

__all__ = ["MOST_ANSWER_BYTES", "Answer", "Job", "ending", "parse_answer", "refusal"]

MOST_ANSWER_BYTES = 4 << 20
_MOST_WORDS = 2000
_ENDING = struct.Struct("=i")


@dataclass(frozen=True, slots=True)
class Job:
    """What to find out of a file, called `name` in messages, and what that may take."""

    kind: Literal["probe", "thumbnail", "waveform"]
    path: str
    name: str
    limits: Limits
    size: int = 0
    wall_s: float = 20.0
    cpu_s: int = 15
    memory_bytes: int = 2 << 30

    def to_bytes(self) -> bytes:
        """The job as it is sent."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def of(data: bytes) -> Job:
        """The job that was sent."""
        said = json.loads(data)
        return Job(**{**said, "limits": Limits(**said["limits"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: facts as plain values, and bytes; or a refusal."""

    facts: dict[str, Any]
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """The answer as it is sent."""
        return json.dumps(self.facts).encode() + b"\n" + self.data


def refusal(error: MediaError | MemoryError | Exception) -> Answer:
    """The answer that says why there is none."""
    if isinstance(error, MediaError):
        return Answer({"refused": type(error).__name__, "message": error.message[:_MOST_WORDS]})
    if isinstance(error, MemoryError):
        return Answer({"refused": "LimitError", "message": "it takes more memory to read than a file may"})
    return Answer({"refused": "MediaError", "message": f"it cannot be read ({type(error).__name__}); it is damaged"})


def ending(code: int) -> bytes:
    """How a process ended, as the helper adds it: its exit code, or the number of its signal below 0."""
    return _ENDING.pack(code)


def parse_answer(sent: bytes, name: str) -> Answer | None:
    """The answer in all that was sent, None when the helper itself is gone; MediaError when the file was refused.

    Whoever wrote it has read the file of a stranger, and is believed no more than that.
    """
    if len(sent) < _ENDING.size:
        return None
    (code,) = _ENDING.unpack(sent[-_ENDING.size :])
    if code:
        raise _ended_badly(code, name)
    line, _, data = sent[: -_ENDING.size].partition(b"\n")
    try:
        facts = json.loads(line)
        refused = facts.get("refused")
        message = str(facts.get("message"))
    except (ValueError, AttributeError) as error:
        raise MediaError(f"{name!r} cannot be read: its reader says nothing that makes sense") from error
    if refused is not None:
        raise (LimitError if refused == "LimitError" else MediaError)(message)
    return Answer(facts, data)


def _ended_badly(code: int, name: str) -> MediaError:
    if code in _TOO_LONG:
        return LimitError(f"{name!r} takes too long to read; it is damaged or made to be slow")
    return MediaError(f"{name!r} makes its decoder crash; it is damaged or made to do so")


_TOO_LONG = (-9, -14, -24)  # SIGKILL, SIGALRM, SIGXCPU
