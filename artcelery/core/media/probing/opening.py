"""Opening a film or sound from outside: exactly that file, by what is in it, within the limits."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.limits import (
    DEMUXERS,
    LATE_DEMUXERS,
    PICTURE_DECODERS,
    SOUND_DECODERS,
    Limits,
    refuse_large_film,
)
from artcelery.core.media.probing.diagnosis import last_log_line
from artcelery.core.media.probing.foreign import foreign_kind
from artcelery.core.media.probing.regular import named, open_regular

__all__ = ["open_media", "picture_stream", "sound_stream"]


def open_media(
    path: Path, limits: Limits, read_timeout_s: float | None = None, *, looking: bool = True
) -> InputContainer:
    """The streams of the regular file at `path`; MediaError or LimitError when it is not media within the limits.

    With `read_timeout_s`, a packet that is not found in time raises `av.error.ExitError`: a file may hold any amount
    of nothing. FFmpeg gets an open descriptor and may use no other protocol: whatever the file says, no second file
    is opened, its name means nothing, and its suffix does not decide what it is taken for.

    Without `looking` no picture is decoded to learn what the headers do not say, their pixel format among it; that is
    twenty times faster, and enough for packets of a file of our own.
    """
    with open_regular(path) as descriptor:
        try:
            container = _open(descriptor, limits, read_timeout_s, looking)
        except av.error.FFmpegError as error:
            raise _refusal(path, descriptor, error) from error
    try:
        _guard(container, path, limits)
    except BaseException:
        container.close()
        raise
    return container


def picture_stream(container: InputContainer) -> Any:
    """The stream of pictures that is read, or None: the default one that is not cover art, else the first."""
    films = [item for item in container.streams.video if not item.disposition & _NO_FILM]
    return _preferred([item for item in films if not _is_poster(item)] or films)


def sound_stream(container: InputContainer) -> Any:
    """The stream of sound that is read, or None: the default one, else the first."""
    return _preferred(list(container.streams.audio))


_NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image


def _is_poster(stream: Any) -> bool:
    """Whether a stream is the one picture without time that an AVIF shows where films are not."""
    return stream.frames == 1 and stream.duration is None


def _preferred(streams: list[Any]) -> Any:
    return next((item for item in streams if item.disposition & Disposition.default), streams[0] if streams else None)


def _open(descriptor: int, limits: Limits, read_timeout_s: float | None, looking: bool) -> InputContainer:
    """Opening already decodes: with limits where streams are known beforehand, else without looking at pictures."""
    began = time.monotonic()
    try:
        patience = (limits.open_timeout_s, read_timeout_s)
        return _open_as(descriptor, limits, DEMUXERS, (*PICTURE_DECODERS, *SOUND_DECODERS), patience, looking)
    except _NOT_THESE as error:
        rest = max(_LEAST_S, limits.open_timeout_s - (time.monotonic() - began))
        try:
            return _open_as(descriptor, limits, LATE_DEMUXERS, SOUND_DECODERS, (rest, read_timeout_s))
        except _NOT_THESE:
            raise error from None


_LEAST_S = 1.0
_NOT_THESE = (av.error.InvalidDataError, av.error.ArgumentError)  # how FFmpeg says "none of these formats"


def _open_as(
    descriptor: int,
    limits: Limits,
    demuxers: tuple[str, ...],
    decoders: tuple[str, ...],
    patience: tuple[float, float | None],
    looking: bool = True,
) -> InputContainer:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return av.open(
        "fd:",
        "r",
        container_options={
            "fd": str(descriptor),
            "protocol_whitelist": "fd",
            "format_whitelist": ",".join(demuxers),
            "codec_whitelist": ",".join(decoders),
            "max_streams": str(8 * limits.max_streams),
        },
        options={"max_pixels": str(limits.max_film_pixels), **({} if looking else {"skip_frame": "all"})},
        metadata_errors="replace",
        timeout=patience,
    )


def _guard(container: InputContainer, path: Path, limits: Limits) -> None:
    """Refuse what the headers say is too much or not trusted, and limit the decoders that are opened later."""
    count = len(container.streams)
    if count > limits.max_streams:
        raise LimitError(f"{named(path)} has {count} streams; the limit is {limits.max_streams}. Keep those needed")
    for stream, trusted in (
        (picture_stream(container), PICTURE_DECODERS),
        (sound_stream(container), SOUND_DECODERS),
    ):
        if stream is not None and (stream.codec_context is None or stream.codec_context.codec.name not in trusted):
            codec = stream.codec_context.name if stream.codec_context else "an unknown codec"
            raise MediaError(f"{named(path)} holds {stream.type} in {codec}, which is not read; convert it first")
    for stream in container.streams.video:
        if stream.codec_context is not None:
            _limit_pictures(stream.codec_context, path, limits)


def _limit_pictures(context: Any, path: Path, limits: Limits) -> None:
    refuse_large_film(path, context.width, context.height, limits)
    # "strict" makes H.264 wait for pictures that are out of order instead of guessing how many may be.
    context.options = {"max_pixels": str(limits.max_film_pixels), "strict": "1"}


def _refusal(path: Path, descriptor: int, error: av.error.FFmpegError) -> MediaError:
    """What is wrong with a file that FFmpeg does not open, in words a user can act on."""
    if isinstance(error, av.error.ExitError):
        return LimitError(f"{named(path)} took too long to open; it is damaged or made to be slow")
    kind = foreign_kind(os.pread(descriptor, 4096, 0))
    if kind:
        return MediaError(f"{named(path)} is {kind}, which is not read; give a picture, a film or a sound")
    reason = last_log_line(descriptor) or error.strerror or str(error)
    return MediaError(
        f"{named(path)} is no picture, film or sound that can be read; it may be damaged or cut short ({reason})"
    )
