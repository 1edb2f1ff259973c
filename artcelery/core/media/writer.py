"""Writing films and sounds: one encode of streams that flow, picture and sound in step, the same bytes every time."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags
from av.container import OutputContainer

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError, StoreFullError
from artcelery.core.media.clip import Picture
from artcelery.core.media.color import tags_of, yuv_matrix
from artcelery.core.media.conversion import written
from artcelery.core.media.evening import evened
from artcelery.core.media.interleaving import Progress, Track, copied_track, encoded, interleaved
from artcelery.core.media.packets import PacketSource
from artcelery.core.media.profiles import Encoding
from artcelery.core.media.pump import ahead, chained, stopping
from artcelery.core.media.scaling import EXACT, exactly
from artcelery.core.media.sound.encoding import audio_track
from artcelery.core.media.stream import Streams, Video

__all__ = ["muxer", "picture_stream_of", "write_media"]

_EARLY = 64
_EARLY_WHERE_COPIED = 4096
"""How many blocks of sound may be encoded before their turn: many where pictures may wait for a part in the making."""

_BOX_OPTIONS = {"mp4": {"movflags": "+faststart"}, "ipod": {"movflags": "+faststart"}}


def write_media(path: Path, streams: Streams, encoding: Encoding, progress: Progress) -> int:
    """Encode streams into a new file at `path`; how many pictures (or blocks of sound) it holds.

    RenderError or StoreFullError leave a file that is not whole: the caller writes to a place of its own.
    """
    target, video, audio = written(streams.clip, encoding), streams.video, streams.audio
    with muxer(path, encoding) as container, ExitStack() as running:
        tracks, early = [], _EARLY
        if video is not None and isinstance(video.origin, PacketSource):
            tracks.append(copied_track(container, video.origin))
            early = _EARLY_WHERE_COPIED
        elif video is not None and target.picture is not None:
            tracks.append(_video_track(container, running, video, target.picture, encoding))
        if audio is not None and target.sound is not None:
            tracks.append(audio_track(container, audio, target.sound, encoding, early, of_film=video is not None))
        for track in tracks:
            running.enter_context(closing(track))
        return interleaved(container, tracks, progress)


@contextmanager
def muxer(path: Path, encoding: Encoding) -> Iterator[OutputContainer]:
    """A new file in the container of `encoding`; what FFmpeg says when it cannot be written is an error of ours."""
    options = {"fflags": "+bitexact", **_BOX_OPTIONS.get(encoding.container, {})}
    try:
        with av.open(str(path), "w", format=encoding.container, options=options) as container:
            yield container
    except av.error.FFmpegError as error:
        raise _render_error(error, encoding) from error


def _video_track(
    container: OutputContainer, running: ExitStack, video: Video, target: Picture, encoding: Encoding
) -> Track:
    flowing = ahead(_typed(_finished(video, target, encoding).frames()), "filter video")
    frames = running.enter_context(closing(flowing))
    first = next(frames, None)
    if first is None:
        raise RenderError("no frame is left to write; is the cut longer than the film?")
    stream = picture_stream_of(container, first, target, encoding)
    return Track(stream, encoded(stream, chained(first, frames)))


def picture_stream_of(container: OutputContainer, first: av.VideoFrame, target: Picture, encoding: Encoding) -> Any:
    """A stream for pictures like `first`, whose format in the file is `target`."""
    stream = container.add_stream(encoding.video["codec"], rate=target.rate, options=_video_options(encoding, first))
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = first.width, first.height, first.format.name
    context.time_base = first.time_base if target.variable or not target.rate else 1 / target.rate
    context.sample_aspect_ratio = target.sar
    context.thread_count, context.thread_type = encoding.video["threads"], _threading(encoding)
    context.flags |= Flags.bitexact
    if encoding.video.get("gop"):
        context.gop_size = encoding.video["gop"]
    if encoding.video["codec"] != "gif":
        tags = tags_of(target)
        context.colorspace, context.color_range = first.colorspace, first.color_range
        context.color_primaries, context.color_trc = tags.primaries, tags.transfer
    return stream


def _threading(encoding: Encoding) -> str:
    """x264's frame threads cost no quality, its slices do; the others split a frame their own way."""
    return "FRAME" if encoding.video["codec"] == "libx264" else "AUTO"


