"""RESIZE: another size, keeping the shape of the picture or not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from artcelery.core.media.clip import Clip, Picture, called
from artcelery.core.media.editing.fitting import Box, FitMode, box_of, shape_of
from artcelery.core.media.scaling import exactly
from artcelery.core.ops.fields import Color, Size
from artcelery.core.ops.op import FilterOp, InferError, OpConfig, op
from artcelery.core.values import resolve_size

if TYPE_CHECKING:
    from artcelery.core.media.stream import Video

__all__ = ["Resize", "ResizeConfig"]

_SCALERS = {
    "lanczos": "lanczos",
    "bicubic": "bicubic",
    "bilinear": "bilinear",
    "area": "area",
    "nearest": "neighbor",
}


class ResizeConfig(OpConfig):
    """The new size; one of `width` and `height` may be left out and follows from the shape of the picture."""

    width: Size | None = Field(None, description='Width in pixels (1280) or of the input ("50%").')
    height: Size | None = Field(None, description='Height in pixels (720) or of the input ("50%").')
    fit: Literal["fit", "fill", "stretch", "pad"] | None = Field(
        None,
        description="How the picture comes into both. fit: inside (when absent); fill: over and cut; stretch: exactly;"
        " pad: fit, on `background`.",
    )
    mode: Literal["fit", "fill", "stretch", "pad"] | None = Field(None, description="The same as `fit`.")
    background: Color = Field("#000000", description="What `pad` fills with.")
    filter: Literal["lanczos", "bicubic", "bilinear", "area", "nearest"] = Field("lanczos", description="The scaler.")

    @model_validator(mode="after")
    def _some_size(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError("a RESIZE needs `width`, `height` or both")
        if self.fit is not None and self.mode is not None:
            raise ValueError("`fit` and `mode` mean the same; give one of them")
        return self

    @property
    def fitted(self) -> FitMode:
        """How the picture comes into the size."""
        return self.fit or self.mode or "fit"

    def complete(self) -> dict[str, Any]:
        """One form for both ways to say it."""
        values = {**super().complete(), "fit": self.fitted}
        del values["mode"]
        return values


@op("RESIZE", version=2, inputs=1, config=ResizeConfig)
class Resize(FilterOp[ResizeConfig]):
    """The picture at another size, with square pixels; the sound is left alone."""

    def infer(self, *clips: Clip) -> Clip:
        """The clip at its new size; InferError when it has no picture."""
        (clip,) = clips
        if clip.picture is None:
            raise InferError(f"a {called(clip.kind)} has no picture to RESIZE; give it a still or a film")
        return replace(clip, picture=self._picture(clip.picture))

    def video(self, video: Video) -> Video:
        """Scaled frames."""
        flags = exactly(_SCALERS[self.config.filter])
        return video.into(self._box(video.picture), background=self.config.background, flags=flags)

    def _picture(self, picture: Picture) -> Picture:
        width, height = self._box(picture).out
        return replace(picture, width=width, height=height, sar=Fraction(1))

    def _box(self, picture: Picture) -> Box:
        shown = picture.width * picture.sar, Fraction(picture.height)
        asked = self._asked(shown, shape_of(picture))
        if self.config.width is None or self.config.height is None:  # the other side follows, rounded once
            return Box(asked, asked)
        return box_of(picture, asked, self.config.fitted)

    def _asked(self, shown: tuple[Fraction, Fraction], shape: Fraction) -> tuple[int, int]:
        width, height = self.config.width, self.config.height
        if width is None and height is not None:
            tall = resolve_size(height, shown[1])
            return max(1, round(tall * shape)), tall
        wide = resolve_size(width or 1, shown[0])
        return wide, max(1, round(wide / shape)) if height is None else resolve_size(height, shown[1])
