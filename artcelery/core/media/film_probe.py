"""Films and sounds: format, rate and length, from headers, a few packets and one decoded picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import InputContainer

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.limits import Limits
from artcelery.core.media.opening import named, open_media, picture_stream, sound_stream

__all__ = ["probe_film"]

_MATRICES = {0: "rgb", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
}
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    11: "iec61966-2-4",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
_SAMPLE_BITS = {"u8": 8, "s16": 16, "s32": 32, "flt": 32, "dbl": 64, "s64": 64}
_LOSSY_BITS = 16
_PACKETS_TO_FIRST_PICTURE = 300


def probe_film(path: Path, limits: Limits) -> Clip:
    """The film or sound in a file."""
    with open_media(path, limits) as container:
        pictures, sounds = picture_stream(container), sound_stream(container)
        if pictures is None and sounds is None:
            raise MediaError(f"{named(path)} holds no picture and no sound")
        sound = _sound(sounds, path, limits) if sounds is not None else None
        if pictures is None:
            return Clip("sound", sound=sound, duration=_checked(_duration(sounds, container), path, limits))
        try:
            return _film(container, pictures, sound, path, limits)
        except av.error.FFmpegError as error:
            raise MediaError(f"{named(path)} cannot be decoded ({error.strerror}); it is damaged") from error


def _film(container: InputContainer, stream: Any, sound: Sound | None, path: Path, limits: Limits) -> Clip:
    rate = stream.average_rate or stream.base_rate or stream.guessed_rate
    if not rate or rate > limits.max_rate:
        raise LimitError(f"{named(path)} has {rate} frames a second; the limit is {limits.max_rate}")
    duration = _checked(_duration(stream, container), path, limits)
    frames = stream.frames or round(duration * rate)
    variable = stream.base_rate is not None and abs(frames - duration * stream.base_rate) > 1
    first = _first_picture(container, stream, path)
    picture = _picture(stream, first, rate, variable)
    return Clip("film", picture, sound, duration, frames)


def _first_picture(container: InputContainer, stream: Any, path: Path) -> av.VideoFrame:
    """The first picture, decoded: it shows what headers leave open (range, turn, sometimes size)."""
    if stream.codec_context is None:
        raise MediaError(f"{named(path)} holds pictures in a codec that cannot be decoded")
    stream.thread_type = "NONE"
    for count, packet in enumerate(container.demux(stream)):
        for frame in packet.decode():
            return cast(av.VideoFrame, frame)
        if count > _PACKETS_TO_FIRST_PICTURE:
            break
    raise MediaError(f"{named(path)} holds no picture that can be decoded; it is damaged or cut short")


def _picture(stream: Any, frame: av.VideoFrame, rate: Fraction, variable: bool) -> Picture:
    turned = frame.rotation % 180 == 90
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    sar = stream.sample_aspect_ratio or Fraction(1)
    format = frame.format
    rgb = format.is_rgb
    alpha = any(part.is_alpha for part in format.components) or stream.metadata.get("alpha_mode") == "1"
    pc = rgb or frame.color_range == 2 or format.name.startswith("yuvj")
    matrix = "rgb" if rgb else _MATRICES.get(int(frame.colorspace), _usual_matrix(frame))
    return Picture(
        width=width,
        height=height,
        pix_fmt=format.name,
        rate=rate,
        variable=variable,
        alpha=alpha,
        depth=max((part.bits for part in format.components), default=8),
        sar=1 / sar if turned else sar,
        matrix=matrix,
        color_range="pc" if pc else "tv",
        primaries=_PRIMARIES.get(int(frame.color_primaries), "bt709" if matrix in ("rgb", "bt709") else matrix),
        transfer=_TRANSFERS.get(int(frame.color_trc), "iec61966-2-1" if rgb else "bt709"),
    )


def _usual_matrix(frame: av.VideoFrame) -> str:
    """The matrix that players assume when the file names none: HD is BT.709, smaller is BT.601."""
    return "bt709" if frame.height > 576 or frame.width > 1024 else "smpte170m"


def _sound(stream: Any, path: Path, limits: Limits) -> Sound:
    context = stream.codec_context
    if context is None or not context.sample_rate or not context.layout.nb_channels:
        raise MediaError(f"{named(path)} holds sound that cannot be decoded")
    channels = context.layout.nb_channels
    if channels > limits.max_channels:
        raise LimitError(f"{named(path)} has {channels} channels of sound; the limit is {limits.max_channels}")
    if context.sample_rate > limits.max_sample_rate:
        raise LimitError(
            f"{named(path)} has {context.sample_rate} samples a second; the limit is {limits.max_sample_rate}"
        )
    lossless = bool(context.codec.lossless) or context.codec.name.startswith("pcm_")
    bits = _SAMPLE_BITS[context.format.name.removesuffix("p")] if lossless else _LOSSY_BITS
    return Sound(context.sample_rate, context.layout.name, channels, bits)


def _duration(stream: Any, container: InputContainer) -> Fraction:
    """Seconds from the stream, else from the container, else from the last packet."""
    if stream.duration:
        return Fraction(stream.duration * stream.time_base)
    if container.duration:
        return Fraction(container.duration, av.time_base)
    return _scanned(container, stream)


def _scanned(container: InputContainer, stream: Any) -> Fraction:
    end = start = None
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        start = packet.pts if start is None else min(start, packet.pts)
        end = max(end or 0, packet.pts + (packet.duration or 0))
    container.seek(0)
    return Fraction(0) if start is None or end is None else Fraction((end - start) * stream.time_base)


def _checked(duration: Fraction, path: Path, limits: Limits) -> Fraction:
    if duration > limits.max_duration_s:
        raise LimitError(f"{named(path)} lasts {float(duration):.0f} s; the limit is {limits.max_duration_s:.0f} s")
    if duration <= 0:
        raise MediaError(f"{named(path)} has no length; it is damaged or cut short")
    return duration
