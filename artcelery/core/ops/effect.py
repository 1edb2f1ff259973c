"""EFFECT: a named operation over frames or files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from artcelery.core.effect import Effect, EffectKind, FileContext
from artcelery.core.media.clip import Clip, called
from artcelery.core.ops.op import FileOp, FilterOp, InferError, Op, OpConfig, op

if TYPE_CHECKING:
    from artcelery.core.effect.loading import LoadedEffect
    from artcelery.core.media.stream import Video

__all__ = ["EffectConfig", "EffectOp", "IdentityOp", "effect_op"]


class EffectConfig(OpConfig):
    """Which effect, and its parameters."""

    effect: str = Field(min_length=1, description="The name of an effect.")
    params: dict[str, Any] = Field(default_factory=dict, description="The effect's parameters.")


@op("EFFECT", version=1, inputs=(1, None), config=EffectConfig)
class EffectOp(Op[EffectConfig]):
    """The effect on every frame, or on whole files; the sound is left alone.

    What an effect works on is said by the kind of its op, which `effect_op` makes.
    """

    def __init__(self, config: EffectConfig, effect: Effect, params: dict[str, Any]) -> None:
        super().__init__(config)
        self.effect, self.params = effect, params

    @property
    def outside_source(self) -> str | None:
        """The content hash of the effect."""
        return self.effect.content_hash

    def key_config(self) -> dict[str, Any]:
        """The name and the complete parameters."""
        return {"effect": self.config.effect, "params": self.params}

    def _loaded(self) -> LoadedEffect:
        from artcelery.core.effect.loading import load

        return load(self.effect)


class IdentityOp(EffectOp, FilterOp[EffectConfig]):
    """An effect that changes nothing at all: its value is that of its input, whatever that is."""

    def infer(self, *clips: Clip) -> Clip:
        """The clip of the input."""
        return clips[0]


class PictureEffectOp(EffectOp, FilterOp[EffectConfig]):
    """An effect on pictures: a chain of filters that is joined to the stream."""

    def infer(self, *clips: Clip) -> Clip:
        """The same format; InferError when the effect needs a picture, or a film, and is given none."""
        clip, name = clips[0], self.effect.name
        if len(clips) > 1:
            raise InferError(f"the effect {name} works on one input; here it has {len(clips)}", "inputs")
        if clip.picture is None:
            raise InferError(f"the effect {name} needs a picture; its input is a {called(clip.kind)}", "effect")
        if self.effect.temporal and clip.is_still:
            raise InferError(f"the effect {name} works over time and needs a film; its input is a still", "effect")
        return clip

    def video(self, video: Video) -> Video:
        """The pictures, filtered."""
        return video.filter(*self._loaded().filters(self.params, video.clip), alpha=self.effect.alpha)


class FrameEffectOp(PictureEffectOp):
    """An effect whose function is called on each frame."""

    def infer(self, *clips: Clip) -> Clip:
        """Pictures of 8 bits in RGB, which is what such functions work on."""
        clip = super().infer(*clips)
        assert clip.picture is not None
        made, name, depth = replace(clip, picture=clip.picture.as_rgb()), self.effect.name, clip.picture.depth
        if depth <= 8:
            return made
        return made.noting(f"{name}: {depth}-bit pictures become 8-bit (the effect works on 8-bit frames)")

    def video(self, video: Video) -> Video:
        """What the function makes of each frame."""
        loaded = self._loaded()
        return video.apply(lambda: loaded.start(self.params, video.clip), alpha=self.effect.alpha)


class FileEffectOp(EffectOp, FileOp[EffectConfig]):
    """An effect on whole files."""

    def infer(self, *clips: Clip) -> Clip:
        """What comes out is known when it is there; the first input's clip stands for it until then."""
        return clips[0]

    def render_files(self, inputs: list[Path], output: Path, ctx: FileContext) -> Path:
        """The file that the effect makes."""
        return self._loaded().process(inputs, output, self.params, ctx)


_KINDS: dict[EffectKind, type[EffectOp]] = {
    "identity": IdentityOp,
    "filters": PictureEffectOp,
    "frames": FrameEffectOp,
    "file": FileEffectOp,
}


def effect_op(config: EffectConfig, effect: Effect, params: dict[str, Any]) -> EffectOp:
    """The op of an effect with its complete parameters."""
    return _KINDS[effect.kind](config, effect, params)
