"""The sound of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import av
from av.container import InputContainer

from artcelery.core.effect import Filter
from artcelery.core.media.decoding import decodable, decode_sound
from artcelery.core.media.filtering import filter_audio
from artcelery.core.media.probing.opening import open_media, picture_stream, sound_stream
from artcelery.core.media.probing.whole import SLACK_S
from artcelery.core.media.pump import ahead
from artcelery.core.media.reading.part import FilePart, cut_short
from artcelery.core.media.reading.seeking import seek, start_of
from artcelery.core.media.sound.clock import SoundClock

__all__ = ["SoundFile"]

_PREROLL_S = Fraction(1, 2)
"""How much sound before a cut is decoded: a lossy block is only right when those before it were decoded too.

AAC overlaps two blocks, Opus asks for 80 ms (RFC 7845, 4.6), MP3 may refer back to 9 blocks of 26 ms.
"""

_BLOCKS_READ = 4
"""How many blocks are decoded to learn where they begin: the first are short where a codec says what to leave out."""


@dataclass(frozen=True)
class SoundFile(FilePart):
    """The sound of a file, from time 0 without gaps; `looking` as in `open_media`."""

    looking: bool = True

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> SoundFile:
        """Only [begin, end) of it: a part of a part begins so many samples after the beginning of that."""
        first, stop = self._edges()
        if end is not None:
            last = first + self._at_sample(end)
            stop = last if stop is None else min(stop, last)
        return replace(self, begin=first + (self._at_sample(begin) if precise else begin), end=stop, precise=precise)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks, decoded ahead in a thread of their own; gaps in the file are silence."""
        begin, end = self._edges()
        return ahead(filter_audio(self._timed(begin), self._exact(begin, end)), "decode sound", size=64)

    def _edges(self) -> tuple[Fraction, Fraction | None]:
        """Where this part begins and ends, at a sample."""
        begin, end = self.bounds()
        return self._at_sample(begin), None if end is None else self._at_sample(end)

    def _at_sample(self, time: Fraction) -> Fraction:
        assert self.clip.sound is not None
        return Fraction(round(time * self.clip.sound.rate), self.clip.sound.rate)

    def _exact(self, begin: Fraction, end: Fraction | None) -> list[Filter]:
        """Silence where the file has none, and the last sample where the cut says."""
        # `min_comp`: otherwise it leaves a first block where it is that is off by less than a millisecond.
        chain = [Filter("aresample", **{"async": 1, "first_pts": 0, "min_comp": 0, "min_hard_comp": 0.05})]
        end = self._end(end)
        if end is not None:
            assert self.clip.sound is not None
            chain.append(Filter("atrim", end_sample=round((end - begin) * self.clip.sound.rate)))
        return [*chain, Filter("asetpts", expr="N/SR/TB")]

    def _end(self, cut: Fraction | None) -> Fraction | None:
        """Where sound ends: at the cut, or where the file says; what a codec pads after that is not sound."""
        return min((time for time in (cut, self._said_end()) if time is not None), default=None)

    def _said_end(self) -> Fraction | None:
        """Where the sound ends as its file says, in seconds from time 0; None when it does not say."""
        if self.clip.kind == "sound":
            return self.clip.duration
        with open_media(self.path, self.limits, looking=self.looking) as container:
            stream = sound_stream(container)
            if not stream.duration:
                return None
            return start_of(stream) + Fraction(stream.duration * stream.time_base) - self._zero(container)

    def _zero(self, container: InputContainer) -> Fraction:
        return start_of(picture_stream(container) if self.clip.picture else sound_stream(container))

    def _timed(self, begin: Fraction) -> Iterator[av.AudioFrame]:
        for time, frame in self._decoded(begin):
            frame.pts = round((time - begin) * frame.sample_rate)
            frame.time_base = Fraction(1, frame.sample_rate)
            yield frame

    def _decoded(self, begin: Fraction) -> Iterator[tuple[Fraction, av.AudioFrame]]:
        with open_media(self.path, self.limits, looking=self.looking) as container:
            stream = sound_stream(container)
            zero = self._zero(container)
            clock, ends = SoundClock(stream.time_base), None
            if begin > _PREROLL_S:
                for frame in islice(decodable(decode_sound(container, stream), self.called), _BLOCKS_READ):
                    clock.begin(frame)
                clock.jump()
                seek(container, stream, begin - _PREROLL_S, zero)
            for frame in decodable(decode_sound(container, stream), self.called):
                time = clock.begin(frame) - zero
                ends = time + Fraction(frame.samples, frame.sample_rate)
                if self.end is not None and time >= self.end:
                    return
                if ends > begin:
                    yield time, frame
            self._ended_as_promised(ends)

    def _ended_as_promised(self, reached: Fraction | None) -> None:
        """A cut is no promise: in a film whose file says nothing of its sound, that may end at any time."""
        said = self._said_end()
        promised = said if said is None or self.end is None else min(said, self.end)
        if promised is not None and (reached or 0) + SLACK_S < promised:
            raise cut_short(self.called, reached or Fraction(0), promised)
