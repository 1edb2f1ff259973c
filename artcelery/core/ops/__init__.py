"""Node types, one small file each; importing this registers them in `OPS`."""

from artcelery.core.ops import effect, resize, segment, source, transform  # noqa: F401
from artcelery.core.ops.artdag import register_executors
from artcelery.core.ops.op import OPS, InferError, Op, OpConfig

__all__ = ["OPS", "InferError", "Op", "OpConfig"]

register_executors()
