"""What a user of L2 is told of a run that went wrong: which file of an effect, but not where it lies."""

from __future__ import annotations

import re

from artcelery.core.state.records import RunRecord

__all__ = ["told_of"]

_FOLDERS = re.compile(r"(?<![\w./])/(?:[^\s/:'\"()]+/)+")


def told_of(run: RunRecord, message: str) -> str:
    """What is recorded of a run: for a user of L2 without the folders of this machine."""
    return _FOLDERS.sub("", message) if run.member else message
