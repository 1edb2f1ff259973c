"""What a client would rather have: a page or JSON."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers

__all__ = ["prefers_page", "takes_page"]

_PAGE, _DATA = "text/html", "application/json"
_LEAST, _EVERYTHING = 0, "*/*"


@dataclass(frozen=True, slots=True)
class _Range:
    """One part of an `Accept` header: `text/*;q=0.5`."""

    name: str
    quality: float

    def fits(self, kind: str) -> int:
        """How exactly it means a media type; 0 when it does not."""
        if self.name == kind:
            return 3
        if self.name == f"{kind.partition('/')[0]}/*":
            return 2
        return 1 if self.name == _EVERYTHING else _LEAST


def prefers_page(headers: Headers) -> bool:
    """Whether a page is wanted: by name, and no less than JSON. Who takes anything is a program."""
    return _names_page(",".join(headers.getlist("accept")))


def takes_page(headers: Headers) -> bool:
    """Whether a page or a part of one is wanted: by a browser, or by a page's own script."""
    return headers.get("hx-request") == "true" or prefers_page(headers)


def _names_page(accept: str) -> bool:
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    exactness, wanted = _wanted(ranges, _PAGE)
    return exactness > 1 and wanted > 0 and wanted >= _wanted(ranges, _DATA)[1]


def _wanted(ranges: list[_Range], kind: str) -> tuple[int, float]:
    """How exactly a media type is named, and how much it is wanted there."""
    exactness, quality = max(((item.fits(kind), item.quality) for item in ranges), default=(_LEAST, 0.0))
    return (exactness, quality) if exactness else (_LEAST, 0.0)


def _range(text: str) -> _Range:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    said = next((item[2:] for item in parameters if item.startswith("q=")), "1")
    return _Range(name, _quality(said))


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
