"""Reading and writing pictures: files become one upright RGB frame in sRGB, frames become files."""

from __future__ import annotations

import errno
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image

from artcelery.core.errors import RenderError, StoreFullError
from artcelery.core.media.color import RGB, tag
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.icc import is_srgb, to_srgb
from artcelery.core.media.probing.still_files import decoding, open_still, orientation
from artcelery.core.media.profiles import FORMATS

__all__ = ["TURNED", "read_still", "write_still"]

_STRIP = 256  # rows
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INP


def read_still(path: Path, limits: Limits) -> av.VideoFrame:
    """The picture at `path` as it is meant to be seen, as rgb24 or (with transparency) rgba."""
    with open_still(path, limits) as image, decoding(path):
        if image is None:
            raise ValueError("it is no picture file")
        turn = TURNED.get(orientation(image))
        image.load()
        plain = _rgb(image)
    return _frame(plain.transpose(turn) if turn is not None else plain)


def write_still(frame: av.VideoFrame, path: Path, format: str, options: dict[str, Any]) -> None:
    """Write a frame as png, jpeg, webp or avif; the same frame and options give the same bytes.

    Options: png `compress_level`; jpeg `quality`, `background`; webp `quality`, `lossless`; avif `quality`.
    """
    most = FORMATS[format].most_side
    if max(frame.width, frame.height) > most:
        raise RenderError(f"{format} holds at most {most} pixels a side, and this is {frame.width}x{frame.height}")
    try:
        _WRITERS[format](_image(frame), path, **options)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFullError(f"no space is left to write the {format}; free some") from error
        raise RenderError(f"the {format} could not be written: {error}") from error
    except ValueError as error:
        raise RenderError(f"the {format} could not be written: {error}") from error


def _rgb(image: Image.Image) -> Image.Image:
    """The pixels as 8-bit RGB or RGBA in sRGB, whatever they were."""
    profile = image.info.get("icc_profile")
    target = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = Image.fromarray(_to_8_bits(np.asarray(image)))
    elif image.mode not in ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "LAB"):
        raise ValueError(f"pixels of the kind {image.mode} are not read; save it with 8 or 16 bits a channel")
    if not profile:
        return image if image.mode == target else image.convert(target)
    if image.mode == "RGB" and target == "RGB" and is_srgb(profile):
        return image
    if image.mode in ("CMYK", "LAB") or (image.mode in ("1", "L") and target == "RGB"):
        return to_srgb(image.convert("L") if image.mode == "1" else image, profile)
    plain = image.convert(target)
    return plain if is_srgb(profile) else to_srgb(plain, profile)


def _to_8_bits(array: Any) -> Any:
    return ((array.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)


def _frame(image: Image.Image) -> av.VideoFrame:
    """An RGB or RGBA picture as a frame, a strip at a time: all at once would take four times its memory."""
    frame = av.VideoFrame(image.width, image.height, "rgba" if image.mode == "RGBA" else "rgb24")
    plane: Any = frame.planes[0]
    lines = np.frombuffer(plane, np.uint8).reshape(image.height, plane.line_size)
    for top in range(0, image.height, _STRIP):
        strip = np.asarray(image.crop((0, top, image.width, min(top + _STRIP, image.height))))
        lines[top : top + _STRIP, : image.width * strip.shape[2]] = strip.reshape(len(strip), -1)
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return tag(frame, RGB)


def _image(frame: av.VideoFrame) -> Image.Image:
    """A frame of any pixel format as an RGB or RGBA picture."""
    alpha = any(component.is_alpha for component in frame.format.components) or frame.format.name == "pal8"
    wanted = "rgba" if alpha else "rgb24"
    if frame.format.name != wanted:
        frame = VideoReformatter().reformat(frame, format=wanted, interpolation=_EXACT)
    return Image.fromarray(frame.to_ndarray())


def _write_png(image: Image.Image, path: Path, compress_level: int = 6) -> None:
    image.save(path, "PNG", compress_level=compress_level)


def _write_jpeg(image: Image.Image, path: Path, quality: int = 92, background: str = "#000000") -> None:
    chroma = "4:4:4" if quality >= 90 else "4:2:0"
    _flattened(image, background).save(path, "JPEG", quality=quality, subsampling=chroma, optimize=True)


def _write_webp(image: Image.Image, path: Path, quality: int = 90, lossless: bool = False) -> None:
    from PIL import WebPImagePlugin  # noqa: F401  # registers itself; Pillow would load every plugin to find it

    image.save(path, "WEBP", quality=quality, lossless=lossless, exact=lossless, method=4, alpha_quality=100)


def _write_avif(image: Image.Image, path: Path, quality: int = 80) -> None:
    from PIL import AvifImagePlugin  # noqa: F401  # as above

    chroma = "4:4:4" if quality >= 90 else "4:2:0"
    image.save(path, "AVIF", quality=quality, subsampling=chroma, speed=6, codec="aom", max_threads=1, autotiling=False)


def _flattened(image: Image.Image, background: str) -> Image.Image:
    """An opaque picture: laid over a colour, rounded to the nearest step."""
    if image.mode == "RGB":
        return image
    array = np.asarray(image).astype(np.uint32)
    ground = np.array([int(background[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.uint32)
    colour, alpha = array[..., :3], array[..., 3:]
    return Image.fromarray(((colour * alpha + ground * (255 - alpha) + 127) // 255).astype(np.uint8))


TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WRITERS: dict[str, Callable[..., None]] = {
    "png": _write_png,
    "jpeg": _write_jpeg,
    "webp": _write_webp,
    "avif": _write_avif,
}
