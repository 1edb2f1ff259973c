"""What a user asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artcelery.core.config import Config

__all__ = ["Order"]


@dataclass(frozen=True)
class Order:
    """A config, its inputs by name (asset, path or hash), parameters, and the encoding."""

    config: Config
    inputs: Mapping[str, str | Path] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    output: Path | None = None
    format: str | None = None
    quality: int | None = None
    user: str | None = None
    rerender: bool = False
