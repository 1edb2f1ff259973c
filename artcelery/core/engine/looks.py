"""How effects look: small pictures of the built-in cat, rendered once as all things are, of no run and nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from artcelery.core.config.builder import GraphBuilder
from artcelery.core.config.references import escaped
from artcelery.core.effect import Effect
from artcelery.core.effect.binding import bind
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.order import Order
from artcelery.core.engine.planning import Planning
from artcelery.core.errors import NotFoundError
from artcelery.core.hashing import node_key, result_encoding_id
from artcelery.core.runs import now
from artcelery.core.state.records import Result
from artcelery.core.store.protocol import Blob

__all__ = ["LOOK_PIXELS", "Looks"]

LOOK_PIXELS = 320
"""How wide a look is."""

_QUALITIES = {"webp": 80, "mp4": 12}
_ENCODING = result_encoding_id({"v": 1, "format": "webp", "quality": 80})
_STEPS, _STEP_PIXELS, _STEP_S = 8, 10, 0.08
"""In how many steps the cat moves for effects that work over time, how far each time, and how long each lasts."""


class Looks:
    """The looks of effects. Parameters are complete or not, and are values."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._assets = Assets(context)

    def key_of(self, effect: Effect, params: Mapping[str, object]) -> str:
        """What computes a look; ParamProblems when the parameters do not fit."""
        config = {"effect": effect.content_hash, "params": bind(effect, params), "width": LOOK_PIXELS}
        return node_key("LOOK", 1, config, [self._cat])

    def find(self, effect: Effect, params: Mapping[str, object]) -> Blob | None:
        """A look where it is made already."""
        result = self._context.state.results.get(self.key_of(effect, params), _ENCODING)
        if result is None or not self._context.store.has(result.content_hash, result.size_bytes):
            return None
        return Blob(result.content_hash, result.size_bytes)

    def make(self, effect: Effect, params: Mapping[str, object]) -> Blob:
        """A look, made now; an ArtceleryError when the effect cannot be seen like that."""
        cat = self._kept_cat()  # it may have been pruned meanwhile
        graph = _moving(effect, params, cat) if effect.temporal else _still(effect, params, cat)
        made = self._rendered(graph, "mp4" if effect.temporal else "webp")
        blob = self._picture_of(made) if effect.temporal else Blob(made.content_hash, made.size_bytes)
        look = Result(self.key_of(effect, params), _ENCODING, blob.content_hash, blob.size_bytes, made.seconds, now())
        self._context.state.results.put(look)
        return blob

    def path_of(self, look: Blob) -> Path:
        """Where a look lies; NotFoundError when it has gone."""
        path = self._context.store.find(look.content_hash, look.size_bytes)
        if path is None:
            raise NotFoundError("the look has gone from the cache meanwhile; ask again")
        return path

    def _rendered(self, config: str, format: str) -> Result:
        from artcelery.core.config import load_config
        from artcelery.core.execute import Workshop, run_passes

        context = self._context
        order = Order(load_config(config, effects=context), format=format, quality=_QUALITIES[format])
        plan = Planning(context, self._assets, order).plan()
        if plan.result is not None:
            return plan.result
        shop = Workshop(context.store, context.state, context.limits, context.settings.lease_s)
        return run_passes(plan.passes, plan.graph, shop, "", jobs=1)[plan.passes[-1].name]

    def _picture_of(self, film: Result) -> Blob:
        path = self.path_of(Blob(film.content_hash, film.size_bytes))
        return self._context.store.put_bytes(self._context.apart.thumbnail(path, "the look", LOOK_PIXELS))

    @cached_property
    def _cat(self) -> str:
        return self._kept_cat()

    def _kept_cat(self) -> str:
        """The content hash of the built-in cat, whatever else is called so; it is in the store now."""
        cat = self._assets.built_in("cat")
        assert cat is not None, "it comes with the program"
        return cat.content_hash


def _still(effect: Effect, params: Mapping[str, object], cat: str) -> str:
    graph = GraphBuilder("look")
    graph.pin_effect(effect.name, effect.content_hash)
    small = graph.node("RESIZE", graph.source(hash=cat), width=LOOK_PIXELS)
    return graph.to_yaml(graph.effect(effect.name, small, **escaped(params)))


def _moving(effect: Effect, params: Mapping[str, object], cat: str) -> str:
    """The last pictures of a short film in which the cat moves: what works over time needs some."""
    graph = GraphBuilder("look")
    graph.pin_effect(effect.name, effect.content_hash)
    wide = graph.node("RESIZE", graph.source(hash=cat), width=LOOK_PIXELS + _STEPS * _STEP_PIXELS)
    crop = {"y": 0, "width": LOOK_PIXELS, "height": LOOK_PIXELS * 2 // 3}
    parts = [graph.node("TRANSFORM", wide, effects={"crop": {**crop, "x": _STEP_PIXELS * at}}) for at in range(_STEPS)]
    film = graph.node("SEQUENCE", *parts, duration=_STEP_S)
    seen = graph.effect(effect.name, film, **escaped(params))
    return graph.to_yaml(graph.node("SEGMENT", seen, offset=(_STEPS - 1) * _STEP_S, duration=_STEP_S))
