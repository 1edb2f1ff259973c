"""EFFECT: a named operation over frames or files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from artcelery.core.effect import Effect, FileContext
from artcelery.core.media.clip import Clip, called
from artcelery.core.ops.op import InferError, Op, OpConfig, op

if TYPE_CHECKING:
    from artcelery.core.effect.loading import LoadedEffect
    from artcelery.core.media.stream import Video

__all__ = ["EffectConfig", "EffectOp"]


class EffectConfig(OpConfig):
    """Which effect, and its parameters."""

    effect: str = Field(min_length=1, description="The name of an effect.")
    params: dict[str, Any] = Field(default_factory=dict, description="The effect's parameters.")


@op("EFFECT", version=1, inputs=(1, None), config=EffectConfig)
class EffectOp(Op[EffectConfig]):
    """The effect on every frame, or on whole files; the sound is left alone.

    A new one knows only its config; `bound` gives it the effect and the complete parameters.
    """

    effect: Effect
    params: dict[str, Any]

    def bound(self, effect: Effect, params: dict[str, Any]) -> EffectOp:
        """This op with its effect and complete parameters."""
        self.effect, self.params = effect, params
        return self

    @property
    def is_identity(self) -> bool:
        """Whether the effect changes nothing at all."""
        return self.effect.kind == "identity"

    @property
    def outside_source(self) -> str | None:
        """The content hash of the effect."""
        return self.effect.content_hash

    @property
    def on_whole_files(self) -> bool:
        """Whether the effect is one of `process(inputs, output, ...)`."""
        return self.effect.kind == "file"

    def key_config(self) -> dict[str, Any]:
        """The name and the complete parameters."""
        return {"effect": self.config.effect, "params": self.params}

    def infer(self, *clips: Clip) -> Clip:
        """The same format; InferError when the effect needs a picture, or a film, and is given none."""
        clip, name = clips[0], self.effect.name
        if self.effect.kind in ("file", "identity"):
            return clip
        if len(clips) > 1:
            raise InferError(f"the effect {name} works on one input; here it has {len(clips)}", "inputs")
        if clip.picture is None:
            raise InferError(f"the effect {name} needs a picture; its input is a {called(clip.kind)}", "effect")
        if self.effect.temporal and clip.is_still:
            raise InferError(f"the effect {name} works over time and needs a film; its input is a still", "effect")
        if self.effect.kind != "frames":
            return clip
        made = replace(clip, picture=clip.picture.as_rgb())
        if clip.picture.depth <= 8:
            return made
        return made.noting(f"{name}: {clip.picture.depth}-bit pictures become 8-bit (the effect works on 8-bit frames)")

    def video(self, *inputs: Video) -> Video:
        """The effect's filters joined to the stream, or its function called on each frame."""
        (video,) = inputs
        loaded = self._loaded()
        if self.effect.kind == "filters":
            return video.filter(*loaded.filters(self.params, video.clip), alpha=self.effect.alpha)
        if self.effect.kind == "frames":
            return video.apply(lambda: loaded.start(self.params, video.clip), alpha=self.effect.alpha)
        return video

    def render_files(self, inputs: list[Path], output: Path, ctx: FileContext) -> Path:
        """The file that the effect makes of whole files."""
        return self._loaded().process(inputs, output, self.params, ctx)

    def _loaded(self) -> LoadedEffect:
        from artcelery.core.effect.loading import load

        return load(self.effect)
