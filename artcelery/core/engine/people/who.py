"""Who asks, and what is known of what everybody may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["OPERATOR", "Publication", "Who"]


@dataclass(frozen=True, slots=True)
class Who:
    """A user of L2, `@name@host`; or, as "", who operates this server: everything is theirs."""

    user: str

    @property
    def is_operator(self) -> bool:
        """Whether nothing is hidden from them."""
        return not self.user


OPERATOR = Who("")


class Publication(Protocol):
    """Says what is published, so that everybody may read it and nobody may remove it."""

    def is_published(self, content_hash: str) -> bool:
        """Whether a file is published anywhere; UnreachableError when that cannot be found out."""
        ...
