"""What is kept between passes: a file that holds exactly what flows, and says exactly what that was.

NUT holds any codec at any time base. What it cannot say stands in its tags: the clip as it turned out, the format of
the frames, the layout of the sound. So what is read again differs in nothing from what was written, and no reader has
to guess. A film of variable rate ends with a picture too many, whose time says how long the last one is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import av
import numpy as np

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.carrying import carried, uncarried
from artcelery.core.media.clip import Clip, Sound, clip_from_json, clip_to_json
from artcelery.core.media.color import Tags
from artcelery.core.media.cutting import grid_of, on_grid, shown_at
from artcelery.core.media.decoding import decodable
from artcelery.core.media.filtering import filter_audio
from artcelery.core.media.interleaving import Progress, Track, encoded, interleaved
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media
from artcelery.core.media.probing.regular import named
from artcelery.core.media.profiles import Encoding
from artcelery.core.media.pump import ahead, chained, stopping
from artcelery.core.media.siting import sited, siting_of
from artcelery.core.media.stream import Audio, Streams, Video
from artcelery.core.media.writer import muxer, picture_stream_of

__all__ = ["open_kept", "write_kept"]

_CODECS = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "flt": "pcm_f32le", "dbl": "pcm_f64le"}
_BACK_S = (0, 1, 4, 16, inf)
_TAG = 1000
"""How long a tag of NUT can be, in characters."""

_ROOM = 32
"""How many times larger a file may be than others: a still is encoded as a film, and some pictures byte by byte."""


@dataclass(frozen=True)
class _Pictures:
    """How the frames of a film or still were."""

    clip: Clip
    width: int
    height: int
    pix_fmt: str
    siting: str
    time_base: Fraction
    duration: int
    tags: Tags

    @property
    def is_variable(self) -> bool:
        """Whether each is shown for a time of its own, so that the end has to be said."""
        return not self.clip.is_still and grid_of(self.clip) is None

    @classmethod
    def of(cls, frame: av.VideoFrame, clip: Clip) -> _Pictures:
        """Those of a stream with this frame."""
        tags = Tags(*map(int, (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)))
        base, pix_fmt = Fraction(frame.time_base or 1), frame.format.name
        assert clip.picture is not None
        siting = siting_of(frame, clip.picture)
        return cls(clip, frame.width, frame.height, pix_fmt, siting, base, frame.duration or 0, tags)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**vars(self), "clip": _plain(self.clip), "time_base": str(self.time_base), "tags": asdict(self.tags)}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> _Pictures:
        """Those that `to_json` wrote."""
        clip, base = clip_from_json(said["clip"]), Fraction(said["time_base"])
        return cls(**{**said, "clip": clip, "time_base": base, "tags": Tags(**said["tags"])})


@dataclass(frozen=True)
class _Blocks:
    """How the blocks of a sound were."""

    sound: Sound
    duration: Fraction
    grid: Fraction | None
    rate: int
    layout: str
    sample_fmt: str

    @classmethod
    def of(cls, block: av.AudioFrame, audio: Audio) -> _Blocks:
        """Those of a sound with this block."""
        return cls(audio.sound, audio.duration, audio.grid, block.sample_rate, block.layout.name, block.format.name)

    @property
    def packed(self) -> str:
        """The format of the samples, those of one moment side by side."""
        return self.sample_fmt.removesuffix("p")

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        grid = None if self.grid is None else str(self.grid)
        return {**vars(self), "sound": asdict(self.sound), "duration": str(self.duration), "grid": grid}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> _Blocks:
        """Those that `to_json` wrote."""
        grid = None if said["grid"] is None else Fraction(said["grid"])
        return cls(**{**said, "sound": Sound(**said["sound"]), "duration": Fraction(said["duration"]), "grid": grid})


def write_kept(path: Path, streams: Streams, encoding: Encoding, progress: Progress) -> int:
    """Write what flows into a new file at `path`; how many pictures (or blocks of sound) it holds."""
    said: dict[str, Any] = {"clip": _plain(streams.clip)}
    with muxer(path, encoding) as container, ExitStack() as running:
        tracks = []
        if streams.video is not None:
            track, pictures = _picture_track(container, running, streams.video, encoding)
            tracks.append(track)
            said["pictures"] = pictures.to_json()
        if streams.audio is not None:
            track, blocks = _sound_track(container, running, streams.audio)
            tracks.append(track)
            said["blocks"] = blocks.to_json()
        container.metadata.update(_noted(said))
        return interleaved(container, tracks, progress)


def _plain(clip: Clip) -> dict[str, Any]:
    return clip_to_json(replace(clip, notes=()))


def _picture_track(container: Any, running: ExitStack, video: Video, encoding: Encoding) -> tuple[Track, _Pictures]:
    flowing = running.enter_context(_flowing(video.frames(), "filter video"))
    first = next(flowing, None)
    if first is None:
        raise RenderError("no frame is left to keep; is the cut longer than the film?")
    pictures = _Pictures.of(first, video.clip)
    whole = chained(first, flowing)
    frames = carried(_ended(whole) if pictures.is_variable else whole, pictures.pix_fmt, video.picture)
    carrier = next(frames)
    stream = picture_stream_of(container, carrier, video.picture, encoding)
    stream.codec_context.time_base = carrier.time_base
    return Track(stream, encoded(stream, chained(carrier, frames))), pictures


def _sound_track(container: Any, running: ExitStack, audio: Audio) -> tuple[Track, _Blocks]:
    flowing = running.enter_context(_flowing(audio.blocks(), "filter sound", 64))
    first = next(flowing, None)
    if first is None:
        raise RenderError("no sound is left to keep; is the cut longer than it?")
    blocks = _Blocks.of(first, audio)
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


def open_kept(path: Path, limits: Limits) -> Streams:
    """The streams of a file that `write_kept` made, not yet decoding."""
    limits = replace(limits, max_pixels=_ROOM * limits.max_pixels)
    with open_media(path, limits) as container:
        said = _said(container, path)
    clip, video, audio = clip_from_json(said["clip"]), None, None
    if "pictures" in said:
        pictures = _Pictures.from_json(said["pictures"])
        video = _told(Video(pictures.clip, _KeptPictures(path, limits, pictures)), pictures.pix_fmt)
    if "blocks" in said:
        blocks = _Blocks.from_json(said["blocks"])
        audio = Audio(blocks.sound, blocks.duration, _KeptSound(path, limits, blocks), grid=blocks.grid)
    return Streams(clip, video, audio)


def _told(video: Video, pix_fmt: str) -> Video:
    """The pictures; of those that are RGB on the way from YUV to YUV libavfilter is told which YUV that is."""
    if not av.VideoFormat(pix_fmt).is_rgb or video.picture.matrix == "rgb":
        return video
    return video.filter(Filter("setparams", colorspace=video.picture.matrix), alpha="none")


def _noted(said: dict[str, Any]) -> dict[str, str]:
    """Plain values as tags of a file."""
    text = json.dumps(said, sort_keys=True)
    return {f"kept{at // _TAG:02}": text[at : at + _TAG] for at in range(0, len(text), _TAG)}


def _said(container: Any, path: Path) -> dict[str, Any]:
    tags = {key: value for key, value in container.metadata.items() if key.startswith("kept")}
    try:
        said: dict[str, Any] = json.loads("".join(tags[key] for key in sorted(tags)))
    except ValueError as error:
        raise RenderError(f"{named(path)} does not say what was kept in it; it is damaged, run it again") from error
    return said


@dataclass(frozen=True)
class _KeptPictures:
    """The pictures of a kept file in [begin, end) seconds."""

    path: Path
    limits: Limits
    pictures: _Pictures
    begin: Fraction = Fraction(0)
    end: Fraction | None = None

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> _KeptPictures:
        """A part of this part: exactly, each picture needs no other one."""
        clip = self.pictures.clip
        if clip.is_still:
            raise RenderError("a still cannot be cut")
        stop = self.end
        if end is not None:
            stop = self.begin + on_grid(end, clip) if stop is None else min(stop, self.begin + on_grid(end, clip))
        return replace(self, begin=self.begin + on_grid(begin, clip), end=stop)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames as they were, decoded ahead in a thread of their own."""
        return ahead(self._placed(), "decode video")

    def _placed(self) -> Iterator[av.VideoFrame]:
        base, grid = self.pictures.time_base, grid_of(self.pictures.clip)
        with stopping(frames := self._until_end()):
            timed = ((Fraction((frame.pts or 0) * base), frame) for frame in frames)
            for time, frame in shown_at(self.begin, timed, grid):
                frame.pts = round((time - self.begin) / base)
                yield frame

    def _until_end(self) -> Iterator[av.VideoFrame]:
        pictures = self.pictures
        assert pictures.clip.picture is not None
        with stopping(decoded := self._decoded()):
            frames = uncarried(decoded, pictures.pix_fmt, (pictures.width, pictures.height), pictures.clip.picture)
            frames = sited(frames, pictures.siting, pictures.clip.picture)
            for frame in _lasting(frames) if pictures.is_variable else frames:
                if self.end is not None and (frame.pts or 0) * pictures.time_base >= self.end:
                    return
                yield self._dressed(frame)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        pictures = self.pictures
        with open_media(self.path, self.limits) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in _from(container, stream, self.begin, named(self.path)):
                frame.pts = round((frame.pts or 0) * Fraction(stream.time_base or 1) / pictures.time_base)
                frame.time_base, frame.dts = pictures.time_base, None
                yield frame

    def _dressed(self, frame: av.VideoFrame) -> av.VideoFrame:
        tags = self.pictures.tags
        if not self.pictures.is_variable:
            frame.duration = self.pictures.duration
        frame.colorspace, frame.color_range = tags.matrix, tags.color_range
        frame.color_primaries, frame.color_trc = tags.primaries, tags.transfer
        return frame


