"""Files of this machine that a server may take in: those below the folders that its operator named, and no others.

A path is resolved by its links alone; only what then lies below such a folder is opened, one folder after another, none
of them through a link: whoever changes folders meanwhile cannot lead elsewhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from artcelery.core.errors import ForbiddenError, MediaError, NotFoundError, UsageError
from artcelery.core.store.source import Source

__all__ = ["open_below"]

_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEVER = (Path("/proc"), Path("/sys"), Path("/dev"))


@contextmanager
def open_below(roots: Sequence[Path], said: str) -> Iterator[Source]:
    """The regular file at a path, open; ForbiddenError unless it lies below one of these folders."""
    root, rest = _below(roots, said)
    descriptor = _opened(root, rest, said)
    try:
        source = Source(root / rest, descriptor)
        _refuse_unless_regular(source.stat.st_mode, said)
        yield source
    finally:
        os.close(descriptor)


def _below(roots: Sequence[Path], said: str) -> tuple[Path, Path]:
    """The folder that it lies below, and the way from there, without links."""
    if not os.path.isabs(said) or "\0" in said:
        raise UsageError(f"{said!r} is no path that begins at the root of the server; give one")
    with suppress(OSError):  # it changed while it was resolved
        path = Path(os.path.realpath(said))
        if not any(item.is_relative_to(never) for never in _NEVER for item in (path, Path(os.path.normpath(said)))):
            for root in (Path(os.path.realpath(root.expanduser())) for root in roots):
                if path != root and path.is_relative_to(root):
                    return root, path.relative_to(root)
    raise ForbiddenError(
        f"{said!r} may not be imported: it lies below none of the folders that this server imports from. Who"
        " operates it allows one with import_roots, in artcelery.toml or ARTCELERY_IMPORT_ROOTS; or upload the file"
    )


def _opened(root: Path, rest: Path, said: str) -> int:
    *folders, name = rest.parts
    try:
        with _folder(root, folders) as folder:
            # Looked at before it is opened: opening a device may already do something.
            _refuse_unless_regular(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode, said)
            return os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {said!r} on the server; check the name") from None
    except OSError as error:
        raise ForbiddenError(f"{said!r} cannot be opened on the server: {error.strerror}") from error


@contextmanager
def _folder(root: Path, folders: Sequence[str]) -> Iterator[int]:
    """A descriptor of the folder that is reached through these."""
    descriptor = os.open(root, _FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_unless_regular(mode: int, said: str) -> None:
    if not stat.S_ISREG(mode):
        raise MediaError(f"{said!r} is no regular file; give a picture, a film or a sound")
