"""Clips: what flows between nodes, described before anything is rendered. Imports no codec library."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, Literal

__all__ = ["PADDING_S", "Clip", "Kind", "Picture", "Sound", "called", "clip_from_json", "clip_to_json"]

Kind = Literal["still", "film", "sound", "data"]

PADDING_S = Fraction(1, 20)
"""How much longer than its pictures codecs may make the sound of a film: they fill their last block."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The format of a picture stream: pixels as they are shown, after rotation flags and EXIF are applied.

    `rate` is frames per second (None for a still; the average one when `variable`). `sar` is the shape of a pixel
    (width / height). `matrix` and `color_range` are how YUV means RGB ("bt709" | "smpte170m" | "bt2020nc" | "rgb",
    "tv" | "pc"); `primaries` and `transfer` are FFmpeg's names. `depth` is bits per component.
    """

    width: int
    height: int
    pix_fmt: str
    rate: Fraction | None = None
    variable: bool = False
    alpha: bool = False
    depth: int = 8
    sar: Fraction = Fraction(1)
    matrix: str = "rgb"
    color_range: str = "pc"
    primaries: str = "bt709"
    transfer: str = "iec61966-2-1"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    def squared(self) -> Picture:
        """The same picture in square pixels: it grows, so that nothing is lost."""
        wide, tall = max(Fraction(1), self.sar), max(Fraction(1), 1 / self.sar)
        return replace(self, width=round(self.width * wide), height=round(self.height * tall), sar=Fraction(1))

    def as_rgb(self) -> Picture:
        """The same picture as a function of RGB arrays gives it: 8 bits a component, full range."""
        pix_fmt = "rgba" if self.alpha else "rgb24"
        return replace(self, pix_fmt=pix_fmt, depth=8, matrix="rgb", color_range="pc")

    @property
    def chroma(self) -> str:
        """Which pixels share their colour: "420" two by two, "422" two in a row, "444" none (or in a rarer way)."""
        is_rgb = self.matrix == "rgb"
        return next((name for name, starts in _CHROMA.items() if not is_rgb and self.pix_fmt.startswith(starts)), "444")

    @property
    def shares_chroma(self) -> bool:
        """Whether neighbouring pixels share their colour (4:2:0, 4:2:2 and the like)."""
        return self.matrix != "rgb" and not self.pix_fmt.startswith(
            ("yuv444", "yuvj444", "yuva444", "nv24", "gray", "ya")
        )


_CHROMA = {
    "420": ("yuv420", "yuvj420", "yuva420", "nv12", "nv21", "p010", "p012", "p016"),
    "422": ("yuv422", "yuvj422", "yuva422", "nv16", "nv20", "yuyv", "uyvy", "yvyu", "p210", "p212", "p216", "y210"),
}
"""How the names of FFmpeg's formats begin."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The format of a sound stream: samples per second, FFmpeg's name of the channel layout, bits per sample."""

    rate: int
    layout: str
    channels: int
    bits: int = 16


@dataclass(frozen=True, slots=True)
class Clip:
    """What a node yields: a still (one frame, no time), a film (picture, maybe sound) or a sound.

    `duration` is in seconds (None for a still), `frames` how many pictures are expected (0 when nobody can tell).
    `notes` are conversions that happen on the way here and that a reader of the plan should know. `codec` is that of
    the pictures in a file that can be copied from it as they are. `tail` is how many seconds the sound of a film goes
    on after its pictures.
    """

    kind: Kind
    picture: Picture | None = None
    sound: Sound | None = None
    duration: Fraction | None = None
    frames: int = 0
    notes: tuple[str, ...] = ()
    codec: str = ""
    tail: Fraction = Fraction(0)

    @property
    def goes_on(self) -> bool:
        """Whether its sound clearly goes on after its pictures."""
        return self.tail > PADDING_S

    @property
    def sound_duration(self) -> Fraction:
        """Seconds of all its sound, at least those of its pictures."""
        return (self.duration or Fraction(0)) + self.tail

    @property
    def is_still(self) -> bool:
        """Whether this is one picture without time."""
        return self.kind == "still"

    def first_picture(self) -> Clip:
        """The still that the first of its pictures is."""
        assert self.picture is not None
        picture = replace(self.picture, rate=None, variable=False)
        return Clip("still", picture, frames=1, notes=self.notes)

    def noting(self, *notes: str) -> Clip:
        """This clip with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def describe(self) -> str:
        """The clip in a few words: `film 1920x1080 30 fps 10.0 s, sound 48000 Hz stereo`."""
        words: list[str] = [called(self.kind)]
        if self.picture:
            words.append(f"{self.picture.width}x{self.picture.height}")
            if self.picture.rate:
                words.append(f"{float(self.picture.rate):.6g} fps")
        if self.duration is not None:
            words.append(f"{float(self.duration):.6g} s")
        text = " ".join(words)
        if self.sound:
            text += f", {'' if self.kind == 'sound' else 'sound '}{self.sound.rate} Hz {self.sound.layout}"
        if self.sound and self.goes_on:
            text += f" {float(self.sound_duration):.6g} s"
        return text


def called(kind: Kind) -> str:
    """What people call a kind of clip."""
    return "document" if kind == "data" else kind


def clip_to_json(clip: Clip) -> dict[str, Any]:
    """A clip as plain JSON values; fractions as "30000/1001"."""
    return {key: _plain(value) for key, value in asdict(clip).items()}


def clip_from_json(value: dict[str, Any]) -> Clip:
    """The clip that `clip_to_json` wrote."""
    picture, sound = value.get("picture"), value.get("sound")
    return Clip(
        kind=value["kind"],
        picture=Picture(**{**picture, "rate": _fraction(picture["rate"]), "sar": Fraction(picture["sar"])})
        if picture
        else None,
        sound=Sound(**sound) if sound else None,
        duration=_fraction(value["duration"]),
        frames=value["frames"],
        notes=tuple(value["notes"]),
        codec=value.get("codec", ""),
        tail=Fraction(value.get("tail", 0)),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
