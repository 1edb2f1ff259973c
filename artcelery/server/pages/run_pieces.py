"""The page of a run in pieces, each of which is sent again when it has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any
from zlib import crc32

from markupsafe import Markup

from artcelery.server.pages.live_events import Piece
from artcelery.server.pages.rendering import fragment
from artcelery.server.pages.run_view import RunView

__all__ = ["run_pieces"]

_PARTS = ("head", "trouble", "progress", "result", "graph", "chosen", "log", "papers")


def run_pieces(view: RunView) -> Mapping[str, Piece]:
    """The pieces of a page, by name; those whose name has a stroke lie within the graph."""
    return {name: _piece(name, view) for name in _PARTS} | dict(_of_graph(view))


def _piece(name: str, view: RunView) -> Piece:
    html = _rendered(f"parts/run_{name}.html", view=view).strip()
    sign = _SIGNS[name](view) if name in _SIGNS else _sign(html)
    shape = '<div id="{0}" class="run-part" data-piece data-sign="{1}">{2}</div>'
    whole = Markup(shape).format(name, sign, Markup(html))
    return Piece(sign, lambda: whole)


def _of_graph(view: RunView) -> Iterator[tuple[str, Piece]]:
    """Each node and row of the graph: while it stands where it stood, it is sent alone."""
    chosen = view.chosen.id if view.chosen else None
    for box in view.drawing.boxes:
        make = partial(_rendered, "parts/graph_node.html", box=box, drawing=view.drawing, chosen=chosen)
        yield f"node-{box.number}", Piece(_sign(repr(box)), cache(make), within="graph")
    for row in view.drawing.rows:
        make = partial(_rendered, "parts/graph_row.html", row=row)
        yield f"row-{row.number}", Piece(_sign(repr(row)), cache(make), within="graph")


def _layout(view: RunView) -> str:
    """What differs when boxes stand elsewhere, or something else is chosen or opened."""
    places = [(box.id, box.x, box.y, box.count) for box in view.drawing.boxes]
    return _sign(repr((places, view.drawing.curves, view.asked, view.drawing.nodes)))


def _seen(view: RunView) -> str:
    """What differs when something else is to be seen: not when its waveform has come, which the page gets by itself."""
    output = view.output
    return _sign(repr((output and output.content_hash, output and output.look, view.compared is not None)))


def _sign(text: str) -> str:
    return f"{crc32(text.encode()):08x}"


def _rendered(template: str, **values: Any) -> str:
    return bytes(fragment(template, **values).body).decode()


_SIGNS: Mapping[str, Callable[[RunView], str]] = {"graph": _layout, "result": _seen}
