"""LAYER: pictures over pictures, each at its place and for its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, isqrt
from typing import TYPE_CHECKING

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.editing.conforming import changes, common_sound, notes_of
from artcelery.core.media.editing.fitting import box_of
from artcelery.core.media.limits import Limits
from artcelery.core.ops.layer_config import LayerConfig, LayerItem
from artcelery.core.ops.op import InferError, StreamOp, op
from artcelery.core.ops.placing import at, canvas_of, pictures_of
from artcelery.core.ops.timing import Times, exact, rate_of, seconds, sum_notes, time_notes, times_of
from artcelery.core.values import resolve_size

if TYPE_CHECKING:
    from artcelery.core.media.painting.layering import Layer as Laid
    from artcelery.core.media.stream import Audio, Streams

__all__ = ["Layer"]

_BLACK = "#000000"
_MOST_PIXELS = Limits().max_pixels


@dataclass(frozen=True, slots=True)
class _Placed:
    """An input on the canvas."""

    item: LayerItem
    size: tuple[int, int]
    at: tuple[int, int]
    times: Times


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """All inputs on the canvas; `count` pictures."""

    canvas: Picture
    count: int
    placed: tuple[_Placed, ...]


@op("LAYER", version=1, inputs=(1, None), config=LayerConfig)
class Layer(StreamOp[LayerConfig]):
    """Stills and films over each other, the first input at the bottom.

    Each input is as large as it is, at the upper left corner, from the beginning to its end, unless its entry says
    otherwise. A film that has ended is gone: what lies below is seen, or the background.
    """

    def infer(self, *clips: Clip) -> Clip:
        """The film, or the still when all inputs are; InferError where they do not go together."""
        arranged = self._arranged(clips)
        canvas, count, rate = arranged.canvas, arranged.count, arranged.canvas.rate
        sound = self._sound(clips) if rate else None
        notes = [*notes_of(clips), *self._notes(clips, arranged, sound)]
        if rate is None:
            return Clip("still", canvas, frames=1).noting(*notes)
        return Clip("film", canvas, sound, count / rate, count).noting(*notes)

    def heard(self, count: int) -> Iterable[int]:
        """Those that `audio` names."""
        return {"mix": range(count), "first": range(1), "none": range(0)}[self.config.audio]

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The layers painted over each other, and their sounds together."""
        from artcelery.core.media.painting.layering import layered
        from artcelery.core.media.stream import Streams

        arranged = self._arranged([item.clip for item in inputs])
        layers = [
            _laid(placed, item, arranged.canvas.rate) for placed, item in zip(arranged.placed, inputs, strict=True)
        ]
        return Streams(
            clip, layered(clip, layers, self.config.background or _BLACK), self._mixed(clip, arranged, inputs)
        )

    def _mixed(self, clip: Clip, arranged: _Arrangement, inputs: Sequence[Streams]) -> Audio | None:
        from artcelery.core.media.sound.mixing import Placed, mix

        rate = arranged.canvas.rate
        if clip.sound is None or rate is None or clip.duration is None:
            return None
        sounds = []
        for number in self.heard(len(inputs)):
            audio, times = inputs[number].audio, arranged.placed[number].times
            if audio is not None:
                sounds.append(Placed(audio, times.first / rate, (times.last - times.first) / rate))
        return mix(sounds, clip.sound, clip.duration, grid=rate)

    def _arranged(self, clips: Sequence[Clip]) -> _Arrangement:
        pictures = pictures_of(clips, "LAYER")
        items = self._items(len(clips))
        rate = rate_of(clips, self.config.fps)
        if rate is None:
            count, times = 1, [Times(0, 1)] * len(clips)
            self._only_stills(items)
        else:
            spans = [(item.start, item.end) for item in items]
            count, times = times_of(clips, spans, rate, self.config.duration)
            _all_shown(times, count, rate)
            _refuse_fades(items, times, rate)
        size, places = self._grid(pictures) if self.config.layout == "grid" else self._free(pictures, items)
        canvas = canvas_of(
            pictures,
            size,
            rate,
            alpha=pictures[0].alpha and self.config.background is None,
            rgb=any(item.blend != "normal" for item in items),
        )
        placed = (_Placed(*each) for each in zip(items, *zip(*places, strict=True), times, strict=True))
        return _Arrangement(canvas, count, tuple(placed))

    def _items(self, count: int) -> list[LayerItem]:
        given = self.config.layers
        if len(given) > count:
            raise InferError(f"`layers` has {len(given)} entries, but there are {count} inputs", "layers")
        return [*given, *[LayerItem()] * (count - len(given))]

    def _only_stills(self, items: Sequence[LayerItem]) -> None:
        for number, item in enumerate(items, 1):
            if item.start or item.end is not None or item.fade:
                raise InferError(f"layer {number} has a `start`, `end` or `fade`, but all inputs are stills", "layers")
        if self.config.fps is not None:
            raise InferError("all inputs are stills, which have no `fps`; give it to a GENERATE or SEQUENCE", "fps")

    def _free(
        self, pictures: Sequence[Picture], items: Sequence[LayerItem]
    ) -> tuple[tuple[int, int], list[tuple[tuple[int, int], tuple[int, int]]]]:
        """The size of the canvas, and the size and corner of each input."""
        first = pictures[0].squared()
        canvas = self.config.width or first.width, self.config.height or first.height
        places = []
        for number, (picture, item) in enumerate(zip(pictures, items, strict=True), 1):
            size = _size(picture, item, canvas)
            if size[0] * size[1] > _MOST_PIXELS:
                raise InferError(
                    f"layer {number} would be {size[0]}x{size[1]}; at most {_MOST_PIXELS} pixels are made", "layers"
                )
            x, y = at(item.position, item.margin, size, canvas)
            if not (-size[0] < x < canvas[0] and -size[1] < y < canvas[1]):
                raise InferError(
                    f"layer {number} ({size[0]}x{size[1]} at {x}, {y}) lies outside of the canvas"
                    f" ({canvas[0]}x{canvas[1]})",
                    "layers",
                )
            places.append((size, (x, y)))
        return canvas, places

    def _grid(
        self, pictures: Sequence[Picture]
    ) -> tuple[tuple[int, int], list[tuple[tuple[int, int], tuple[int, int]]]]:
        """As `_free`, of cells side by side, row after row, each picture in the middle of its own."""
        config, first = self.config, pictures[0].squared()
        cell = _asked(first, config.cell_width, config.cell_height, first.size) or first.size
        columns = min(config.columns or isqrt(len(pictures) - 1) + 1, len(pictures))
        rows = ceil(len(pictures) / columns)
        places = []
        for number, picture in enumerate(pictures):
            size = box_of(picture, cell, "fit").scaled
            corner = [
                (cell[axis] + config.gap) * place for axis, place in enumerate((number % columns, number // columns))
            ]
            places.append((size, (corner[0] + (cell[0] - size[0]) // 2, corner[1] + (cell[1] - size[1]) // 2)))
        canvas = [side * cells + config.gap * (cells - 1) for side, cells in zip(cell, (columns, rows), strict=True)]
        return (canvas[0], canvas[1]), places

    def _sound(self, clips: Sequence[Clip]) -> Sound | None:
        if self.config.audio == "first" and clips[0].sound is None:
            raise InferError("input 1 has no sound; choose `audio: mix` or none", "audio")
        sounds = [clips[number].sound for number in self.heard(len(clips))]
        heard = [sound for sound in sounds if sound is not None]
        return common_sound(heard) if heard else None

    def _notes(self, clips: Sequence[Clip], arranged: _Arrangement, sound: Sound | None) -> list[str]:
        canvas = arranged.canvas
        notes: list[str] = []
        for number, (clip, placed) in enumerate(zip(clips, arranged.placed, strict=True), 1):
            assert clip.picture is not None
            width, height = placed.size
            shown = replace(canvas, width=width, height=height, alpha=clip.picture.alpha)
            heard = sound if clip.sound and number - 1 in self.heard(len(clips)) else None
            notes += [*changes(number, clip, shown, heard, "fit"), *_cut_at_edges(number, placed, canvas)]
        if canvas.rate is not None:
            times = [placed.times for placed in arranged.placed]
            notes += time_notes(clips, times, arranged.count, canvas.rate, "what lies below it is seen from there")
            notes += sum_notes([times[number] for number in self.heard(len(clips)) if clips[number].sound])
        return notes


def _cut_at_edges(number: int, placed: _Placed, canvas: Picture) -> list[str]:
    """What a named place does not show of an input; [x, y] is meant so."""
    (width, height), (x, y) = placed.size, placed.at
    fits = x >= 0 and y >= 0 and x + width <= canvas.width and y + height <= canvas.height
    if fits or not isinstance(placed.item.position, str):
        return []
    return [
        f"input {number}: {width}x{height} at {x}, {y} goes over the edges of the canvas"
        f" ({canvas.width}x{canvas.height}); what lies outside is not seen"
    ]


def _laid(placed: _Placed, input: Streams, rate: Fraction | None) -> Laid:
    from artcelery.core.media.painting.compositing import Place
    from artcelery.core.media.painting.fading import Fades
    from artcelery.core.media.painting.layering import Layer as Laid

    assert input.video is not None
    item, times = placed.item, placed.times
    place, fades = Place(*placed.at, item.opacity, item.blend), None
    if item.fade and rate:
        coming, going = item.fade
        fades = Fades(exact(coming) * rate, exact(going) * rate, times.last - times.first)
    return Laid(input.video, placed.size, place, times.first, times.last, fades=fades)


def _size(picture: Picture, item: LayerItem, canvas: tuple[int, int]) -> tuple[int, int]:
    square = picture.squared()
    if item.scale is not None:
        factor = exact(item.scale)
        return max(1, round(square.width * factor)), max(1, round(square.height * factor))
    asked = _asked(square, item.width, item.height, canvas) or square.size
    return box_of(square, asked, "fit").scaled if item.width is not None and item.height is not None else asked


def _asked(
    picture: Picture, width: int | str | None, height: int | str | None, whole: tuple[int, int]
) -> tuple[int, int] | None:
    """A size of which one side or both are said, in pixels or of `whole`; None: it is not said."""
    wide = None if width is None else resolve_size(width, whole[0])
    tall = None if height is None else resolve_size(height, whole[1])
    if wide is not None and tall is not None:
        return wide, tall
    if wide is not None:
        return wide, max(1, round(Fraction(wide * picture.height, picture.width)))
    if tall is not None:
        return max(1, round(Fraction(tall * picture.width, picture.height))), tall
    return None


def _all_shown(times: Sequence[Times], count: int, rate: Fraction) -> None:
    for number, shown in enumerate(times, 1):
        if shown.first >= count:
            raise InferError(
                f"layer {number} begins at {seconds(shown.first / rate)}, but the film ends at {seconds(count / rate)}",
                "layers",
            )
        if shown.first >= shown.last:
            raise InferError(f"no picture of the film begins while layer {number} is shown", "layers")


def _refuse_fades(items: Sequence[LayerItem], times: Sequence[Times], rate: Fraction) -> None:
    for number, (item, shown) in enumerate(zip(items, times, strict=True), 1):
        length = (shown.last - shown.first) / rate
        if item.fade and sum(map(exact, item.fade)) > length:
            raise InferError(
                f"layer {number} is shown for {seconds(length)}, and its fades take {sum(item.fade):g} s; shorten them",
                "layers",
            )
