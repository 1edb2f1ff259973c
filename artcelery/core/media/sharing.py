"""Pictures that several nodes look at: made once, handed to each.

Readers that keep step share what one of them fetches. One that falls far behind (a film that comes later in a sequence)
must not fill the memory with what waits for it: it is left to make its pictures anew, and they are the same.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import av

from artcelery.core.media.filtering import filter_video
from artcelery.core.media.pump import stopping
from artcelery.core.media.stream import Video, VideoOrigin

__all__ = ["shared"]

_KEPT = 24
"""How many pictures the readers may be apart: more than the queues of readers that keep step hold."""

_PATIENCE_S = 0.25


def shared(video: Video) -> Video:
    """The same pictures, made once for all who read them at the same pace."""
    return Video(video.clip, _Shared(video))


@dataclass(frozen=True)
class _Own:
    """Pictures that nobody else looks at, with the filters on their way."""

    video: Video

    def frames(self) -> Iterator[av.VideoFrame]:
        return self.video.frames()

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return _Own(self.video.cut(begin, end, precise=precise))


class _LeftBehind(Exception):
    """The reader is so far behind that its pictures are gone."""


class _Shared:
    def __init__(self, video: Video) -> None:
        self.video = video
        self.moved = threading.Condition()
        self.source: Iterator[av.VideoFrame] | None = None
        self.frames_kept: deque[av.VideoFrame] = deque()
        self.first = 0
        self.ended = False
        self.readers: dict[int, int] = {}
        self.numbered = 0

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        """A part is read by itself: a file seeks to it."""
        return _Own(self.video.cut(begin, end, precise=precise))

    def frames(self) -> Iterator[av.VideoFrame]:
        """All pictures, each a frame of the reader's own that shares its pixels."""
        with stopping(frames := self._own()):
            yield from filter_video(frames, (), self.video.picture)

    def _own(self) -> Iterator[av.VideoFrame]:
        reader, count = self._joined(), 0
        try:
            while reader is not None and (frame := self._next(reader)) is not None:
                yield frame
                count += 1
            if reader is not None:
                return
        except _LeftBehind:
            pass
        finally:
            self._leave(reader)
        with stopping(again := self.video.frames()):
            yield from islice(again, count, None)

    def _joined(self) -> int | None:
        """A number for a new reader; None when the first pictures are gone already."""
        with self.moved:
            if not self.readers:
                self._restart()
            if self.first > 0:
                return None
            self.numbered += 1
            self.readers[self.numbered] = 0
            return self.numbered

    def _restart(self) -> None:
        self._close()
        self.source, self.first, self.ended = self.video.frames(), 0, False

    def _next(self, reader: int) -> av.VideoFrame | None:
        """The reader's next picture, fetched when nobody has it yet; None after the last; _LeftBehind when late."""
        with self.moved:
            place = self.readers.get(reader)
            if place is None:
                raise _LeftBehind
            if place == self.first + len(self.frames_kept):
                self._fetch(place)
            if place == self.first + len(self.frames_kept):
                return None
            self.readers[reader] = place + 1
            frame = self.frames_kept[place - self.first]
            self._forget()
            self.moved.notify_all()
            return frame

    def _fetch(self, place: int) -> None:
        """One picture more; before that, those who are too far behind get some time, and then are left behind."""
        if self.ended or self.source is None:
            return
        if place - min(self.readers.values()) >= _KEPT:
            self.moved.wait_for(lambda: place - min(self.readers.values()) < _KEPT, _PATIENCE_S)
            late = [reader for reader, at in self.readers.items() if place - at >= _KEPT]
            for reader in late:
                del self.readers[reader]
            self._forget()
        if place < self.first + len(self.frames_kept):
            return
        frame = next(self.source, None)
        if frame is None:
            self.ended = True
        else:
            self.frames_kept.append(frame)

    def _forget(self) -> None:
        """Drop the pictures that every reader has had; the first few stay for readers that are about to come."""
        least = min(self.readers.values(), default=self.first)
        begun = self.first + len(self.frames_kept) <= _KEPT
        while self.first < least and self.frames_kept and not begun:
            self.frames_kept.popleft()
            self.first += 1

    def _leave(self, reader: int | None) -> None:
        with self.moved:
            self.readers.pop(reader or 0, None)
            if not self.readers:
                self._close()
            self._forget()
            self.moved.notify_all()

    def _close(self) -> None:
        self.frames_kept.clear()
        if self.source is not None:
            with suppress(ValueError), stopping(self.source):
                self.source = None
