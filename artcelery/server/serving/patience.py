"""How long a server waits for those who are slow."""

from __future__ import annotations

from dataclasses import dataclass

from artcelery.core.settings import Settings

__all__ = ["Patience"]


@dataclass(frozen=True)
class Patience:
    """For how long it waits for what, in seconds."""

    header_s: float = 10.0
    """For a request to come, until its header is there. What its body may take, its route says."""

    silence_s: float = 60.0
    """For one who takes nothing of a reply."""

    min_rate: float = 1000.0
    """How many bytes a second are taken of a reply at least, on average over such a time."""

    drain_s: float = 45.0
    """For requests to end, from SIGTERM on; what is left then is broken off."""

    quick_s: float = 5.0
    """The same from Ctrl-C on; a second one waits for nothing."""

    drain_silence_s: float = 10.0
    """For one who takes nothing of a reply, or sends nothing of a request, once the server stops."""

    @classmethod
    def of(cls, settings: Settings) -> Patience:
        """That of a server with these settings."""
        return cls(silence_s=settings.silence_s, min_rate=settings.min_rate)
