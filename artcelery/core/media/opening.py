"""Opening a file from outside: exactly that file, by what is in it, within the limits."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.foreign import foreign_kind
from artcelery.core.media.limits import DECODERS, DEMUXERS, Limits

__all__ = ["named", "open_media", "open_regular", "picture_stream", "sound_stream"]


def open_media(path: Path, limits: Limits) -> InputContainer:
    """The streams of the regular file at `path`; MediaError or LimitError when it is not media within the limits.

    FFmpeg gets an open descriptor and may use no other protocol, so whatever the file says, no second file is read.
    """
    with open_regular(path) as descriptor:
        try:
            container = _open(descriptor, limits)
        except av.error.FFmpegError as error:
            raise _refusal(path, descriptor, error) from error
    try:
        _guard(container, path, limits)
    except BaseException:
        container.close()
        raise
    return container


@contextmanager
def open_regular(path: Path) -> Iterator[int]:
    """A descriptor of the regular file at `path`, open for reading; MediaError for anything else, without waiting."""
    try:
        _check_regular(path, os.stat(path))
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError as error:
        raise MediaError(f"there is no file {named(path)}; check its name and folder") from error
    except (OSError, ValueError) as error:
        raise MediaError(f"{named(path)} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        _check_regular(path, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def named(path: Path) -> str:
    """The path as messages show it: quoted, with unprintable characters escaped."""
    return repr(os.fspath(path))


def picture_stream(container: InputContainer) -> Any:
    """The stream of pictures that is read, or None: the default one that is not cover art, else the first."""
    films = [item for item in container.streams.video if not item.disposition & _NO_FILM]
    return _preferred(films)


def sound_stream(container: InputContainer) -> Any:
    """The stream of sound that is read, or None: the default one, else the first."""
    return _preferred(list(container.streams.audio))


_NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image


def _preferred(streams: list[Any]) -> Any:
    return next((item for item in streams if item.disposition & Disposition.default), streams[0] if streams else None)


def _open(descriptor: int, limits: Limits) -> InputContainer:
    container_options = {
        "fd": str(descriptor),
        "protocol_whitelist": "fd",
        "format_whitelist": ",".join(DEMUXERS),
        "codec_whitelist": ",".join(DECODERS),
    }
    return av.open(
        "fd:",
        "r",
        container_options=container_options,
        options={"max_pixels": str(limits.max_pixels)},
        metadata_errors="replace",
        timeout=(limits.open_timeout_s, None),
    )


def _guard(container: InputContainer, path: Path, limits: Limits) -> None:
    """Refuse what the headers say is too large, and limit the decoders that will be opened later."""
    if len(container.streams) > limits.max_streams:
        count = len(container.streams)
        raise LimitError(f"{named(path)} has {count} streams; the limit is {limits.max_streams}. Keep those needed")
    for stream in container.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}


def _check_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for test, name in _KINDS if test(status.st_mode)), "no regular file")
        raise MediaError(f"{named(path)} is {kind}; give a picture, a film or a sound")
    if status.st_size == 0:
        raise MediaError(f"{named(path)} is empty (0 bytes); was it copied whole?")


_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _refusal(path: Path, descriptor: int, error: av.error.FFmpegError) -> MediaError:
    """What is wrong with a file that FFmpeg does not open, in words a user can act on."""
    if isinstance(error, av.error.ExitError):
        return LimitError(f"{named(path)} took too long to open; it is damaged or made to be slow")
    kind = foreign_kind(os.pread(descriptor, 4096, 0))
    if kind:
        return MediaError(f"{named(path)} is {kind}, which is not read; give a picture, a film or a sound")
    reason = error.strerror or str(error)
    return MediaError(
        f"{named(path)} is no picture, film or sound that can be read ({reason}); it may be damaged or cut short"
    )
