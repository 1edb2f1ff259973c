"""What a drawn node says: to who sees it, cut to its box, and to who hears it, whole."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from artcelery.server.pages.graphs.drawn import NodeState
from artcelery.server.pages.graphs.folding import Group, counts_of, state_of

__all__ = ["cut", "label_of", "line_of", "per_cent_of", "spoken", "word_of"]

_MANY_NAMED = 6
_LEAST_ROOM = 4


def cut(text: str, room: int) -> str:
    """A text in that much room, in letters of usual width; what had to be left off is marked."""
    if sum(map(_width, text)) <= room:
        return text
    shown, left = "", room - 1
    for letter in text:
        left -= _width(letter)
        if left < 0:
            break
        shown += letter
    return f"{shown.rstrip()}…"


def label_of(group: Group) -> str:
    """What a group is called: the one node, or how many there are of what."""
    return group[0].label if len(group) == 1 else f"{len(group)} × {group[0].type}"


def line_of(group: Group, room: int) -> str:
    """The second line: type and state of one node; of several, how many stand how, or of many states just the one.

    Where there is not room for all of it, the type is cut: how a node stands is always said.
    """
    word = word_of(group)
    if len(group) == 1:
        return f"{cut(group[0].type, max(_LEAST_ROOM, room - len(word) - 3))} · {word}"
    counts = counts_of(group)
    if len(word) <= room:
        return word
    shown: NodeState = "failed" if counts[0][0] == "failed" else "done"
    return f"{dict(counts).get(shown, 0)} of {len(group)} {shown}"


def word_of(group: Group) -> str:
    """How a group stands, in words: "rendering 40 %"; "31 done, 17 waiting"."""
    if len(group) == 1:
        node = group[0]
        return node.state if node.per_cent is None else f"{node.state} {node.per_cent} %"
    counts = counts_of(group)
    if len(counts) == 1:
        return f"all {counts[0][0]}"
    return ", ".join(f"{count} {state}" for state, count in counts)


def per_cent_of(group: Group) -> int | None:
    """How far a group is that is being rendered, None otherwise."""
    if len(group) == 1:
        return group[0].per_cent
    if state_of(group) != "rendering":
        return None
    return sum(100 if node.state in ("done", "known") else node.per_cent or 0 for node in group) // len(group)


def spoken(group: Group, inputs: Sequence[str]) -> str:
    """All that the drawing shows of a group, as one sentence."""
    named = ", ".join(inputs[:_MANY_NAMED])
    more = f" and {len(inputs) - _MANY_NAMED} more" if len(inputs) > _MANY_NAMED else ""
    kind = f", {group[0].type}" if len(group) == 1 else ""
    return f"{label_of(group)}{kind}, {word_of(group)}" + (f", from {named}{more}" if inputs else "")


def _width(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1
