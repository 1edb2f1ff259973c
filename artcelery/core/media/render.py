"""One pass in memory: files in, streams through the ops, one file out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.probe import probe
from artcelery.core.media.profiles import Encoding
from artcelery.core.media.reader import SoundFile, VideoFile
from artcelery.core.media.stills import read_still, write_still
from artcelery.core.media.stream import Audio, Video
from artcelery.core.media.writer import write_media

if TYPE_CHECKING:
    from artcelery.core.graph import Node

__all__ = ["render_streams"]

Streams = tuple[Video | None, Audio | None]


def render_streams(
    nodes: Sequence[Node],
    target: Node,
    files: Mapping[str, Path],
    encoding: Encoding,
    output: Path,
    limits: Limits,
    progress: Callable[[int], None],
) -> None:
    """Render `target` from `files` (node id -> file) through `nodes` (in order, inputs first) into `output`."""
    streams: dict[str, Streams] = {name: open_file(path, limits) for name, path in files.items()}
    for node in nodes:
        inputs = [streams[name] for name in node.inputs]
        videos = [video for video, _ in inputs if video is not None]
        sounds = [sound for _, sound in inputs if sound is not None]
        streams[node.id] = (
            node.op.video(*videos) if videos else None,
            node.op.audio(*sounds) if sounds else None,
        )
    video, audio = streams[target.id]
    if encoding.kind == "still":
        _write_still(video, output, encoding, progress)
    else:
        write_media(output, target.clip, video, audio, encoding, progress)


def open_file(path: Path, limits: Limits) -> Streams:
    """The streams of a file, not yet decoding."""
    clip = probe(path, limits)
    if clip.is_still:
        return Video(clip, StillFile(path, clip, limits)), None
    video = Video(clip, VideoFile(path, clip, limits)) if clip.picture else None
    audio = None
    if clip.sound:
        audio = Audio(clip.sound, clip.duration or Fraction(0), SoundFile(path, clip, limits))
    return video, audio


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
