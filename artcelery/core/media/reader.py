"""Reading films and sounds: decoded frames from time 0, cut by seeking, with picture and sound in step.

Picture and sound are read through two openings of the file, so that neither can block the other however the file is
interleaved. Time 0 is the first picture of a film, or the first sample of a sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.cutting import grid_of, on_grid, shown_at
from artcelery.core.media.decoding import decodable, decode_pictures, decode_sound
from artcelery.core.media.filtering import Link, filter_audio, filter_video
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media, picture_stream, sound_stream
from artcelery.core.media.probing.regular import named
from artcelery.core.media.probing.turning import TURNS, orientation_of, turns_sideways
from artcelery.core.media.probing.whole import SLACK_S
from artcelery.core.media.pump import ahead
from artcelery.core.media.sound.clock import SoundClock

__all__ = ["SoundFile", "VideoFile"]

_PREROLL_S = Fraction(1, 2)
"""How much sound before a cut is decoded: a lossy block is only right when those before it were decoded too.

AAC overlaps two blocks, Opus asks for 80 ms (RFC 7845, 4.6), MP3 may refer back to 9 blocks of 26 ms.
"""

_BLOCKS_READ = 4
"""How many blocks are decoded to learn where they begin: the first are short where a codec says what to leave out."""

_BACK_S = (0, 1, 4, 16, inf)
"""How much earlier a key frame is looked for, until one is found. Where a container has no index (MPEG-TS, MPEG-PS),
FFmpeg seeks to any packet, and the first picture that can be decoded there may come after the one that was asked for.
In MPEG-PS not every picture has a time, and those that FFmpeg guesses after seeking are wrong up to the first that has.
"""


@dataclass(frozen=True)
class _File:
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

    def _bounds(self) -> tuple[Fraction, Fraction | None]:
        """Where this part really begins and ends: at the picture's own beginning when that is a key frame."""
        if self.precise or self.clip.picture is None or self.begin == 0:
            return self.begin, self.end
        with open_media(self.path, self.limits) as container:
            stream = picture_stream(container)
            frame = next(self._from_key_frame(container, stream), None)
            if frame is None:
                raise self._nothing_there()
            first = self._time(frame, stream)
        return first, None if self.end is None else self.end + first - self.begin

    def _from_key_frame(self, container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
        """The pictures from a key frame at or before the beginning of this part; those without a time are left out."""
        start = _start(stream)
        for back in _BACK_S[container.format.name == "mpeg" :]:
            begin = Fraction(max(0, self.begin - back))
            _seek(container, stream, begin, start, anew=back > 0)
            decoded = decodable(decode_pictures(container, stream), self.called)
            frames = (frame for frame in decoded if frame.pts is not None)
            first = next(frames, None)
            if first is not None and (begin == 0 or self._time(first, stream) <= self.begin):
                return _chained(first, frames)
        return iter(())

    def _nothing_there(self) -> RenderError:
        return RenderError(f"no picture could be read from {self.called} at {float(self.begin):.3f} s")

    def _time(self, frame: av.VideoFrame, stream: Any) -> Fraction:
        """When a picture is shown, freed of the rounding to the file's clock (Matroska counts milliseconds)."""
        time, grid = Fraction((frame.pts or 0) * stream.time_base) - _start(stream), grid_of(self.clip)
        if grid is not None:
            return Fraction(round(time * grid)) / grid
        edges = (edge for edge in (self.begin, self.end) if edge is not None)
        return next((edge for edge in edges if abs(time - edge) <= Fraction(stream.time_base) / 2), time)


class VideoFile(_File):
    """The pictures of a file, upright, tagged, on a steady grid when the file has a steady rate."""

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoFile:
        """Only [begin, end) of these."""
        first, stop = self._bounds()
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
            raise self._nothing_there()
        orientation = orientation_of(first)
        turn = TURNS[orientation]
        whole = _chained(first, frames)
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
                frame.pts = round((time - origin) / (frame.time_base or 1))
            else:
                index = max(index + 1, round((time - first) * grid))
                frame.pts, frame.time_base, frame.duration = index, 1 / grid, 1
            frame.dts = None
            yield tag(frame, tags)

    def _wanted(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The pictures of this part with their times in the file; RenderError for a damaged one."""
        frames = self._until_end()
        for time, frame in shown_at(self.begin, frames, grid_of(self.clip)) if self.precise else frames:
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
            for frame in self._from_key_frame(container, stream):
                time, frame.time_base = self._time(frame, stream), stream.time_base
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
            raise RenderError(_cut_short(self.called, reached, promised))

    def _longest_frame(self) -> Fraction:
        rate = self.clip.picture.rate if self.clip.picture else None
        return 2 / rate if rate else Fraction(0)


@dataclass(frozen=True)
class SoundFile(_File):
    """The sound of a file, from time 0 without gaps; `looking` as in `open_media`."""

    looking: bool = True

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> SoundFile:
        """Only [begin, end) of it: a part of a part begins so many samples after the beginning of that."""
        first, stop = self._edges()
        if end is not None:
            last = first + self._at_sample(end)
            stop = last if stop is None else min(stop, last)
        return replace(self, begin=first + (self._at_sample(begin) if precise else begin), end=stop, precise=precise)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks, decoded ahead in a thread of their own; gaps in the file are silence."""
        begin, end = self._edges()
        return ahead(filter_audio(self._timed(begin), self._exact(begin, end)), "decode sound", size=64)

    def _edges(self) -> tuple[Fraction, Fraction | None]:
        """Where this part begins and ends, at a sample."""
        begin, end = self._bounds()
        return self._at_sample(begin), None if end is None else self._at_sample(end)

    def _at_sample(self, time: Fraction) -> Fraction:
        assert self.clip.sound is not None
        return Fraction(round(time * self.clip.sound.rate), self.clip.sound.rate)

    def _exact(self, begin: Fraction, end: Fraction | None) -> list[Filter]:
        """Silence where the file has none, and the last sample where the cut says."""
        chain = [Filter("aresample", **{"async": 1, "first_pts": 0, "min_hard_comp": 0.05})]
        end = self._end(end)
        if end is not None:
            assert self.clip.sound is not None
            chain.append(Filter("atrim", end_sample=round((end - begin) * self.clip.sound.rate)))
        return [*chain, Filter("asetpts", expr="N/SR/TB")]

    def _end(self, cut: Fraction | None) -> Fraction | None:
        """Where sound ends: at the cut, or where the file says; what a codec pads after that is not sound."""
        return min((time for time in (cut, self._said_end()) if time is not None), default=None)

    def _said_end(self) -> Fraction | None:
        """Where the sound ends as its file says, in seconds from time 0; None when it does not say."""
        if self.clip.kind == "sound":
            return self.clip.duration
        with open_media(self.path, self.limits, looking=self.looking) as container:
            stream = sound_stream(container)
            if not stream.duration:
                return None
            return _start(stream) + Fraction(stream.duration * stream.time_base) - self._zero(container)

    def _zero(self, container: InputContainer) -> Fraction:
        return _start(picture_stream(container) if self.clip.picture else sound_stream(container))

    def _timed(self, begin: Fraction) -> Iterator[av.AudioFrame]:
        for time, frame in self._decoded(begin):
            frame.pts = round((time - begin) * frame.sample_rate)
            frame.time_base = Fraction(1, frame.sample_rate)
            yield frame

    def _decoded(self, begin: Fraction) -> Iterator[tuple[Fraction, av.AudioFrame]]:
        with open_media(self.path, self.limits, looking=self.looking) as container:
            stream = sound_stream(container)
            zero = self._zero(container)
            clock, ends = SoundClock(stream.time_base), None
            if begin > _PREROLL_S:
                for frame in islice(decodable(decode_sound(container, stream), self.called), _BLOCKS_READ):
                    clock.begin(frame)
                clock.jump()
                _seek(container, stream, begin - _PREROLL_S, zero)
            for frame in decodable(decode_sound(container, stream), self.called):
                time = clock.begin(frame) - zero
                ends = time + Fraction(frame.samples, frame.sample_rate)
                if self.end is not None and time >= self.end:
                    return
                if ends > begin:
                    yield time, frame
            self._ended_as_promised(ends)

    def _ended_as_promised(self, reached: Fraction | None) -> None:
        promised = self._end(self.end)
        if promised is not None and (reached or 0) + SLACK_S < promised:
            raise RenderError(_cut_short(self.called, reached or Fraction(0), promised))


def _cut_short(called: str, reached: Fraction, promised: Fraction) -> str:
    return (
        f"{called} ends at {float(reached):.3f} s, but it says it lasts {float(promised):.3f} s;"
        " it is truncated or damaged"
    )


def _start(stream: Any) -> Fraction:
    return (stream.start_time or 0) * Fraction(stream.time_base)


def _seek(container: InputContainer, stream: Any, begin: Fraction, zero: Fraction, anew: bool = False) -> None:
    """Move to the key frame at or before `begin`; a container that cannot seek is read from its start.

    `anew`: something was read already.
    """
    if begin <= 0:
        if anew:
            container.seek(int(min(Fraction(0), zero) * av.time_base))
        return
    try:
        container.seek(int((begin + zero) / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        container.seek(0)


def _chained(first: av.VideoFrame, rest: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    yield first
    yield from rest
