"""Several inputs through one node: what the tests of such ops share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import choose_encoding
from artcelery.core.media.stream import Streams
from artcelery.core.ops import OPS
from tests.core.ops.rendering import Pixels, flat_yuv, write_frames
from tests.media_files import make_still

LIMITS = Limits()


def make(type: str, **config: Any) -> Any:
    """An op of this config."""
    return OPS[type](OPS[type].config_model.model_validate(config))


def opened(item: Path | Streams) -> Streams:
    """The streams of a file, or those that are given."""
    return open_file(item, LIMITS) if isinstance(item, Path) else item


def composed(type: str, *inputs: Path | Streams, **config: Any) -> Streams:
    """What flows out of a node with these inputs."""
    op, streams = make(type, **config), [opened(item) for item in inputs]
    return op.streams(op.infer(*(item.clip for item in streams)), *streams)


def written(streams: Streams, output: Path) -> Path:
    """The streams in a file; mkv and png lose nothing."""
    encoding = choose_encoding(streams.clip, output.suffix[1:], None, None)
    write_clip(output, streams, encoding, lambda done: None)
    return output


def colours(*levels: int | tuple[int, int, int], size: tuple[int, int] = (16, 12)) -> list[Pixels]:
    """A picture of one colour for each (a number: grey), as RGB arrays."""
    wanted = [(level,) * 3 if isinstance(level, int) else level for level in levels]
    return [np.full((size[1], size[0], 3), level, np.uint8) for level in wanted]


def rgb_film(path: Path, frames: Sequence[Pixels], rate: int | Fraction = 25) -> Path:
    """A film of RGB arrays, without loss; AVI holds such pictures."""
    return write_frames(path.with_suffix(".avi"), frames, "rgb24", rate, codec="png")


def grey_film(
    path: Path, levels: Sequence[int], rate: int = 25, sound: Pixels | None = None, size: tuple[int, int] = (16, 12)
) -> Path:
    """A film of one grey (luma) after the other, without loss, with one channel of sound at 48 kHz."""
    return write_frames(path, [flat_yuv(level, size=size) for level in levels], "yuv444p", rate, sound=sound)


def rgba_still(path: Path, array: Pixels) -> Path:
    """A PNG with transparency."""
    return make_still(path, array)


def rgb_of(streams: Streams) -> list[Pixels]:
    """The pictures as RGB arrays of integers."""
    assert streams.video is not None
    video = streams.video.apply(lambda: lambda frame, ctx: frame)
    kind = "rgba" if streams.video.picture.alpha else "rgb24"
    return [frame.to_ndarray(format=kind).astype(int) for frame in video.frames()]


def samples_of(streams: Streams) -> Pixels:
    """The sound as (samples, channels) in 64-bit floats."""
    import av

    assert streams.audio is not None
    sound = streams.audio.sound
    resampler = av.AudioResampler(format="flt", layout=sound.layout, rate=sound.rate)
    blocks = [made for block in streams.audio.blocks() for made in resampler.resample(block)]
    return np.concatenate([block.to_ndarray().reshape(-1, sound.channels) for block in blocks]).astype(float)
