"""Waveforms as pages show them: drawn on the server as one path, in the colour of the text around."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Self

from fastapi import Request, Response

from artcelery.core.engine.people.file_previews import WAVEFORM
from artcelery.core.engine.people.files import MemberFiles
from artcelery.core.errors import MediaError
from artcelery.core.media.peaks import Peaks
from artcelery.server.pages.rendering import fragment
from artcelery.server.pages.routing import Pages
from artcelery.server.previews import PreviewAsker

__all__ = ["Drawn", "router", "waveform_made"]

router = Pages()

_COLUMNS = 600
_MIDDLE = 100
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """A waveform: its path, in a box so wide and so high, and how loud its loudest sample is, of full scale."""

    path: str
    width: int
    height: int
    loudest: float

    @classmethod
    def of(cls, peaks: Peaks) -> Self:
        """The drawing of peaks, the loudest as high as the box."""
        narrow = peaks.narrowed(_COLUMNS)
        loudest = max([1, *(-value for value in narrow.low), *narrow.high])
        above = [f"{at} {_MIDDLE - max(_LEAST, value / loudest * _MIDDLE):.1f}" for at, value in enumerate(narrow.high)]
        below = [f"{at} {_MIDDLE + max(_LEAST, -value / loudest * _MIDDLE):.1f}" for at, value in enumerate(narrow.low)]
        path = "M" + "L".join(chain(above, reversed(below))) + "Z" if above else ""
        return cls(path, max(1, narrow.width - 1), 2 * _MIDDLE, min(1.0, loudest / 127))


def waveform_made(files: MemberFiles, content_hash: str) -> Drawn | None:
    """The waveform of a file that has sound, None when it is not made yet."""
    _, made = files.preview(content_hash, WAVEFORM)
    return Drawn.of(Peaks.of(files.path_of(made).read_bytes())) if made else None


@router.part("/media/{content_hash}/waveform")
async def waveform(request: Request, content_hash: str, asker: PreviewAsker) -> Response:
    """The waveform of a file, what asks for it again, or why there will be none."""
    try:
        _, made = await asker.ask(content_hash, WAVEFORM, 2)
    except MediaError as error:
        return fragment("parts/no_waveform.html", reason=error.message)
    drawn = Drawn.of(await asker.peaks_of(made)) if made else None
    return fragment("parts/waveform.html", waveform=drawn, content_hash=content_hash, delay="1s")
