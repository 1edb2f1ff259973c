"""The application of the settings around: `celery -A artcelery.worker.app worker` starts a worker with it."""

from __future__ import annotations

from artcelery.core.settings import load_settings
from artcelery.worker.making import make_app

__all__ = ["app"]

app = make_app(load_settings())
