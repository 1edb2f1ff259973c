# /// script
# requires-python = ">=3.11"
# ///
"""
@effect vignette
@version 1.0.0
@author artcelery
@description
Vignette.
"""
from __future__ import annotations

from typing import Any

from artcelery.core.effect import Clip, Filter


def filters(params: dict[str, Any], clip: Clip) -> list[Filter]:
    """The chain."""
    return [Filter("vignette")]
