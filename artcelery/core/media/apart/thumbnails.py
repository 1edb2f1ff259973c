"""Small pictures of files: of a picture itself, and of a film one of its pictures that is not dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image

from artcelery.core.errors import MediaError, RenderError
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.decoding import decodable, picture_decoder
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media, picture_stream
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.probing.regular import named
from artcelery.core.media.probing.turning import orientation_of, turns_sideways
from artcelery.core.media.small import small_webp
from artcelery.core.media.stills import TURNED, read_still

__all__ = ["thumbnail"]

_INTO_FILM = tuple(Fraction(percent, 100) for percent in (10, 20, 35, 50, 70, 90))
"""Where a film is looked at, one place after another, until its picture is not dark."""

_MOST_PICTURES = 300
"""How many pictures are decoded in all to come from key frames to the wanted ones: the last is taken then."""

_BRIGHT, _LEAST_BRIGHT = 24, 0.02
"""A picture of which less is brighter than so much (of 255) is dark."""


def thumbnail(path: Path, size: int, limits: Limits) -> bytes:
    """A WebP that fits a square of `size` pixels; a picture that is smaller stays as it is."""
    clip = probe(path, limits)
    try:
        image = _image_of(path, clip, size, limits)
    except RenderError as error:
        raise MediaError(error.message) from error
    image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return small_webp(image)


def _image_of(path: Path, clip: Clip, size: int, limits: Limits) -> Image.Image:
    if clip.kind == "still":
        return Image.fromarray(read_still(path, limits).to_ndarray())
    if clip.picture is not None:
        return _picture_of_film(path, clip, clip.picture, size, limits)
    raise MediaError(f"{named(path)} has no picture, so there is no thumbnail of it")


def _picture_of_film(path: Path, clip: Clip, picture: Picture, size: int, limits: Limits) -> Image.Image:
    with open_media(path, limits, limits.open_timeout_s) as container:
        stream = picture_stream(container)
        looking = _Looking(path, container, stream)
        places = [_start(stream) + (clip.duration or 0) * part for part in _INTO_FILM]
        frame, image = _not_dark((frame, _small_image(frame, picture, size)) for frame in looking.at(places))
    turned = orientation_of(frame)
    return image.transpose(TURNED[turned]) if turned in TURNED else image


def _not_dark(pictures: Iterator[tuple[av.VideoFrame, Image.Image]]) -> tuple[av.VideoFrame, Image.Image]:
    """The first picture that is not dark; when all are, the brightest of them."""
    brightest, most = None, -1.0
    for frame, image in pictures:
        bright, mean = _brightness(image)
        if brightest is None or mean > most:
            brightest, most = (frame, image), mean
        if bright >= _LEAST_BRIGHT:
            return frame, image
    assert brightest is not None, "a film has at least one picture, or is refused"
    return brightest


def _brightness(image: Image.Image) -> tuple[float, float]:
    """How much of a picture is bright, and how bright it is on average."""
    grey = np.asarray(image.convert("L"))
    return float((grey > _BRIGHT).mean()), float(grey.mean())


class _Looking:
    """Looks at a film here and there, and decodes no more pictures for all of that than may be."""

    def __init__(self, path: Path, container: InputContainer, stream: Any) -> None:
        self._path, self._container, self._stream = path, container, stream
        self._decoder = picture_decoder(stream)
        self._decoder.thread_type = "NONE"  # this process may have no threads
        self._left = _MOST_PICTURES

    def at(self, places: Sequence[Fraction]) -> Iterator[av.VideoFrame]:
        """What is shown at these times, or shortly before; MediaError when there is nothing at the first."""
        first, *others = places
        frame = self._shown_at(first)
        if frame is None:
            raise MediaError(f"{named(self._path)} has no picture at {float(first):.3f} s that can be decoded")
        yield frame
        for place in others:
            if (frame := self._tried_at(place)) is not None:
                yield frame

    def _tried_at(self, wanted: Fraction) -> av.VideoFrame | None:
        """The same, None when it cannot be had: there is one already."""
        try:
            return self._shown_at(wanted) if self._left > 0 else None
        except RenderError:
            return None

    def _shown_at(self, wanted: Fraction) -> av.VideoFrame | None:
        """The picture that is shown at a time, or the nearest before it that can be had for little."""
        self._go_to(wanted)
        chosen: av.VideoFrame | None = None
        for frame in islice(decodable(self._pictures(), named(self._path)), self._left):
            self._left -= 1
            if chosen is not None and (frame.pts is None or frame.pts * self._stream.time_base > wanted):
                break
            chosen = frame
        return chosen

    def _go_to(self, wanted: Fraction) -> None:
        try:
            self._container.seek(int(wanted / self._stream.time_base), stream=self._stream)
        except av.error.FFmpegError:
            self._container.seek(0)
        if self._decoder.is_open:
            self._decoder.flush_buffers()

    def _pictures(self) -> Iterator[av.VideoFrame]:
        """The pictures from where the container stands."""
        for packet in self._container.demux(self._stream):
            yield from self._decoder.decode(packet if packet.size else None)


def _small_image(frame: av.VideoFrame, picture: Picture, size: int) -> Image.Image:
    """The frame in square pixels, already about as small as it will be, as RGB or RGBA; not turned yet."""
    sar = 1 / picture.sar if turns_sideways(orientation_of(frame)) else picture.sar
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


def _start(stream: Any) -> Fraction:
    return Fraction((stream.start_time or 0) * stream.time_base)
