"""What a server writes to stderr."""

from __future__ import annotations

import os
from typing import Any

from artcelery.server.security.logging import log_config

__all__ = ["quiet_log_config"]


def quiet_log_config() -> dict[str, Any]:
    """Warnings and errors of all parts (more with `ARTCELERY_LOG_LEVEL`); a line for each request where that is on."""
    level = os.environ.get("ARTCELERY_LOG_LEVEL", "WARNING").upper()
    config = log_config()
    config["root"] = {"handlers": ["default"], "level": level}
    for name in ("uvicorn", "uvicorn.error"):
        config["loggers"][name]["level"] = level
    return config
