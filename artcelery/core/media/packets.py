"""Pictures that are copied, not encoded: packets of parts after one another, or those of a whole file.

Each part begins with a picture that needs no other one and holds just its own, so that packets stay in their order and
only their times move. Parts of one film have one parameter set, which is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import av

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media, picture_stream
from artcelery.core.media.pump import stopping
from artcelery.core.media.reading.sound import SoundFile
from artcelery.core.media.stream import Audio, AudioOrigin, Streams, Video

__all__ = ["Packet", "PacketSource", "copied", "open_part", "packets_of"]

_REORDERED = {"h264": 2}
"""How many pictures later than in its place a packet may be shown: x264's B-frames, with a pyramid."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet with its times in ticks of `time_base`, counted from the first picture; its duration is in them too."""

    packet: Any
    pts: int
    dts: int
    time_base: Fraction

    @property
    def time(self) -> Fraction:
        """When it is to be decoded, in seconds."""
        return self.dts * self.time_base


Where = Callable[[], Path]
"""Says where a file lies, when it is needed; it may still be in the making."""


@dataclass(frozen=True)
class PacketSource:
    """Where packets come from: files with how many pictures each holds, on the grid of `rate`; a source has none."""

    paths: Sequence[Where]
    frames_in: Sequence[int]
    rate: Fraction | None
    limits: Limits

    def frames(self) -> Iterator[av.VideoFrame]:
        """Nobody looks at pictures that are copied."""
        raise RenderError("the pictures of this film are copied; they cannot be changed as well")

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> PacketSource:
        """The same: a film that is copied was cut to its parts before."""
        return self

    def template(self, output: av.container.OutputContainer) -> Any:
        """A stream of `output` for these packets."""
        with open_media(self.paths[0](), self.limits) as container:
            stream: Any = output.add_stream_from_template(picture_stream(container), opaque=True)
        stream.time_base = self._time_base()
        return stream

    def packets(self) -> Iterator[Packet]:
        """All packets in the order of decoding."""
        return self._whole(self.paths[0]()) if self.rate is None else self._joined(self.rate)

    def _time_base(self) -> Fraction:
        if self.rate is not None:
            return 1 / self.rate
        with open_media(self.paths[0](), self.limits) as container:
            return Fraction(picture_stream(container).time_base)

    def _joined(self, rate: Fraction) -> Iterator[Packet]:
        start, parameters = 0, None
        for path, frames in zip(self.paths, self.frames_in, strict=True):
            with open_media(path(), self.limits, looking=False) as container:
                stream = picture_stream(container)
                said = bytes(stream.codec_context.extradata or b"")
                parameters = said if parameters is None else parameters
                if said != parameters:
                    raise RenderError(
                        "two parts of the film were encoded with different parameters; it cannot be joined"
                    )
                count = 0
                for packet in _placed(container, stream, start, rate):
                    yield packet
                    count += 1
            if count != frames:
                raise RenderError(f"a part of the film holds {count} pictures and not {frames}; run it again")
            start += frames

    def _whole(self, path: Path) -> Iterator[Packet]:
        with open_media(path, self.limits) as container:
            stream = picture_stream(container)
            start, time_base = stream.start_time or 0, Fraction(stream.time_base)
            for packet, dts in _timed(_real(container, stream), start):
                yield Packet(packet, packet.pts - start, dts - start, time_base)


def _placed(container: Any, stream: Any, start: int, rate: Fraction) -> Iterator[Packet]:
    """The packets of a part whose first picture is number `start` of the film."""
    late, first = _REORDERED.get(stream.codec_context.name, 0), None
    step, tick = Fraction(stream.time_base) * rate, 1 / rate
    for number, packet in enumerate(_real(container, stream)):
        first = packet.pts if first is None else first
        shown = round((packet.pts - first) * step)
        packet.duration = 1
        if number - late > shown:
            raise RenderError("a part of the film is not in the order that its encoder promises; it cannot be joined")
        yield Packet(packet, start + shown, start + number - late, tick)


def _timed(packets: Iterator[Any], start: int) -> Iterator[tuple[Any, int]]:
    """Packets with the ticks at which they are to be decoded.

    Matroska does not say, and FFmpeg does not find out for the first packets of reordered pictures: these come just
    before the first that has a time, or before the film where none has.
    """
    early: list[Any] = []
    for packet in packets:
        if packet.dts is None:
            early.append(packet)
            continue
        yield from _before(early, packet.dts)
        early.clear()
        yield packet, packet.dts
    yield from _before(early, start)


def _before(packets: Sequence[Any], end: int) -> Iterator[tuple[Any, int]]:
    """Packets as close together as their pictures, up to a moment."""
    step = min((packet.duration or 1 for packet in packets), default=1)
    yield from ((packet, end - left * step) for left, packet in zip(range(len(packets), 0, -1), packets, strict=True))


def _real(container: Any, stream: Any) -> Iterator[Any]:
    """The packets that hold something; the demuxer ends with one that does not."""
    packets = container.demux(stream)
    with stopping(packets):
        yield from (packet for packet in packets if packet.size and packet.pts is not None)


def packets_of(paths: Sequence[Where], frames: Sequence[int], clip: Clip, limits: Limits) -> Video:
    """The pictures of a film that is joined of these files."""
    assert clip.picture is not None
    assert clip.picture.rate is not None
    rate, count = clip.picture.rate, sum(frames)
    clip = replace(clip, frames=count, duration=count / rate)
    return Video(clip, PacketSource(tuple(paths), tuple(frames), rate, limits))


def copied(streams: Streams, path: Path, limits: Limits) -> Streams:
    """The streams of a file whose pictures are to be copied as they are."""
    return replace(
        streams, video=Video(streams.clip, PacketSource((lambda: path,), (streams.clip.frames,), None, limits))
    )


def open_part(path: Where, clip: Clip, frames: int, limits: Limits, *, sounding: bool) -> Streams:
    """A part of the film `clip`: its sound, exact to the sample; its pictures are not opened."""
    assert clip.picture is not None
    assert clip.picture.rate is not None
    rate = clip.picture.rate
    part = replace(clip, frames=frames, duration=frames / rate)
    video = packets_of([path], [frames], clip, limits)
    if not sounding or part.sound is None or part.duration is None:
        return Streams(part, video)
    length = Fraction(ceil(part.duration * part.sound.rate), part.sound.rate)
    heard = replace(part, kind="sound", duration=length)
    audio = Audio(part.sound, length, _PartSound(path, heard, limits), grid=clip.picture.rate)
    return Streams(part, video, audio)


@dataclass(frozen=True)
class _PartSound:
    """The sound of a part, whose file is looked for when it is to be heard."""

    path: Where
    clip: Clip
    limits: Limits

    def blocks(self) -> Iterator[av.AudioFrame]:
        return SoundFile(self.path(), self.clip, self.limits, looking=False).blocks()

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> AudioOrigin:
        return SoundFile(self.path(), self.clip, self.limits, looking=False).cut(begin, end, precise)
