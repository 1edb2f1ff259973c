"""Clips after one another: each is made to match the film, and opened shortly before it is seen.

However many clips a film has, at most two of them are open: the one that is shown, and the next, whose first picture is
being made meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from math import ceil, floor, gcd, lcm
from threading import Thread

import av

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.color import tags_of
from artcelery.core.media.cutting import grid_of, next_on
from artcelery.core.media.editing.conforming import conform, retime
from artcelery.core.media.editing.fitting import FitMode
from artcelery.core.media.editing.transitions import Transition, mixer
from artcelery.core.media.pump import stopping
from artcelery.core.media.sound.holding import held
from artcelery.core.media.sound.mixing import Placed, mix
from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["Piece", "join", "joined_parts", "piece_of"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a film: pictures that match it, and their sound, to the whole sample after the last of them.

    `transition` is how the piece before becomes this one, over the last pictures of that and the first of this.
    """

    streams: Streams
    frames: int
    transition: Transition | None = None

    @property
    def overlap(self) -> int:
        """How many pictures the piece before is still there."""
        return self.transition.frames if self.transition else 0


def piece_of(
    source: Streams,
    film: Clip,
    frames: int,
    begin: Fraction = Fraction(0),
    *,
    mode: FitMode = "pad",
    background: str = "#000000",
    silent: bool = False,
) -> Streams:
    """Exactly `frames` pictures of a source from `begin` seconds of it on, as those of `film`, and its sound then.

    They are those that the whole source, brought to the film's rate, shows there. Where the film has sound and the
    source has none there is silence.
    """
    assert source.video is not None
    picture, rate = _timed(film)
    clip = replace(film, frames=frames, duration=frames / rate, sound=None if silent else film.sound)
    video = _matching(source.video, picture, frames, begin, mode, background)
    if clip.sound is None:
        return Streams(clip, video)
    length = Fraction(ceil(frames / rate * clip.sound.rate), clip.sound.rate)
    placed = [Placed(held(source.audio, begin + length), -begin)] if source.audio else []
    return Streams(clip, video, mix(placed, clip.sound, length, grid=rate))


def join(film: Clip, pieces: Sequence[Piece]) -> Streams:
    """The film of its pieces, in order; what overlaps is cross-faded in the sound."""
    _, rate = _timed(film)
    return Streams(film, Video(film, _Joined(film, tuple(pieces))), _joined_sound(film, pieces, rate))


def joined_parts(film: Clip, parts: Sequence[Streams]) -> Streams:
    """The film of parts that are cut hard, each as long as its clip says."""
    return join(film, [Piece(part, part.clip.frames) for part in parts])


def _timed(film: Clip) -> tuple[Picture, Fraction]:
    assert film.picture is not None
    assert film.picture.rate is not None
    return film.picture, film.picture.rate


def _matching(video: Video, target: Picture, frames: int, begin: Fraction, mode: FitMode, background: str) -> Video:
    """Of pictures that are left out none is converted, and of those shown twice each once."""
    rate = target.rate
    assert rate is not None
    if not video.clip.is_still:
        video = _from(video, begin, begin + frames / rate)
        if (video.picture.rate or rate) > rate:
            return conform(retime(video, rate, frames), target, mode=mode, background=background)
    return retime(conform(video, target, mode=mode, background=background), rate, frames)


def _from(video: Video, begin: Fraction, end: Fraction) -> Video:
    """The pictures shown in [begin, end), at time 0 what is shown at `begin`: its own time may lie before."""
    grid = grid_of(video.clip)
    if begin == 0 and video.clip.duration is not None and next_on(grid, end) >= video.clip.duration:
        return video
    first = begin if grid is None else floor(begin * grid) / grid
    part = video.cut(first, end)
    if first == begin or grid is None:
        return part
    step, late = _shared(1 / grid, begin - first), begin - first
    fine = Filter("settb", expr=f"{step.numerator}/{step.denominator}")
    return part.filter(fine, Filter("setpts", expr=f"PTS-{late / step}"), alpha="none")


def _shared(one: Fraction, other: Fraction) -> Fraction:
    """The longest time of which both are multiples."""
    return Fraction(gcd(one.numerator, other.numerator), 1) / lcm(one.denominator, other.denominator)


