"""What is read at all: the sizes that are too large, and the containers and decoders that are trusted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from artcelery.core.errors import LimitError
from artcelery.core.media.probing.regular import named

__all__ = ["DEMUXERS", "LATE_DEMUXERS", "PICTURE_DECODERS", "SOUND_DECODERS", "Limits", "refuse_large_film"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an input may be; what is larger is refused before it is decoded.

    `max_pixels` lets through the stills of all but a few cameras, and 8K film (33 million, as half of it is the limit
    for films); it keeps one decoded RGBA picture within 256 MB. `max_duration_s` is half a day, `max_frames` 46
    hours at 60 a second.
    """

    max_pixels: int = 2**26
    max_frames: int = 10_000_000
    max_duration_s: float = 12 * 3600.0
    max_streams: int = 32
    max_channels: int = 16
    max_rate: int = 1000
    max_sample_rate: int = 768_000
    max_still_bytes: int = 2**29
    open_timeout_s: float = 5.0

    @property
    def max_film_pixels(self) -> int:
        """The largest picture of a film: half as large as a still, for many of them are in memory at once."""
        return self.max_pixels // 2


def refuse_large_film(path: Path, width: int, height: int, limits: Limits) -> None:
    """LimitError when the pictures of a film have more pixels than are read."""
    if width * height > limits.max_film_pixels:
        raise LimitError(
            f"{named(path)} has pictures of {width}x{height} pixels; the limit for a film is"
            f" {limits.max_film_pixels}. Make it smaller, or raise max_pixels (which is twice that)"
        )


DEMUXERS = (
    *("mov", "matroska", "avi", "asf", "mxf", "dv", "ivf", "nut", "obu", "yuv4mpegpipe", "gif", "apng"),
    *("wav", "w64", "aiff", "caf", "au", "flac", "mp3", "aac", "ac3", "eac3", "ogg"),
)
"""Containers that hold their media themselves. Playlists, devices, networks and numbered files are not among them."""

LATE_DEMUXERS = ("mpegts", "mpeg", "flv")
"""Containers whose streams turn up while they are read, too late to limit the decoders that look into them."""

PICTURE_DECODERS = (
    *("h264", "hevc", "vvc", "libdav1d", "av1", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg1video", "mpeg2video"),
    *("mpeg4", "h263", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2", "wmv3", "vc1", "flv", "theora", "dvvideo"),
    *("mjpeg", "prores", "dnxhd", "cfhd", "ffv1", "huffyuv", "ffvhuff", "utvideo", "magicyuv", "qtrle", "rawvideo"),
    *("v210", "png", "apng", "gif"),
)
"""Decoders of pictures that are in wide use, and so well tested against hostile files."""

SOUND_DECODERS = (
    *("aac", "aac_latm", "mp1float", "mp1", "mp2float", "mp2", "mp3float", "mp3", "flac", "opus", "libopus", "vorbis"),
    *("alac", "ac3", "eac3", "dca", "wmav1", "wmav2", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"),
    *("pcm_alaw", "pcm_mulaw", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le"),
    *("pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_bluray", "pcm_dvd"),
)
"""Decoders of sound, likewise."""
