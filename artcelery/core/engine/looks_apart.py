"""Looks that are made in a process of their own, which may hang or die."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

from artcelery.core.effect import Effect
from artcelery.core.errors import RenderError, UnreachableError
from artcelery.core.settings import Settings
from artcelery.core.store.protocol import Blob

__all__ = ["LooksApart"]

_MAKER = "artcelery.core.engine.look_process"
_LONGEST_S, _IDLE_S = 20.0, 120.0
"""How long one look may take, and how long the process waits for the next."""


class LooksApart:
    """Makes one look at a time; the process starts with the first, and again when it has ended."""

    def __init__(self, settings: Settings, longest_s: float = _LONGEST_S, idle_s: float = _IDLE_S) -> None:
        self._settings = base64.b64encode(pickle.dumps(settings)) + b"\n"
        self._words = [sys.executable, "-m", _MAKER, str(longest_s), str(idle_s)]
        self._lock = threading.Lock()
        self._maker: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def make(self, effect: Effect, params: Mapping[str, object]) -> Blob:
        """A look, made now; RenderError when the effect cannot be seen like that, or not in time."""
        asked = {"effect": effect.name, "content_hash": effect.content_hash, "params": dict(params)}
        with self._lock:
            line = self._answer(json.dumps(asked).encode() + b"\n")
        said = json.loads(line)
        if "refused" in said:
            raise RenderError(said["refused"])
        return Blob(said["content_hash"], said["size_bytes"])

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        maker = self._maker
        return maker is not None and maker.poll() is None

    def close(self) -> None:
        """End the process, whatever it does."""
        self._is_over = True
        if (maker := self._maker) is not None:
            maker.kill()  # whoever waits for its answer, with the lock, hears that there is none
        with self._lock:
            if self._maker is not None:
                self._ended(self._maker)

    def _answer(self, asked: bytes) -> bytes:
        """The answer to a line; asked twice when the process ended of itself, for it was idle until just now."""
        for _ in range(2):
            maker = self._here()
            assert maker.stdin
            assert maker.stdout
            with suppress(BrokenPipeError):
                maker.stdin.write(asked)
                if line := maker.stdout.readline():
                    return line
            if self._ended(maker) != 0:
                break
        if self._is_over:
            raise UnreachableError("effects are not looked at any more, for all of this ends; ask again later")
        raise RenderError("the effect takes too long to be looked at, or ends the process in which it is")

    def _here(self) -> subprocess.Popen[bytes]:
        if self._maker is None:
            maker = subprocess.Popen(
                self._words, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
            assert maker.stdin
            maker.stdin.write(self._settings)
            self._maker = maker
            if self._is_over:  # meanwhile
                maker.kill()
        return self._maker

    def _ended(self, maker: subprocess.Popen[bytes]) -> int:
        """How a process ended that says nothing any more."""
        self._maker = None
        assert maker.stdin
        assert maker.stdout
        with suppress(BrokenPipeError):
            maker.stdin.close()
        maker.stdout.close()
        return maker.wait()
