"""`python -m artcelery.server.serving.child PARENT WORD ...`: `artcelery WORD ...`, which ends with its parent.

The kernel tells it when the parent has gone, however that came: nobody else could end it then.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from billiard.util import set_pdeathsig  # type: ignore[import-untyped]

__all__ = ["main"]


def main(words: Sequence[str]) -> None:
    """Become the program."""
    parent, *rest = words
    set_pdeathsig(signal.SIGTERM)
    if os.getppid() == int(parent):
        os.execv(sys.executable, [sys.executable, "-m", "artcelery", *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
