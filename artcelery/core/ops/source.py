"""SOURCE: a file, asked for at run time, named as an asset, or given by its hash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from artcelery.core.media.clip import Clip
from artcelery.core.ops.op import Op, OpConfig, op

__all__ = ["Source", "SourceConfig"]


class SourceConfig(OpConfig):
    """Exactly one of `input: true`, `asset` and `hash`."""

    elsewhere: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("path", "file", "url"),
        "a file is asked for with `input: true`, or pinned in `registry.assets` and named by `asset`",
    )

    input: Literal[True] | None = Field(None, description="Asked for at run time, by `name` or by the node's id.")
    name: str | None = Field(None, description="What the input is called when it is asked for.")
    description: str | None = Field(None, description="What the input is for.")
    asset: str | None = Field(None, description="The name of an asset, pinned in `registry.assets` or not.")
    hash: str | None = Field(None, pattern="^[0-9a-f]{64}$", description="The content hash of a stored file.")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [key for key in ("input", "asset", "hash") if getattr(self, key) is not None]
        if len(given) != 1:
            said = " and ".join(f"`{key}`" for key in given) if given else "none of them"
            raise ValueError(f"a SOURCE needs exactly one of `input: true`, `asset` and `hash`; here it has {said}")
        return self


@op("SOURCE", version=1, inputs=0, config=SourceConfig)
class Source(Op[SourceConfig]):
    """A file as it is; its key is the file's content hash."""

    def infer(self, *clips: Clip) -> Clip:
        """What the file was found to be: the graph gives that in place of an input."""
        return clips[0]
