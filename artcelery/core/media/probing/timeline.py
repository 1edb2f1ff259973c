"""When the pictures of a film are shown: rate, length, and whether the steps are even.

Nothing is decoded. Containers with a full index (MP4, AVI) say it all; of others the beginning, three places within
and the end are read. A film is even when each picture seen lies on one grid, to a tenth of a step or a tick of the
file's clock (Matroska counts milliseconds).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

__all__ = ["Beginning", "Timeline", "read_timeline"]

_LEFT_OUT = 16  # pictures at the edge of a window whose neighbours may not have been read (the longest reordering)
_WITHIN = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
_PACKETS_WITHIN = 24
_TAIL_S = 1
_SAMPLED = 100_000
_GIF_TICK = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`rate` is the steady one, or the average one when `variable`; `duration` in seconds; `frames` as expected."""

    rate: Fraction
    variable: bool
    duration: Fraction
    frames: int


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was read so far: when pictures are shown and for how long, in ticks, and whether that was all of them."""

    times: Sequence[int]
    last_duration: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _Window:
    """Pictures in order, `step` apart; `first` is the number of the first, when it is known."""

    times: Sequence[int]
    first: int | None = None
    step: int = 1


def read_timeline(container: InputContainer, stream: Any, beginning: Beginning) -> Timeline:
    """The timeline of a stream; the container is left where the reading ended."""
    if stream.frames and len(stream.index_entries) == stream.frames:
        return _indexed(stream)
    return _scanned(container, stream, beginning)


def _indexed(stream: Any) -> Timeline:
    """From the index: its times are those of decoding, which are as even as those of showing."""
    step = 1 + stream.frames // _SAMPLED
    entries = stream.index_entries[::step]
    times = [entry.timestamp for entry in entries if not entry.is_discard]
    frames = stream.frames - step * (len(entries) - len(times))
    duration = Fraction((stream.duration or 0) * stream.time_base)
    sampled = [_Window(times, 0, step)]
    rate = _steady(_candidates(stream, duration and frames / duration), sampled, times[0], stream)
    if rate is not None:
        return Timeline(rate, False, frames / rate, frames)
    return _variable(duration, frames, stream)


def _scanned(container: InputContainer, stream: Any, beginning: Beginning) -> Timeline:
    times = sorted(beginning.times)
    start, sure = times[0], times if beginning.whole or len(times) <= 2 * _LEFT_OUT else times[:-_LEFT_OUT]
    windows, end = [_Window(sure, 0)], times[-1] + beginning.last_duration
    if not beginning.whole:
        rest, end = _rest(container, stream, start, end)
        windows += rest
    last = windows[-1].times[-1] if not beginning.whole else times[-1]
    length = (last - start) * stream.time_base
    seen = Fraction(sure[-1] - sure[0]) * stream.time_base
    rate = _steady(_candidates(stream, seen and (len(sure) - 1) / seen), windows, start, stream)
    if rate is not None:
        frames = round(length * rate) + 1
        return Timeline(rate, False, frames / rate, frames)
    duration = Fraction((end - start) * stream.time_base)
    frames = len(times) if beginning.whole else round(duration * (len(sure) - 1) / seen) if seen else 1
    return _variable(duration, frames, stream)


def _variable(duration: Fraction, frames: int, stream: Any) -> Timeline:
    rate = frames / duration if duration else stream.average_rate or Fraction(1)
    return Timeline(Fraction(rate).limit_denominator(100_000), True, duration, frames)


def _candidates(stream: Any, seen: Fraction | int) -> list[Fraction]:
    """Rates that the pictures may have, the likeliest first: plain ones near what the file says, then what it says."""
    said = [Fraction(rate) for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate, seen) if rate]
    plain = [rate for near in said for rate in sorted(_plain(near, stream), key=lambda rate: abs(rate - near))]
    return [rate for rate in dict.fromkeys((*plain, *(near.limit_denominator(100_000) for near in said))) if rate > 0]


def _plain(near: Fraction, stream: Any) -> tuple[Fraction, ...]:
    """The whole rate nearest to one, and its sister in NTSC's measure (30 and 30000/1001), which no GIF has."""
    whole = Fraction(round(near))
    return (whole,) if stream.time_base == _GIF_TICK else (whole, whole * 1000 / 1001)


def _steady(rates: Sequence[Fraction], windows: Sequence[_Window], start: int, stream: Any) -> Fraction | None:
    """The rate whose grid lies nearest to the pictures; None when some picture is off every grid.

    What is within a tick of the file's clock counts as on the grid, so that of equals the first wins: over a few
    seconds 30 and 29.97 a second differ by less than a container that counts milliseconds can tell.
    """
    tick = Fraction(stream.time_base)
    off = {rate: max(_off(window, start, rate, tick) for window in windows) for rate in rates}
    fit = [rate for rate in rates if off[rate] <= min(max(tick, 1 / rate / 10), 1 / rate * 2 / 5)]
    return min(fit, key=lambda rate: max(off[rate] - tick, 0), default=None)


def _off(window: _Window, start: int, rate: Fraction, tick: Fraction) -> Fraction:
    """How far the pictures of a window are from the grid at most, in seconds, each on the next step."""
    first = window.first
    if first is None:
        first = round((window.times[0] - start) * tick * rate)
    ticks_a_step = 1 / rate / tick
    numbers = (first + index * window.step for index in range(len(window.times)))
    off = max(abs(time - start - number * ticks_a_step) for time, number in zip(window.times, numbers, strict=True))
    return Fraction(off) * tick


def _rest(container: InputContainer, stream: Any, start: int, end: int) -> tuple[list[_Window], int]:
    """Windows within the film and its end, and when the last picture ends."""
    length = _length(container, stream)
    windows = []
    if length:
        for part in _WITHIN:
            if _seek(container, stream, start + int(length * part)):
                times = sorted(time for time, _ in _read(container, stream, _PACKETS_WITHIN))
                windows.append(_Window(times[len(times) // 3 : -len(times) // 3]))
        _seek(container, stream, start + max(0, length - int(_TAIL_S / stream.time_base)))
    tail = sorted(_read(container, stream))
    if tail:
        times = [time for time, _ in tail]
        windows.append(_Window(times[_LEFT_OUT:] or times[-1:]))
        end = times[-1] + (tail[-1][1] or 0)
    return [window for window in windows if window.times], end


def _length(container: InputContainer, stream: Any) -> int:
    """How many ticks the headers promise, 0 when they do not."""
    if stream.duration:
        return int(stream.duration)
    return int(Fraction(container.duration or 0, av.time_base) / stream.time_base)


def _seek(container: InputContainer, stream: Any, ticks: int) -> bool:
    """Move to the key frame before; False when the container cannot, which then is read on from where it stands."""
    try:
        container.seek(ticks, stream=stream)
    except av.error.ExitError:  # that it takes too long
        raise
    except av.error.FFmpegError:
        return False
    return True


def _read(container: InputContainer, stream: Any, most: int = 2**62) -> Iterator[tuple[int, int]]:
    for count, packet in enumerate(container.demux(stream)):
        if packet.pts is not None:
            yield packet.pts, packet.duration or 0
        if count >= most:
            return