def _joined_sound(film: Clip, pieces: Sequence[Piece], rate: Fraction) -> Audio | None:
    """Each sound at the time of its first picture, counted from the beginning, so that nothing drifts."""
    if film.sound is None or film.duration is None:
        return None
    placed, start = [], 0
    for piece, after in zip(pieces, (*pieces[1:], None), strict=True):
        start -= piece.overlap
        if piece.streams.audio is not None:
            fades = piece.overlap / rate, (after.overlap if after else 0) / rate
            placed.append(Placed(piece.streams.audio, start / rate, piece.frames / rate, 1.0, *fades))
        start += piece.frames
    return mix(placed, film.sound, film.duration, grid=rate)


@dataclass(frozen=True)
class _Joined:
    """Pictures [first, last) of those of all pieces."""

    film: Clip
    pieces: tuple[Piece, ...]
    first: int = 0
    last: int | None = None

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> _Joined:
        """A part of this part: pieces outside of it are not opened."""
        _, rate = _timed(self.film)
        first, last = self.first + ceil(begin * rate), self.last
        if end is not None:
            stop = self.first + ceil(end * rate)
            last = stop if last is None else min(last, stop)
        return replace(self, first=first, last=last)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures at 0, 1/rate, 2/rate ..., each saying the same of its colours."""
        picture, rate = _timed(self.film)
        tags, (piece, number) = tags_of(picture), self._begin()
        wanted = None if self.last is None else max(0, self.last - number)
        with closing(self._in_order(self.pieces[piece:])) as frames:
            for at, frame in enumerate(islice(frames, wanted), number - self.first):
                if at >= 0:
                    frame.pts, frame.dts, frame.time_base, frame.duration = at, None, 1 / rate, 1
                    frame.colorspace, frame.color_range = tags.matrix, tags.color_range
                    frame.color_primaries, frame.color_trc = tags.primaries, tags.transfer
                    yield frame

    def _begin(self) -> tuple[int, int]:
        """The piece with picture number `first` (the earlier of two), and the number of its own first picture."""
        start = 0
        for at, piece in enumerate(self.pieces):
            start -= piece.overlap
            if start + piece.frames > self.first:
                return at, start
            start += piece.frames
        return len(self.pieces), start

    def _in_order(self, pieces: Sequence[Piece]) -> Generator[av.VideoFrame]:
        """All pictures of these pieces; the first of them is shown from its beginning."""
        running = [_Coming(piece) for piece in pieces[:1]]
        seen = 0
        try:
            for piece, after in zip(pieces, (*pieces[1:], None), strict=True):
                running += [_Coming(after)] if after else []
                overlap = after.overlap if after else 0
                for _ in range(seen, piece.frames - overlap):
                    yield running[0].next()
                if after and after.transition:
                    yield from self._between(running[0], running[1], after.transition)
                running.pop(0).close()
                seen = overlap
        finally:
            for item in running:
                item.close()

    def _between(self, leaving: _Coming, coming: _Coming, transition: Transition) -> Iterator[av.VideoFrame]:
        picture, _ = _timed(self.film)
        mixed = mixer(transition, picture)
        for number in range(transition.frames):
            yield mixed(leaving.next(), coming.next(), number)


class _Coming:
    """The pictures of a piece; a thread makes the first one, so that it is there when its time comes."""

    def __init__(self, piece: Piece) -> None:
        assert piece.streams.video is not None
        self._frames = piece.streams.video.frames()
        self._first: av.VideoFrame | BaseException | None = None
        self._thread: Thread | None = Thread(target=self._open, name="next clip", daemon=True)
        self._thread.start()

    def next(self) -> av.VideoFrame:
        """The next picture; RenderError when there is none."""
        frame = self._opened() if self._thread else next(self._frames, None)
        if isinstance(frame, BaseException):
            raise frame
        if frame is None:
            raise RenderError("a clip of the film has fewer pictures than it promised; its file may be damaged")
        return frame

    def close(self) -> None:
        """Stop whatever makes the pictures."""
        self._opened()
        with stopping(self._frames):
            pass

    def _open(self) -> None:
        try:
            self._first = next(self._frames, None)
        except BaseException as error:
            self._first = error

    def _opened(self) -> av.VideoFrame | BaseException | None:
        if self._thread:
            self._thread.join()
            self._thread = None
        first, self._first = self._first, None
        return first
