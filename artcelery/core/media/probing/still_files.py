"""Picture files, opened by what is in them: the size is known, and checked, before a pixel is decoded."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from artcelery.core.errors import ArtceleryError, LimitError, MediaError
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.regular import named, open_regular

__all__ = ["decoding", "is_animated", "open_still", "orientation"]

_OPENERS: tuple[tuple[bytes, int, Callable[[IO[bytes]], Image.Image]], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", 0, JpegImagePlugin.jpeg_factory),
    (b"GIF87a", 0, GifImagePlugin.GifImageFile),
    (b"GIF89a", 0, GifImagePlugin.GifImageFile),
    (b"WEBP", 8, WebPImagePlugin.WebPImageFile),
    (b"II*\x00", 0, TiffImagePlugin.TiffImageFile),
    (b"MM\x00*", 0, TiffImagePlugin.TiffImageFile),
    (b"BM", 0, BmpImagePlugin.BmpImageFile),
    (b"ftypavif", 4, AvifImagePlugin.AvifImageFile),
    (b"ftypavis", 4, AvifImagePlugin.AvifImageFile),
)


@contextmanager
def open_still(path: Path, limits: Limits) -> Iterator[Image.Image | None]:
    """The picture in a file, its pixels not yet decoded, or None when it is no picture file.

    The decoder is named by the file's content and called directly: no other (Ghostscript, say) can be reached.
    """
    with open_regular(path) as descriptor:
        opener = _opener(os.pread(descriptor, 32, 0))
        if opener is None:
            yield None
            return
        if os.fstat(descriptor).st_size > limits.max_still_bytes:
            raise LimitError(f"{named(path)} is larger than {limits.max_still_bytes} bytes, the limit for a picture")
        with _Patience(os.dup(descriptor)) as file:
            _check_size(path, _webp_size(os.pread(descriptor, 32, 0)), limits)
            with decoding(path):
                image = opener(file)
            _check_size(path, image.size, limits)
            yield image


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Whatever a picture decoder stumbles over becomes a MediaError: plugins raise any built-in error.

    What they only warn of (metadata that is damaged, say) does not change the picture and is not said.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except ArtceleryError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise LimitError(f"{named(path)} is too large a picture: {error}") from error
    except Exception as error:
        raise MediaError(
            f"{named(path)} is a picture that cannot be decoded ({error}); it is damaged or cut short"
        ) from error


class _Patience(io.BufferedReader):
    """A file that can be read so many times: decoders look for what they miss byte by byte, to the end of any file."""

    _MOST_READS = 2_000_000

    def __init__(self, descriptor: int) -> None:
        super().__init__(io.FileIO(descriptor, "rb"))
        self._reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes; ValueError when that was asked for too often."""
        self._reads += 1
        if self._reads > self._MOST_READS:
            raise ValueError("it takes too long to read")
        return super().read(size)


def is_animated(image: Image.Image) -> bool:
    """Whether there is more than one frame (of a GIF, PNG, WebP or AVIF) or page (of a TIFF)."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _has_second_page(image)
    return image.format != "MPO" and bool(getattr(image, "is_animated", False))


def orientation(image: Image.Image) -> int:
    """How the picture is turned, 1 to 8 as in EXIF; a TIFF is turned by its decoder."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1
    exif = Image.Exif()
    if isinstance(image, PngImagePlugin.PngImageFile):
        exif.load(image.info.get("exif", b""))
    else:
        exif = image.getexif()
    value = exif.get(ExifTags.Base.Orientation, 1)
    return value if value in range(1, 9) else 1


def _opener(head: bytes) -> Callable[[IO[bytes]], Any] | None:
    return next((opener for magic, at, opener in _OPENERS if head[at:].startswith(magic)), None)


def _check_size(path: Path, size: tuple[int, int] | None, limits: Limits) -> None:
    if size is None:
        return
    width, height = size
    if width * height > limits.max_pixels:
        raise LimitError(
            f"{named(path)} has {width}x{height} pixels; the limit is {limits.max_pixels}. Make it smaller,"
            " or raise max_pixels"
        )


def _webp_size(head: bytes) -> tuple[int, int] | None:
    """The canvas of a WebP, whose decoder allocates it when it is made (its Container Specification; RFC 6386)."""
    kind = head[8:16]
    if kind == b"WEBPVP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"WEBPVP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & _14_BITS), 1 + (bits >> 14 & _14_BITS)
    if kind == b"WEBPVP8 ":
        return int.from_bytes(head[26:28], "little") & _14_BITS, int.from_bytes(head[28:30], "little") & _14_BITS
    return None


_14_BITS = 0x3FFF


def _has_second_page(image: Image.Image) -> bool:
    try:
        image.seek(1)
    except EOFError:
        return False
    finally:
        image.seek(0)
    return True
