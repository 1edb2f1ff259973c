# /// script
# requires-python = ">=3.11"
# ///
"""
@effect sepia
@version 1.0.0
@author artcelery
@description
Sepia.
"""
from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The chain."""
    return [Filter("colorchannelmixer", rr=.393, rg=.769, rb=.189, gr=.349, gg=.686, gb=.168, br=.272, bg=.534, bb=.131)]
