"""A part of a file, and where it really begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.cutting import grid_of
from artcelery.core.media.decoding import decodable, decode_pictures
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media, picture_stream
from artcelery.core.media.probing.regular import named
from artcelery.core.media.pump import chained
from artcelery.core.media.reading.seeking import seek, start_of

__all__ = ["FilePart", "cut_short"]

_BACK_S = (0, 1, 4, 16, inf)
"""How much earlier a key frame is looked for, until one is found. Where a container has no index (MPEG-TS, MPEG-PS),
FFmpeg seeks to any packet, and the first picture that can be decoded there may come after the one that was asked for.
In MPEG-PS not every picture has a time, and those that FFmpeg guesses after seeking are wrong up to the first that has.
"""


@dataclass(frozen=True)
class FilePart:
    """A file to read from: [begin, end) seconds of it."""

    path: Path
    clip: Clip
    limits: Limits
    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    precise: bool = True

    @property
    def called(self) -> str:
        """The file as messages show it."""
        return named(self.path)

    def bounds(self) -> tuple[Fraction, Fraction | None]:
        """Where this part really begins and ends: at the picture's own beginning when that is a key frame."""
        if self.precise or self.clip.picture is None or self.begin == 0:
            return self.begin, self.end
        with open_media(self.path, self.limits) as container:
            stream = picture_stream(container)
            frame = next(self.from_key_frame(container, stream), None)
            if frame is None:
                raise self.nothing_there()
            first = self.time_of(frame, stream)
        return first, None if self.end is None else self.end + first - self.begin

    def from_key_frame(self, container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
        """The pictures from a key frame at or before the beginning of this part; those without a time are left out."""
        start = start_of(stream)
        for back in _BACK_S[container.format.name == "mpeg" :]:
            begin = Fraction(max(0, self.begin - back))
            seek(container, stream, begin, start, anew=back > 0)
            decoded = decodable(decode_pictures(container, stream), self.called)
            frames = (frame for frame in decoded if frame.pts is not None)
            first = next(frames, None)
            if first is not None and (begin == 0 or self.time_of(first, stream) <= self.begin):
                return chained(first, frames)
        return iter(())

    def nothing_there(self) -> RenderError:
        """The error of a part without a picture."""
        return RenderError(f"no picture could be read from {self.called} at {float(self.begin):.3f} s")

    def time_of(self, frame: av.VideoFrame, stream: Any) -> Fraction:
        """When a picture is shown, freed of the rounding to the file's clock (Matroska counts milliseconds)."""
        time, grid = Fraction((frame.pts or 0) * stream.time_base) - start_of(stream), grid_of(self.clip)
        if grid is not None:
            return Fraction(round(time * grid)) / grid
        edges = (edge for edge in (self.begin, self.end) if edge is not None)
        return next((edge for edge in edges if abs(time - edge) <= Fraction(stream.time_base) / 2), time)


def cut_short(called: str, reached: Fraction, promised: Fraction) -> RenderError:
    """The error of a file that ends before it should, both in seconds."""
    return RenderError(
        f"{called} ends at {float(reached):.3f} s, but it says it lasts {float(promised):.3f} s;"
        " it is truncated or damaged"
    )
