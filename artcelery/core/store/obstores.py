"""obstore, also in a process that was forked from one that used it.

obstore works with threads of its own, which a fork does not take along: in the child it would wait for them for ever.
So a child loads the library a second time, from a copy in memory, which starts threads anew. What it inherited stays
untouched, for closing it would close connections of the parent.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

__all__ = ["obstore_of_this_process"]

_NATIVE = "obstore._obstore"


class _Loaded:
    """Which process loaded obstore last, and what others left in this one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pid: int | None = None
        self.inherited: list[Any] = []

    def forked(self) -> None:
        """In a child: whoever held the lock is not here."""
        self.lock = threading.Lock()


_loaded = _Loaded()
os.register_at_fork(after_in_child=_loaded.forked)


def obstore_of_this_process() -> Any:
    """The package `obstore`, with its `store` and `exceptions`."""
    with _loaded.lock:
        if _loaded.pid not in (None, os.getpid()):
            _load_again()
        import obstore
        import obstore.exceptions
        import obstore.store

        _loaded.pid = os.getpid()
        return obstore


def _load_again() -> None:
    """Forget the package as it was imported, and load a second copy of its library."""
    package = sys.modules["obstore"]
    for name in [name for name in sys.modules if name == "obstore" or name.startswith("obstore.")]:
        _loaded.inherited.append(sys.modules.pop(name))
    assert package.__file__ is not None
    (library,) = Path(package.__file__).parent.glob("_obstore*.so")
    copy = os.memfd_create("obstore")
    try:
        with library.open("rb") as source, open(copy, "wb", closefd=False) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        _load_native(f"/proc/self/fd/{copy}")
    finally:
        os.close(copy)


def _load_native(path: str) -> None:
    loader = ExtensionFileLoader(_NATIVE, path)
    spec = spec_from_loader(_NATIVE, loader, origin=path)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[_NATIVE] = module
    loader.exec_module(module)
