"""From what somebody asks for to an order: recipe found, inputs named, words bound to what is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from artcelery.core.engine.order import Order
from artcelery.core.engine.people.run_reach import Reach, reach_of
from artcelery.core.errors import NotFoundError, UsageError
from artcelery.core.hashing import hash_bytes, is_hash

if TYPE_CHECKING:
    from artcelery.core.config import Config
    from artcelery.core.effect import Effect
    from artcelery.core.engine.people.member import Member

__all__ = ["RunRequest", "order_for"]

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What somebody asks for: a `recipe` (an effect, or a config's name or id) or the `text` of a config.

    `inputs` are hashes and names, in the order in which the config asks for them, or by name.
    """

    recipe: str = ""
    text: str = ""
    inputs: Sequence[str] | Mapping[str, str] = ()
    params: Mapping[str, object] = field(default_factory=dict)
    output_name: str | None = None
    format: str | None = None
    quality: int | None = None

    @property
    def fingerprint(self) -> str:
        """What tells this request from others."""
        import json

        return hash_bytes(json.dumps(asdict(self), sort_keys=True).encode())


def order_for(member: Member, request: RunRequest) -> Order:
    """The order of a request: NotFoundError, UsageError or ConfigError say what is wrong with it."""
    reach = reach_of(member.context, member.who, member.publication.is_published)
    config, params = _recipe(member, request, reach)
    if request.output_name is not None:
        _check_name(request.output_name)
    return Order(
        config,
        _by_name(config, request.inputs),
        params,
        format=request.format,
        quality=request.quality,
        user=member.who.user or None,
        name=request.output_name,
        reach=reach,
    )


def _recipe(member: Member, request: RunRequest, reach: Reach) -> tuple[Config, Mapping[str, object]]:
    """The config, and the parameters that it is given: those of an effect are in its config."""
    if request.text:
        return member.configs.read(request.text.encode()), request.params
    effect = None if is_hash(request.recipe) else _effect(reach, request.recipe)
    if effect is not None:
        from artcelery.core.config import effect_config

        return effect_config(effect, request.params, reach.effects), {}
    if (record := member.configs.find(request.recipe)) is None:
        close = member.context.library.suggest(request.recipe)
        meant = f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise NotFoundError(f"there is no effect or config {request.recipe!r}{meant}")
    return member.configs.load(record), request.params


def _effect(reach: Reach, name: str) -> Effect | None:
    try:
        return reach.effects.resolve(name, None)
    except NotFoundError:
        return None


def _by_name(config: Config, inputs: Sequence[str] | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(inputs, Mapping):
        return inputs
    names = list(dict.fromkeys(item.name for item in config.inputs))
    if len(inputs) > len(names):
        asked = ", ".join(names) or "none"
        raise UsageError(f"{len(inputs)} inputs were given, and the config asks for {len(names)} ({asked})")
    return dict(zip(names, inputs, strict=False))


def _check_name(name: str) -> None:
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME or set(name) & set("/\\") or name.startswith("."):
        raise UsageError(f"{name!r} cannot be the name of an output; give a plain file name")