def _typed(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """Frames whose type the encoder chooses itself: a decoded frame remembers the type it had in its file."""
    with stopping(frames):
        for frame in frames:
            frame.pict_type = 0
            yield frame


def _finished(video: Video, target: Picture, encoding: Encoding) -> Video:
    """The stream with the last filters: size, matrix, range and pixel format of the file."""
    picture = video.picture
    if picture.alpha and not target.alpha:
        video = _flattened(video, encoding.video.get("background", "#000000"))
    if picture.sar != target.sar:
        picture = replace(video.picture, width=picture.squared().width, height=picture.squared().height, sar=target.sar)
        scale = Filter("scale", w=picture.width, h=picture.height, flags=exactly("lanczos"))
        video = video.filter(scale, Filter("setsar", sar="1/1"), alpha="through", picture=picture)
    if encoding.video["codec"] == "gif":
        return _palettes(video, target)
    if "pix_fmt" not in encoding.video:
        return video.filter(Filter("format", pix_fmts="|".join(_lossless(encoding.video["codec"]))), alpha="none")
    video = _in_film_colours(video, target)
    return video if target.size == picture.size else evened(video, target.size)


def _in_film_colours(video: Video, target: Picture) -> Video:
    """Narrow range, and YUV in the pixel format of `target`."""
    picture, named = video.picture, Filter("format", pix_fmts=target.pix_fmt)
    if picture.matrix != "rgb":
        return video.filter(Filter("scale", flags=EXACT, out_range="tv"), named, alpha="none")
    matrix = yuv_matrix(picture)
    scale = Filter("scale", flags=EXACT, out_range="tv", out_color_matrix=matrix)
    return video.filter(scale, named, Filter("setparams", colorspace=matrix), alpha="none")


def _flattened(video: Video, background: str) -> Video:
    """Opaque pictures: colour times alpha, over the background."""
    from artcelery.core.media.flatten import over

    opaque = replace(video.picture, alpha=False)
    return over(video, background, opaque)


def _palettes(video: Video, target: Picture) -> Video:
    from artcelery.core.media.flatten import with_palettes

    if target.rate != video.picture.rate:
        video = video.filter(Filter("fps", fps=str(target.rate)), alpha="none")
    return with_palettes(video)


def _lossless(codec: str) -> list[str]:
    formats = av.Codec(codec, "w").video_formats or []
    return sorted(item.name for item in formats)


def _video_options(encoding: Encoding, first: av.VideoFrame) -> dict[str, str]:
    """The options of the encoder, all that decides bytes named.

    x264's macroblock tree counts in floating point, rounded otherwise by each family of processors (and its AVX-512
    code reads past the rows of some widths); independent of the processor it gives one file everywhere.
    """
    video = encoding.video
    options = {
        key.replace("_", "-"): str(video[key]) for key in ("crf", "preset", "profile", "deadline") if key in video
    }
    if video["codec"] == "libx264":
        options["x264-params"] = "cpu-independent=1"
    if video["codec"] == "libvpx-vp9":
        options |= {"b": "0", "cpu-used": str(video["cpu_used"]), "row-mt": "0", "tile-columns": "2"}
    if video["codec"] == "libsvtav1":
        options["svtav1-params"] = f"lp={video['threads']}"
        os.environ.setdefault("SVT_LOG", "1")  # errors only: the encoder speaks to stderr itself
    if video["codec"] == "ffv1":
        options |= {"level": "3", "slicecrc": "1", "coder": "1"}
        if first.width <= 352 and first.height <= 288:  # larger ones it parts itself, as their size allows
            options["slices"] = "1"
    return options


def _render_error(error: av.error.FFmpegError, encoding: Encoding) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreFullError(
            f"no space is left to write the {encoding.format}; free some, or run `artcelery cache prune`"
        )
    last: Any = error.log
    log = f" ({last[1][2].strip()})" if last and last[1] else ""
    return RenderError(f"the {encoding.format} could not be written: {error.strerror or error}{log}")
