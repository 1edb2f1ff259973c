"""Effects written for artdag: stand-ins for what their files import, and effects registered with artdag itself."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from artcelery.core.effect.interface import Effect, EffectMeta, FileContext, ParamSpec
from artcelery.core.errors import EffectError
from artcelery.core.hashing import hash_bytes

__all__ = ["IMPORTING", "ORIGIN", "installed", "registered", "registered_effect", "registered_module", "stand_ins"]

# Stand-ins are seen by the whole process: whoever imports an effect, or asks whether artdag is there, holds this.
IMPORTING = threading.RLock()
ORIGIN = "artdag:"

_REGISTRY = "artdag.nodes.effect"
_STAND_INS = ("artdag", "artdag.effects", "artdag.effects.meta")


def installed() -> bool:
    """Whether the artdag package itself is there."""
    with IMPORTING:
        if "artdag" in sys.modules:
            return True
        spec = find_spec("artdag")
        return spec is not None and spec.origin is not None  # a mere folder of that name has no origin


@contextmanager
def stand_ins() -> Iterator[None]:
    """While open, and only where artdag is not installed, `artdag.effects.meta` gives our EffectMeta and ParamSpec."""
    with IMPORTING:
        if installed():
            yield
            return
        modules = {name: _stand_in(name) for name in _STAND_INS}
        modules["artdag"].effects = modules["artdag.effects"]  # type: ignore[attr-defined]
        modules["artdag.effects"].meta = modules["artdag.effects.meta"]  # type: ignore[attr-defined]
        sys.modules.update(modules)
        try:
            yield
        finally:
            for name in _STAND_INS:
                sys.modules.pop(name, None)


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name, "What effect files import of artdag.")
    module.__spec__ = ModuleSpec(name, None, is_package=True)
    module.__path__ = []
    if name != "artdag":
        module.__dict__.update(EffectMeta=EffectMeta, ParamSpec=ParamSpec, ExecutionContext=FileContext)
    return module


def registered() -> tuple[str, ...]:
    """The names of the effects that are registered with artdag; none where it is not installed."""
    return tuple(sorted(_functions()))


def registered_effect(name: str) -> Effect | None:
    """An effect registered with artdag; EffectError when its source cannot be read, and so nothing could pin it."""
    function = _functions().get(name)
    if function is None:
        return None
    source = _source(name, function)
    described = (inspect.getdoc(function) or "").strip()
    return Effect(name, hash_bytes(source), "file", source, description=described, origin=ORIGIN + name)


def registered_module(effect: Effect) -> ModuleType:
    """A module whose `process` calls the registered function, as long as its source is still that of `effect`."""
    function = _functions().get(effect.name)
    if function is None or hash_bytes(_source(effect.name, function)) != effect.content_hash:
        raise EffectError(f"the effect {effect.name} is no longer what was registered with artdag; start again")

    def process(inputs: list[Path], output: Path, params: Mapping[str, Any], ctx: FileContext) -> Path:
        (only,) = inputs
        result: Path = function(only, output, dict(params))
        return result

    module = ModuleType(f"artcelery_effect_{effect.content_hash[:12]}")
    module.__dict__["process"] = process
    return module


def _functions() -> Mapping[str, Callable[..., Any]]:
    with IMPORTING:
        if not installed():
            return {}
        try:
            found = getattr(import_module(_REGISTRY), "_EFFECTS", {})
        except Exception as error:
            raise EffectError(f"artdag is installed, but its effects cannot be imported: {error}") from error
    return found if isinstance(found, dict) else {}


def _source(name: str, function: Callable[..., Any]) -> bytes:
    try:
        return inspect.getsource(inspect.unwrap(function)).encode()
    except (OSError, TypeError) as error:
        raise EffectError(
            f"the effect {name} is registered with artdag, but its source cannot be read ({error}); "
            "define it in a file, so that its results can be told apart when it changes"
        ) from error
