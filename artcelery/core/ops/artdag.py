"""Executors of the `artdag` package as node types, where that package is installed.

artdag is met through what it publishes: `list_executors()` (names), `get_executor(node_type)`, `NodeType`, and
`Executor.execute(config, inputs, output_path) -> Path` with `Executor.validate_config(config) -> [problems]`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from artcelery.core.errors import RenderError
from artcelery.core.hashing import hash_bytes
from artcelery.core.media.clip import Clip
from artcelery.core.ops.op import OPS, FileOp, InferError, OpConfig, op

if TYPE_CHECKING:
    from artcelery.core.effect import FileContext

__all__ = ["AnyConfig", "ExecutorOp", "register_executors"]


class AnyConfig(OpConfig):
    """The config of an executor: what its own `validate_config` accepts."""

    model_config = ConfigDict(extra="allow", frozen=True)


class ExecutorOp(FileOp[AnyConfig]):
    """An executor, which works on whole files; its source is part of the key."""

    executor: Any
    source_hash: str

    @property
    def outside_source(self) -> str | None:
        """The content hash of the executor's source."""
        return self.source_hash

    def infer(self, *clips: Clip) -> Clip:
        """What comes out is known when it is there; the first input's clip stands for it until then."""
        validate = getattr(self.executor, "validate_config", None)
        problems = validate(self.config.complete()) if validate else []
        if problems:
            raise InferError("; ".join(map(str, problems)), "config")
        if not clips:
            raise InferError("an executor needs an input here", "inputs")
        return clips[0]

    def render_files(self, inputs: list[Path], output: Path, ctx: FileContext) -> Path:
        """The file that the executor wrote."""
        try:
            return Path(self.executor.execute(self.config.complete(), inputs, output))
        except Exception as error:
            raise RenderError(f"the executor of {self.node_type} failed: {error}") from error


def register_executors() -> list[str]:
    """Make each of artdag's executors a node type, unless artcelery has that type itself; the new types.

    RenderError when artdag is installed and cannot be imported.
    """
    if importlib.util.find_spec("artdag") is None:
        return []
    try:
        importlib.import_module("artdag")  # of a package that failed before, Python still knows the parts
        registry = importlib.import_module("artdag.executor")
    except Exception as error:
        raise RenderError(f"artdag is installed, but its executors cannot be imported: {error}") from error
    added = []
    for name in registry.list_executors():
        node_type = str(name).removeprefix("NodeType.")
        executor = _executor(registry, node_type)
        if node_type not in OPS and executor is not None:
            _register(node_type, executor)
            added.append(node_type)
    return added


def _executor(registry: Any, node_type: str) -> Any:
    found = registry.get_executor(node_type)
    if found is None:
        types = getattr(importlib.import_module("artdag"), "NodeType", None)
        found = registry.get_executor(types[node_type]) if types and node_type in types.__members__ else None
    return found() if inspect.isclass(found) else found


def _register(node_type: str, executor: Any) -> None:
    source = inspect.getsource(type(executor)).encode()
    body = {"executor": executor, "source_hash": hash_bytes(source), "__doc__": f"artdag's executor of {node_type}."}
    op(node_type, version=1, inputs=(1, None), config=AnyConfig)(type(f"{node_type}Op", (ExecutorOp,), body))
