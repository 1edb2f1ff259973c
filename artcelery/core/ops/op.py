"""What an op is: a strict config, and what comes out of it (`infer`); how it is made is said by the kind of op.

Op             SOURCE, whose value is a file that is there
  StreamOp     pictures and sounds that flow through it (`streams`)
    FilterOp   those of one input, each by itself (`video`, `audio`)
    JoinOp     in `parts.py`: a film whose parts can be rendered apart
  DocumentOp   what it finds out about its inputs (`document`)
  FileOp       a file, made of whole files (`render_files`)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from artcelery.core.media.clip import Clip

if TYPE_CHECKING:
    from artcelery.core.effect import FileContext
    from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["OPS", "DocumentOp", "FileOp", "FilterOp", "InferError", "Op", "OpConfig", "StreamOp", "op"]


class OpConfig(BaseModel):
    """The strict config of a node: unknown keys are errors, values are complete after validation."""

    # A validator is built when it is first needed: most configs need few of the node types.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Keys that people look for here, and what to write instead."""

    def complete(self) -> dict[str, Any]:
        """The config with every default filled in, as plain JSON: what goes into the node's key."""
        return self.model_dump(mode="json")


C = TypeVar("C", bound=OpConfig)


class InferError(Exception):
    """A node that cannot work on its inputs; `field` is the config key to point at, when there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Op(ABC, Generic[C]):
    """The implementation of a node type, bound to one node's config.

    Subclasses set nothing by hand: `@op` does.
    """

    node_type: ClassVar[str]
    version: ClassVar[int]
    inputs: ClassVar[tuple[int, int | None]]
    config_model: ClassVar[type[OpConfig]]

    node_id: str = ""
    """What the config calls the node: for messages, and in no key."""

    def __init__(self, config: C) -> None:
        self.config: C = config

    @property
    def called(self) -> str:
        """The node as messages show it."""
        return f"node {self.node_id!r} ({self.node_type})" if self.node_id else self.node_type

    def key_config(self) -> dict[str, Any]:
        """What of the config goes into the key."""
        return self.config.complete()

    @property
    def outside_source(self) -> str | None:
        """The content hash of the source that does the work, where that is not this op's own code."""
        return None

    @abstractmethod
    def infer(self, *clips: Clip) -> Clip:
        """The clip that will come out; InferError when the inputs or the config do not allow it."""

    def heard(self, count: int) -> Iterable[int]:
        """The numbers of those of `count` inputs whose sound may go into the result: all, unless an op knows better."""
        return range(count)

    def passes_pictures(self, clip: Clip, *clips: Clip) -> int | None:
        """The number of the input whose pictures come out untouched (the end may be cut off); None: there is none."""
        return None


class StreamOp(Op[C]):
    """An op that streams flow through."""

    @abstractmethod
    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """What flows out, `clip` being what `infer` gave for these inputs.

        It is called only when a pass renders, and must not look at the disk or the clock.
        """


class FilterOp(StreamOp[C]):
    """An op of one input, whose pictures and sound it changes each by itself."""

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """What becomes of the pictures and of the sound that flow in."""
        from artcelery.core.media.stream import Streams

        (source,) = inputs
        video = None if source.video is None else self.video(source.video)
        return Streams(clip, video, None if source.audio is None else self.audio(source.audio))

    def video(self, video: Video) -> Video:
        """The pictures that come out: unchanged, unless an op says otherwise."""
        return video

    def audio(self, audio: Audio) -> Audio:
        """The sound that comes out: unchanged, unless an op says otherwise."""
        return audio


class DocumentOp(Op[C]):
    """An op that finds something out about its inputs: its clip is a document."""

    @abstractmethod
    def document(self, *inputs: Streams) -> dict[str, Any]:
        """What is found out about inputs that `infer` allows, as plain JSON values."""


class FileOp(Op[C]):
    """An op on whole files: a pass ends before it, and another begins after it."""

    @abstractmethod
    def render_files(self, inputs: list[Path], output: Path, ctx: FileContext) -> Path:
        """The file that was made of the files of all inputs: `output`, or another beside it."""


OPS: dict[str, type[Op[Any]]] = {}

OpClass = TypeVar("OpClass", bound=type[Op[Any]])


def op(
    type: str, *, version: int, inputs: int | tuple[int, int | None], config: type[OpConfig]
) -> Callable[[OpClass], OpClass]:
    """Register a class as the op of a node type; `inputs` is how many it takes, or (least, most or None)."""

    def register(cls: OpClass) -> OpClass:
        cls.node_type, cls.version, cls.config_model = type, version, config
        cls.inputs = (inputs, inputs) if isinstance(inputs, int) else inputs
        OPS[type] = cls
        return cls

    return register
