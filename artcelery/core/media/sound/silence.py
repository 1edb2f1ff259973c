"""The sound of a film of which nothing may be left, where it ended before the part of its pictures that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av

from artcelery.core.effect import Filter
from artcelery.core.media.pump import stopping
from artcelery.core.media.sound.mixing import mix
from artcelery.core.media.stream import Audio

__all__ = ["blocks_or_silence"]

_SAMPLES = 1024


def blocks_or_silence(audio: Audio, *filters: Filter) -> Iterator[av.AudioFrame]:
    """The blocks after the filters, or a moment of silence: a stream without any sample cannot be written."""
    with stopping(blocks := audio.filter(*filters).blocks()):
        first = next(blocks, None)
        if first is not None:
            yield first
            yield from blocks
            return
    silent = mix([], audio.sound, Fraction(_SAMPLES, audio.sound.rate))
    yield from silent.filter(*filters).blocks()
