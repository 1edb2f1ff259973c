"""Streams as arrays, to measure: sound in blocks of floats, pictures made small."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Picture
from artcelery.core.media.pump import stopping
from artcelery.core.media.scaling import exactly
from artcelery.core.media.stream import Audio, Video

__all__ = ["small_pictures", "sound_blocks"]

_SIZE = (64, 36)


def sound_blocks(audio: Audio) -> Iterator[NDArray[np.float32]]:
    """The samples, full scale being 1, in blocks of shape (channels, n); RenderError for some that are no numbers."""
    converter, blocks = av.AudioResampler(format="flt"), audio.blocks()  # packed: PyAV has no room for nine planes
    done = 0
    with stopping(blocks):
        for block in blocks:
            for made in converter.resample(block):
                samples: NDArray[Any] = made.to_ndarray().reshape(-1, audio.sound.channels).T
                if not np.isfinite(samples).all():
                    raise RenderError(
                        f"the sound has samples that are no numbers after {done / audio.sound.rate:.3f} s;"
                        " nothing can be measured there, so write that file anew"
                    )
                done += samples.shape[1]
                yield samples


def small_pictures(video: Video) -> Iterator[tuple[Fraction, NDArray[np.uint8]]]:
    """The pictures as RGB arrays of shape (36, 64, 3), each with the time in seconds that it is shown from."""
    width, height = _SIZE
    small = Picture(width, height, "rgb24", video.picture.rate, video.picture.variable)
    scaled = Filter("scale", w=width, h=height, flags=exactly("area")), Filter("format", pix_fmts="rgb24")
    frames = video.filter(*scaled, alpha="none", picture=small).frames()
    with stopping(frames):
        for frame in frames:
            assert frame.pts is not None
            assert frame.time_base is not None
            array: NDArray[Any] = frame.to_ndarray()
            yield frame.pts * Fraction(frame.time_base), array
