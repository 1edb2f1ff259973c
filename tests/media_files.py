"""Small films, sounds and pictures made on the spot, and what is in a file when it is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

_CODECS = {
    ".mp4": ("libx264", "aac"),
    ".mov": ("libx264", "pcm_s16le"),
    ".mkv": ("libx264", "flac"),
    ".webm": ("libvpx-vp9", "libopus"),
    ".avi": ("mpeg4", "pcm_s16le"),
    ".ts": ("libx264", "aac"),
    ".mpg": ("mpeg2video", "mp2"),
    ".flv": ("libx264", "aac"),
    ".gif": ("gif", None),
    ".apng": ("apng", None),
    ".wav": (None, "pcm_s16le"),
    ".flac": (None, "flac"),
    ".mp3": (None, "libmp3lame"),
    ".m4a": (None, "aac"),
    ".opus": (None, "libopus"),
    ".ogg": (None, "libopus"),
}
_FAST = {
    "libx264": {"preset": "ultrafast", "crf": "18"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "12"},
}


def make_film(
    path: Path,
    size: tuple[int, int] = (320, 240),
    rate: int | Fraction = 30,
    seconds: float = 2,
    audio: str | None = "sine",
    pix_fmt: str = "",
    codec: str = "",
    audio_codec: str = "",
    variable: bool = False,
    layout: str = "stereo",
    sample_rate: int = 48000,
    gop: int = 12,
    rotation: float = 0,
    source: str = "testsrc2",
    sar: Fraction | None = None,
    format: str | None = None,
    options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
    sound_seconds: float | None = None,
) -> Path:
    """A film of FFmpeg's test picture, with a tone unless `audio` is None; the suffix chooses container and codecs.

    `variable`: every third frame is missing and every fifth is late. `rotation`: degrees counter-clockwise that a
    player turns it. `source`: another lavfi source that takes size, rate and duration.
    """
    video_codec, sound_codec = _CODECS[path.suffix]
    codec, audio_codec = codec or str(video_codec), audio_codec or str(sound_codec)
    separator = ":" if "=" in source else "="
    graph = f"{source}{separator}size={size[0]}x{size[1]}:rate={rate}:duration={seconds}"
    with av.open(str(path), "w", format=format) as output, av.open(graph, format="lavfi") as pictures:
        stream: Any = output.add_stream(codec, rate=rate, options=_FAST.get(codec, {}) | (options or {}))
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt or {"gif": "rgb8", "apng": "rgb24"}.get(codec, "yuv420p")
        stream.codec_context.gop_size = gop
        stream.metadata.update(metadata or {})
        if sar:
            stream.codec_context.sample_aspect_ratio = sar
        if variable:
            stream.codec_context.time_base = Fraction(1, 1000)
        if rotation:
            stream.set_display_rotation(rotation)
        track: Any = None
        if audio and sound_codec:
            track = output.add_stream(audio_codec, rate=sample_rate, layout=layout)
        for frame in _pictures(pictures, rate, variable):
            output.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        output.mux(stream.encode(None))
        if track is not None:
            _write_tone(output, track, sound_seconds or seconds, layout, sample_rate, str(audio))
    return path


def _pictures(source: Any, rate: int | Fraction, variable: bool) -> Iterator[av.VideoFrame]:
    for index, frame in enumerate(source.decode(video=0)):
        frame.pict_type = 0
        frame.pts, frame.time_base = index, 1 / Fraction(rate)
        if variable:
            if index % 3 == 2:
                continue
            late = Fraction(1, 100) if index % 5 == 4 else 0
            frame.pts, frame.time_base = round((index / Fraction(rate) + late) * 1000), Fraction(1, 1000)
        yield frame


def make_sound(
    path: Path,
    seconds: float = 2,
    layout: str = "stereo",
    sample_rate: int = 48000,
    codec: str = "",
    audio: str = "sine",
    cover: bool = False,
    format: str | None = None,
) -> Path:
    """A tone of 440 Hz in every channel; `cover` attaches a picture as music files have it."""
    with av.open(str(path), "w", format=format) as output:
        track = output.add_stream(codec or str(_CODECS[path.suffix][1]), rate=sample_rate, layout=layout)
        image: Any = output.add_stream("mjpeg", rate=1) if cover else None
        if cover:
            image.width, image.height, image.pix_fmt = 64, 64, "yuvj420p"
            image.disposition = av.stream.Disposition.attached_pic
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
            output.mux(image.encode(picture.reformat(format="yuvj420p")))
            output.mux(image.encode(None))
        _write_tone(output, track, seconds, layout, sample_rate, audio)
    return path


def _write_tone(output: Any, track: Any, seconds: float, layout: str, sample_rate: int, audio: str) -> None:
    source = "sine=frequency=440" if audio == "sine" else audio
    channels = av.AudioLayout(layout).nb_channels
    copies = "|".join(f"c{index}=c0" for index in range(channels))
    graph = f"{source}:sample_rate={sample_rate}:duration={seconds},pan={layout}|{copies}"
    with av.open(graph, format="lavfi") as tone:
        for frame in tone.decode(audio=0):
            output.mux(track.encode(frame))
    output.mux(track.encode(None))


def picture_array(width: int = 64, height: int = 48, channels: int = 3) -> np.ndarray[Any, Any]:
    """A picture in which each pixel and each corner is different: gradients, and a white block top left."""
    across = np.linspace(0, 255, width).astype(np.uint8)[None, :].repeat(height, axis=0)
    down = np.linspace(0, 255, height).astype(np.uint8)[:, None].repeat(width, axis=1)
    array = np.stack([across, down, 255 - across, down // 2 + across // 2][:channels], axis=-1)
    array[: height // 4, : width // 4, : min(channels, 3)] = 255
    return array


def make_still(path: Path, array: np.ndarray[Any, Any] | None = None, turn: int = 1, **options: Any) -> Path:
    """A picture file of an array (default `picture_array()`); `turn` is its EXIF orientation."""
    if turn != 1:
        exif = Image.Exif()
        exif[0x0112] = turn
        options["exif"] = exif
    Image.fromarray(picture_array() if array is None else array).save(path, **options)
    return path


def frames_of(path: Path, pix_fmt: str = "rgb24") -> list[np.ndarray[Any, Any]]:
    """All pictures of a film as arrays."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format=pix_fmt) for frame in container.decode(video=0)]


def times_of(path: Path) -> list[Fraction]:
    """When each picture of a film is shown, in seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1)
        return [Fraction((frame.pts or 0) * base) for frame in container.decode(stream)]


def samples_of(path: Path) -> np.ndarray[Any, Any]:
    """The sound of a file as (channels, samples) float32."""
    resampler = av.AudioResampler(format="flt")  # planar arrays of 8 channels end PyAV
    with av.open(str(path)) as container:
        channels = container.streams.audio[0].codec_context.channels
        blocks = [block.to_ndarray() for frame in container.decode(audio=0) for block in resampler.resample(frame)]
    return np.concatenate(blocks, axis=1).reshape(-1, channels).T
