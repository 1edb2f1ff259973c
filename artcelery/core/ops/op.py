"""What an op is: a strict config, what comes out (`infer`), and how frames flow (`streams`, or `video` and `audio`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from artcelery.core.media.clip import Clip
from artcelery.core.ops.parts import Part

if TYPE_CHECKING:
    from artcelery.core.effect import FileContext
    from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["OPS", "InferError", "Op", "OpConfig", "op"]


class OpConfig(BaseModel):
    """The strict config of a node: unknown keys are errors, values are complete after validation."""

    # A validator is built when it is first needed: most configs need few of the node types.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

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


class Op(Generic[C]):
    """The implementation of a node type, bound to one node's config.

    Subclasses set nothing by hand: `@op` does. `streams` wraps its inputs' streams and is called only when a pass
    renders; it must not look at the disk or the clock. An op of one input says what becomes of its pictures (`video`)
    and its sound (`audio`).
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

    @property
    def on_whole_files(self) -> bool:
        """Whether the op works on files (`render_files`) and not on streams: a pass ends before it."""
        return False

    def infer(self, *clips: Clip) -> Clip:
        """The clip that will come out; InferError when the inputs or the config do not allow it."""
        raise NotImplementedError

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """What flows out, `clip` being what `infer` gave for these inputs: unless an op says otherwise, `video` of
        the pictures and `audio` of the sounds that flow in."""
        from artcelery.core.media.stream import Streams

        videos = [item.video for item in inputs if item.video is not None]
        sounds = [item.audio for item in inputs if item.audio is not None]
        return Streams(clip, self.video(*videos) if videos else None, self.audio(*sounds) if sounds else None)

    def video(self, *inputs: Video) -> Video:
        """The pictures that come out; the first input's, unchanged, unless an op says otherwise."""
        return inputs[0]

    def audio(self, *inputs: Audio) -> Audio:
        """The sound that comes out; the first input's, unchanged, unless an op says otherwise."""
        return inputs[0]

    def parts(self, clip: Clip, *clips: Clip) -> tuple[Part, ...]:
        """The stretches that the film `clip` is joined of, in order; none where pictures of several inputs mix.

        Each is rendered by `part` and can be encoded by itself: together they are what `streams` gives.
        """
        return ()

    def part(self, part: Part, clip: Clip, input: Streams) -> Streams:
        """The pictures and the sound of one part of the film `clip`, from the streams of the part's input."""
        raise NotImplementedError

    def joined(self, clip: Clip, *parts: Streams) -> Streams:
        """The film `clip` of its parts, which are rendered already.

        Where the sound is not that of the parts, the streams of `sound_inputs` follow them.
        """
        raise NotImplementedError

    @property
    def sound_inputs(self) -> tuple[int, ...]:
        """The numbers of the inputs whose sound a joined film takes as it is; its parts then are silent."""
        return ()

    def heard(self, count: int) -> Iterable[int]:
        """The numbers of those of `count` inputs whose sound may go into the result: all, unless an op knows better."""
        return range(count)

    def passes_pictures(self, clip: Clip, *clips: Clip) -> int | None:
        """The number of the input whose pictures come out untouched (the end may be cut off); None: there is none."""
        return None

    def document(self, clip: Clip, *inputs: Streams) -> dict[str, Any]:
        """What is found out about the inputs, as plain JSON values; only for ops whose clip is a document."""
        raise NotImplementedError

    def render_files(self, inputs: list[Path], output: Path, ctx: FileContext) -> Path:
        """The file made from whole files; only for ops `on_whole_files`."""
        raise NotImplementedError


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
