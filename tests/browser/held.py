"""Effects of the tests that wait for the test: a render is as far as the test lets it be."""

from __future__ import annotations

from pathlib import Path

__all__ = ["Gate", "write_effects"]

_HELD = '''\
"""
@effect held
@version 1.0.0
@author the tests
@param gate str
    @default ""
    A file that says how many frames may pass.

@description
Shows each frame as it is, when it may.
"""

import time
from pathlib import Path


def process_frame(frame, params, state):
    number = (state or 0) + 1
    while int(Path(params["gate"]).read_text() or 0) < number:
        time.sleep(0.01)
    return frame, number
'''
_FAILS = '''\
"""
@effect fails
@version 1.0.0
@author the tests
@param gate str
    @default ""
    A file; while it says nothing, every frame is refused.

@description
Shows each frame as it is, or raises.
"""

from pathlib import Path


def process_frame(frame, params, state):
    if not Path(params["gate"]).read_text():
        raise ValueError("<b>no</b> frame passes")
    return frame
'''


class Gate:
    """How many frames of a run may pass; the run names it by its path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text("")

    def __str__(self) -> str:
        return str(self.path)

    def open(self, frames: int = 1_000_000) -> None:
        """Let so many frames pass, from the first on."""
        whole = self.path.with_suffix(".new")
        whole.write_text(str(frames))
        whole.replace(self.path)


def write_effects(folder: Path) -> Path:
    """The folder with the effects "held" and "fails"."""
    folder.mkdir()
    (folder / "held.py").write_text(_HELD)
    (folder / "fails.py").write_text(_FAILS)
    return folder
