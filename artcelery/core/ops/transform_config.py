"""What a TRANSFORM may say: the changes, and their ranges."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from artcelery.core.media.clip import Picture
from artcelery.core.ops.fields import Gain, Size
from artcelery.core.ops.op import OpConfig
from artcelery.core.values import resolve_size

__all__ = ["Crop", "TransformConfig", "TransformEffects"]


def _range(low: float, high: float) -> object:
    return Field(ge=low, le=high, strict=True)


class Crop(OpConfig):
    """A part of the picture; sizes and places in pixels or in percent of the picture."""

    x: Annotated[int, Field(ge=0, strict=True)] | Size = Field(0, description="Left edge.")
    y: Annotated[int, Field(ge=0, strict=True)] | Size = Field(0, description="Top edge.")
    width: Size = Field(description="Width of the part.")
    height: Size = Field(description="Height of the part.")

    def box(self, picture: Picture) -> tuple[int, int, int, int]:
        """x, y, width and height in pixels."""
        return (
            resolve_size(self.x, picture.width) if self.x else 0,
            resolve_size(self.y, picture.height) if self.y else 0,
            resolve_size(self.width, picture.width),
            resolve_size(self.height, picture.height),
        )


class TransformEffects(OpConfig):
    """What to change; what is left out stays as it is."""

    crop: Crop | None = Field(None, description="Keep only a part of the picture.")
    rotate: Annotated[float, _range(-360, 360)] = Field(
        0.0, description="Degrees clockwise; other than quarter turns, the canvas grows so that nothing is lost."
    )
    flip: Literal["none", "horizontal", "vertical", "both"] = Field("none", description="Mirror the picture.")
    speed: Annotated[float, _range(0.05, 100)] = Field(
        1.0, description="2 is twice as fast; picture and sound together, the pitch is kept."
    )
    volume: Gain = Field(1.0, ge=0, le=16, description='A factor on the sound (0.5), or "-6dB".')
    brightness: Annotated[float, _range(-1, 1)] = Field(0.0, description="Added to the luma (black is 0, white is 1).")
    contrast: Annotated[float, _range(0, 10)] = Field(1.0, description="A factor on the luma around middle grey.")
    gamma: Annotated[float, _range(0.1, 10)] = Field(1.0, description="Above 1 brightens the middle tones.")
    saturation: Annotated[float, _range(0, 10)] = Field(1.0, description="A factor on the colour; 0 is grey.")
    hue: Annotated[float, _range(-360, 360)] = Field(0.0, description="Turn of the colour circle in degrees.")
    blur: Annotated[float, _range(0, 200)] = Field(0.0, description="Sigma of a Gaussian blur in pixels.")
    sharpen: Annotated[float, _range(0, 5)] = Field(0.0, description="Amount of unsharp masking (5x5).")

    @property
    def turns_colour(self) -> bool:
        """Whether saturation or hue change."""
        return self.saturation != 1 or self.hue != 0


class TransformConfig(OpConfig):
    """The changes, under `effects`."""

    effects: TransformEffects = Field(description="Any of the changes below.")
