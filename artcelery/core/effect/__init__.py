"""Effects: what they are, how their files are read, and where they are found."""

from artcelery.core.effect.interface import (
    Clip,
    Effect,
    EffectKind,
    EffectMeta,
    FileContext,
    Filter,
    FrameContext,
    Param,
    ParamSpec,
)
from artcelery.core.effect.pictures import blurred, recoloured, sharpened

__all__ = [
    "Clip",
    "Effect",
    "EffectKind",
    "EffectMeta",
    "FileContext",
    "Filter",
    "FrameContext",
    "Param",
    "ParamSpec",
    "blurred",
    "recoloured",
    "sharpened",
]
