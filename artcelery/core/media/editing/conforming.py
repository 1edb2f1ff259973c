"""Clips that do not match, brought together: one size, one rate, one way to say colour, one kind of sound.

Every rule is here, so that plan and pass agree, and each change has its words (`changes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.color import yuv_matrix
from artcelery.core.media.editing.fitting import FitMode, box_of
from artcelery.core.media.scaling import EXACT

if TYPE_CHECKING:
    from artcelery.core.media.stream import Video

__all__ = ["MixedColourError", "changes", "common_picture", "common_sound", "conform", "notes_of", "retime"]

_HDR = ("smpte2084", "arib-std-b67")
_PLAIN = ("yuv4", "yuvj4", "yuva4", "gbrp", "gbrap", "rgb24", "rgba")
"""Formats that every op can work on; what is packed, has a palette or counts in another order is brought to one."""


class MixedColourError(ValueError):
    """Pictures that cannot be shown together: what they mean by a colour differs by more than a matrix."""


def common_picture(pictures: Sequence[Picture], size: tuple[int, int], rate: Fraction | None) -> Picture:
    """The format that all pictures can be brought to without losing depth, transparency or colour detail.

    One format that all share is kept. Where some are RGB, or share their colour among pixels in another way, or some
    are transparent, each pixel gets a colour of its own. YUV is of the matrix they share, or else of the usual one.
    MixedColourError when some are of high dynamic range, or of wide gamut, and some are not.
    """
    _refuse_mixed(pictures)
    first = _usual([picture for picture in pictures if picture.matrix != "rgb"] or pictures)
    plain = replace(first, width=size[0], height=size[1], rate=rate, variable=False, sar=Fraction(1))
    if len({_colour(picture) for picture in pictures}) == 1 and first.pix_fmt.startswith(_PLAIN):
        return plain
    depth = next(known for known in (8, 10, 12, 16) if known >= min(16, max(picture.depth for picture in pictures)))
    alpha = any(picture.alpha for picture in pictures)
    if all(picture.matrix == "rgb" for picture in pictures):
        pix_fmt = _deep("gbrap" if alpha else "gbrp", depth) if depth > 8 else "rgba" if alpha else "rgb24"
        return replace(plain, pix_fmt=pix_fmt, alpha=alpha, depth=depth)
    matrices = {picture.matrix for picture in pictures if picture.matrix != "rgb"}
    matrix = matrices.pop() if len(matrices) == 1 else yuv_matrix(replace(plain, matrix="rgb"))
    pix_fmt = _deep("yuva444p" if alpha else _planes(pictures), depth)
    return replace(plain, pix_fmt=pix_fmt, alpha=alpha, depth=depth, matrix=matrix, color_range="tv")


def common_sound(sounds: Sequence[Sound]) -> Sound:
    """The format that all sounds can be brought to: the highest rate, the most channels, the most bits."""
    widest = max(sounds, key=lambda sound: sound.channels)
    rate, bits = max(sound.rate for sound in sounds), max(sound.bits for sound in sounds)
    return replace(widest, rate=rate, bits=bits)


def conform(video: Video, target: Picture, *, mode: FitMode = "pad", background: str = "#000000") -> Video:
    """The pictures in the size, pixel shape and colour format of `target`; their times are left alone."""
    picture = video.picture
    if picture.size != target.size or picture.sar != target.sar:
        if target.alpha and not picture.alpha and box_of(picture, target.size, mode).scaled != target.size:
            video = _in_colours_of(video, target)  # so that the bars can be clear
        video = video.into(box_of(picture, target.size, mode), background=background)
    return _in_colours_of(video, target)


def retime(video: Video, rate: Fraction, frames: int) -> Video:
    """Exactly `frames` pictures, `rate` a second: a still is repeated, the last picture of a film is held."""
    from artcelery.core.media.editing.repeating import Repeated
    from artcelery.core.media.stream import Video

    picture = replace(video.picture, rate=rate, variable=False)
    clip = replace(video.clip, kind="film", picture=picture, duration=frames / rate, frames=frames)
    if video.clip.is_still:
        return Video(clip, Repeated(video, rate, frames))
    exact = (
        # To its end and not to the nearest picture: what is shorter than half of one would be gone.
        Filter("fps", fps=str(rate), start_time=0, round="near", eof_action="pass"),
        Filter("tpad", stop=-1, stop_mode="clone"),
        Filter("trim", end_frame=frames),
    )
    return replace(video.filter(*exact, alpha="none", picture=picture), clip=clip)


def changes(
    number: int, clip: Clip, picture: Picture | None, sound: Sound | None, mode: FitMode = "pad"
) -> tuple[str, ...]:
    """What conforming does to input `number` (from 1), in words: `input 3: 24 -> 30 fps, 1280x720 -> 1920x1080 pad`."""
    words: list[str] = []
    if clip.picture and picture:
        words += [*_rate_change(clip.picture, picture), *_size_change(clip.picture, picture, mode)]
        words += _colour_change(clip.picture, picture)
    if sound and clip.sound is None and clip.kind != "still":
        words.append("silence for the sound it lacks")
    elif sound and clip.sound:
        words += _sound_change(clip.sound, sound)
        if picture and clip.goes_on:
            words.append(f"without the {float(clip.tail):.3g} s of its sound after its last picture")
    return (f"input {number}: {', '.join(words)}",) if words else ()


def notes_of(clips: Sequence[Clip]) -> tuple[str, ...]:
    """The notes of all clips, each once."""
    return tuple(dict.fromkeys(note for clip in clips for note in clip.notes))


def _usual(pictures: Sequence[Picture]) -> Picture:
    """One of those whose colours most are of, whatever their order: a film whose clips change places stays the same."""
    kinds = Counter((picture.primaries, picture.transfer, picture.matrix, picture.pix_fmt) for picture in pictures)
    chosen = max(sorted(kinds), key=lambda kind: kinds[kind])
    return next(item for item in pictures if (item.primaries, item.transfer, item.matrix, item.pix_fmt) == chosen)


def _refuse_mixed(pictures: Sequence[Picture]) -> None:
    transfers = [picture.transfer if picture.transfer in _HDR else "" for picture in pictures]
    gamuts = [picture.primaries if picture.primaries == "bt2020" else "" for picture in pictures]
    for what, kinds in (("high dynamic range", transfers), ("wide gamut (BT.2020)", gamuts)):
        if len(set(kinds)) > 1:
            number = next(at for at, kind in enumerate(kinds, 1) if kind)
            raise MixedColourError(
                f"input {number} is of {what} and others are not; convert them to one kind of colour first"
            )


def _colour(picture: Picture) -> tuple[str, str, str, bool, int]:
    return picture.pix_fmt, picture.matrix, picture.color_range, picture.alpha, picture.depth


def _planes(pictures: Sequence[Picture]) -> str:
    """4:2:0 when that is all there is; else a colour for each pixel."""
    return (
        "yuv420p"
        if all(picture.pix_fmt.startswith(("yuv420", "yuvj420", "nv12")) for picture in pictures)
        else "yuv444p"
    )


def _deep(planes: str, depth: int) -> str:
    return planes if depth <= 8 else f"{planes}{depth}le"


def _in_colours_of(video: Video, target: Picture) -> Video:
    """Always said: filters before may have left the pictures in another format than they are declared in."""
    picture = video.picture
    changed = replace(
        picture,
        pix_fmt=target.pix_fmt,
        alpha=target.alpha,
        depth=target.depth,
        matrix=target.matrix,
        color_range=target.color_range,
    )
    if target.matrix == "rgb":
        to_rgb = Filter("scale", flags=EXACT), Filter("format", pix_fmts=target.pix_fmt)
        return video.filter(*to_rgb, alpha="none", picture=changed)
    matrix, range = target.matrix, target.color_range
    to_yuv = (
        Filter("scale", flags=EXACT, out_color_matrix=matrix.removesuffix("nc"), out_range=range),
        Filter("format", pix_fmts=target.pix_fmt),
        Filter("setparams", colorspace=matrix, range=range),
    )
    return video.filter(*to_yuv, alpha="none", picture=changed)


def _rate_change(before: Picture, after: Picture) -> list[str]:
    if before.rate is None or after.rate is None or (before.rate == after.rate and not before.variable):
        return []
    about = "about " if before.variable else ""
    return [f"{about}{float(before.rate):.6g} -> {float(after.rate):.6g} fps"]


def _size_change(before: Picture, after: Picture, mode: FitMode) -> list[str]:
    words = []
    if before.sar != after.sar:
        words.append(f"pixels of {before.sar.numerator}:{before.sar.denominator} -> square")
    if before.size != after.size:
        box = box_of(before, after.size, mode)
        how = "" if box.scaled == box.out and mode != "stretch" else f" {mode}"
        words.append(f"{before.width}x{before.height} -> {after.width}x{after.height}{how}")
    return words


def _colour_change(before: Picture, after: Picture) -> list[str]:
    words = []
    if before.depth > after.depth:
        words.append(f"{before.depth}-bit -> {after.depth}-bit")
    if before.matrix != after.matrix:
        words.append(f"{before.matrix} -> {after.matrix}")
    if before.color_range != after.color_range and before.matrix != "rgb":
        words.append(f"{_RANGES[before.color_range]} -> {_RANGES[after.color_range]} range")
    if before.alpha and not after.alpha:
        words.append("its transparency is left out")
    return words


_RANGES = {"tv": "narrow", "pc": "full"}


def _sound_change(before: Sound, after: Sound) -> list[str]:
    words = []
    if before.rate != after.rate:
        words.append(f"{before.rate} -> {after.rate} Hz")
    if before.layout != after.layout:
        words.append(f"{before.layout} -> {after.layout}")
    return words
