"""Writing films and sounds: one encode of streams that flow, picture and sound in step, the same bytes every time."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags
from av.container import OutputContainer

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError, StoreFullError
from artcelery.core.media.clip import Picture, Sound
from artcelery.core.media.color import tags_of, yuv_matrix
from artcelery.core.media.conversion import written
from artcelery.core.media.packets import Packet, PacketSource
from artcelery.core.media.profiles import Encoding
from artcelery.core.media.pump import ahead, stopping
from artcelery.core.media.scaling import EXACT, exactly
from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["Progress", "Track", "interleaved", "muxer", "picture_stream_of", "write_media"]

Progress = Callable[[int], None]
"""Called with how many frames (for a sound: blocks) are encoded; may raise to stop."""

_BOX_OPTIONS = {"mp4": {"movflags": "+faststart"}, "ipod": {"movflags": "+faststart"}}


def write_media(path: Path, streams: Streams, encoding: Encoding, progress: Progress) -> int:
    """Encode streams into a new file at `path`; how many pictures (or blocks of sound) it holds.

    RenderError or StoreFullError leave a file that is not whole: the caller writes to a place of its own.
    """
    target, video, audio = written(streams.clip, encoding), streams.video, streams.audio
    with muxer(path, encoding) as container, ExitStack() as running:
        tracks: list[Track | _Copied] = []
        if video is not None and isinstance(video.origin, PacketSource):
            tracks.append(running.enter_context(closing(_Copied(container, video.origin))))
        elif video is not None and target.picture is not None:
            tracks.append(running.enter_context(closing(_video_track(container, video, target.picture, encoding))))
        if audio is not None and target.sound is not None:
            tracks.append(running.enter_context(closing(_audio_track(container, audio, target.sound, encoding))))
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


@dataclass
class Track:
    """A stream being encoded: the frames still to come, and the time it has reached."""

    stream: Any
    frames: Iterator[Any]
    next_frame: Any = None
    time: Fraction = Fraction(0)
    count: int = 0

    def advance(self) -> bool:
        """Fetch the next frame, and the time it is for in seconds; whether there is one."""
        self.next_frame = frame = next(self.frames, None)
        if frame is None:
            return False
        self.time = _time_of(frame)
        return True

    def write(self, container: OutputContainer) -> None:
        """Encode the next frame, or after the last one what the encoder still holds."""
        container.mux(self.stream.encode(self.next_frame))

    def close(self) -> None:
        """Stop the threads that make the frames."""
        self.frames.close()  # type: ignore[attr-defined]


def _time_of(frame: Any) -> Fraction:
    return Fraction((frame.pts or 0) * frame.time_base)


class _Copied:
    """A stream whose packets are written as they are."""

    def __init__(self, container: OutputContainer, source: PacketSource) -> None:
        self.stream = source.template(container)
        self.frames = ahead(source.packets(), "read packets", size=64)
        self.next_frame: Packet | None = None
        self.time, self.count = Fraction(0), 0

    def advance(self) -> bool:
        """Fetch the next packet, and the time it is for in seconds; whether there is one."""
        self.next_frame = next(self.frames, None)
        if self.next_frame is None:
            return False
        self.time = self.next_frame.time
        return True

    def write(self, container: OutputContainer) -> None:
        """Write the next packet; after the last one there is nothing."""
        if self.next_frame is None:
            return
        packet = self.next_frame.packet
        packet.time_base = self.next_frame.time_base
        packet.pts, packet.dts, packet.stream = self.next_frame.pts, self.next_frame.dts, self.stream
        container.mux(packet)

    def close(self) -> None:
        """Stop the thread that reads."""
        self.frames.close()  # type: ignore[attr-defined]


def interleaved(container: OutputContainer, tracks: Sequence[Track | _Copied], progress: Progress) -> int:
    """Write whichever track is behind, until all are done."""
    for track in tracks:
        if track.next_frame is None and not track.advance():
            raise RenderError(f"the {track.stream.type} of the result is empty; nothing was left to write")
    waiting = list(tracks)
    while waiting:
        track = min(waiting, key=lambda item: item.time)
        track.write(container)
        track.count += 1
        if track is tracks[0]:
            progress(track.count)
        if not track.advance():
            track.write(container)
            waiting.remove(track)
    return tracks[0].count


def _video_track(container: OutputContainer, video: Video, target: Picture, encoding: Encoding) -> Track:
    frames = ahead(_typed(_finished(video, target, encoding).frames()), "filter video")
    try:
        first = next(frames, None)
        if first is None:
            raise RenderError("no frame is left to write; is the cut longer than the film?")
        return Track(picture_stream_of(container, first, target, encoding), frames, first, _time_of(first))
    except BaseException:
        frames.close()  # type: ignore[attr-defined]
        raise


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
    if target.size != picture.size:
        right, bottom = target.width - picture.width, target.height - picture.height
        video = video.filter(
            Filter("pad", w=target.width, h=target.height, x=0, y=0),
            Filter("fillborders", right=right, bottom=bottom, mode="smear"),
            alpha="through",
        )
    if "pix_fmt" not in encoding.video:
        return video.filter(Filter("format", pix_fmts="|".join(_lossless(encoding.video["codec"]))), alpha="none")
    named = Filter("format", pix_fmts=target.pix_fmt)
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


def _audio_track(container: OutputContainer, audio: Audio, target: Sound, encoding: Encoding) -> Track:
    codec, sample_fmt = _audio_codec(encoding.audio["codec"], target)
    stream = container.add_stream(codec, rate=target.rate)
    context: Any = stream.codec_context
    context.layout, context.format = target.layout, sample_fmt
    context.flags |= Flags.bitexact
    if "bit_rate" in encoding.audio:
        rate = encoding.audio["bit_rate"] * max(2, target.channels) // 2
        context.bit_rate = min(rate, _OPUS_MOST * target.channels) if codec == "libopus" else rate
    fitted = audio.filter(
        Filter("aresample", sample_rate=target.rate),
        Filter("aformat", sample_fmts=sample_fmt, sample_rates=target.rate, channel_layouts=target.layout),
        Filter("asetnsamples", n=1024, p=0),
    )
    return Track(stream, ahead(fitted.blocks(), "filter sound", size=64))


_OPUS_MOST = 256_000  # bits a second and channel


def _audio_codec(codec: str, target: Sound) -> tuple[str, str]:
    if codec == "pcm":
        return ("pcm_s16le", "s16") if target.bits <= 16 else ("pcm_s24le", "s32")
    if codec == "flac":
        return "flac", "s16" if target.bits <= 16 else "s32"
    if codec == "pcm_f32":
        return "pcm_f32le", "flt"
    return codec, {"aac": "fltp", "libopus": "flt", "libmp3lame": "fltp"}[codec]


def _render_error(error: av.error.FFmpegError, encoding: Encoding) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreFullError(
            f"no space is left to write the {encoding.format}; free some, or run `artcelery cache prune`"
        )
    last: Any = error.log
    log = f" ({last[1][2].strip()})" if last and last[1] else ""
    return RenderError(f"the {encoding.format} could not be written: {error.strerror or error}{log}")
