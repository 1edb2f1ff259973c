"""A process that makes looks: effects may be anybody's, and one that never ends must not hold up a server.

It is given settings, and then one look after another to make, each as a line of JSON, and answers each with a line. It
ends with whoever started it, when nothing was asked for a while, and in the middle of a look that takes too long.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import select
import signal
import sys
from io import FileIO
from typing import Any

from artcelery.core.engine import Engine, open_engine
from artcelery.core.errors import ArtceleryError, ConflictError

__all__ = ["serve"]


def serve(asked: FileIO, told: FileIO, longest_s: float, idle_s: float) -> None:
    """Make what is asked for until there is nothing more; nothing is read ahead, so that waiting is for what comes."""
    with open_engine(pickle.loads(base64.b64decode(asked.readline()))) as engine:
        while select.select([asked], [], [], idle_s)[0] and (line := asked.readline()):
            # The usual action of its signal is to end this process, whatever that is doing.
            signal.setitimer(signal.ITIMER_REAL, longest_s)
            answer = _answer(engine, json.loads(line))
            signal.setitimer(signal.ITIMER_REAL, 0)
            told.write(json.dumps(answer).encode() + b"\n")


def _answer(engine: Engine, look: dict[str, Any]) -> dict[str, Any]:
    try:
        effect = engine.effect(look["effect"])
        if effect.content_hash != look["content_hash"]:
            raise ConflictError(f"the effect {effect.name} has just become another; look again")
        made = engine.looks.make(effect, look["params"])
    except ArtceleryError as error:
        return {"refused": error.message}
    return {"content_hash": made.content_hash, "size_bytes": made.size_bytes}


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # who started it ends it
        signal.signal(number, signal.SIG_IGN)
    answers = FileIO(os.dup(1), "w")
    os.dup2(2, 1)  # what an effect prints is no answer
    serve(FileIO(0), answers, *map(float, sys.argv[1:]))
