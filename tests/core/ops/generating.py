"""GENERATE nodes made, and what comes out of them: what their tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from artcelery.core.media.clip import Clip
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import choose_encoding
from artcelery.core.media.stream import Streams, Video
from artcelery.core.ops import OPS

Pixels = np.ndarray[Any, Any]


def generate(kind: str, **config: Any) -> Any:
    """The op of a GENERATE node."""
    cls = OPS["GENERATE"]
    return cls(cls.config_model.model_validate({"kind": kind, **config}))


def streams(kind: str, *files: Path, **config: Any) -> Streams:
    """What flows out of a GENERATE node over these files."""
    made, inputs = generate(kind, **config), [open_file(path, Limits()) for path in files]
    return made.streams(made.infer(*(item.clip for item in inputs)), *inputs)  # type: ignore[no-any-return]


def video(kind: str, *files: Path, **config: Any) -> Video:
    """Its pictures."""
    found = streams(kind, *files, **config).video
    assert found is not None
    return found


def arrays(pictures: Video) -> list[Pixels]:
    """All pictures as arrays of integers; they follow each other at the rate that their clip promises."""
    rate, made = pictures.picture.rate, []
    for index, frame in enumerate(pictures.frames()):
        assert rate is None or frame.pts * frame.time_base == index / rate
        assert (frame.colorspace, frame.color_range, frame.format.name) == (0, 2, pictures.picture.pix_fmt)
        made.append(frame.to_ndarray().astype(int))
    assert len(made) == pictures.clip.frames or pictures.clip.is_still
    return made


def samples(flow: Streams) -> Pixels:
    """All samples of a sound, (channels, n)."""
    assert flow.audio is not None
    at, blocks = 0, []
    for block in flow.audio.blocks():
        assert block.pts == at
        assert block.sample_rate == flow.audio.sound.rate
        at += block.samples
        blocks.append(block.to_ndarray())
    return np.concatenate(blocks, axis=1)


def written(flow: Streams, path: Path) -> Clip:
    """Write what flows into a file, and what was promised of it."""
    write_clip(path, flow, choose_encoding(flow.clip, path.suffix[1:], None, None), lambda done: None)
    return flow.clip
