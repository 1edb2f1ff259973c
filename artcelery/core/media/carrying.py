"""Pictures in formats that FFV1 does not know, carried in one that it does, and back, without changing a bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Picture
from artcelery.core.media.filtering import Link, filter_video

__all__ = ["carried", "carrier_of", "uncarried"]

_PACKED = {
    **dict.fromkeys(("gbrp", "rgb24", "bgr24", "0rgb", "0bgr", "rgb0"), "bgr0"),
    **dict.fromkeys(("gbrap", "rgba", "argb", "abgr"), "bgra"),
}
"""RGB of 8 bits in another order: swscale moves the bytes."""

_GIVEN_BACK_OTHERWISE = ("rgb48le", "rgba64le")
"""FFV1 takes them, and gives their planes back."""

_PALETTE_BYTES = 1024


def carrier_of(pix_fmt: str) -> str:
    """The format in which pictures of `pix_fmt` are encoded: their own, RGB in FFV1's order, or their bytes as grey."""
    known = {item.name for item in av.Codec("ffv1", "w").video_formats or []} - {*_GIVEN_BACK_OTHERWISE}
    return pix_fmt if pix_fmt in known else _PACKED.get(pix_fmt, "gray")


def carried(frames: Iterator[av.VideoFrame], pix_fmt: str, picture: Picture) -> Iterator[av.VideoFrame]:
    """Frames of `pix_fmt`, as their carrier."""
    carrier = carrier_of(pix_fmt)
    if carrier == pix_fmt:
        return frames
    return map(_as_grey, frames) if carrier == "gray" else _moved(frames, carrier, picture)


def uncarried(
    frames: Iterator[av.VideoFrame], pix_fmt: str, size: tuple[int, int], picture: Picture
) -> Iterator[av.VideoFrame]:
    """The frames that `carried` was given."""
    carrier = carrier_of(pix_fmt)
    if carrier == pix_fmt:
        return frames
    return (_of_grey(item, pix_fmt, size) for item in frames) if carrier == "gray" else _moved(frames, pix_fmt, picture)


def _moved(frames: Iterator[av.VideoFrame], pix_fmt: str, picture: Picture) -> Iterator[av.VideoFrame]:
    return filter_video(frames, [Link((Filter("format", pix_fmts=pix_fmt),), "none")], picture)


def _as_grey(frame: av.VideoFrame) -> av.VideoFrame:
    """The rows of all planes below one another, each filled up with zeros."""
    rows = _rows(frame)
    grey = np.zeros((sum(len(plane) for plane in rows), max(plane.shape[1] for plane in rows)), np.uint8)
    top = 0
    for plane in rows:
        grey[top : top + len(plane), : plane.shape[1]] = plane
        top += len(plane)
    made = av.VideoFrame.from_ndarray(grey, format="gray")
    made.pts, made.time_base, made.duration = frame.pts, frame.time_base, frame.duration
    return made


def _of_grey(grey: av.VideoFrame, pix_fmt: str, size: tuple[int, int]) -> av.VideoFrame:
    made, top = av.VideoFrame(*size, pix_fmt), 0
    for plane in _rows(made):
        plane[:] = grey.to_ndarray()[top : top + len(plane), : plane.shape[1]]
        top += len(plane)
    made.pts, made.time_base, made.duration = grey.pts, grey.time_base, grey.duration
    return made


def _rows(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """The planes as arrays of rows of bytes, without what fills their lines up."""
    return [_bytes_of(frame, number) for number in range(len(frame.planes))]


def _bytes_of(frame: av.VideoFrame, number: int) -> NDArray[np.uint8]:
    plane: Any = frame.planes[number]
    data = np.frombuffer(plane, np.uint8)
    if frame.format.has_palette and number:
        return data[:_PALETTE_BYTES].reshape(1, -1)
    return data.reshape(-1, plane.line_size)[:, : _row_bytes(frame, number)]


def _row_bytes(frame: av.VideoFrame, number: int) -> int:
    if len(frame.planes) == 1 or frame.format.has_palette:
        return -(-frame.width * frame.format.padded_bits_per_pixel // 8)
    shares = [item for item in frame.format.components if item.plane == number]
    across = frame.format.chroma_width(frame.width) if any(item.is_chroma for item in shares) else frame.width
    return sum(-(-item.bits // 8) for item in shares) * across
