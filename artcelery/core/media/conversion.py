"""What an encoding does to a clip: the format that is written, and each change on the way in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.profiles import Encoding

__all__ = ["Written", "written"]

_MOST_CHANNELS = {"aac": 8, "libopus": 8, "libmp3lame": 2, "flac": 8, "pcm": 32, "pcm_f32": 64}
_RATES = {
    "libopus": (48000,),
    "libmp3lame": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
    "aac": (7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000),
}
_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_OPUS_LAYOUTS = {3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_GIF_RATE = 50


@dataclass(frozen=True, slots=True)
class Written:
    """The format in the file, and the notes on how the clip differs from it."""

    picture: Picture | None
    sound: Sound | None
    notes: tuple[str, ...]


def written(clip: Clip, encoding: Encoding) -> Written:
    """What of the clip is written and how; the notes name every change that a viewer or listener could notice."""
    notes: list[str] = []
    picture = _picture(clip.picture, encoding, notes) if clip.picture and encoding.kind != "sound" else None
    if clip.picture and picture is None:
        notes.append(f"{encoding.format} holds sound only: the picture is left out")
    sound = _sound(clip.sound, encoding, notes) if clip.sound and encoding.audio else None
    if clip.sound and sound is None:
        notes.append(f"{encoding.format} holds no sound: it is left out")
    return Written(picture, sound, tuple(notes))


def _picture(picture: Picture, encoding: Encoding, notes: list[str]) -> Picture:
    if picture.alpha and not encoding.keeps_alpha:
        ground = (encoding.still or encoding.video).get("background", "#000000")
        notes.append(
            f"{encoding.format} has no transparency: the picture is laid on {ground}"
            " (a LAYER with a `background`: on that)"
        )
        picture = replace(picture, alpha=False)
    if encoding.kind == "still":
        return picture
    if picture.sar != 1 and encoding.container not in _KEEP_SHAPE:
        square = picture.squared()
        notes.append(
            f"{picture.width}x{picture.height} becomes {square.width}x{square.height}: {encoding.format} is written"
            " with square pixels"
        )
        picture = square
    if encoding.video["codec"] == "gif":
        return _gif(picture, notes)
    pix_fmt = encoding.video.get("pix_fmt")
    return picture if pix_fmt is None else _halved(picture, pix_fmt, notes)


def _halved(picture: Picture, pix_fmt: str, notes: list[str]) -> Picture:
    """A picture of 8 bits, four pixels of which share their colour: what films are delivered in."""
    if picture.depth > 8:
        notes.append(f"{picture.depth}-bit colour becomes 8-bit ({pix_fmt})")
    if picture.transfer in _HDR:
        notes.append(f"high dynamic range ({picture.transfer}) is kept as it is, in 8 bits: bands may show")
    if picture.pix_fmt.startswith(_FINER_CHROMA):
        notes.append(f"{picture.pix_fmt} becomes {pix_fmt}: colour is kept at half the width and height")
    even = (picture.width + picture.width % 2, picture.height + picture.height % 2)
    if even != picture.size:
        lines = [name for name, side in zip(("column", "row"), picture.size, strict=True) if side % 2]
        notes.append(
            f"{picture.width}x{picture.height} becomes {even[0]}x{even[1]}: {pix_fmt} needs even sizes, so the last"
            f" {' and the last '.join(lines)} of pixels {'is' if len(lines) == 1 else 'are'} repeated"
        )
    chosen = pix_fmt.replace("yuv420p", "yuva420p") if picture.alpha else pix_fmt
    return replace(picture, width=even[0], height=even[1], pix_fmt=chosen, depth=8)


_KEEP_SHAPE = ("mp4",)  # Matroska's muxer is not told the shape of pixels, and nothing that shows a GIF asks for it
_HDR = ("smpte2084", "arib-std-b67")
_FINER_CHROMA = ("yuv422", "yuv440", "yuv444", "yuvj422", "yuvj440", "yuvj444", "yuva422", "yuva444", "gbr")


def _gif(picture: Picture, notes: list[str]) -> Picture:
    notes.append("gif has 256 colours a frame")
    if picture.alpha:
        notes.append("gif knows no half transparency: pixels become opaque or clear")
    if picture.rate and picture.rate > _GIF_RATE:
        notes.append(f"{float(picture.rate):.6g} fps becomes {_GIF_RATE}: gif counts hundredths of a second")
        picture = replace(picture, rate=Fraction(_GIF_RATE), variable=False)
    return replace(picture, pix_fmt="pal8", depth=8)


def _sound(sound: Sound, encoding: Encoding, notes: list[str]) -> Sound:
    codec = encoding.audio["codec"]
    layout, channels = _layout(sound, encoding, notes)
    rates, rate = _RATES.get(codec), sound.rate
    if rates and rate not in rates:
        rate = next((known for known in rates if known >= rate), rates[-1])
        notes.append(f"sound of {sound.rate} Hz becomes {rate} Hz: {encoding.format} has no {sound.rate} Hz")
    if codec not in ("pcm", "flac"):
        return Sound(rate, layout, channels, 32)
    if sound.bits > _MOST_BITS:
        notes.append(f"{sound.bits}-bit sound becomes {_MOST_BITS}-bit, and what is louder than full scale is clipped")
    return Sound(rate, layout, channels, min(sound.bits, _MOST_BITS))


_MOST_BITS = 24


def _layout(sound: Sound, encoding: Encoding, notes: list[str]) -> tuple[str, int]:
    codec = encoding.audio["codec"]
    most = _MOST_CHANNELS[codec]
    if sound.channels > most:
        notes.append(f"{sound.layout} sound becomes {_LAYOUTS[most]}: {encoding.format} holds at most {most} channels")
        return _LAYOUTS[most], most
    layout = sound.layout.removesuffix("(side)") if codec in ("libopus", "aac") else sound.layout
    known = _OPUS_LAYOUTS.get(sound.channels, layout) if codec == "libopus" else layout
    if known != layout:
        notes.append(f"{sound.layout} sound becomes {known}: {encoding.format} has no {sound.layout}")
    return known, sound.channels
