"""Plain values as tags of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from artcelery.core.errors import RenderError
from artcelery.core.media.probing.regular import named

__all__ = ["noted", "said_in"]

_TAG = 1000
"""How long a tag of NUT can be, in characters."""


def noted(said: dict[str, Any]) -> dict[str, str]:
    """Plain values, cut into tags."""
    text = json.dumps(said, sort_keys=True)
    return {f"kept{at // _TAG:02}": text[at : at + _TAG] for at in range(0, len(text), _TAG)}


def said_in(container: Any, path: Path) -> dict[str, Any]:
    """The plain values that the tags of an open file hold; RenderError when it has none such."""
    tags = {key: value for key, value in container.metadata.items() if key.startswith("kept")}
    try:
        said: dict[str, Any] = json.loads("".join(tags[key] for key in sorted(tags)))
    except ValueError as error:
        raise RenderError(f"{named(path)} does not say what was kept in it; it is damaged, run it again") from error
    return said