def _lasting(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """The frames but for the one too many, each until the next one is shown."""
    before = None
    for frame in frames:
        if before is not None:
            before.duration = (frame.pts or 0) - (before.pts or 0)
            yield before
        before = frame


@dataclass(frozen=True)
class _KeptSound:
    """The sound of a kept file in [begin, end), in samples."""

    path: Path
    limits: Limits
    form: _Blocks
    begin: int = 0
    end: int | None = None

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> _KeptSound:
        """A part of this part, to the sample."""
        rate, stop = self.form.rate, self.end
        if end is not None:
            last = self.begin + round(end * rate)
            stop = last if stop is None else min(stop, last)
        return replace(self, begin=self.begin + round(begin * rate), end=stop)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks as they were, decoded ahead in a thread of their own."""
        blocks, fmt = self._placed(), self.form.sample_fmt
        planar = [] if fmt == self.form.packed else [Filter("aformat", sample_fmts=fmt)]
        return ahead(filter_audio(blocks, planar) if planar else blocks, "decode sound", size=64)

    def _placed(self) -> Iterator[av.AudioFrame]:
        form, channels = self.form, av.AudioLayout(self.form.layout).nb_channels
        with stopping(decoded := self._decoded()):
            for at, block in decoded:
                if self.end is not None and at >= self.end:
                    return
                first, last = max(0, self.begin - at), None if self.end is None else self.end - at
                samples: Any = block.to_ndarray().reshape(-1, channels)[first:last]
                if len(samples):
                    made = av.AudioFrame.from_ndarray(
                        np.ascontiguousarray(samples).reshape(1, -1), format=form.packed, layout=form.layout
                    )
                    made.sample_rate, made.time_base = form.rate, Fraction(1, form.rate)
                    made.pts = at + first - self.begin
                    yield made

    def _decoded(self) -> Iterator[tuple[int, av.AudioFrame]]:
        rate = self.form.rate
        with open_media(self.path, self.limits) as container:
            stream = container.streams.audio[0]
            for block in _from(container, stream, Fraction(self.begin, rate), named(self.path)):
                yield round((block.pts or 0) * Fraction(stream.time_base or 1) * rate), block


def _from(container: Any, stream: Any, begin: Fraction, called: str) -> Iterator[Any]:
    """What is decoded from `begin` on, and at least one frame before it unless it is the first."""
    for back in _BACK_S:
        since = max(Fraction(0), begin - Fraction(back)) if back < inf else Fraction(0)
        if since > 0 or back > 0:
            container.seek(int(since / stream.time_base), stream=stream)
        frames = decodable(container.decode(stream), called)
        first = next(frames, None)
        if first is not None and ((first.pts or 0) * stream.time_base <= begin or since == 0):
            return chained(first, frames)
    return iter(())
