"""Encodings: what a result is written as. A result is looked up by node key + encoding."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

from artcelery.core.errors import UsageError
from artcelery.core.hashing import result_encoding_id
from artcelery.core.media.clip import Clip, Kind, called

__all__ = [
    "AS_IT_FLOWS",
    "DECODERS",
    "DEFAULT_FORMATS",
    "FORMATS",
    "JOINABLE",
    "KEPT",
    "Encoding",
    "choose_encoding",
    "encoding_request",
    "format_of_suffix",
    "part_encoding",
]

_THREADS = 4


@dataclass(frozen=True)
class Encoding:
    """Container, codecs, quality and fixed thread count: all that decides the bytes beside the frames.

    `quality` is in the scale of the codec: crf for films (lower is better), 1 to 100 for jpeg, webp and avif, kbit/s
    for lossy sound.
    """

    format: str
    kind: Kind
    container: str
    suffix: str
    video: dict[str, Any] = field(default_factory=dict)
    audio: dict[str, Any] = field(default_factory=dict)
    still: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The encoding as plain values, as records keep it."""
        parts = {"video": self.video, "audio": self.audio, "still": self.still}
        used = {name: part for name, part in parts.items() if part}
        return {"v": 1, "format": self.format, "container": self.container, **used}

    @cached_property
    def id(self) -> str:
        """What names this encoding beside a node key."""
        return result_encoding_id(self.to_json())

    @property
    def most_side(self) -> int:
        """How many pixels wide or high a picture can be at most."""
        return _MOST_SIDE.get(self.video.get("codec") or self.format, 2**31 - 1)

    @property
    def keeps_alpha(self) -> bool:
        """Whether transparency survives."""
        return bool((self.video or self.still).get("alpha"))


def _film(format: str, container: str, video: dict[str, Any], audio: dict[str, Any], suffix: str = "") -> Encoding:
    return Encoding(format, "film", container, suffix or f".{format}", video=video, audio=audio)


def _sound(format: str, container: str, audio: dict[str, Any]) -> Encoding:
    return Encoding(format, "sound", container, f".{format}", audio=audio)


def _still(format: str, **options: Any) -> Encoding:
    suffix = {"jpeg": ".jpg"}.get(format, f".{format}")
    return Encoding(format, "still", format, suffix, still=options)


_AAC = {"codec": "aac", "bit_rate": 192_000}
_OPUS = {"codec": "libopus", "bit_rate": 160_000}
_X264 = {"codec": "libx264", "crf": 18, "preset": "fast", "profile": "high", "pix_fmt": "yuv420p"}
_VP9 = {"codec": "libvpx-vp9", "crf": 30, "deadline": "good", "cpu_used": 3, "pix_fmt": "yuv420p", "alpha": True}
_AV1 = {"codec": "libsvtav1", "crf": 30, "preset": 8, "pix_fmt": "yuv420p"}
_GOP = {"gop": 48, "threads": _THREADS}

FORMATS: dict[str, Encoding] = {
    encoding.format: encoding
    for encoding in (
        _still("png", compress_level=6, alpha=True),
        _still("jpeg", quality=92, background="#000000"),
        _still("webp", quality=90, alpha=True),
        _still("avif", quality=80, alpha=True),
        _film("mp4", "mp4", {**_X264, **_GOP}, _AAC),
        _film("webm", "webm", {**_VP9, **_GOP}, _OPUS),
        _film("mkv", "matroska", {"codec": "ffv1", "gop": 1, "threads": _THREADS, "alpha": True}, {"codec": "flac"}),
        _film("gif", "gif", {"codec": "gif", "alpha": True, "threads": 1}, {}),
        _sound("wav", "wav", {"codec": "pcm"}),
        _sound("flac", "flac", {"codec": "flac"}),
        _sound("mp3", "mp3", {"codec": "libmp3lame", "bit_rate": 192_000}),
        _sound("m4a", "ipod", _AAC),
        _sound("opus", "opus", _OPUS),
        Encoding("json", "data", "json", ".json"),
    )
}

DEFAULT_FORMATS: dict[Kind, str] = {"still": "png", "film": "mp4", "sound": "wav", "data": "json"}

JOINABLE = ("libx264", "libvpx-vp9", "libsvtav1", "ffv1")
"""Encoders whose packets can be put after one another: each part begins with a picture that needs no other."""

DECODERS = {"libx264": "h264", "libvpx-vp9": "vp9", "libsvtav1": "av1", "ffv1": "ffv1"}
"""What files call the codec of an encoder."""

_EXACT_SOUND = {"codec": "pcm_f32"}

AS_IT_FLOWS = "as it flows"
"""Sound that is written as the samples it is."""

_KEPT: dict[str, Any] = {
    "container": "nut",
    "suffix": ".nut",
    "video": FORMATS["mkv"].video,
    "audio": {"codec": AS_IT_FLOWS},
}

