"""How what is kept was, as plain values of its file say it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import av

from artcelery.core.media.clip import Clip, Sound, clip_from_json, clip_to_json
from artcelery.core.media.color import Tags
from artcelery.core.media.cutting import grid_of
from artcelery.core.media.siting import siting_of
from artcelery.core.media.stream import Audio

__all__ = ["Blocks", "Pictures", "plain"]


@dataclass(frozen=True)
class Pictures:
    """How the frames of a film or still were."""

    clip: Clip
    width: int
    height: int
    pix_fmt: str
    siting: str
    time_base: Fraction
    duration: int
    tags: Tags

    @property
    def is_variable(self) -> bool:
        """Whether each is shown for a time of its own, so that the end has to be said."""
        return not self.clip.is_still and grid_of(self.clip) is None

    @classmethod
    def of(cls, frame: av.VideoFrame, clip: Clip) -> Pictures:
        """Those of a stream with this frame."""
        tags = Tags(*map(int, (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)))
        base, pix_fmt = Fraction(frame.time_base or 1), frame.format.name
        assert clip.picture is not None
        siting = siting_of(frame, clip.picture)
        return cls(clip, frame.width, frame.height, pix_fmt, siting, base, frame.duration or 0, tags)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**vars(self), "clip": plain(self.clip), "time_base": str(self.time_base), "tags": asdict(self.tags)}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Pictures:
        """Those that `to_json` wrote."""
        clip, base = clip_from_json(said["clip"]), Fraction(said["time_base"])
        return cls(**{**said, "clip": clip, "time_base": base, "tags": Tags(**said["tags"])})


@dataclass(frozen=True)
class Blocks:
    """How the blocks of a sound were."""

    sound: Sound
    duration: Fraction
    grid: Fraction | None
    rate: int
    layout: str
    sample_fmt: str

    @classmethod
    def of(cls, block: av.AudioFrame, audio: Audio) -> Blocks:
        """Those of a sound with this block."""
        return cls(audio.sound, audio.duration, audio.grid, block.sample_rate, block.layout.name, block.format.name)

    @property
    def packed(self) -> str:
        """The format of the samples, those of one moment side by side."""
        return self.sample_fmt.removesuffix("p")

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        grid = None if self.grid is None else str(self.grid)
        return {**vars(self), "sound": asdict(self.sound), "duration": str(self.duration), "grid": grid}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Blocks:
        """Those that `to_json` wrote."""
        grid = None if said["grid"] is None else Fraction(said["grid"])
        return cls(**{**said, "sound": Sound(**said["sound"]), "duration": Fraction(said["duration"]), "grid": grid})


def plain(clip: Clip) -> dict[str, Any]:
    """A clip as plain values, without what is only remarked about it."""
    return clip_to_json(replace(clip, notes=()))
