"""An effect file, run: its functions, ready to be called."""

from __future__ import annotations

import re
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import decode_source, find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from artcelery.core.effect import artdag
from artcelery.core.effect.interface import Clip, Effect, EffectKind, FileContext, Filter
from artcelery.core.effect.script_block import ScriptBlock, read_script_block
from artcelery.core.effect.source import FUNCTIONS
from artcelery.core.errors import EffectError

if TYPE_CHECKING:
    from artcelery.core.effect.frames import FrameFunction

__all__ = ["LoadedEffect", "explained", "failure", "load"]


@dataclass(frozen=True, slots=True)
class LoadedEffect:
    """An effect whose file has been run."""

    effect: Effect
    module: ModuleType

    def filters(self, params: Mapping[str, Any], clip: Clip) -> list[Filter]:
        """The libavfilter chain that the effect makes of its parameters; EffectError when it is none."""
        with explained(self.effect):
            chain = self._function("filters")(dict(params), clip)
        if isinstance(chain, (list, tuple)) and all(isinstance(item, Filter) for item in chain):
            return list(chain)
        kind = type(chain).__name__
        if isinstance(chain, (list, tuple)):
            kind += " of " + ", ".join(sorted({type(item).__name__ for item in chain}))
        raise EffectError(
            f"the effect {self.effect.name} returned a {kind}; filters must return a list of Filter"
            f" ({self.effect.origin})"
        )

    def start(self, params: Mapping[str, Any], clip: Clip) -> FrameFunction:
        """The effect as a function of one frame after another, with fresh state."""
        from artcelery.core.effect.frames import FrameFunction

        return FrameFunction(self.effect, self._function("frames"), params)

    def process(self, inputs: Sequence[Path], output: Path, params: Mapping[str, Any], ctx: FileContext) -> Path:
        """The file that the effect makes of whole files: always `output`, which must not exist before."""
        from artcelery.core.effect.files import made_file

        with explained(self.effect):
            returned = self._function("file")(list(inputs), output, dict(params), ctx)
        return made_file(self.effect, returned, output)

    def _function(self, kind: EffectKind) -> Callable[..., Any]:
        name = next(name for name, made in FUNCTIONS.items() if made == kind)
        function = getattr(self.module, name, None)
        if not callable(function):
            raise EffectError(f"the effect {self.effect.name} has no function {name} ({self.effect.origin})")
        return function  # type: ignore[no-any-return]


def load(effect: Effect) -> LoadedEffect:
    """Run the effect's file, once per content; EffectError names the line that failed, or the missing package."""
    if effect.origin.startswith(artdag.ORIGIN):
        return LoadedEffect(effect, artdag.registered_module(effect))
    name = _module_name(effect)
    with artdag.IMPORTING:
        module = sys.modules.get(name)
        if getattr(module, "__content_hash__", None) != effect.content_hash:
            module = _run(effect, name)
    assert module is not None
    return LoadedEffect(effect, module)


def _run(effect: Effect, name: str) -> ModuleType:
    script = _script(effect)
    if running := script.refused_python():
        raise EffectError(
            f"the effect {effect.name} needs Python {script.requires_python}; this is {running} ({effect.origin})"
        )
    module = ModuleType(name)
    module.__dict__.update(__file__=effect.origin, __content_hash__=effect.content_hash)
    sys.modules[name] = module  # before it is run: dataclasses and pickle look there
    try:
        with explained(effect, "cannot be loaded"), artdag.stand_ins():
            exec(compile(effect.source, effect.origin, "exec", dont_inherit=True), module.__dict__)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


@contextmanager
def explained(effect: Effect, failed: str = "failed") -> Iterator[None]:
    """Turn whatever the effect's own code raises into an EffectError that names its line."""
    try:
        yield
    except EffectError:
        raise
    except (Exception, SystemExit) as error:
        raise failure(effect, error, failed) from error


def failure(effect: Effect, error: BaseException, failed: str = "failed") -> EffectError:
    """The EffectError for an exception in the effect's own code; it names the package when one is missing."""
    package = (error.name or "").split(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if package == "artdag" and not artdag.installed():
        return EffectError(
            f"the effect {effect.name} imports {error} ({_where(effect, error)})".replace("No module named ", "")
            + "; artdag is not installed, and without it there is only `artdag.effects.meta` with EffectMeta,"
            " ParamSpec and ExecutionContext, at the top of the file"
        )
    if package and find_spec(package) is None:
        return EffectError(
            f"the effect {effect.name} needs the package {package}, which is not installed ({_where(effect, error)}); "
            f"install it with: {sys.executable} -m pip install {' '.join(_to_install(effect, package))}"
        )
    return EffectError(f"the effect {effect.name} {failed}: {describe(effect, error)}")


def describe(effect: Effect, error: BaseException) -> str:
    """An exception in one line, with the effect's own line: `ValueError: too dark (dog.py:12)`."""
    text = " ".join(traceback.format_exception_only(error)[-1].split())
    return f"{text} ({_where(effect, error)})"


def _module_name(effect: Effect) -> str:
    return f"artcelery_effect_{effect.content_hash[:12]}"


def _where(effect: Effect, error: BaseException) -> str:
    """The last line of the effect's own file that an exception went through."""
    # One that was run from another place, and has moved since, is known to Python by the name it had there.
    file = getattr(sys.modules.get(_module_name(effect)), "__file__", effect.origin)
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{effect.origin}:{error.lineno}"
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == file]
    return f"{effect.origin}:{lines[-1]}" if lines else effect.origin


def _to_install(effect: Effect, package: str) -> list[str]:
    """What the file's own list of dependencies lacks; a module's name need not be that of its package."""
    lacking = [item for item in _script(effect).dependencies if not _is_installed(item)]
    return [shlex.quote(item) for item in lacking or [package]]


def _script(effect: Effect) -> ScriptBlock:
    return read_script_block(decode_source(effect.source), [])


def _is_installed(requirement: str) -> bool:
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement)
    try:
        return match is None or bool(distribution(match[1]))
    except PackageNotFoundError:
        return False
