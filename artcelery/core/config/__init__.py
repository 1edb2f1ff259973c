"""Configs: YAML (or Python) in, a checked `Config` out, with file, line and column for everything that is wrong."""

from typing import TYPE_CHECKING, Any

from artcelery.core.config.load import load_config
from artcelery.core.config.model import (
    AssetPin,
    Bound,
    BoundNode,
    Config,
    EffectPin,
    Effects,
    InputSpec,
    NodeSpec,
    OutputProfile,
    ParamSpec,
)
from artcelery.core.config.values import bind

if TYPE_CHECKING:
    from artcelery.core.config.builder import GraphBuilder, MapBody, NodeRef, ParamRef, effect_config
    from artcelery.core.config.schema import config_schema

__all__ = [
    "AssetPin",
    "Bound",
    "BoundNode",
    "Config",
    "EffectPin",
    "Effects",
    "GraphBuilder",
    "InputSpec",
    "MapBody",
    "NodeRef",
    "NodeSpec",
    "OutputProfile",
    "ParamRef",
    "ParamSpec",
    "bind",
    "config_schema",
    "effect_config",
    "load_config",
]

_LATE = {
    "config_schema": "schema",
    **dict.fromkeys(("GraphBuilder", "MapBody", "NodeRef", "ParamRef", "effect_config"), "builder"),
}


def __getattr__(name: str) -> Any:
    """What few runs need, imported when it is first used."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
