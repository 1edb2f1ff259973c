"""Clips that become one film: what a config may say of it, and the format that comes of that and the clips."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.editing.conforming import MixedColourError, common_picture, common_sound, notes_of
from artcelery.core.media.editing.fitting import FitMode, box_of
from artcelery.core.ops.fields import Color, Rate
from artcelery.core.ops.op import InferError, OpConfig
from artcelery.core.ops.timing import rate_of

__all__ = ["FilmConfig", "film_of", "shown"]

_STILL_RATE = Fraction(25)

Side = Annotated[int, Field(ge=1, le=65_535, strict=True)]


class FilmConfig(OpConfig):
    """How inputs that differ are made to match."""

    target_size: Literal["first", "last", "largest", "explicit"] | None = Field(
        None,
        description="Whose size the film has: that of the first input (the default), the last or the one with the most"
        " pixels; explicit: `width` and `height`, which is meant when both are given.",
    )
    width: Side | None = Field(None, description="Width of the film in pixels, together with `height`.")
    height: Side | None = Field(None, description="Height of the film in pixels, together with `width`.")
    fit: Literal["pad", "fill", "stretch"] | None = Field(
        None,
        description="How inputs of another shape are shown. pad: whole, on `background` (when absent); fill: over the"
        " edges and cut; stretch: exactly.",
    )
    mode: Literal["pad", "fill", "stretch"] | None = Field(None, description="The same as `fit`.")
    background: Color = Field("#000000", description="The colour beside a picture of another shape.")
    fps: Rate | None = Field(
        None, description="Pictures a second; those of the first film with a steady rate, and 25 where all are stills."
    )

    @model_validator(mode="after")
    def _said_what_size(self) -> Self:
        if self.fit is not None and self.mode is not None:
            raise ValueError("`fit` and `mode` mean the same; give one of them")
        if (self.width is None) != (self.height is None):
            raise ValueError("`width` and `height` go together; give both, or neither")
        if self.target_size == "explicit" and self.width is None:
            raise ValueError("`target_size: explicit` needs `width` and `height`")
        if self.target_size not in (None, "explicit") and self.width is not None:
            raise ValueError(f"`target_size: {self.target_size}` and `width`, `height` say different sizes; give one")
        return self

    def complete(self) -> dict[str, Any]:
        """One form for what is left out and what is said."""
        values = {**super().complete(), "target_size": self.sized_by, "fit": self.fitted}
        del values["mode"]
        return values

    @property
    def fitted(self) -> FitMode:
        """How inputs of another shape are shown."""
        return self.fit or self.mode or "pad"

    @property
    def sized_by(self) -> str:
        """Whose size the film has."""
        return self.target_size or ("first" if self.width is None else "explicit")


def film_of(config: FilmConfig, clips: Sequence[Clip], sounds: Sequence[Sound]) -> Clip:
    """The film that inputs become, its length still open; it is heard in a format that `sounds` can be brought to.

    InferError for pictures that do not go together.
    """
    pictures = [clip.picture for clip in clips if clip.picture is not None]
    rate = Fraction(config.fps) if config.fps else rate_of(clips) or _STILL_RATE
    try:
        picture = common_picture(pictures, _size(config, pictures), rate)
    except MixedColourError as error:
        raise InferError(str(error), "inputs") from error
    return Clip("film", picture, common_sound(sounds) if sounds else None, notes=notes_of(clips))


def shown(clip: Clip, film: Clip, config: FilmConfig) -> tuple[tuple[str, str], ...]:
    """How an input comes to the size of the film, where it does not just fill it; it decides what a part looks like."""
    assert clip.picture is not None
    assert film.picture is not None
    box = box_of(clip.picture, film.picture.size, config.fitted)
    if box.scaled == box.out:
        return ()
    size = ("scaled", f"{box.scaled[0]}x{box.scaled[1]}")
    return (size, ("background", config.background)) if config.fitted == "pad" else (size,)


def _size(config: FilmConfig, pictures: Sequence[Picture]) -> tuple[int, int]:
    if config.width is not None and config.height is not None:
        return config.width, config.height
    sizes = [picture.squared().size for picture in pictures]
    if config.sized_by == "largest":
        return max(sizes, key=lambda size: size[0] * size[1])
    return sizes[-1 if config.sized_by == "last" else 0]
