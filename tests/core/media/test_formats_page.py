"""docs/formats.md names every format as the program has it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from artcelery.core.errors import UsageError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.profiles import DEFAULT_FORMATS, FORMATS, choose_encoding

PAGE = (Path(__file__).parents[3] / "docs/formats.md").read_text()
ROWS = {row[1]: row[0] for row in re.finditer(r"^\| (\w+) \| \.\w+ \|.*$", PAGE, re.MULTILINE)}


CALLED = {"data": "document"}


def quality_of(format: str) -> Any:
    """The default quality, in the scale that people use; None where there is none to choose."""
    encoding = FORMATS[format]
    rate = encoding.audio.get("bit_rate") if encoding.kind == "sound" else None
    return rate // 1000 if rate else encoding.still.get("quality", encoding.video.get("crf"))


def clip_of(format: str) -> Clip:
    kind = FORMATS[format].kind
    if kind == "data":
        return Clip(kind)
    return Clip(kind, None if kind == "sound" else Picture(64, 48, "rgb24"), Sound(48000, "stereo", 2))


def test_the_page_has_a_row_for_each_format() -> None:
    assert list(ROWS) == list(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_a_row_says_suffix_default_quality_and_range(format: str) -> None:
    suffix, quality = ROWS[format].split("|")[2].strip(), ROWS[format].split("|")[5]
    default = quality_of(format)
    assert suffix == FORMATS[format].suffix
    if default is None:
        assert quality.strip() == "none"
        with pytest.raises(UsageError, match="has no quality"):
            choose_encoding(clip_of(format), format, 50)
        return
    low, high, said = map(int, re.findall(r"\d+", quality))
    assert said == default
    for inside, outside in ((low, low - 1), (high, high + 1)):
        choose_encoding(clip_of(format), format, inside)
        with pytest.raises(UsageError, match=f"{low} to {high}"):
            choose_encoding(clip_of(format), format, outside)


@pytest.mark.parametrize(("kind", "format"), DEFAULT_FORMATS.items())
def test_the_page_names_the_defaults(kind: str, format: str) -> None:
    assert f"`{format}` for a {CALLED.get(kind, kind)}" in PAGE
