"""Configs: YAML (or Python) in, a checked `Config` out, with file, line and column for everything that is wrong."""

from artcelery.core.config.builder import GraphBuilder, NodeRef, ParamRef, effect_config
from artcelery.core.config.load import load_config
from artcelery.core.config.model import (
    AssetPin,
    BoundNode,
    Config,
    EffectPin,
    Effects,
    InputSpec,
    NodeSpec,
    OutputProfile,
    ParamSpec,
)
from artcelery.core.config.schema import config_schema
from artcelery.core.config.values import bind

__all__ = [
    "AssetPin",
    "BoundNode",
    "Config",
    "EffectPin",
    "Effects",
    "GraphBuilder",
    "InputSpec",
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
