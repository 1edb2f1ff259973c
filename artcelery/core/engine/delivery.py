"""Handing a result to the user: whole or not at all, and never over a file that is there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from artcelery.core.errors import StoreFullError, UsageError
from artcelery.core.store.protocol import Store

__all__ = ["check_target", "deliver", "write_output"]


def check_target(output: Path, force: bool) -> None:
    """UsageError when nothing can be written there, before anything is rendered."""
    if os.path.isdir(output):
        raise UsageError(f"{str(output)!r} is a folder; name a file in it")
    if os.path.exists(output) and not os.path.isfile(output):
        raise UsageError(f"{str(output)!r} is a device or a pipe, which is never replaced; name a file")
    if os.path.exists(output) and not force:
        raise UsageError(f"{str(output)!r} is there already; --force overwrites it")
    folder = output.parent
    if not folder.is_dir():
        raise UsageError(f"the folder {str(folder)!r} does not exist; make it first")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"the folder {str(folder)!r} cannot be written to")


def deliver(store: Store, content_hash: str, output: Path, force: bool) -> None:
    """Copy a blob to `output` through a temporary file beside it."""
    source = store.find(content_hash)
    if source is None:
        raise UsageError(f"{content_hash} has gone from the cache; run it again")

    def fill(target: BinaryIO) -> None:
        with source.open("rb") as file:
            shutil.copyfileobj(file, target, 1 << 20)

    write_output(output, fill, force)


def write_output(output: Path, fill: Callable[[BinaryIO], None], force: bool) -> None:
    """Have a file at `output` that `fill` wrote, whole or not at all: until then it is a temporary one beside it."""
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{output.name[:_MOST_OF_NAME]}.", dir=output.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as target:
            fill(target)
            target.flush()
            os.fsync(target.fileno())
        temporary.chmod(0o666 & ~_umask())
        if force:
            temporary.replace(output)
        else:
            _link(temporary, output)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFullError(f"no space is left to write {str(output)!r}") from error
        raise UsageError(f"{str(output)!r} cannot be written: {error.strerror}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


_MOST_OF_NAME = 32  # so that the temporary name is never longer than a name may be


def _link(temporary: Path, output: Path) -> None:
    """Give the file its name unless somebody took it meanwhile."""
    try:
        os.link(temporary, output)
    except FileExistsError as error:
        raise UsageError(f"{str(output)!r} is there already; --force overwrites it") from error
    except OSError:
        if output.exists():
            raise UsageError(f"{str(output)!r} is there already; --force overwrites it") from None
        temporary.replace(output)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
