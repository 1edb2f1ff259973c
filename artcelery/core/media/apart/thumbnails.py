"""Small pictures of files: of a picture itself, of a film one of its pictures, of a sound its waveform."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image, ImageDraw, WebPImagePlugin  # noqa: F401  # WebP is written by name

from artcelery.core.errors import MediaError, RenderError
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.decoding import decodable, decode_sound, picture_decoder
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media, picture_stream, sound_stream
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.probing.regular import named
from artcelery.core.media.probing.turning import orientation_of, turns_sideways
from artcelery.core.media.stills import TURNED, read_still

__all__ = ["thumbnail"]

_QUALITY = 80
_INTO_FILM = Fraction(1, 10)
_MOST_PICTURES = 300
"""How many pictures are decoded to come from a key frame to the wanted one: the last of them is taken then."""

_WHOLE_SOUND_S = 300
_SAMPLES_LOOKED_AT = 4096
_INK = (96, 112, 128, 255)


def thumbnail(path: Path, size: int, limits: Limits) -> bytes:
    """A WebP that fits a square of `size` pixels; a picture that is smaller stays as it is."""
    clip = probe(path, limits)
    try:
        image = _image_of(path, clip, size, limits)
    except RenderError as error:
        raise MediaError(error.message) from error
    image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)
    made = io.BytesIO()
    image.save(made, "WEBP", quality=_QUALITY, method=4)
    return made.getvalue()


def _image_of(path: Path, clip: Clip, size: int, limits: Limits) -> Image.Image:
    if clip.kind == "still":
        return Image.fromarray(read_still(path, limits).to_ndarray())
    if clip.picture is not None:
        return _picture_of_film(path, clip, clip.picture, size, limits)
    if clip.sound is not None:
        return _waveform(path, clip, size, limits)
    raise MediaError(f"{named(path)} is a document, which has no thumbnail")


def _picture_of_film(path: Path, clip: Clip, picture: Picture, size: int, limits: Limits) -> Image.Image:
    with open_media(path, limits, limits.open_timeout_s) as container:
        stream = picture_stream(container)
        wanted = _start(stream) + (clip.duration or 0) * _INTO_FILM
        frame = _shown_at(path, container, stream, wanted)
    turned = orientation_of(frame)
    sar = 1 / picture.sar if turns_sideways(turned) else picture.sar
    image = _small_image(frame, picture, sar, size)
    return image.transpose(TURNED[turned]) if turned in TURNED else image


def _shown_at(path: Path, container: InputContainer, stream: Any, wanted: Fraction) -> av.VideoFrame:
    """The picture that is shown at a time, or the nearest before it that can be had for little."""
    try:
        container.seek(int(wanted / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        container.seek(0)
    chosen: av.VideoFrame | None = None
    for frame in islice(decodable(_pictures(container, stream), named(path)), _MOST_PICTURES):
        if chosen is not None and (frame.pts is None or frame.pts * stream.time_base > wanted):
            break
        chosen = frame
    if chosen is None:
        raise MediaError(f"{named(path)} has no picture at {float(wanted):.3f} s that can be decoded")
    return chosen


def _pictures(container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
    """The pictures from where the container stands, decoded without threads: this process may have none."""
    decoder = picture_decoder(stream)
    decoder.thread_type = "NONE"
    for packet in container.demux(stream):
        yield from decoder.decode(packet if packet.size else None)


def _small_image(frame: av.VideoFrame, picture: Picture, sar: Fraction, size: int) -> Image.Image:
    """The frame in square pixels, already about as small as it will be, as RGB or RGBA."""
    width, height = frame.width * max(Fraction(1), sar), frame.height * max(Fraction(1), 1 / sar)
    scale = min(Fraction(1), Fraction(2 * size) / max(width, height))
    small = VideoReformatter().reformat(
        tag(frame, tags_of(picture)),
        max(1, round(width * scale)),
        max(1, round(height * scale)),
        "rgba" if picture.alpha else "rgb24",
        interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT,
        threads=1,
    )
    return Image.fromarray(small.to_ndarray())


def _waveform(path: Path, clip: Clip, size: int, limits: Limits) -> Image.Image:
    """Bars as high as the sound is loud, the loudest as high as the picture."""
    with open_media(path, limits, limits.open_timeout_s) as container:
        stream = sound_stream(container)
        seconds = clip.duration or Fraction(1)
        peaks = _all_peaks if seconds <= _WHOLE_SOUND_S else _some_peaks
        heights = peaks(path, container, stream, seconds, size)
    image = Image.new("RGBA", (size, size // 2), (0, 0, 0, 0))
    draw, middle = ImageDraw.Draw(image), size // 4
    for column, height in enumerate(heights / max(float(heights.max()), 1e-6)):
        reach = round(float(height) * (middle - 1))
        draw.line((column, middle - reach, column, middle + reach), fill=_INK)
    return image


def _all_peaks(path: Path, container: InputContainer, stream: Any, seconds: Fraction, columns: int) -> Any:
    """The loudest sample of each part of a sound."""
    peaks = np.zeros(columns, np.float32)
    at = 0
    for block in _blocks(path, container, stream):
        samples = np.abs(block).max(axis=0)
        rate = stream.codec_context.sample_rate
        where = np.minimum((at + np.arange(len(samples))) * columns // max(1, round(seconds * rate)), columns - 1)
        np.maximum.at(peaks, where, samples)
        at += len(samples)
    return peaks


def _some_peaks(path: Path, container: InputContainer, stream: Any, seconds: Fraction, columns: int) -> Any:
    """The loudest of some samples at the beginning of each part: a long sound is not decoded for a small picture."""
    peaks = np.zeros(columns, np.float32)
    for column in range(columns):
        begin = _start(stream) + seconds * column / columns
        container.seek(int(begin / stream.time_base), stream=stream)
        count = 0
        for block in _blocks(path, container, stream):
            peaks[column] = max(peaks[column], float(np.abs(block).max()))
            count += block.shape[1]
            if count >= _SAMPLES_LOOKED_AT:
                break
    return peaks


def _blocks(path: Path, container: InputContainer, stream: Any) -> Iterator[Any]:
    """Decoded sound as (channels, samples) between -1 and 1."""
    resampler = av.AudioResampler(format="fltp", layout="mono")
    for frame in decodable(decode_sound(container, stream), named(path)):
        frame.pts = None
        for block in resampler.resample(frame):
            if block.samples:
                yield block.to_ndarray()


def _start(stream: Any) -> Fraction:
    return Fraction((stream.start_time or 0) * stream.time_base)
