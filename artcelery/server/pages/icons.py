"""Small drawings that stand before words: each shape means one thing, and no colour is needed to tell them apart."""

from __future__ import annotations

from markupsafe import Markup

__all__ = ["icon", "shape"]

_CIRCLE = "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z"
_SHAPES = {
    "waiting": f"{_CIRCLE}M8 4.5V8l2.5 1.5",
    "running": f"{_CIRCLE}M6.5 5.2v5.6L11 8z",
    "done": f"{_CIRCLE}M5 8.2l2.2 2.2L11.2 6",
    "failed": "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
    "cancelled": f"{_CIRCLE}M3.5 3.5l9 9",
    "known": "M2 6h12M2 10h12",
    "lapsed": "M8 1.8L14.8 14H1.2zM8 6v4M8 11.8v.4",
    "idle": f"{_CIRCLE}M5 8h6",
    "stopping": f"{_CIRCLE}M6 6h4v4H6z",
    "picture": "M1.5 3h13v10h-13zM1.5 11l3.5-3.5 3 3 2-2 4.5 4M10.5 6h.1",
    "film": "M1.5 3h13v10h-13zM4.5 3v10M11.5 3v10M1.5 8h3M11.5 8h3",
    "sound": "M2 6v4M5 4v8M8 2v12M11 5v6M14 6.5v3",
    "document": "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3",
    "add": "M8 2v12M2 8h12",
    "download": "M8 2v8M4.5 7L8 10.5 11.5 7M2 14h12",
    "remove": "M2.5 4h11M6 4V2h4v2M4 4l.7 10h6.6L12 4",
    "again": "M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.5v3h-3",
    "copy": "M5 5h9v9H5zM11 5V2H2v9h3",
}
_ALSO = {"pending": "waiting", "ready": "waiting", "completed": "done", "rendering": "running", "unused": "idle"}


def icon(name: str) -> Markup:
    """The drawing of a name, which no screen reader speaks: a word stands beside it. KeyError for unknown names."""
    return Markup('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>').format(shape(name))


def shape(name: str) -> str:
    """The same as the data of a path, in a square of 16 units, for drawings that hold many of them."""
    return _SHAPES[_ALSO.get(name, name)]
