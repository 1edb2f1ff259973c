"""Tokens of servers, by origin, in a file that only its owner reads."""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from artcelery.client.address import Address
from artcelery.core.errors import UsageError
from artcelery.core.store.folders import make_folder

__all__ = ["Credentials", "check_token", "refuse_open_way"]

_NAME = "credentials.json"
_TOKEN = re.compile(r"[!-~]{1,8192}")

Tokens = dict[str, str]


class Credentials:
    """The tokens that `artcelery login` keeps in the home of artcelery."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.path = home / _NAME

    def token(self, address: Address) -> str | None:
        """The token for a server; None when nobody signed in there."""
        return self._read().get(address.origin)

    def keep(self, address: Address, token: str) -> None:
        """Keep a token, in place of the one before."""
        self._change(lambda tokens: tokens | {address.origin: token})

    def forget(self, address: Address) -> None:
        """Keep no token of a server any more."""
        self._change(lambda tokens: {origin: token for origin, token in tokens.items() if origin != address.origin})

    def _read(self) -> Tokens:
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                tokens = json.load(file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise UsageError(f"{str(self.path)!r} cannot be read ({error}); mend or remove it") from error
        if mode & 0o077:
            raise UsageError(f"others may read the tokens in {str(self.path)!r}: `chmod 600` it, and sign in anew")
        if not isinstance(tokens, dict) or not all(isinstance(token, str) for token in tokens.values()):
            raise UsageError(f"{str(self.path)!r} does not hold tokens by origin; remove it, and sign in again")
        return tokens

    def _change(self, change: Callable[[Tokens], Tokens]) -> None:
        """Write the file anew, whole or not at all; of two who change it at once, the second waits."""
        make_folder(self._home)
        with _locked(self._home):
            tokens = change(self._read())
            handle, name = tempfile.mkstemp(prefix=f".{_NAME}.", dir=self._home)  # made with mode 0600
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(tokens, file, indent=2)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, self.path)
            except BaseException:
                os.unlink(name)
                raise


def check_token(text: str) -> str:
    """The token in what was typed or piped in; UsageError when it can be none."""
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise UsageError("that is no token: it is empty, too long, or has a space or a letter that no token has")
    return token


def refuse_open_way(address: Address) -> None:
    """UsageError where everybody on the way could read a token."""
    if not address.is_private:
        raise UsageError(f"a token does not go to {address.url} in the open; use https")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
