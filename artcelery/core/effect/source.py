"""An effect file, read without running it: its name, parameters and kind."""

from __future__ import annotations

import ast
import re
import threading
import warnings
from typing import TypeGuard

from artcelery.core.effect.declaration import Declaration, finish_params, merge
from artcelery.core.effect.docstring import read_docstring
from artcelery.core.effect.interface import Effect, EffectKind
from artcelery.core.effect.meta import read_meta
from artcelery.core.effect.script_block import read_script_block
from artcelery.core.errors import ConfigError, Problem
from artcelery.core.hashing import hash_bytes

__all__ = ["EFFECT_NAME", "FUNCTIONS", "MAX_SOURCE_BYTES", "read_effect"]

EFFECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MAX_SOURCE_BYTES = 1 << 20

FUNCTIONS: dict[str, EffectKind] = {"process_frame": "frames", "process": "file", "filters": "filters"}
_SIGNATURES = {
    "process_frame": ((3, 4), "process_frame(frame, params, state) or process_frame(frame, params, state, ctx)"),
    "process": ((4,), "process(inputs, output, params, ctx)"),
    "filters": ((2,), "filters(params, clip)"),
}

# Before Python 3.13 one count of depth serves the trees of all threads, and when they differ that is a SystemError; and
# warnings are ignored in all threads at once.
_parsing = threading.Lock()


def read_effect(source: bytes, origin: str) -> Effect:
    """The effect that a source declares; ConfigError with everything that is wrong in it. Nothing of it is run."""
    problems: list[Problem] = []
    text = _decoded(source, origin)
    module = _parsed(text, origin)
    script = read_script_block(text, problems)
    said = _declared(module, script.declaration, problems)
    params = finish_params(said.params or (), problems)
    kind = _kind(module, said, problems)
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: (problem.line, problem.column)), origin)
    return Effect(
        name=said.name or "",
        content_hash=hash_bytes(source),
        kind=kind,
        source=source,
        version=said.version or "1.0.0",
        description=said.description or "",
        author=said.author or "",
        params=params,
        temporal=bool(said.temporal),
        alpha="through" if said.alpha == "through" else "keep",
        origin=origin,
    )


def _decoded(source: bytes, origin: str) -> str:
    from importlib.util import decode_source

    if len(source) > MAX_SOURCE_BYTES:
        raise ConfigError([Problem(f"an effect file has at most {MAX_SOURCE_BYTES:,} bytes")], origin)
    try:
        return decode_source(source)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(f"this is no Python source: {error}", 1, 1)], origin) from error


def _parsed(text: str, origin: str) -> ast.Module:
    try:
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said once, when the file is loaded
            return ast.parse(text, origin)
    except SyntaxError as error:
        problem = Problem(f"Python cannot read this: {error.msg}", error.lineno or 1, error.offset or 1)
    except (ValueError, RecursionError, MemoryError) as error:
        problem = Problem(f"Python cannot read this: {error}", 1, 1)
    raise ConfigError([problem], origin)


def _declared(module: ast.Module, script: Declaration, problems: list[Problem]) -> Declaration:
    """META, then the docstring, then the script block."""
    text, line = _docstring(module)
    tags = read_docstring(text, line, problems)
    meta = read_meta(module, problems)
    if meta and meta.name and tags.name and meta.name != tags.name:
        problems.append(Problem(f"META calls the effect {meta.name!r}, but the docstring {tags.name!r}", meta.line))
    said = merge(merge(meta, tags) if meta else tags, script)
    if said.name is None:
        problems.append(Problem("the effect has no name; write `@effect NAME` into the docstring at the top", line))
    elif said.name and not EFFECT_NAME.fullmatch(said.name):
        problems.append(Problem(f"{said.name!r} is no name for an effect; use letters, digits, _ and -", said.line))
    return said


def _docstring(module: ast.Module) -> tuple[str, int]:
    first = module.body[0] if module.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value.value, first.lineno
    return "", 1


def _kind(module: ast.Module, said: Declaration, problems: list[Problem]) -> EffectKind:
    found = [node for node in module.body if _is_function(node) and node.name in FUNCTIONS]
    names = sorted({node.name for node in found})
    if said.identity and not names:
        return "identity"
    if said.identity:
        problems.append(Problem(f"@identity true and {names[0]} exclude each other", found[0].lineno))
    elif not names:
        one_of = ", ".join(FUNCTIONS)
        problems.append(Problem(f"the file defines none of {one_of}, and does not say `@identity true`", 1))
    elif len(names) > 1:
        line = next(node.lineno for node in found if node.name != found[0].name)
        problems.append(Problem(f"the file defines {' and '.join(names)}; an effect has one of them", line))
    for node in found:
        _check_signature(node, problems)
    return FUNCTIONS[names[0]] if names else "identity"


def _is_function(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _check_signature(node: ast.FunctionDef | ast.AsyncFunctionDef, problems: list[Problem]) -> None:
    counts, form = _SIGNATURES[node.name]
    if isinstance(node, ast.AsyncFunctionDef):
        problems.append(Problem(f"{node.name} must be a plain function, without `async`", node.lineno))
    elif not node.decorator_list and not any(_takes(node.args, count) for count in counts):
        problems.append(Problem(f"write the function as {form}", node.lineno))


def _takes(arguments: ast.arguments, count: int) -> bool:
    """Whether a function can be called with that many values."""
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    named = any(default is None for default in arguments.kw_defaults)
    return not named and least <= count and (count <= most or arguments.vararg is not None)
