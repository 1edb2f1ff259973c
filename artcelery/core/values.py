"""Values as people write them: times, sizes, colours and gains, made exact."""

from __future__ import annotations

import re
from fractions import Fraction
from math import isfinite
from pathlib import Path

__all__ = [
    "COLOR_NAMES",
    "LEAST_FPS",
    "MOST_FPS",
    "factor_of",
    "file_name",
    "parse_bytes",
    "parse_color",
    "parse_decibels",
    "parse_gain",
    "parse_loudness",
    "parse_rate",
    "parse_seconds",
    "parse_size",
    "resolve_size",
]

LEAST_FPS, MOST_FPS = Fraction(1, 100), 1000
"""Pictures a second that a config may ask for."""

_MOST_DIGITS = 40

COLOR_NAMES = {
    "black": "#000000",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "grey": "#808080",
    "white": "#ffffff",
    "maroon": "#800000",
    "red": "#ff0000",
    "purple": "#800080",
    "fuchsia": "#ff00ff",
    "magenta": "#ff00ff",
    "green": "#008000",
    "lime": "#00ff00",
    "olive": "#808000",
    "yellow": "#ffff00",
    "navy": "#000080",
    "blue": "#0000ff",
    "teal": "#008080",
    "aqua": "#00ffff",
    "cyan": "#00ffff",
    "orange": "#ffa500",
    "pink": "#ffc0cb",
    "brown": "#a52a2a",
}

_LONGEST = 60
_UNITS: dict[str, Fraction | int] = {"": 1, "s": 1, "ms": Fraction(1, 1000), "m": 60, "min": 60, "h": 3600}
_PLAIN = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|min|m|h)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)")
_LEVEL = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([a-z]*)")
_MOST_GAIN, _MOST_LEVEL = 1000, 1e6
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def parse_seconds(value: object) -> float:
    """Seconds from `2.5`, `"2.5s"`, `"500ms"`, `"1:30"` or `"00:01:30.25"`; ValueError says what is accepted."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < 0:
            raise ValueError("a time cannot be negative")
        return float(value)
    if isinstance(value, str):
        text = value.strip()
        if match := _PLAIN.fullmatch(text):
            return float(Fraction(match[1]) * _UNITS[match[2] or ""])
        if match := _CLOCK.fullmatch(text):
            return float(int(match[1] or 0) * 3600 + int(match[2]) * 60 + Fraction(match[3]))
    raise ValueError(f'{_shown(value)} is not a time; write 2.5, "2.5s" or "00:01:30"')


def parse_bytes(text: str) -> int:
    """Bytes from `2GB`, `500M`, `1.5GiB` or a plain number; ValueError for anything else."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if match is None or len(match[1]) > _MOST_DIGITS:
        raise ValueError("write 500MB, 20GB or 1.5GiB")
    return int(float(match[1]) * (1024 if match[3] else 1000) ** " kmgt".index(match[2] or " "))


def parse_size(value: object) -> int | str:
    """A size in pixels (`1280`) or of the input (`"50%"`), in its one normal form."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())) and Fraction(match[1]) > 0:
        return f"{float(Fraction(match[1])):.10g}%"
    raise ValueError(f'{_shown(value)} is not a size; write pixels (1280) or a share of the input ("50%")')


def resolve_size(size: int | str, whole: int | Fraction) -> int:
    """A parsed size in pixels, where `"50%"` is of `whole`; at least 1."""
    if isinstance(size, int):
        return size
    return max(1, round(Fraction(size.rstrip("%")) * whole / 100))


def parse_color(value: object) -> str:
    """A colour as `#rrggbb`, from that, `#rgb` or a CSS basic name."""
    if isinstance(value, str):
        text = value.strip().lower()
        if text in COLOR_NAMES:
            return COLOR_NAMES[text]
        if re.fullmatch(r"#[0-9a-f]{6}", text):
            return text
        if re.fullmatch(r"#[0-9a-f]{3}", text):
            return "#" + "".join(digit * 2 for digit in text[1:])
    raise ValueError(f'{_shown(value)} is not a colour; write "#ff8800" or a name such as "orange"')


def factor_of(decibels: float) -> float:
    """What so many decibels multiply samples by, to nine digits."""
    return float(f"{10 ** (decibels / 20):.9g}")


def parse_gain(value: object) -> float:
    """What samples are multiplied by, to nine digits, from a number (`0.5`; -1 turns the wave over) or `"-6dB"`."""
    hint = f'{_shown(value)} is not a gain; write a factor (0.5) or decibels ("-6dB")'
    decibels = _level(value, ("db",), hint) if isinstance(value, str) else None
    gain = _level(value, (), hint) if decibels is None else factor_of(min(decibels, _MOST_GAIN))
    if abs(gain) > _MOST_GAIN:
        raise ValueError(f"a gain is at most {_MOST_GAIN} (60 dB)")
    return float(f"{gain:.9g}") + 0.0


def parse_decibels(value: object) -> float:
    """Decibels, from `-30`, `"-30"` or `"-30dB"` (also dBFS and dBTP)."""
    return _level(value, ("", "db", "dbfs", "dbtp"), f'{_shown(value)} is not a level; write "-30dB"')


def parse_loudness(value: object) -> float:
    """LUFS, from `-14`, `"-14"` or `"-14 LUFS"`."""
    return _level(value, ("", "lufs", "lkfs"), f'{_shown(value)} is not a loudness; write "-14 LUFS"')


def _level(value: object, units: tuple[str, ...], hint: str) -> float:
    """A number, in one of the units where it is text; ValueError with the hint."""
    if isinstance(value, str):
        match = _LEVEL.fullmatch(value.strip().lower())
        if match and match[2] in units:
            return float(match[1]) + 0.0
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST_LEVEL:
        return float(value) + 0.0
    raise ValueError(hint)


def _shown(value: object) -> str:
    """A value as YAML would say it, and not all of a long one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value[:_LONGEST] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def file_name(path: Path) -> str:
    r"""The last part of a path as text that records can hold: a byte that is no UTF-8 as `\xe9`."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def parse_rate(value: object) -> str:
    """Pictures a second in their one normal form, "25" or "30000/1001", from a number or such a text."""
    rate = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        rate = Fraction(repr(value)) if isfinite(value) else None
    elif isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}(\.\d{1,9}|\s*/\s*[1-9]\d{0,8})?\s*", value):
        rate = Fraction(value.replace(" ", ""))
    if rate is None or not LEAST_FPS <= rate <= MOST_FPS:
        raise ValueError(
            f'{_shown(value)} is no frame rate; write 25, 29.97 or "30000/1001", from {float(LEAST_FPS)} to {MOST_FPS}'
        )
    return str(rate)
