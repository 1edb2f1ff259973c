"""Files through ops into files, and what is in them afterwards: what the tests of rendered ops share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from artcelery.core.media.clip import Clip
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import choose_encoding
from artcelery.core.ops import OPS, Op

LIMITS = Limits()
Node = tuple[str, dict[str, Any]] | Op[Any]
Pixels = np.ndarray[Any, Any]


def transform(**effects: Any) -> Node:
    """A TRANSFORM with these effects."""
    return "TRANSFORM", {"effects": effects}


def render(source: Path, nodes: Sequence[Node], output: Path, codec: str | None = None) -> Clip:
    """A chain of nodes over a file, written as the suffix of `output` says; the clip that was promised."""
    streams = open_file(source, LIMITS)
    for node in nodes:
        op = node if isinstance(node, Op) else OPS[node[0]](OPS[node[0]].config_model.model_validate(node[1]))
        streams = op.streams(op.infer(streams.clip), streams)
    write_clip(output, streams, choose_encoding(streams.clip, output.suffix[1:], None, codec), lambda done: None)
    return streams.clip


def pixels(path: Path, mode: str = "RGB") -> Pixels:
    """A still as an array of integers."""
    with Image.open(path) as image:
        return np.asarray(image.convert(mode)).astype(int)


def shown(path: Path) -> list[Pixels]:
    """The pictures of a film in RGB, as numpy effects get them: upright, by their own matrix and range."""
    video = open_file(path, LIMITS).video
    assert video is not None
    return [made.to_ndarray().astype(int) for made in video.apply(lambda: lambda frame, ctx: frame).frames()]


def write_frames(
    path: Path,
    frames: Sequence[Pixels],
    pix_fmt: str,
    rate: int | Fraction = 25,
    codec: str = "ffv1",
    tags: tuple[int, int] | None = None,
    sound: Pixels | None = None,
    sample_rate: int = 48000,
    sar: Fraction = Fraction(1),
) -> Path:
    """A film of these arrays, without loss unless `codec` says otherwise; `sound` is one channel of float samples.

    `tags`: matrix and range as numbers of H.273.
    """
    planar = pix_fmt.startswith("yuv444")
    height, width = frames[0].shape[1:] if planar else frames[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.codec_context.sample_aspect_ratio = sar
        if tags:
            stream.codec_context.colorspace, stream.codec_context.color_range = tags
        track: Any = container.add_stream("flac", rate=sample_rate, layout="mono") if sound is not None else None
        for index, array in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(array), format=pix_fmt)
            frame.pts, frame.time_base = index, 1 / Fraction(rate)
            if tags:
                frame.colorspace, frame.color_range = tags
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None and sound is not None:
            for block in _blocks(sound, sample_rate):
                container.mux(track.encode(block))
            container.mux(track.encode(None))
    return path


def _blocks(samples: Pixels, rate: int) -> Iterator[av.AudioFrame]:
    whole = (samples * 32767).astype(np.int16)[None]
    for start in range(0, whole.shape[1], 4096):
        block = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(whole[:, start : start + 4096]), format="s16", layout="mono"
        )
        block.pts, block.sample_rate, block.time_base = start, rate, Fraction(1, rate)
        yield block


def flat_yuv(luma: int, cb: int = 128, cr: int = 128, size: tuple[int, int] = (64, 48)) -> Pixels:
    """One colour as a yuv444p array."""
    return np.stack([np.full(size[::-1], value, np.uint8) for value in (luma, cb, cr)])


def samples_and_times(path: Path) -> tuple[Pixels, Pixels]:
    """Samples of the first channel, and when a player sounds each: by the time stamps of its block."""
    resampler = av.AudioResampler(format="flt")
    times, samples = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            for block in resampler.resample(frame):
                data = block.to_ndarray().reshape(block.samples, -1)[:, 0]
                samples.append(data)
                times.append(float(frame.pts * frame.time_base) + np.arange(len(data)) / block.sample_rate)
    return np.concatenate(samples), np.concatenate(times)
