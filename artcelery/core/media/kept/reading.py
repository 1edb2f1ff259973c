"""Reading a file that was kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av

from artcelery.core.effect import Filter
from artcelery.core.media.clip import clip_from_json
from artcelery.core.media.kept.forms import Blocks, Pictures
from artcelery.core.media.kept.pictures import KeptPictures
from artcelery.core.media.kept.sound import KeptSound
from artcelery.core.media.kept.tags import said_in
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.opening import open_media
from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["open_kept"]

_ROOM = 32
"""How many times larger a file may be than others: a still is encoded as a film, and some pictures byte by byte."""


def open_kept(path: Path, limits: Limits) -> Streams:
    """The streams of a file that `write_kept` made, not yet decoding."""
    limits = replace(limits, max_pixels=_ROOM * limits.max_pixels)
    with open_media(path, limits) as container:
        said = said_in(container, path)
    clip, video, audio = clip_from_json(said["clip"]), None, None
    if "pictures" in said:
        pictures = Pictures.from_json(said["pictures"])
        video = _told(Video(pictures.clip, KeptPictures(path, limits, pictures)), pictures.pix_fmt)
    if "blocks" in said:
        blocks = Blocks.from_json(said["blocks"])
        audio = Audio(blocks.sound, blocks.duration, KeptSound(path, limits, blocks), grid=blocks.grid)
    return Streams(clip, video, audio)


def _told(video: Video, pix_fmt: str) -> Video:
    """The pictures; of those that are RGB on the way from YUV to YUV libavfilter is told which YUV that is."""
    if not av.VideoFormat(pix_fmt).is_rgb or video.picture.matrix == "rgb":
        return video
    return video.filter(Filter("setparams", colorspace=video.picture.matrix), alpha="none")
