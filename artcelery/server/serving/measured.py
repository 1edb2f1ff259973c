"""Measures of several processes, which any of them tells for all."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from artcelery.server.metrics.metrics import SINCE

__all__ = ["sharing_measures"]


@contextmanager
def sharing_measures() -> Iterator[None]:
    """Meanwhile, processes that are started share a folder for what they count, as prometheus_client has it."""
    with tempfile.TemporaryDirectory(prefix="artcelery-measures-") as folder:
        given = {"PROMETHEUS_MULTIPROC_DIR": folder, SINCE: str(time.time())}
        os.environ.update(given)
        try:
            yield
        finally:
            for name in given:
                os.environ.pop(name, None)
