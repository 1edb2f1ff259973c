"""Decoded pictures of a stream, transparency included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
from av.container import InputContainer

__all__ = ["decode_pictures", "picture_decoder"]

_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def decode_pictures(container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
    """The pictures from where the container stands, in the order they are shown."""
    decoder = picture_decoder(stream)
    for packet in container.demux(stream):
        yield from decoder.decode(packet if packet.size else None)


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
