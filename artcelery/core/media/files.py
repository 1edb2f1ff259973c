"""Both ends of a pass: files become streams, streams become a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.cutting import grid_of
from artcelery.core.media.kept import write_kept
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.profiles import KEPT, Encoding
from artcelery.core.media.reading.pictures import VideoFile
from artcelery.core.media.reading.sound import SoundFile
from artcelery.core.media.stills import read_still, write_still
from artcelery.core.media.stream import Audio, Streams, Video
from artcelery.core.media.writer import write_media

__all__ = ["open_file", "write_clip"]


def write_clip(output: Path, streams: Streams, encoding: Encoding, progress: Callable[[int], None]) -> None:
    """Write streams into a new file, in `encoding`; `progress` is told of each frame."""
    if encoding.id == KEPT["film"].id:
        write_kept(output, streams, encoding, progress)
    elif encoding.kind == "still":
        _write_still(streams.video, output, encoding, progress)
    else:
        write_media(output, streams, encoding, progress)


def open_file(path: Path, limits: Limits) -> Streams:
    """The streams of a file, not yet decoding."""
    clip = probe(path, limits)
    if clip.kind == "data":
        return Streams(clip, file=path)
    if clip.is_still:
        return Streams(clip, Video(clip, StillFile(path, clip, limits)))
    video = Video(clip, VideoFile(path, clip, limits)) if clip.picture else None
    audio = None
    if clip.sound:
        audio = Audio(clip.sound, clip.duration or Fraction(0), SoundFile(path, clip, limits), grid=grid_of(clip))
    return Streams(clip, video, audio)


@dataclass(frozen=True)
class StillFile:
    """A picture file as a stream of one frame."""

    path: Path
    clip: Clip
    limits: Limits

    def frames(self) -> Iterator[av.VideoFrame]:
        """The one frame."""
        yield read_still(self.path, self.limits)

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> StillFile:
        """A still has no time: planning refuses to cut it."""
        raise RenderError("a still cannot be cut")


def _write_still(video: Video | None, output: Path, encoding: Encoding, progress: Callable[[int], None]) -> None:
    frame = next(video.frames(), None) if video is not None else None
    if frame is None:
        raise RenderError("nothing is left to write; the picture has gone")
    options = {key: value for key, value in encoding.still.items() if key != "alpha"}
    write_still(frame, output, encoding.format, options)
    progress(1)
