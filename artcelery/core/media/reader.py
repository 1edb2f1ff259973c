"""Reading films and sounds: decoded frames from time 0, cut by seeking, with picture and sound in step.

Picture and sound are read through two openings of the file, so that neither can block the other however the file is
interleaved. Time 0 is the first picture of a film, or the first sample of a sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.cutting import on_grid
from artcelery.core.media.filtering import Link, filter_audio, filter_video
from artcelery.core.media.limits import Limits
from artcelery.core.media.opening import open_media, picture_stream, sound_stream
from artcelery.core.media.pump import ahead
from artcelery.core.media.turning import TURNS, orientation_of, turns_sideways
from artcelery.core.media.whole import SLACK_S

__all__ = ["SoundFile", "VideoFile"]


@dataclass(frozen=True)
class _File:
    """A file to read from: [begin, end) seconds of it."""

    path: Path
    clip: Clip
    limits: Limits
    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    precise: bool = True

    def _part(self, begin: Fraction, end: Fraction | None, precise: bool) -> dict[str, Any]:
        """The bounds of a part of this part, in seconds of the file."""
        stop = self.end if end is None else self.begin + end
        return {"begin": on_grid(self.begin + begin, self.clip), "end": stop, "precise": precise}


class VideoFile(_File):
    """The pictures of a file, upright, tagged, on a steady grid when the file has a steady rate."""

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoFile:
        """Only [begin, end) of these."""
        return replace(self, **self._part(begin, end, precise))

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, decoded ahead in a thread of their own."""
        return ahead(self._upright(), "decode video")

    def _upright(self) -> Iterator[av.VideoFrame]:
        """The pictures turned as their file says (phones write sideways films with a note)."""
        frames = self._timed()
        first = next(frames, None)
        if first is None:
            raise RenderError(f"no picture could be read from {self.path.name!r} at {float(self.begin):.3f} s")
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
        picture = self.clip.picture
        assert picture is not None
        grid = None if picture.variable or picture.rate is None else 1 / picture.rate
        tags, index, first = tags_of(picture), -1, None
        for time, frame in self._decoded():
            first = time if first is None else first
            if grid is None:
                base = frame.time_base or Fraction(1, 1000)
                frame.pts = 0 if time == first else round((time - max(self.begin, Fraction(0))) / base)
            else:
                index = max(index + 1, round((time - first) / grid))
                frame.pts, frame.time_base, frame.duration = index, grid, 1
            frame.dts = None
            yield tag(frame, tags)

    def _decoded(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Frames with their times in the file, from the first that is wanted to the last."""
        with open_media(self.path, self.limits) as container:
            stream = picture_stream(container)
            stream.thread_type = "AUTO"
            zero = _start(stream)
            _seek(container, stream, self.begin, zero)
            last, end = None, self.end
            for frame in _decodable(_pictures(container, stream, self.clip), self.path):
                if frame.pts is None:
                    continue
                time = frame.pts * stream.time_base - zero
                if last is None and not self.precise and end is not None:
                    end += time - self.begin
                if end is not None and time >= end:
                    return
                last = time
                if time >= self.begin - _half_tick(stream) or not self.precise:
                    self._whole(frame, time)
                    yield time, frame
            self._ended_as_promised(last)

    def _whole(self, frame: av.VideoFrame, time: Fraction) -> None:
        if frame.is_corrupt:
            raise RenderError(
                f"the picture at {float(time):.3f} s of {self.path.name!r} is damaged and cannot be decoded"
            )

    def _ended_as_promised(self, last: Fraction | None) -> None:
        promised = self.clip.duration if self.end is None else min(self.end, self.clip.duration or self.end)
        if last is not None and promised is not None and last + SLACK_S < promised - self._longest_frame():
            raise RenderError(_cut_short(self.path, last, promised))

    def _longest_frame(self) -> Fraction:
        rate = self.clip.picture.rate if self.clip.picture else None
        return 2 / rate if rate else Fraction(0)


class SoundFile(_File):
    """The sound of a file, from time 0 without gaps."""

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> SoundFile:
        """Only [begin, end) of it."""
        return replace(self, **self._part(begin, end, precise))

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks, decoded ahead in a thread of their own; gaps in the file are silence."""
        begin = self._begin()
        return ahead(filter_audio(self._timed(begin), self._exact(begin)), "decode sound", size=64)

    def _exact(self, begin: Fraction) -> list[Filter]:
        """Silence where the file has none, and the last sample where the cut says."""
        chain = [Filter("aresample", **{"async": 1, "first_pts": 0, "min_hard_comp": 0.05})]
        end = self._end(begin)
        if end is not None:
            assert self.clip.sound is not None
            chain.append(Filter("atrim", end_sample=round((end - begin) * self.clip.sound.rate)))
        return [*chain, Filter("asetpts", expr="N/SR/TB")]

    def _end(self, begin: Fraction) -> Fraction | None:
        """Where sound ends: at the cut, or where the file says; what a codec pads after that is not sound."""
        cut = None if self.end is None else self.end + begin - self.begin
        return min((time for time in (cut, self._said_end()) if time is not None), default=None)

    def _said_end(self) -> Fraction | None:
        """Where the sound ends as its file says, in seconds from time 0; None when it does not say."""
        if self.clip.kind == "sound":
            return self.clip.duration
        with open_media(self.path, self.limits) as container:
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

    def _begin(self) -> Fraction:
        """Where sound begins: at the picture's own beginning when that is a key frame."""
        if self.precise or self.clip.picture is None or self.begin == 0:
            return self.begin
        with open_media(self.path, self.limits) as container:
            stream = picture_stream(container)
            _seek(container, stream, self.begin, _start(stream))
            frame = next(iter(container.decode(stream)))
            return (frame.pts or 0) * Fraction(stream.time_base or 1) - _start(stream)

    def _decoded(self, begin: Fraction) -> Iterator[tuple[Fraction, av.AudioFrame]]:
        with open_media(self.path, self.limits) as container:
            stream = sound_stream(container)
            zero = self._zero(container)
            _seek(container, stream, begin, zero)
            clock: Fraction | None = None
            for frame in _decodable(container.decode(stream), self.path):
                if frame.pts is not None:
                    time = frame.pts * (frame.time_base or stream.time_base) - zero
                elif clock is not None:
                    time = clock
                else:
                    time = Fraction(0)
                clock = time + Fraction(frame.samples, frame.sample_rate)
                if self.end is not None and time >= self.end:
                    return
                if clock > begin:
                    yield time, frame
            self._ended_as_promised(clock)

    def _ended_as_promised(self, reached: Fraction | None) -> None:
        promised = self._end(self.begin)
        if promised is not None and (reached or 0) + SLACK_S < promised:
            raise RenderError(_cut_short(self.path, reached or Fraction(0), promised))


def _pictures(container: InputContainer, stream: Any, clip: Clip) -> Iterator[av.VideoFrame]:
    """The decoded pictures; FFmpeg's own VP8 and VP9 decoders drop transparency, libvpx's keep it."""
    decoder = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if decoder is None or clip.picture is None or not clip.picture.alpha:
        yield from container.decode(stream)
        return
    context: Any = av.CodecContext.create(decoder, "r")
    for packet in container.demux(stream):
        for frame in context.decode(packet if packet.size else None):
            frame.time_base = stream.time_base
            yield frame


def _decodable(frames: Iterator[Any], path: Path) -> Iterator[Any]:
    """The frames; RenderError, naming the file, where it cannot be decoded."""
    time = 0.0
    try:
        for frame in frames:
            time = frame.time or time
            yield frame
    except av.error.FFmpegError as error:
        raise RenderError(
            f"{path.name!r} cannot be decoded after {time:.3f} s ({error.strerror}); it is damaged or cut short"
        ) from error


def _cut_short(path: Path, reached: Fraction, promised: Fraction) -> str:
    return (
        f"{path.name!r} ends at {float(reached):.3f} s, but it says it lasts {float(promised):.3f} s;"
        " it is truncated or damaged"
    )


def _start(stream: Any) -> Fraction:
    return (stream.start_time or 0) * Fraction(stream.time_base)


def _half_tick(stream: Any) -> Fraction:
    """Half a tick of the file's clock: containers round the times of frames (Matroska to milliseconds)."""
    return Fraction(stream.time_base) / 2


def _seek(container: InputContainer, stream: Any, begin: Fraction, zero: Fraction) -> None:
    """Move to the key frame at or before `begin`; a container that cannot seek is read from its start."""
    if begin <= 0:
        return
    try:
        container.seek(int((begin + zero) / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        container.seek(0)


def _chained(first: av.VideoFrame, rest: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    yield first
    yield from rest
