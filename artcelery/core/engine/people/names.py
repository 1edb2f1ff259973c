"""The names that a member gave files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artcelery.core.engine.assets import Assets, check_name
from artcelery.core.errors import NotFoundError, QuotaError
from artcelery.core.runs import now
from artcelery.core.state.records import Asset

if TYPE_CHECKING:
    from artcelery.core.engine.people.member import Member

__all__ = ["MemberNames", "NamePage"]

_MOST_NAMES = 1000


@dataclass(frozen=True, slots=True)
class NamePage:
    """Some names in their order, and the cursor that the next page begins at (None at the end)."""

    assets: tuple[Asset, ...]
    cursor: str | None


class MemberNames:
    """Names of files, which mean something only to their owner; built-in ones mean the same to all.

    A built-in asset has no time of its making, and can be neither renamed nor removed, but its name be used otherwise.
    """

    def __init__(self, member: Member) -> None:
        self._member = member
        self._names = member.context.state.belongings(member.who.user).assets

    def page(self, *, limit: int = 50, cursor: str | None = None) -> NamePage:
        """Their names and the built-in ones, by name."""
        after = cursor or ""
        named = {asset.name: asset for asset in Assets(self._member.context).built_in_assets() if asset.name > after}
        named |= {asset.name: asset for asset in self._names.page(limit=limit + 1, after=after)}
        found = [named[name] for name in sorted(named)]
        return NamePage(tuple(found[:limit]), found[limit - 1].name if len(found) > limit else None)

    def put(self, name: str, content_hash: str) -> Asset:
        """Give a file that they may read a name, also one that meant another file before."""
        check_name(name)
        file = self._member.files.get(content_hash)
        self._refuse_too_many(name)
        asset = Asset(name, file.content_hash, now())
        self._names.put(asset)
        return asset

    def _refuse_too_many(self, name: str) -> None:
        if self._member.who.is_operator or self._names.get(name) is not None:
            return
        if (count := len(self._names.all())) >= _MOST_NAMES:
            raise QuotaError(f"0 names are left: you have {count} names of files; forget some first")

    def remove(self, name: str) -> None:
        """Forget a name; the file stays."""
        if not self._names.remove(name):
            raise NotFoundError(f"there is no asset {name!r} of yours; built-in ones stay")
