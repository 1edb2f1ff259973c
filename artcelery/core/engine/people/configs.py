"""Somebody's configs: read as their words mean it, kept, found by name or id, and let go of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.papers import GRAPH, Papers
from artcelery.core.engine.people.reach import ReachedEffects
from artcelery.core.errors import NotAllowedError, NotFoundError, QuotaError, TooLargeError
from artcelery.core.hashing import is_hash
from artcelery.core.runs import now, refuse_if_needed
from artcelery.core.state.protocol import ConfigPage, RunFilter
from artcelery.core.state.records import ConfigRecord, Holding

if TYPE_CHECKING:
    from artcelery.core.config import Config
    from artcelery.core.engine.people.member import Member

__all__ = ["MAX_CONFIG_BYTES", "MemberConfigs"]

MAX_CONFIG_BYTES = 1_000_000
_SHOWN = 3


class MemberConfigs:
    """The configs of one who asks."""

    def __init__(self, member: Member) -> None:
        self._context, self._who = member.context, member.who
        self._held = member.context.state.belongings(member.who.user)

    def read(self, text: bytes, file: str = "config") -> Config:
        """The config in a text, where effects are those that are installed; ConfigError holds all that is wrong."""
        from artcelery.core.config import load_config

        if len(text) > MAX_CONFIG_BYTES:
            raise TooLargeError(f"a config has at most {MAX_CONFIG_BYTES:,} bytes")
        return load_config(text, file=file, effects=ReachedEffects(self._context))

    def add(self, text: bytes, file: str = "config") -> tuple[ConfigRecord, Config]:
        """Check a config and keep it; the record of it, and the config with its warnings."""
        config = self.read(text, file)
        record = ConfigRecord(config.id, config.name, now(), file)
        self._check_room(len(text))
        Papers(self._context, Assets(self._context)).keep_config(config, self._who.user)
        if not self._who.is_operator:
            self._hold(Holding(config.id, len(text), "", config.name, "config", record.created_at))
        self._held.configs.put(record)
        return record, config

    def find(self, said: str) -> ConfigRecord | None:
        """A config by name or id, or None; who operates the server finds all by their ids."""
        record = self._held.configs.get(said)
        if record is None and self._who.is_operator and is_hash(said):
            of_users = (self._context.state.belongings(user).configs for user in self._context.state.holders(said))
            record = next((found for configs in of_users if (found := configs.get(said))), None)
        return record

    def get(self, said: str) -> ConfigRecord:
        """A config by name or id; NotFoundError when there is none."""
        record = self.find(said)
        if record is None:
            raise NotFoundError(f"there is no config {said!r}; `artcelery config list` shows the stored ones")
        return record

    def load(self, record: ConfigRecord) -> Config:
        """A stored config, read."""
        path = self._context.store.find(record.id)
        if path is None:
            raise NotFoundError(f"the text of the config {record.name!r} has gone from the cache; add it again")
        return self.read(path.read_bytes(), record.name)

    def page(self, *, limit: int = 50, cursor: str | None = None, part: str = "") -> ConfigPage:
        """Configs with that part in their names, by name, the newest of a name first.

        The cursor is the id of the last one before.
        """
        return self._held.configs.page(limit=limit, cursor=cursor, part=part)

    def remove(self, said: str) -> ConfigRecord:
        """Forget a config; NotAllowedError names the runs that need it. Its text goes with the next pruning."""
        record = self.get(said)
        if self._who.is_operator:
            refuse_if_needed(record.id, self._context.state.runs)
        else:
            self._refuse_if_needed(record)
            self._held.files.remove(record.id)
        self._held.configs.remove(record.id)
        return record

    def _hold(self, text: Holding) -> None:
        """Make a text theirs; what was the graph of a run of theirs is a config from now on."""
        held = self._held.files.get(text.content_hash)
        if held is not None and held.origin == GRAPH:
            self._held.files.remove(text.content_hash)
        self._held.files.put(text)

    def _refuse_if_needed(self, record: ConfigRecord) -> None:
        """Of other people's runs nothing is said."""
        only = RunFilter(member=self._who.user, config=record.id)
        page = self._context.state.runs.page(limit=_SHOWN, only=only)
        if page.runs:
            named = ", ".join(run.id for run in page.runs) + (" and more" if page.cursor else "")
            raise NotAllowedError(f"the config {record.name!r} is needed by {named}; remove these runs first")

    def _check_room(self, more: int) -> None:
        most, (_, held) = self._context.settings.quota_size, self._held.files.total()
        if most is not None and not self._who.is_operator and held + more > most:
            raise QuotaError(f"your files have {held:,} bytes, and {most:,} may be; remove some first")
