"""The pictures of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import av

from artcelery.core.errors import RenderError
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.cutting import grid_of, moved, on_grid, shown_between
from artcelery.core.media.filtering import Link, filter_video
from artcelery.core.media.probing.opening import open_media, picture_stream
from artcelery.core.media.probing.turning import TURNS, orientation_of, turns_sideways
from artcelery.core.media.probing.whole import SLACK_S
from artcelery.core.media.pump import ahead, chained
from artcelery.core.media.reading.part import FilePart, cut_short

__all__ = ["VideoFile"]


class VideoFile(FilePart):
    """The pictures of a file, upright, tagged, on a steady grid when the file has a steady rate."""

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoFile:
        """Only [begin, end) of these."""
        first, stop = self.bounds()
        if end is not None:
            stop = first + end if stop is None else min(stop, first + end)
        stop = None if stop is None else on_grid(stop, self.clip)
        return replace(self, begin=on_grid(first + begin, self.clip), end=stop, precise=precise)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, decoded ahead in a thread of their own."""
        return ahead(self._upright(), "decode video")

    def _upright(self) -> Iterator[av.VideoFrame]:
        """The pictures turned as their file says (phones write sideways films with a note)."""
        frames = self._timed()
        first = next(frames, None)
        if first is None:
            raise self.nothing_there()
        orientation = orientation_of(first)
        turn = TURNS[orientation]
        whole = chained(first, frames)
        picture = self.clip.picture
        assert picture is not None
        if not turn:
            yield from whole
        else:
            stored = replace(picture, sar=1 / picture.sar if turns_sideways(orientation) else picture.sar)
            yield from filter_video(whole, [Link(turn, "none")], stored)

    def _timed(self) -> Iterator[av.VideoFrame]:
        """The pictures at their times from 0; on a grid each has a step of its own."""
        picture = self.clip.picture
        assert picture is not None
        grid, tags, index, first = grid_of(self.clip), tags_of(picture), -1, None
        for time, frame in self._wanted():
            first = time if first is None else first
            if grid is None:
                origin = self.begin if self.precise and time > first else first
                moved(frame, time - origin, self.begin)
            else:
                index = max(index + 1, round((time - first) * grid))
                frame.pts, frame.time_base, frame.duration = index, 1 / grid, 1
            frame.dts = None
            yield tag(frame, tags)

    def _wanted(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The pictures of this part with their times in the file; RenderError for a damaged one."""
        frames = self._until_end()
        for time, frame in shown_between(self.begin, self.end, frames, self.clip) if self.precise else frames:
            if frame.is_corrupt:
                raise RenderError(
                    f"the picture at {float(time):.3f} s of {self.called} is damaged; it is not decodable"
                )
            yield time, frame

    def _until_end(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The pictures with their times, from the key frame before this part to its end."""
        with open_media(self.path, self.limits) as container:
            stream = picture_stream(container)
            stream.thread_type = "AUTO"
            reached, end = None, self.end
            for frame in self.from_key_frame(container, stream):
                time, frame.time_base = self.time_of(frame, stream), stream.time_base
                if reached is None and not self.precise and end is not None:
                    end += time - self.begin
                if end is not None and time >= end:
                    return
                reached = time + (frame.duration or 0) * Fraction(stream.time_base)
                yield time, frame
            self._ended_as_promised(reached)

    def _ended_as_promised(self, reached: Fraction | None) -> None:
        promised = self.clip.duration if self.end is None else min(self.end, self.clip.duration or self.end)
        if reached is not None and promised is not None and reached + SLACK_S < promised - self._longest_frame():
            raise cut_short(self.called, reached, promised)

    def _longest_frame(self) -> Fraction:
        rate = self.clip.picture.rate if self.clip.picture else None
        return 2 / rate if rate else Fraction(0)
