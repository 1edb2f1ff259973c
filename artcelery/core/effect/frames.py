"""An effect's `process_frame`, called on one frame after another."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect.interface import Effect, FrameContext
from artcelery.core.effect.loading import failure
from artcelery.core.errors import EffectError

__all__ = ["FrameFunction"]

Pixels = NDArray[np.uint8]


class FrameFunction:
    """Calls an effect on frames in order and carries its state: (height, width, 3) uint8 RGB in and out.

    The effect gets a copy that is its own: it may write into it and keep it. What comes back is contiguous, of the same
    size, and valid until the next call (an effect may go on writing into what it returned).
    """

    def __init__(self, effect: Effect, function: Callable[..., Any], params: Mapping[str, Any]) -> None:
        self._effect = effect
        self._function = function
        self._params = dict(params)
        self._told_time = _takes_four(function)
        self._state: Any = None

    def __call__(self, frame: Pixels, ctx: FrameContext) -> Pixels:
        """The frame after the effect; EffectError when it raises, or returns something that is no such picture."""
        returned = self._called(np.array(frame, order="C", copy=True), ctx)
        if isinstance(returned, tuple) and len(returned) == 2:
            returned, self._state = returned
        if not (isinstance(returned, np.ndarray) and returned.dtype == np.uint8 and returned.shape == frame.shape):
            raise EffectError(
                f"the effect {self._effect.name} returned {_shown(returned)} at frame {ctx.index}; process_frame must"
                f" return a uint8 array of shape {frame.shape}, or that and its state{_hint(returned)}"
                f" ({self._effect.origin})"
            )
        return np.ascontiguousarray(returned)

    def _called(self, frame: Pixels, ctx: FrameContext) -> Any:
        more = (ctx,) if self._told_time else ()
        try:
            return self._function(frame, dict(self._params), self._state, *more)
        except (Exception, SystemExit) as error:
            raise failure(self._effect, error, f"failed at frame {ctx.index}") from error


def _takes_four(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(None, None, None, None)
    except TypeError:
        return False
    return True


def _shown(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    return "nothing (None)" if value is None else f"a {type(value).__name__}"


def _hint(value: object) -> str:
    if value is None:
        return "; is there a `return`?"
    if isinstance(value, np.ndarray) and value.dtype != np.uint8:
        return "; end with `.clip(0, 255).astype(np.uint8)`"
    return ""
