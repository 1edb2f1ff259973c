"""RESIZE: another size, keeping the shape of the picture or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.scaling import exactly
from artcelery.core.ops.fields import Color, Size
from artcelery.core.ops.op import InferError, Op, OpConfig, op
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
    mode: Literal["fit", "fill", "stretch", "pad"] = Field(
        "fit",
        description="fit: inside; fill: over and cut; stretch: exactly; pad: fit, on `background`.",
    )
    background: Color = Field("#000000", description="What `pad` fills with.")
    filter: Literal["lanczos", "bicubic", "bilinear", "area", "nearest"] = Field("lanczos", description="The scaler.")

    @model_validator(mode="after")
    def _some_size(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError("a RESIZE needs `width`, `height` or both")
        return self


@dataclass(frozen=True, slots=True)
class _Box:
    """Scale to `scaled`, then cut or pad to `out`."""

    scaled: tuple[int, int]
    out: tuple[int, int]


@op("RESIZE", version=1, inputs=1, config=ResizeConfig)
class Resize(Op[ResizeConfig]):
    """The picture at another size, with square pixels; the sound is left alone."""

    def infer(self, *clips: Clip) -> Clip:
        """The clip at its new size; InferError when it has no picture."""
        (clip,) = clips
        if clip.picture is None:
            raise InferError("a sound has no picture to RESIZE; give it a still or a film")
        return replace(clip, picture=self._picture(clip.picture))

    def video(self, *inputs: Video) -> Video:
        """Scaled frames."""
        (video,) = inputs
        box = self._box(video.picture)
        flags = exactly(_SCALERS[self.config.filter])
        chain = [Filter("scale", w=box.scaled[0], h=box.scaled[1], flags=flags), Filter("setsar", sar="1/1")]
        width, height = box.scaled
        square = replace(video.picture, width=width, height=height, sar=Fraction(1))
        video = video.filter(*chain, alpha="through", picture=square)
        if box.out == box.scaled:
            return video
        return video.pad(box.out, self.config.background) if self.config.mode == "pad" else _middle(video, box.out)

    def _picture(self, picture: Picture) -> Picture:
        width, height = self._box(picture).out
        return replace(picture, width=width, height=height, sar=Fraction(1))

    def _box(self, picture: Picture) -> _Box:
        shown = picture.width * picture.sar, Fraction(picture.height)
        shape = shown[0] / shown[1]
        asked = self._asked(shown, shape)
        if self.config.mode == "stretch":
            return _Box(asked, asked)
        inside = _fitted(asked, shape)
        over = _covering(asked, shape)
        return {"fit": _Box(inside, inside), "fill": _Box(over, asked), "pad": _Box(inside, asked)}[self.config.mode]

    def _asked(self, shown: tuple[Fraction, Fraction], shape: Fraction) -> tuple[int, int]:
        width, height = self.config.width, self.config.height
        if width is None and height is not None:
            tall = resolve_size(height, shown[1])
            return max(1, round(tall * shape)), tall
        wide = resolve_size(width or 1, shown[0])
        return wide, max(1, round(wide / shape)) if height is None else resolve_size(height, shown[1])


def _middle(video: Video, size: tuple[int, int]) -> Video:
    left, top = ((old - new) // 2 for new, old in zip(size, video.picture.size, strict=True))
    video = video.at_pixels(left, top)
    cut = Filter("crop", w=size[0], h=size[1], x=left, y=top, exact=1)
    return video.filter(cut, alpha="through", picture=replace(video.picture, width=size[0], height=size[1]))


def _fitted(size: tuple[int, int], shape: Fraction) -> tuple[int, int]:
    width, height = size
    if width > height * shape:
        return max(1, round(height * shape)), height
    return width, max(1, round(width / shape))


def _covering(size: tuple[int, int], shape: Fraction) -> tuple[int, int]:
    width, height = size
    if width > height * shape:
        return width, max(height, round(width / shape))
    return max(width, round(height * shape)), height
