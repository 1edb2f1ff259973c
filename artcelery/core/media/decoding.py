"""Decoded pictures of a stream, transparency included, and decoded sound; what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
from av.container import InputContainer

from artcelery.core.errors import RenderError

__all__ = ["decodable", "decode_pictures", "decode_sound", "picture_decoder"]

_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def decode_pictures(container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
    """The pictures from where the container stands, in the order they are shown."""
    decoder = picture_decoder(stream)
    for packet in container.demux(stream):
        yield from decoder.decode(packet if packet.size else None)


def decode_sound(container: InputContainer, stream: Any) -> Iterator[av.AudioFrame]:
    """The blocks from where the container stands.

    MPEG-PS is parted anywhere: what comes before the first whole block, after seeking, is left out.
    """
    torn = container.format.name == "mpeg"
    for packet in container.demux(stream):
        try:
            for block in packet.decode():
                torn = False
                yield block
        except av.error.InvalidDataError:
            if not torn:
                raise


def decodable(frames: Iterator[Any], called: str) -> Iterator[Any]:
    """The frames; RenderError, naming the file, where it cannot be decoded."""
    time = 0.0
    try:
        for frame in frames:
            time = frame.time or time
            yield frame
    except av.error.FFmpegError as error:
        raise RenderError(
            f"{called} cannot be decoded after {time:.3f} s ({error.strerror}); it is damaged or cut short"
        ) from error


def picture_decoder(stream: Any) -> Any:
    """The decoder of a stream, not yet open; for VP8 and VP9 with alpha the one that decodes that too."""
    own = stream.codec_context
    name = _WITH_ALPHA.get(own.name)
    if name is None or not _says_alpha(stream):
        return own
    decoder: Any = av.CodecContext.create(name, "r")
    decoder.extradata, decoder.options = own.extradata, {"max_pixels": own.options["max_pixels"]}
    return decoder


def _says_alpha(stream: Any) -> bool:
    """By the element AlphaMode, or by the tag ALPHA_MODE that some writers add and that hides it."""
    return any(key.lower() == "alpha_mode" and value == "1" for key, value in stream.metadata.items())
