"""What uvicorn logs of requests: never what stands behind the question mark, which may be a token."""

from __future__ import annotations

import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG

__all__ = ["WithoutQuery", "log_config"]

_PATH = 2  # uvicorn's arguments: client, method, path, version, status


class WithoutQuery(logging.Filter):
    """Leaves the path of a request in its line of the access log, and nothing of its query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without a query."""
        if isinstance(record.args, tuple) and len(record.args) > _PATH:
            args = list(record.args)
            args[_PATH] = str(args[_PATH]).partition("?")[0]
            record.args = tuple(args)
        return True


def log_config() -> dict[str, Any]:
    """A logging configuration for uvicorn: its own, on stderr, and the access log without queries."""
    config: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"without_query": {"()": WithoutQuery}}
    config["handlers"]["access"].update(filters=["without_query"], stream="ext://sys.stderr")
    return config
