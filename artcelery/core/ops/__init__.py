"""Node types, one small file each; importing this registers them in `OPS`."""

from contextlib import suppress

from artcelery.core.errors import RenderError
from artcelery.core.ops import (  # noqa: F401
    analyze,
    audio_mix,
    blend,
    effect,
    generate,
    layer,
    mux,
    resize,
    segment,
    sequence,
    source,
    switch,
    transform,
)
from artcelery.core.ops.artdag import register_executors
from artcelery.core.ops.op import OPS, InferError, Op, OpConfig

__all__ = ["OPS", "InferError", "Op", "OpConfig"]

with suppress(RenderError):  # configs that need nothing of artdag work all the same, and `doctor` says what is wrong
    register_executors()
