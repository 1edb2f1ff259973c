"""The sound of a file that was kept, as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from artcelery.core.effect import Filter
from artcelery.core.media.filtering import filter_audio
from artcelery.core.media.kept.forms import Blocks
from artcelery.core.media.kept.seeking import frames_from
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media
from artcelery.core.media.probing.regular import named
from artcelery.core.media.pump import ahead, stopping

__all__ = ["KeptSound"]


@dataclass(frozen=True)
class KeptSound:
    """The sound of a kept file in [begin, end), in samples."""

    path: Path
    limits: Limits
    form: Blocks
    begin: int = 0
    end: int | None = None

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> KeptSound:
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
            for block in frames_from(container, stream, Fraction(self.begin, rate), named(self.path)):
                yield round((block.pts or 0) * Fraction(stream.time_base or 1) * rate), block
