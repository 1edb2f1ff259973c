"""Calls to one Redis server: each is one round trip, and fails within five seconds when nobody answers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ConnectionError,
    NoScriptError,
    ResponseError,
    TimeoutError,
)

from artcelery.core.errors import StateError
from artcelery.core.state.redis.address import connections, shown
from artcelery.core.state.redis.allowance import Allowance
from artcelery.core.state.redis.explaining import explained
from artcelery.core.state.redis.scripts import Script

__all__ = ["Argument", "Server"]

Argument = str | bytes | int | float
Command = tuple[Argument, ...]

# As long as that no server is missed that is started again.
_PATIENCE_S = 1.5
_PAUSE_S = 0.1


class Server:
    """One Redis server, for all threads of a process; a forked process makes connections of its own.

    A call that found no server, or one that still loads its data, is made again for a moment, so that one that is
    started again is not missed. When the answer of a call is lost, it is made again only where that changes nothing
    (`again`).
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.shown = shown(url)
        self._allowance = Allowance()
        self._pool = connections(url, self._allowance)
        options = self._pool.connection_kwargs
        self._most_s = options["socket_connect_timeout"] + options["socket_timeout"]
        self.read_only = read_only

    def ask(self, *command: Argument) -> Any:
        """The answer to a command that reads."""
        return self.ask_all([command])[0]

    def ask_all(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to commands that read, in one round trip."""
        with explained(self.shown):
            return self._answers(commands) if commands else []

    def tell(self, *command: Argument) -> Any:
        """The answer to a command that writes."""
        self._check_writable()
        return self.ask(*command)

    def read(self, script: Script, call: str, *arguments: Argument) -> Any:
        """The answer to a call of a script that reads."""
        return self._run(script, (call, *arguments), again=True)

    def write(self, script: Script, call: str, *arguments: Argument, again: bool = True) -> Any:
        """The answer to a call of a script that writes."""
        self._check_writable()
        return self._run(script, (call, *arguments), again=again)

    def close(self) -> None:
        """Close all connections of this process."""
        self._pool.disconnect()

    def _check_writable(self) -> None:
        if self.read_only:
            raise StateError(f"{self.shown} was opened readonly: nothing can be recorded in it")

    def _run(self, script: Script, arguments: Command, *, again: bool) -> Any:
        with explained(self.shown):
            try:
                return self._answers([("EVALSHA", script.sha, 0, *arguments)], again=again)[0]
            except NoScriptError:
                return self._answers([("EVAL", script.text, 0, *arguments)], again=again)[0]

    def _answers(self, commands: Sequence[Command], *, again: bool = True) -> list[Any]:
        with self._allowance.of(self._most_s):
            return self._answers_in_time(commands, again)

    def _answers_in_time(self, commands: Sequence[Command], again: bool) -> list[Any]:
        began = time.monotonic()
        loading: BusyLoadingError | None = None
        while True:
            connection = None
            try:
                connection = self._pool.get_connection()
                return _exchange(connection, commands)
            except (AuthenticationError, AuthorizationError):
                raise
            except TimeoutError as error:
                raise loading or error from error
            except ConnectionError as error:
                loading = error if isinstance(error, BusyLoadingError) else loading
                is_lost = connection is not None and not isinstance(error, BusyLoadingError)
                if (is_lost and not again) or time.monotonic() - began > _PATIENCE_S:
                    raise
            finally:
                if connection is not None:
                    self._pool.release(connection)
            time.sleep(_PAUSE_S)


def _exchange(connection: Any, commands: Sequence[Command]) -> list[Any]:
    """The answers to the commands, all of them read also when one is an error."""
    connection.send_packed_command(connection.pack_commands(commands))
    answers = [_answer(connection) for _ in commands]
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise answer
    return answers


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error
