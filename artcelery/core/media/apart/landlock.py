"""Landlock: what a process gives up for good, where the kernel has it (Linux 5.13 and later; landlock(7))."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

__all__ = ["forbid_all_but"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all architectures
_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVS = 38
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS_SINCE = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""What can be done to files, by the version of Landlock that can forbid it."""

_TCP_SINCE, _TCP = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11
"""Abstract sockets of others, and signals to them."""

_libc = ctypes.CDLL(None, use_errno=True)


def forbid_all_but(readable: Iterable[Path]) -> bool:
    """Let this process open nothing but these files and folders, for reading, and run nothing; False without Landlock.

    No new privileges can be had either way.
    """
    _call("prctl", _NO_NEW_PRIVS, 1, 0, 0, 0)
    version = _libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return False
    rules = _ruleset(version)
    try:
        for path in readable:
            _allow(rules, path)
        _call("syscall", _RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return True


def _ruleset(version: int) -> int:
    rights = sum(bits for since, bits in _RIGHTS_SINCE.items() if since <= version)
    words = [rights]
    if version >= _TCP_SINCE:
        words.append(_TCP)
    if version >= _SCOPES_SINCE:
        words.append(_SCOPES)
    attributes = struct.pack(f"={len(words)}Q", *words)
    return _call("syscall", _CREATE_RULESET, attributes, len(attributes), 0)


def _allow(rules: int, path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):  # what cannot be reached is not read either
        return
    try:
        rights = _READ_FILE | _READ_FOLDER if path.is_dir() else _READ_FILE
        _call("syscall", _ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(name: str, *arguments: object) -> int:
    result: int = getattr(_libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
