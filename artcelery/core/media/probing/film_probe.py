"""Films and sounds: format, rate and length, from headers, a few packets and one decoded picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Discard

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.clip import Clip
from artcelery.core.media.decoding import picture_decoder
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media, picture_stream, sound_stream
from artcelery.core.media.probing.pixels import picture_of
from artcelery.core.media.probing.regular import named
from artcelery.core.media.probing.timeline import Beginning, Timeline, read_timeline
from artcelery.core.media.probing.turning import orientation_of
from artcelery.core.media.probing.whole import refuse_cut_short
from artcelery.core.media.sound.sounds import sound_after, sound_of, sound_seconds

__all__ = ["probe_film"]

_PACKETS_READ = 96
_BYTES_READ = 16 * 2**20
_PACKETS_TO_FIRST_PICTURE = 300


def probe_film(path: Path, limits: Limits) -> Clip:
    """The film or sound in a file; MediaError when nothing in it can be decoded."""
    with open_media(path, limits, limits.open_timeout_s) as container:
        try:
            if picture_stream(container) is not None:
                return _film(container, path, limits)
            if sound_stream(container) is not None:
                return _sound(container, path, limits)
        except av.error.ExitError as error:
            raise LimitError(f"{named(path)} takes too long to read; it is damaged or made to be slow") from error
        except av.error.FFmpegError as error:
            raise MediaError(f"{named(path)} cannot be decoded ({error.strerror}); it is damaged") from error
    raise MediaError(f"{named(path)} holds no film and no sound")


def _film(container: InputContainer, path: Path, limits: Limits) -> Clip:
    stream, sounds = picture_stream(container), sound_stream(container)
    _refuse_rate(stream, path, limits)
    sound = sound_of(sounds, path, limits) if sounds is not None else None
    _only(container, stream)
    first, beginning = _begin(container, stream, path)
    timeline = read_timeline(container, stream, beginning)
    _refuse_length(timeline.duration, timeline, path, limits)
    try:
        picture = picture_of(first, stream, timeline)
    except MediaError as error:
        raise MediaError(f"{named(path)} cannot be read: {error.message}") from error
    notes = tuple(_notes(container, first))
    end = timeline.duration + Fraction((stream.start_time or 0) * stream.time_base)
    refuse_cut_short(container, path, end)
    codec = stream.codec_context.codec.canonical_name if _is_copyable(container, first) else ""
    tail = sound_after(container, sounds, end) if sound else Fraction(0)
    return Clip("film", picture, sound, timeline.duration, timeline.frames, notes, codec, tail)


def _is_copyable(container: InputContainer, first: av.VideoFrame) -> bool:
    """Whether packets mean the same in another file: their times are whole, and nothing else says how to show them."""
    return bool(set(container.format.name.split(",")) & {"mp4", "matroska"}) and orientation_of(first) == 1


def _sound(container: InputContainer, path: Path, limits: Limits) -> Clip:
    stream = sound_stream(container)
    sound = sound_of(stream, path, limits)
    _only(container, stream)
    if not any(packet.decode() for packet in _some_packets(container, stream)):
        raise MediaError(f"{named(path)} holds no sound that can be decoded; it is damaged or cut short")
    container.seek(0)
    duration = sound_seconds(container, stream)
    _refuse_length(duration, None, path, limits)
    refuse_cut_short(container, path, duration + Fraction((stream.start_time or 0) * stream.time_base))
    return replace(Clip("sound", sound=sound, duration=duration), notes=tuple(_notes(container, None)))


def _only(container: InputContainer, wanted: Any) -> None:
    """Skip the packets of all other streams."""
    for stream in container.streams:
        if stream.index != wanted.index:
            stream.discard = Discard.all


def _begin(container: InputContainer, stream: Any, path: Path) -> tuple[av.VideoFrame, Beginning]:
    """The first picture, decoded (it shows what headers leave open), and the times of those at the beginning."""
    decoder, first, times, size, last, whole = picture_decoder(stream), None, [], 0, 0, False
    decoder.thread_type = "NONE"
    for count, packet in enumerate(container.demux(stream)):
        if first is None:
            first = next(iter(decoder.decode(packet if packet.size else None)), None)
        whole = not packet.size
        if packet.pts is not None and packet.size and not packet.is_discard:
            times.append(packet.pts)
            last = packet.duration or 0 if packet.pts == max(times) else last
        size += packet.size
        enough = count >= _PACKETS_READ or size >= _BYTES_READ
        if (first is not None and enough) or count >= _PACKETS_TO_FIRST_PICTURE:
            break
    if first is None or not times:
        raise MediaError(f"{named(path)} holds no picture that can be decoded; it is damaged or cut short")
    return first, Beginning(times, last, whole)


def _some_packets(container: InputContainer, stream: Any) -> list[Any]:
    packets = container.demux(stream)
    return [packet for _, packet in zip(range(_PACKETS_READ), packets, strict=False)]


def _refuse_rate(stream: Any, path: Path, limits: Limits) -> None:
    rate = stream.average_rate or 0
    if rate > limits.max_rate:
        raise LimitError(f"{named(path)} has {float(rate):.0f} pictures a second; the limit is {limits.max_rate}")


def _refuse_length(duration: Fraction, timeline: Timeline | None, path: Path, limits: Limits) -> None:
    if duration <= 0:
        raise MediaError(f"{named(path)} has no length; it is damaged or cut short")
    if duration > limits.max_duration_s:
        raise LimitError(f"{named(path)} lasts {float(duration):.0f} s; the limit is {limits.max_duration_s:.0f} s")
    if timeline is None:
        return
    if timeline.frames > limits.max_frames:
        raise LimitError(f"{named(path)} has {timeline.frames} pictures; the limit is {limits.max_frames}")
    if timeline.rate > limits.max_rate:
        raise LimitError(
            f"{named(path)} has {float(timeline.rate):.0f} pictures a second; the limit is {limits.max_rate}"
        )


def _notes(container: InputContainer, first: av.VideoFrame | None) -> list[str]:
    notes, tracks = [], len(container.streams.audio)
    if tracks > 1:
        stream = sound_stream(container)
        notes.append(f"of {tracks} sound tracks, number {list(container.streams.audio).index(stream) + 1} is read")
    if first is not None and first.interlaced_frame:
        notes.append("the film is interlaced, and read as it is")
    return notes