KEPT: dict[Kind, Encoding] = {
    "still": Encoding("kept", "still", **_KEPT),
    "film": Encoding("kept", "film", **_KEPT),
    "sound": Encoding("kept", "sound", **_KEPT),
    "data": FORMATS["json"],
}
"""How a node is kept that is wanted again: exactly as it flows, in a file of our own."""


def part_encoding(encoding: Encoding, sounding: bool) -> Encoding:
    """How a part of a film in `encoding` is written: pictures as they will be, sound (encoded at the join) exact."""
    audio = _EXACT_SOUND if sounding else {}
    return Encoding(f"part of {encoding.format}", "film", "matroska", ".mkv", video=encoding.video, audio=audio)


_ALIASES = {"jpg": "jpeg", "matroska": "mkv", "m4v": "mp4", "ogg": "opus"}
_CODECS = {("webm", "av1"): _AV1, ("webm", "vp9"): _VP9, ("mp4", "h264"): _X264}
_QUALITY = {"mp4": (0, 51), "webm": (0, 63), "jpeg": (1, 100), "webp": (1, 100), "avif": (1, 100)}
_MOST_SIDE = {
    "libx264": 16_384,
    "libsvtav1": 16_384,
    "libvpx-vp9": 65_535,
    "gif": 65_535,
    "jpeg": 65_500,
    "webp": 16_383,
    "avif": 65_536,
}
_BIT_RATES = {"mp3": (32, 320), "m4a": (32, 510), "opus": (32, 510)}


def format_of_suffix(name: str) -> str:
    """The format that a file name asks for; UsageError when none is meant."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    found = _ALIASES.get(suffix, suffix)
    if found not in FORMATS:
        said = f"ends in .{suffix}" if suffix else "has no suffix"
        raise UsageError(f"{name!r} {said}; a result can be written as {', '.join(sorted(FORMATS))}")
    return found


def choose_encoding(
    clip: Clip, format: str | None = None, quality: int | None = None, codec: str | None = None
) -> Encoding:
    """The encoding for a clip: the default of its kind, or the format asked for; UsageError when it cannot be."""
    name = _ALIASES.get(format or "", format) or DEFAULT_FORMATS[clip.kind]
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}; a result can be written as {', '.join(sorted(FORMATS))}")
    encoding = FORMATS[name]
    if encoding.kind != clip.kind and not (encoding.kind == "sound" and clip.sound):
        wanted = ", ".join(sorted(item.format for item in FORMATS.values() if item.kind == clip.kind))
        holds, this = (called(kind) for kind in (encoding.kind, clip.kind))
        one = "; one picture of it is a SEGMENT with `still: true`" if (holds, this) == ("still", "film") else ""
        raise UsageError(f"{name} holds a {holds} and this is a {this}; write it as {wanted}{one}")
    chosen = _with_quality(_with_codec(encoding, codec), quality)
    if clip.picture and encoding.kind != "sound" and max(clip.picture.size) > chosen.most_side:
        width, height = clip.picture.size
        raise UsageError(
            f"{name} holds at most {chosen.most_side} pixels a side, and this is {width}x{height}; make it smaller,"
            f" or write it as {'mkv' if clip.kind == 'film' else 'png'}"
        )
    return chosen


def _with_codec(encoding: Encoding, codec: str | None) -> Encoding:
    if codec is None:
        return encoding
    chosen = _CODECS.get((encoding.format, codec))
    if chosen is None:
        known = [name for format, name in _CODECS if format == encoding.format]
        offer = f"; it knows {', '.join(known)}" if known else " other than its own"
        raise UsageError(f"{encoding.format} has no codec {codec!r}{offer}")
    return replace(encoding, video={**chosen, **_GOP})


def _with_quality(encoding: Encoding, quality: int | None) -> Encoding:
    if quality is None:
        return encoding
    if encoding.format in _BIT_RATES:
        _check(encoding, quality, *_BIT_RATES[encoding.format])
        return replace(encoding, audio={**encoding.audio, "bit_rate": quality * 1000})
    if encoding.format not in _QUALITY:
        raise UsageError(f"{encoding.format} has no quality to choose; leave `quality` out")
    _check(encoding, quality, *_QUALITY[encoding.format])
    if encoding.kind == "still":
        return replace(encoding, still={**encoding.still, "quality": quality})
    return replace(encoding, video={**encoding.video, "crf": quality})


def _check(encoding: Encoding, quality: int, low: int, high: int) -> None:
    if not low <= quality <= high:
        raise UsageError(f"quality {quality} is not in the range of {encoding.format}: {low} to {high}")


def encoding_request(recorded: dict[str, Any]) -> tuple[str | None, int | None]:
    """The format and quality that lead to a recorded encoding again."""
    if not recorded:
        return None, None
    format = recorded["format"]
    if format in _BIT_RATES:
        return format, recorded["audio"]["bit_rate"] // 1000
    if format not in _QUALITY:
        return format, None
    return format, recorded["still"]["quality"] if "still" in recorded else recorded["video"]["crf"]
