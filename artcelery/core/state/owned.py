"""What belongs to one user, of whatever state."""

from __future__ import annotations

from dataclasses import dataclass

from artcelery.core.state.protocol import Assets, Configs, Files

__all__ = ["Owned"]


@dataclass(frozen=True, slots=True)
class Owned:
    """The names, configs and files of one user."""

    assets: Assets
    configs: Configs
    files: Files
