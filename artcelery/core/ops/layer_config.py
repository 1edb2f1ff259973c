"""What a LAYER node may say: the canvas, and an entry for each input."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from artcelery.core.ops.fields import Color, Rate, Seconds, Size
from artcelery.core.ops.generate_text import Extent, Fade, Opacity, Position
from artcelery.core.ops.op import OpConfig
from artcelery.core.ops.placing import BlendMode
from artcelery.core.ops.timing import Duration

__all__ = ["LayerConfig", "LayerItem"]

_Side = Annotated[int, Field(ge=1, le=65_535, strict=True)]


class LayerItem(OpConfig):
    """Where and when one input is shown, and how it is laid over what lies below it."""

    position: Position = Field(
        "top-left",
        description="center, top-left and so on; or [x, y] of the upper left corner in pixels (also outside of the"
        ' canvas), or in percent of the free room ("0%" left, "50%" middle, "100%" right).',
    )
    margin: Extent = Field(0, description='What a named position keeps from the edges: pixels or percent ("5%").')
    scale: Annotated[float, Field(gt=0, le=100, strict=True)] | None = Field(None, description="A factor on its size.")
    width: Size | None = Field(None, description='Its width in pixels or of the canvas ("25%"); its shape is kept.')
    height: Size | None = Field(None, description="Its height; with `width`: it is fit inside of both.")
    opacity: Opacity = Field(1.0, description="0 is clear, 1 opaque.")
    start: Seconds = Field(0.0, description="When it begins, in seconds of the result.")
    end: Seconds | None = Field(None, description="When it ends; a film ends with its last picture anyway.")
    fade: Fade | None = Field(
        None, description="How long it comes and goes: its opacity rises and falls evenly. Its sound does not fade."
    )
    blend: BlendMode = Field("normal", description="How its colours meet those below; the modes of BLEND.")

    @field_validator("fade")
    @classmethod
    def _some_fade(cls, fade: list[float] | None) -> list[float] | None:
        return fade if fade and any(fade) else None

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if self.scale is not None and (self.width is not None or self.height is not None):
            raise ValueError("`scale` and `width` or `height` say the same thing twice; give one of them")
        if self.margin and not isinstance(self.position, str):
            raise ValueError("`margin` belongs to a named position such as bottom-right; [x, y] says it all")
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"`end` ({self.end:g} s) must come after `start` ({self.start:g} s)")
        return self


class LayerConfig(OpConfig):
    """The canvas, and how the inputs lie on it: `layers` in the order of the inputs, the lowest first."""

    layers: list[LayerItem] = Field(
        default_factory=list, description="One entry for each input, the lowest first; what is missing: as it is."
    )
    layout: Literal["free", "grid"] = Field("free", description="grid: side by side, each fit into a cell of its own.")
    width: _Side | None = Field(None, description="Width of the canvas in pixels (the first input's).")
    height: _Side | None = Field(None, description="Height of the canvas in pixels (the first input's).")
    columns: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = Field(
        None, description="Cells in a row of the grid (so many that it is about as wide as high, in cells)."
    )
    gap: Annotated[int, Field(ge=0, le=10_000, strict=True)] = Field(0, description="Pixels between cells.")
    cell_width: Size | None = Field(None, description='Width of a cell: pixels or of the first input ("50%").')
    cell_height: Size | None = Field(None, description="Height of a cell; one alone keeps the first input's shape.")
    background: Color | None = Field(
        None, description="What is seen where nothing lies: black, or nothing where the first input is transparent."
    )
    fps: Rate | None = Field(None, description="Pictures a second (those of the first film with a steady rate).")
    duration: Duration = Field(
        "longest", description="It ends with the film that ends last, with the first film, or the one that ends first."
    )
    audio: Literal["mix", "first", "none"] = Field(
        "mix", description="mix: the sounds of all inputs, each from its start to its end; first: that of input 1."
    )

    @model_validator(mode="after")
    def _of_one_layout(self) -> Self:
        cells = ("columns", "gap", "cell_width", "cell_height")
        if self.layout == "free":
            if asked := [name for name in cells if getattr(self, name) not in (None, 0)]:
                raise ValueError(f"`{asked[0]}` belongs to `layout: grid`")
            return self
        if self.width is not None or self.height is not None:
            raise ValueError("a grid is as large as its cells; give `cell_width` and `cell_height`")
        plain = LayerItem()
        for name in ("position", "margin", "scale", "width", "height"):
            if any(getattr(item, name) != getattr(plain, name) for item in self.layers):
                raise ValueError(f"in a grid each layer has its cell; leave `{name}` out of `layers`")
        return self

    def complete(self) -> dict[str, Any]:
        """One form for what means the same: entries at the end that say nothing are left out."""
        config = super().complete()
        while config["layers"] and config["layers"][-1] == LayerItem().complete():
            config["layers"].pop()
        return config
