"""Several streams into one container, in step: whichever is behind is written next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import OutputContainer

from artcelery.core.errors import RenderError
from artcelery.core.media.packets import PacketSource
from artcelery.core.media.pump import ahead, stopping

__all__ = ["Progress", "Step", "Track", "copied_track", "encoded", "interleaved"]

Progress = Callable[[int], None]
"""Called with how many frames (for a sound: blocks) are written; may raise to stop."""

_AT_ONCE = Fraction(-1)


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame, block or packet adds to a stream: packets to write, and the time in seconds that it is for.

    What an encoder still held at the end belongs to no frame, and is written at once.
    """

    time: Fraction
    packets: Sequence[Any]
    is_frame: bool = True


class Track:
    """A stream of a container, and the steps that are still to come."""

    def __init__(self, stream: Any, steps: Iterator[Step]) -> None:
        self.stream, self.count = stream, 0
        self._steps = steps
        self._next: Step | None = None

    @property
    def time(self) -> Fraction:
        """The time that the stream has reached."""
        assert self._next is not None
        return self._next.time

    def advance(self) -> bool:
        """Fetch the next step; whether there is one."""
        self._next = next(self._steps, None)
        return self._next is not None

    def write(self, container: OutputContainer) -> None:
        """Write the step that was fetched."""
        assert self._next is not None
        self.count += self._next.is_frame
        container.mux(self._next.packets)

    def close(self) -> None:
        """Stop the threads that make the steps."""
        with stopping(self._steps):
            pass


def encoded(stream: Any, frames: Iterator[Any]) -> Iterator[Step]:
    """The steps of frames, or blocks of sound, that are encoded one by one; none where there are none."""
    count = 0
    with stopping(frames):
        for frame in frames:
            count += 1
            yield Step(_time_of(frame), stream.encode(frame))
    if count:
        yield Step(_AT_ONCE, stream.encode(None), is_frame=False)


def copied_track(container: OutputContainer, source: PacketSource) -> Track:
    """A stream whose packets are written as they are."""
    stream = source.template(container)
    return Track(stream, ahead(_copied(stream, source), "read packets", size=64))


def interleaved(container: OutputContainer, tracks: Sequence[Track], progress: Progress) -> int:
    """Write whichever track is behind, until all are done; how many frames the first one has."""
    for track in tracks:
        if not track.advance():
            raise RenderError(f"the {track.stream.type} of the result is empty; nothing was left to write")
    waiting = list(tracks)
    while waiting:
        track = min(waiting, key=lambda item: item.time)
        track.write(container)
        if track is tracks[0]:
            progress(track.count)
        if not track.advance():
            waiting.remove(track)
    return tracks[0].count


def _time_of(frame: av.VideoFrame | av.AudioFrame) -> Fraction:
    assert frame.time_base is not None
    return Fraction((frame.pts or 0) * frame.time_base)


def _copied(stream: Any, source: PacketSource) -> Iterator[Step]:
    for item in source.packets():
        packet = item.packet
        packet.time_base = item.time_base
        packet.pts, packet.dts, packet.stream = item.pts, item.dts, stream
        yield Step(item.time, [packet])
