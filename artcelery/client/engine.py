"""The engine of a server: the calls that commands make, with the records that they get here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artcelery.client.address import parse_address
from artcelery.client.assets import RemoteAssets
from artcelery.client.cache import RemoteCache
from artcelery.client.configs import RemoteConfigs, is_config_file
from artcelery.client.downloads import Downloads
from artcelery.client.effects import RemoteEffects
from artcelery.client.farm import RemoteFarm
from artcelery.client.hashes import Hashes
from artcelery.client.http import Http
from artcelery.client.moving import Moving, unwatched
from artcelery.client.orders import EffectOrder, StoredOrder
from artcelery.client.records import record_of
from artcelery.client.runs import RemoteRuns
from artcelery.client.sending import Sending
from artcelery.client.signing import token_for
from artcelery.client.uploads import Uploads
from artcelery.core.closing import Closing
from artcelery.core.engine.delivery import check_target
from artcelery.core.engine.order import Order
from artcelery.core.errors import NotFoundError
from artcelery.core.events import Listener, ignore
from artcelery.core.settings import Settings
from artcelery.core.state.records import RunRecord

if TYPE_CHECKING:
    from artcelery.core.config import Config
    from artcelery.core.effect import Effect
    from artcelery.core.engine.workers import Overview

__all__ = ["RemoteEngine", "RemotePlan", "open_remote"]


class RemotePlan:
    """What a run of a server would do."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values, of passes only what is known."""
        passes = [{name: value for name, value in said.items() if value is not None} for said in self._facts["passes"]]
        return {**self._facts, "passes": passes}


class RemoteEngine(Closing):
    """Renders orders on a server, and knows what was rendered there.

    Files that an order names are sent there first; the result comes back, verified, when an output is asked for.
    """

    def __init__(self, http: Http, hashes: Hashes, moving: Moving = unwatched) -> None:
        self._http, self._effects = http, RemoteEffects(http)
        uploads = Uploads(http, hashes, moving)
        self.runs = RemoteRuns(http)
        self.configs = RemoteConfigs(http, self._effects)
        self.assets = RemoteAssets(http, uploads)
        self.cache = RemoteCache(http, self.assets, Downloads(http), moving)
        self.farm = RemoteFarm(http, Sending(self.assets, uploads))

    @property
    def url(self) -> str:
        """The server."""
        return self._http.address.url

    def order(
        self,
        config: Config | Path | str,
        inputs: Mapping[str, str | Path] | None = None,
        params: Mapping[str, object] | None = None,
        *,
        output: Path | None = None,
        format: str | None = None,
        quality: int | None = None,
    ) -> Order:
        """An order for a config: one already read, a file of this machine, or the name or id of a stored one."""
        if not isinstance(config, (str, Path)):
            return Order(config, inputs or {}, params or {}, output, format, quality)
        kind = Order if is_config_file(config) else StoredOrder
        return kind(self.configs.load(config), inputs or {}, params or {}, output, format, quality)

    def order_effect(
        self,
        effect: str | Path,
        input: str | Path,
        *,
        params: Mapping[str, object] | None = None,
        output: Path | None = None,
        format: str | None = None,
        quality: int | None = None,
    ) -> Order:
        """An order for one effect of the server on one input."""
        from artcelery.core.config import effect_config

        config = effect_config(self.effect(effect), params or {}, self._effects)
        given = EffectOrder(config, {"input": input}, {}, output, format, quality)
        return replace(given, effect=str(effect), values=params)

    def plan(self, order: Order) -> RemotePlan:
        """What rendering an order would do, and why."""
        return RemotePlan(self.farm.plan(order))

    def follow(self, run_id: str, listener: Listener = ignore) -> RunRecord:
        """Report what happens to a run until it ends; its record."""
        from artcelery.client.following import follow

        run = self.runs.get(run_id)
        follow(self._http, run.id, listener)
        return self.runs.get(run.id)

    def check_target(self, output: Path, *, force: bool = False) -> None:
        """UsageError when an output cannot be written there, before anything is rendered."""
        check_target(output, force)

    def deliver(self, run: RunRecord, output: Path, *, force: bool = False) -> None:
        """Write the output of a run to a file of this machine, whole or not at all."""
        self.cache.copy(_output_of(run), output, force=force)

    def output_path(self, run: RunRecord) -> str:
        """Where the output of a run is: a URL; NotFoundError when there is none."""
        return self.cache.url(_output_of(run))

    def effect(self, name: str | Path) -> Effect:
        """An effect of the server by its name."""
        return self._effects.named(name)

    def effects(self) -> Sequence[Effect]:
        """All effects of the server."""
        return self._effects.all()

    def effect_names(self) -> Sequence[str]:
        """The names of all effects of the server."""
        return [effect.name for effect in self.effects()]

    def add_effect(self, path: Path) -> Effect:
        """ForbiddenError: effects are code, and are added where they run."""
        raise self._effects.refusal(path)

    def keep_effect(self, path: Path) -> Effect:
        """ForbiddenError: effects are code, and are added where they run."""
        raise self._effects.refusal(path)

    def workers(self) -> Overview:
        """The workers of the server that are alive, what they render, and what waits."""
        from artcelery.core.engine.workers import Overview

        return record_of(Overview, self._http.json("GET", "/workers"))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _output_of(run: RunRecord) -> str:
    if run.output_hash is None:
        raise NotFoundError(f"run {run.id} has no output: it is {run.status}")
    return run.output_hash


def open_remote(settings: Settings, moving: Moving = unwatched) -> RemoteEngine:
    """The engine of the server that the settings name; nothing is asked of it yet."""
    address = parse_address(settings.server or "")
    return RemoteEngine(Http(address, token_for(address, settings)), Hashes(settings), moving)
