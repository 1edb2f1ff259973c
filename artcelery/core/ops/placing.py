"""Where a layer lies on its canvas and when it is shown. Imports no codec library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Literal

from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.editing.conforming import MixedColourError, common_picture
from artcelery.core.media.painting.planar import planar
from artcelery.core.ops.generate_text import ANCHORS
from artcelery.core.ops.op import InferError
from artcelery.core.values import resolve_size

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Streams

__all__ = [
    "BlendMode",
    "Duration",
    "Times",
    "all_heard",
    "at",
    "canvas_of",
    "cut_off",
    "exact",
    "frames_in",
    "pictures_of",
    "rate_of",
    "seconds",
    "time_notes",
    "times_of",
]

BlendMode = Literal[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "add",
    "subtract",
    "average",
    "difference",
    "lighten",
    "darken",
    "soft_light",
    "hard_light",
]
Duration = Literal["first", "longest", "shortest"]


def at(
    position: str | list[int | str], margin: int | str, size: tuple[int, int], canvas: tuple[int, int]
) -> tuple[int, int]:
    """The left upper corner of a layer of that size, in pixels of the canvas.

    Percent are of the free space, as in CSS's `background-position`: 0% is the left or upper edge, 50% the middle,
    100% the right or lower edge. A named place keeps `margin` (pixels, or percent of the canvas's height) from the
    edges it names.
    """
    free = canvas[0] - size[0], canvas[1] - size[1]
    if not isinstance(position, str):
        return _pixels(position[0], free[0]), _pixels(position[1], free[1])
    kept = resolve_size(margin, canvas[1]) if margin else 0
    across, along = ANCHORS[position]
    return _anchored(across, kept, free[0]), _anchored(along, kept, free[1])


def _pixels(place: int | str, free: int) -> int:
    return place if isinstance(place, int) else round(Fraction(place.rstrip("%")) * free / 100)


def _anchored(share: float, margin: int, free: int) -> int:
    return {0.0: margin, 1.0: free - margin}.get(share, free // 2)


def canvas_of(
    pictures: Sequence[Picture], size: tuple[int, int], rate: Fraction | None, *, alpha: bool, rgb: bool
) -> Picture:
    """The format of a canvas: the lowest picture's way to say colour, or RGB where all are or `rgb` asks for it.

    As deep as the deepest. A film keeps its pairs of pixels that share a colour, unless the canvas is transparent.
    InferError for pictures that cannot be shown together.
    """
    try:
        common = common_picture(pictures, size, rate)
    except MixedColourError as error:
        raise InferError(str(error), "inputs") from error
    depth = next(known for known in (8, 10, 12, 16) if known >= min(16, max(item.depth for item in pictures)))
    plain = replace(common, alpha=alpha, depth=depth, sar=Fraction(1))
    if rgb or common.matrix == "rgb":
        plain = replace(plain, matrix="rgb", color_range="pc")
    elif pictures[0].matrix != "rgb":
        plain = replace(plain, matrix=pictures[0].matrix, color_range=pictures[0].color_range)
    return replace(plain, pix_fmt=planar(plain.matrix, _chroma(pictures[0]), depth, alpha))


def _chroma(picture: Picture) -> str:
    """Which pixels share their colour: "420" two by two, "422" neighbours in a row, "444" none (or in a rarer way)."""
    for chroma, names in _CHROMA.items():
        if picture.matrix != "rgb" and picture.pix_fmt.startswith(names):
            return chroma
    return "444"


_CHROMA = {
    "420": ("yuv420", "yuvj420", "yuva420", "nv12", "nv21", "p010", "p012", "p016"),
    "422": ("yuv422", "yuvj422", "yuva422", "nv16", "nv20", "yuyv", "uyvy", "yvyu", "p210", "p212", "p216", "y210"),
}


def rate_of(clips: Sequence[Clip], fps: str | None = None) -> Fraction | None:
    """Pictures a second of what films make together: as asked, or as the first film of a steady rate has it.

    Where each has uneven steps: the average of the first, to a whole number. None where there is no film.
    """
    films = [clip.picture for clip in clips if clip.picture is not None and clip.picture.rate and not clip.is_still]
    if not films:
        return None
    if fps is not None:
        return Fraction(fps)
    steady = next((picture.rate for picture in films if not picture.variable), None)
    return steady or Fraction(max(1, round(films[0].rate or 1)))


@dataclass(frozen=True, slots=True)
class Times:
    """When a layer is shown, in pictures of the film: [first, last)."""

    first: int
    last: int


def frames_in(clip: Clip, rate: Fraction) -> int:
    """How many pictures a film lasts at a rate."""
    return max(1, round((clip.duration or 0) * rate))


def times_of(
    clips: Sequence[Clip], spans: Sequence[tuple[float, float | None]], rate: Fraction, duration: Duration
) -> tuple[int, list[Times]]:
    """How many pictures the film has, and when each clip is shown, which starts and ends (seconds) at its span.

    A picture belongs to a span in which it begins. A film is shown as long as it lasts, a still to its end.
    """
    firsts = [ceil(exact(start) * rate) for start, _ in spans]
    ends = [None if end is None else ceil(exact(end) * rate) for _, end in spans]
    lasts = []
    for clip, first, end in zip(clips, firsts, ends, strict=True):
        natural = None if clip.is_still else first + frames_in(clip, rate)
        lasts.append(min((stop for stop in (natural, end) if stop is not None), default=None))
    films = [last for clip, last in zip(clips, lasts, strict=True) if last is not None and not clip.is_still]
    count = {"first": films[0], "longest": max(films), "shortest": min(films)}[duration]
    return count, [
        Times(first, count if last is None else min(count, last)) for first, last in zip(firsts, lasts, strict=True)
    ]


def exact(seconds: float) -> Fraction:
    """The decimal that was written, not the binary float that came of it: 0.1 is 1/10."""
    return Fraction(repr(seconds))


def pictures_of(clips: Sequence[Clip], node: str) -> list[Picture]:
    """The pictures of all inputs; InferError for one that has none."""
    pictures = [clip.picture for clip in clips]
    for number, (clip, picture) in enumerate(zip(clips, pictures, strict=True), 1):
        if picture is None:
            what = "a document" if clip.kind == "data" else "a sound"
            raise InferError(f"input {number} of this {node} is {what}; give it a still or a film", "inputs")
    return [picture for picture in pictures if picture is not None]


def time_notes(clips: Sequence[Clip], times: Sequence[Times], count: int, rate: Fraction, ended: str) -> list[str]:
    """What a reader of the plan should know of films that end before the result does, or are cut off by its end."""
    notes = []
    for number, (clip, shown) in enumerate(zip(clips, times, strict=True), 1):
        if clip.is_still:
            continue
        natural = shown.first + frames_in(clip, rate)
        if natural == shown.last < count:
            notes.append(f"input {number} ends at {seconds(natural / rate)}: {ended}")
        elif natural > shown.last == count:
            notes.append(cut_off(number, count / rate, natural / rate))
    return notes


def all_heard(input: Streams) -> Audio:
    """All the sound of an input: that of a film may go on after its pictures."""
    assert input.audio is not None
    return replace(input.audio, duration=input.clip.sound_duration)


def cut_off(number: int, end: Fraction, natural: Fraction, what: str = "input") -> str:
    """What a reader of the plan should know of an input that the end of the result cuts off."""
    return f"{what} {number} is cut off at {seconds(end)}; it would last to {seconds(natural)}"


def seconds(time: Fraction) -> str:
    """A time as messages say it."""
    return f"{float(time):.6g} s"
