# /// script
# requires-python = ">=3.11"
# ///
"""
@effect invert
@version 1.0.0
@author artcelery

@description
The negative: dark becomes light, each colour its opposite.
"""

from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The negative in the colours that the picture has, RGB or YUV."""
    return [Filter("negate")]
