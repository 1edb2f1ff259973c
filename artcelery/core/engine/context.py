"""What every service of the engine works with: settings, store, state, effects, limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from artcelery.core.settings import Settings
from artcelery.core.state.protocol import State
from artcelery.core.store.protocol import Store

if TYPE_CHECKING:
    from artcelery.core.effect import Effect
    from artcelery.core.effect.library import EffectLibrary
    from artcelery.core.engine.sweeping import Sweeping
    from artcelery.core.media.apart import Apart
    from artcelery.core.media.limits import Limits

__all__ = ["Context", "open_context"]


@dataclass
class Context:
    """The rooms that an engine works in; `read_only` ones write nothing at all."""

    settings: Settings
    store: Store
    state: State
    read_only: bool = False

    @cached_property
    def library(self) -> EffectLibrary:
        """Where effects are found by name."""
        from artcelery.core.effect.library import EffectLibrary

        return EffectLibrary([self.settings.home_dir / "effects", *self.settings.effects_path])

    @cached_property
    def limits(self) -> Limits:
        """How large an input may be."""
        from artcelery.core.media.limits import Limits

        return Limits(max_pixels=self.settings.max_pixels, max_duration_s=self.settings.max_duration_s)

    def close(self) -> None:
        """Close the state, and end the process that looks at files of strangers, where there is one."""
        if "apart" in self.__dict__:
            self.apart.close()
        self.state.close()

    @cached_property
    def apart(self) -> Apart:
        """Looks at files of strangers in processes that may die."""
        from artcelery.core.media.apart import Apart

        return Apart(self.limits)

    @cached_property
    def sweep(self) -> Sweeping:
        """Marks runs whose process is gone, when it is called."""
        from artcelery.core.engine.sweeping import Sweeping

        return Sweeping(self.state.runs)

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        """The effect of a name, exactly the pinned one when there is a pin."""
        return self.library.resolve(name, pinned_hash, self._fetch)

    def _fetch(self, content_hash: str) -> bytes | None:
        path = self.store.find(content_hash)
        return path.read_bytes() if path else None


def open_context(settings: Settings, *, read_only: bool = False, wait_s: float | None = None) -> Context:
    """The rooms: a folder of files, in front of the remote store when there is one; a SQLite database, or Redis."""
    return Context(settings, _open_store(settings), _open_state(settings, read_only, wait_s), read_only)


def _open_state(settings: Settings, read_only: bool, wait_s: float | None) -> State:
    if settings.redis_url is not None:
        from artcelery.core.state.redis import RedisState

        return RedisState.open(settings.redis_url.get_secret_value(), read_only=read_only)
    from artcelery.core.state.sqlite import SqliteState

    return SqliteState.open(settings.state_file, read_only=read_only, wait_s=wait_s)


def _open_store(settings: Settings) -> Store:
    from artcelery.core.store.disk import DiskStore

    disk = DiskStore(settings.cache)
    if settings.store_url is None:
        return disk
    from artcelery.core.store.remote import open_remote
    from artcelery.core.store.tiered import TieredStore

    token = settings.store_token.get_secret_value() if settings.store_token else None
    return TieredStore(disk, open_remote(settings.store_url, token), settings.cache_max_size)
