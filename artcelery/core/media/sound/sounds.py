"""Sound in files: its format, and how long it is to the sample where the file says so."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Discard

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.clip import Sound
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.regular import named

__all__ = ["sound_after", "sound_of", "sound_seconds"]

_SAMPLE_BITS = {"u8": 8, "s16": 16, "s32": 24, "s64": 32, "flt": 32, "dbl": 32}
_PCM_BITS = {"pcm_s32le": 32, "pcm_s32be": 32}
_LOSSLESS = ("flac", "alac")
_LOSSY_BITS = 16
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_GUESSED_LENGTH = ("aac", "ac3", "eac3")
_TAIL_S = 1
_PICTURES_AND_SOUND = 2  # streams: what goes on after the pictures is the sound


def sound_of(stream: Any, path: Path, limits: Limits) -> Sound:
    """The format of a stream of sound.

    `bits` is what the samples deserve when they are written without loss: those of the file (24 for 32-bit containers
    of 24-bit sound), 16 for lossy codecs, 32 for floating point.
    """
    context = stream.codec_context
    channels = context.layout.nb_channels if context.layout else 0
    if not context.sample_rate or not channels or context.format is None:
        raise MediaError(f"{named(path)} holds sound that does not say its rate or channels; it is damaged")
    if channels > limits.max_channels:
        raise LimitError(f"{named(path)} has {channels} channels of sound; the limit is {limits.max_channels}")
    if context.sample_rate > limits.max_sample_rate:
        raise LimitError(
            f"{named(path)} has {context.sample_rate} samples of sound a second; the limit is {limits.max_sample_rate}"
        )
    return Sound(context.sample_rate, _layout(context.layout.name, channels), channels, _bits(context))


def sound_seconds(container: InputContainer, stream: Any) -> Fraction:
    """How long the sound is: from headers that count samples, else from the last packet, else from all packets."""
    format = container.format.name
    if format in _GUESSED_LENGTH or (format == "mp3" and not stream.start_time):
        return _summed(container, stream)
    if stream.duration and format != "ogg":
        return Fraction(stream.duration * stream.time_base)
    return _ended(container, stream)


def sound_after(container: InputContainer, stream: Any, end: Fraction) -> Fraction:
    """How many seconds the sound of a film goes on after `end`, by the clock of the file."""
    start = max(0, stream.start_time or 0) * Fraction(stream.time_base)
    if stream.duration:
        return max(Fraction(0), start + Fraction(stream.duration * stream.time_base) - end)
    promised = Fraction(container.duration or 0, av.time_base) - end
    if promised <= 0 or len(container.streams) == _PICTURES_AND_SOUND:
        return max(Fraction(0), promised)
    for other in container.streams:
        other.discard = Discard.default if other.index == stream.index else Discard.all
    return max(Fraction(0), start + _ended(container, stream) - end)


def _layout(name: str, channels: int) -> str:
    """FFmpeg's name of a layout; for one that files leave open, the usual one for so many channels."""
    return _LAYOUTS.get(channels, name) if name.endswith("channels") else name


def _bits(context: Any) -> int:
    codec = context.codec.name
    if not codec.startswith("pcm_") and codec not in _LOSSLESS:
        return _LOSSY_BITS
    return _PCM_BITS.get(codec) or _SAMPLE_BITS[context.format.name.removesuffix("p")]


def _ended(container: InputContainer, stream: Any) -> Fraction:
    """From time 0 (samples before it only prime the decoder) to the end of the last packet."""
    promised = Fraction(container.duration or 0, av.time_base)
    try:
        container.seek(int(max(Fraction(0), promised - _TAIL_S) / stream.time_base), stream=stream)
    except av.error.ExitError:  # that it takes too long
        raise
    except av.error.FFmpegError:
        container.seek(0)
    ends = (packet.pts + (packet.duration or 0) for packet in _packets(container, stream) if packet.pts is not None)
    last = max(ends, default=0) - max(0, stream.start_time or 0)
    return Fraction(last * stream.time_base) if last > 0 else promised


def _summed(container: InputContainer, stream: Any) -> Fraction:
    ticks = sum(packet.duration or 0 for packet in _packets(container, stream))
    return Fraction(ticks * stream.time_base)


def _packets(container: InputContainer, stream: Any) -> Iterable[Any]:
    return container.demux(stream)
