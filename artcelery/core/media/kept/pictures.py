"""The pictures of a file that was kept, as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av

from artcelery.core.errors import RenderError
from artcelery.core.media.carrying import uncarried
from artcelery.core.media.cutting import moved, on_grid, shown_between
from artcelery.core.media.kept.forms import Pictures
from artcelery.core.media.kept.seeking import frames_from
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media
from artcelery.core.media.probing.regular import named
from artcelery.core.media.pump import ahead, stopping
from artcelery.core.media.siting import sited

__all__ = ["KeptPictures"]


@dataclass(frozen=True)
class KeptPictures:
    """The pictures of a kept file in [begin, end) seconds."""

    path: Path
    limits: Limits
    pictures: Pictures
    begin: Fraction = Fraction(0)
    end: Fraction | None = None

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> KeptPictures:
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
        base = self.pictures.time_base
        with stopping(frames := self._until_end()):
            timed = ((Fraction((frame.pts or 0) * base), frame) for frame in frames)
            for time, frame in shown_between(self.begin, self.end, timed, self.pictures.clip):
                yield moved(frame, time - self.begin, self.begin)

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
            for frame in frames_from(container, stream, self.begin, named(self.path)):
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
