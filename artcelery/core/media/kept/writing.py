"""Writing what flows into a file that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.carrying import carried
from artcelery.core.media.filtering import filter_audio
from artcelery.core.media.interleaving import Progress, Track, encoded, interleaved
from artcelery.core.media.kept.forms import Blocks, Pictures, plain
from artcelery.core.media.kept.tags import noted
from artcelery.core.media.profiles import Encoding
from artcelery.core.media.pump import ahead, chained
from artcelery.core.media.sound.silence import blocks_or_silence
from artcelery.core.media.stream import Audio, Streams, Video
from artcelery.core.media.writer import muxer, picture_stream_of

__all__ = ["write_kept"]

_CODECS = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "flt": "pcm_f32le", "dbl": "pcm_f64le"}


def write_kept(path: Path, streams: Streams, encoding: Encoding, progress: Progress) -> int:
    """Write what flows into a new file at `path`; how many pictures (or blocks of sound) it holds."""
    said: dict[str, Any] = {"clip": plain(streams.clip)}
    with muxer(path, encoding) as container, ExitStack() as running:
        tracks = []
        if streams.video is not None:
            track, pictures = _picture_track(container, running, streams.video, encoding)
            tracks.append(track)
            said["pictures"] = pictures.to_json()
        if streams.audio is not None:
            audio = streams.audio
            heard = audio.blocks() if streams.video is None else blocks_or_silence(audio)
            track, blocks = _sound_track(container, running, audio, heard)
            tracks.append(track)
            said["blocks"] = blocks.to_json()
        container.metadata.update(noted(said))
        return interleaved(container, tracks, progress)


def _picture_track(container: Any, running: ExitStack, video: Video, encoding: Encoding) -> tuple[Track, Pictures]:
    flowing = running.enter_context(_flowing(video.frames(), "filter video"))
    first = next(flowing, None)
    if first is None:
        raise RenderError("no frame is left to keep; is the cut longer than the film?")
    pictures = Pictures.of(first, video.clip)
    whole = chained(first, flowing)
    frames = carried(_ended(whole) if pictures.is_variable else whole, pictures.pix_fmt, video.picture)
    carrier = next(frames)
    stream = picture_stream_of(container, carrier, video.picture, encoding)
    stream.codec_context.time_base = carrier.time_base
    return Track(stream, encoded(stream, chained(carrier, frames))), pictures


def _sound_track(
    container: Any, running: ExitStack, audio: Audio, heard: Iterator[av.AudioFrame]
) -> tuple[Track, Blocks]:
    flowing = running.enter_context(_flowing(heard, "filter sound", 64))
    first = next(flowing, None)
    if first is None:
        raise RenderError("no sound is left to keep; is the cut longer than it?")
    blocks = Blocks.of(first, audio)
    if blocks.packed not in _CODECS:
        raise RenderError(f"sound of {blocks.packed} samples cannot be kept; leave `cache: true` out")
    stream: Any = container.add_stream(_CODECS[blocks.packed], rate=blocks.rate)
    stream.codec_context.layout, stream.codec_context.format = blocks.layout, blocks.packed
    packed = filter_audio(chained(first, flowing), [Filter("aformat", sample_fmts=blocks.packed)])
    return Track(stream, encoded(stream, _counted(packed, blocks.rate))), blocks


def _flowing(frames: Iterator[Any], name: str, size: int = 8) -> Any:
    return closing(ahead(frames, name, size))


def _ended(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """The frames, and the last once more when it has been shown."""
    last, ends = None, 0
    for frame in frames:
        last, ends = frame, (frame.pts or 0) + max(1, frame.duration or 0)
        yield frame
    if last is not None:
        last.pts, last.dts = ends, None
        yield last


def _counted(blocks: Iterator[av.AudioFrame], rate: int) -> Iterator[av.AudioFrame]:
    at = 0
    for block in blocks:
        block.pts, block.time_base = at, Fraction(1, rate)
        at += block.samples
        yield block
