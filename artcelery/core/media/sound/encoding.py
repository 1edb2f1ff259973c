"""Sound as a stream of a container: fitted to what its codec takes, and encoded in a thread of its own."""

from __future__ import annotations

from typing import Any

from av.codec.context import Flags
from av.container import OutputContainer

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Sound
from artcelery.core.media.interleaving import Track, encoded
from artcelery.core.media.profiles import Encoding
from artcelery.core.media.pump import ahead
from artcelery.core.media.sound.silence import blocks_or_silence
from artcelery.core.media.stream import Audio

__all__ = ["audio_track"]

_BLOCKS = 64
_OPUS_MOST = 256_000  # bits a second and channel


def audio_track(
    container: OutputContainer, audio: Audio, target: Sound, encoding: Encoding, early: int, *, of_film: bool
) -> Track:
    """A stream for a sound whose format in the file is `target`, encoded up to `early` blocks before its turn.

    That of a film may have ended before its part: then it is silent.
    """
    codec, sample_fmt = _codec(encoding.audio["codec"], target)
    stream: Any = container.add_stream(codec, rate=target.rate)
    context = stream.codec_context
    context.layout, context.format = target.layout, sample_fmt
    context.flags |= Flags.bitexact
    if "bit_rate" in encoding.audio:
        rate = encoding.audio["bit_rate"] * max(2, target.channels) // 2
        context.bit_rate = min(rate, _OPUS_MOST * target.channels) if codec == "libopus" else rate
    filters = _fitting(target, sample_fmt)
    heard = blocks_or_silence(audio, *filters) if of_film else audio.filter(*filters).blocks()
    blocks = ahead(heard, "filter sound", _BLOCKS)
    return Track(stream, ahead(encoded(stream, blocks), "encode sound", early))


def _fitting(target: Sound, sample_fmt: str) -> tuple[Filter, ...]:
    return (
        Filter("aresample", sample_rate=target.rate),
        Filter("aformat", sample_fmts=sample_fmt, sample_rates=target.rate, channel_layouts=target.layout),
        Filter("asetnsamples", n=1024, p=0),
    )


def _codec(codec: str, target: Sound) -> tuple[str, str]:
    if codec == "pcm":
        return ("pcm_s16le", "s16") if target.bits <= 16 else ("pcm_s24le", "s32")
    if codec == "flac":
        return "flac", "s16" if target.bits <= 16 else "s32"
    if codec == "pcm_f32":
        return "pcm_f32le", "flt"
    return codec, {"aac": "fltp", "libopus": "flt", "libmp3lame": "fltp"}[codec]
