"""What a run leaves in the store beside its output: the config, the effects' sources, and the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.errors import MediaError
from artcelery.core.media.clip import Clip, clip_to_json
from artcelery.core.media.profiles import KEPT
from artcelery.core.plan import Plan
from artcelery.core.provenance import provenance_bytes, provenance_of
from artcelery.core.runs import now
from artcelery.core.state.records import ConfigRecord, MediaFact, Result, RunRecord

if TYPE_CHECKING:
    from artcelery.core.config import Config
    from artcelery.core.effect import Effect

__all__ = ["GRAPH", "Papers", "origin_of"]

GRAPH = "graph"
"""How the text of a config came that artcelery wrote for a run of one effect: it is no recipe of anybody."""


class Papers:
    """Keeps papers, and what is known of each file that is kept."""

    def __init__(self, context: Context, assets: Assets) -> None:
        self._context, self._assets = context, assets

    def keep_sources(self, plan: Plan, user: str = "") -> None:
        """The config, which is that user's, and the effects' sources: records name them by hash."""
        self.keep_config(plan.graph.config, user)
        effects = {node.effect.content_hash: node.effect for node in plan.graph.nodes.values() if node.effect}
        for effect in effects.values():
            self.keep_effect(effect)

    def keep_config(self, config: Config, user: str = "") -> None:
        """The text of a config; one that was given is also recorded among that user's."""
        self._keep(config.text, config.name, origin_of(config))
        configs = self._context.state.belongings(user).configs
        if config.is_given and configs.get(config.id) is None:
            configs.put(ConfigRecord(config.id, config.name, now(), config.file))

    def keep_effect(self, effect: Effect) -> None:
        """The source of an effect: a config that pins its hash finds it there."""
        self._keep(effect.source, effect.name, "effect")

    def keep_record(self, run: RunRecord, plan: Plan, output_hash: str, made: dict[str, Result]) -> str:
        """The provenance record of a run; its content hash."""
        record = provenance_of(run, plan, output_hash, made, self._context.settings.actor)
        return self._context.store.put_bytes(provenance_bytes(record)).content_hash

    def remember_output(self, run: RunRecord, result: Result) -> None:
        """What the output of a run is and is called; an effect on whole files may write what is no media."""
        media = self._context.state.media
        fact = MediaFact(result.content_hash, result.size_bytes, None, run.output_name, "render", now())
        known = media.get(result.content_hash)
        if known is None or known.origin in ("", fact.origin):
            media.put(fact)
        else:  # it came from elsewhere before, and is called as it was
            media.learn([fact])
        path = self._context.store.find(result.content_hash)
        if path is None:
            return
        try:
            self._assets.clip_of(result.content_hash, path)
        except MediaError:
            return

    def remember_passes(self, run: RunRecord, results: Mapping[str, Result]) -> None:
        """What the files are that a run made on the way: parts of films, analyses, nodes that are kept."""
        document, at = clip_to_json(Clip("data")), now()
        facts = [
            MediaFact(
                content_hash=result.content_hash,
                size_bytes=result.size_bytes,
                clip=document if result.encoding == KEPT["data"].id else None,
                name=f"{name} of {run.config_name}",
                origin="render",
                created_at=at,
            )
            for name, result in results.items()
        ]
        self._context.state.media.learn(facts)

    def _keep(self, data: bytes, name: str, origin: str) -> None:
        """Keep a text; a graph that somebody gives as a config becomes one."""
        blob, media = self._context.store.put_bytes(data), self._context.state.media
        known = media.get(blob.content_hash)
        if known is None or known.origin == GRAPH != origin:
            media.put(MediaFact(blob.content_hash, blob.size_bytes, None, name, origin, now()))


def origin_of(config: Config) -> str:
    """How the text of a config came."""
    return "config" if config.is_given else GRAPH
