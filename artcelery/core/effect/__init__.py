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

__all__ = ["Clip", "Effect", "EffectKind", "EffectMeta", "FileContext", "Filter", "FrameContext", "Param", "ParamSpec"]
