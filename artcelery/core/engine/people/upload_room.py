"""How much a member may bring yet."""

from __future__ import annotations

from dataclasses import dataclass

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import QuotaError, TooLargeError

__all__ = ["Room", "refuse_beyond_quota", "room_of"]


@dataclass(frozen=True, slots=True)
class Room:
    """The most bytes that one more file may have, and whether that is so because of what its owner has already."""

    size_bytes: int
    is_what_is_left: bool = False

    def check(self, size_bytes: int) -> None:
        """TooLargeError, with what may come, when a file has more bytes than that."""
        if size_bytes > self.size_bytes:
            raise TooLargeError(self._reason())

    def _reason(self) -> str:
        if self.is_what_is_left:
            return f"{self.size_bytes} bytes are left of your quota, and the file is larger; remove some first"
        return f"a file may have {self.size_bytes} bytes here, and this one is larger (upload_max_size)"


def room_of(context: Context, who: Who, promised_bytes: int = 0) -> Room:
    """What one more file of somebody may have, when so much is promised to others of theirs; QuotaError for nothing."""
    most, quota = context.settings.upload_max_size, context.settings.quota_size
    if who.is_operator or quota is None:
        return Room(most)
    files, taken = context.state.belongings(who.user).files.total()
    left = quota - taken - promised_bytes
    if left <= 0:
        raise QuotaError(f"0 bytes are left of your quota of {quota}: you have {files} files; remove some first")
    return Room(min(left, most), left < most)


def refuse_beyond_quota(context: Context, who: Who, size_bytes: int) -> None:
    """TooLargeError when somebody has more than their quota, now that a file of so many bytes is theirs, too."""
    quota, (_, taken) = context.settings.quota_size, context.state.belongings(who.user).files.total()
    if quota is not None and taken > quota:
        Room(max(0, quota - taken + size_bytes), True).check(size_bytes)
