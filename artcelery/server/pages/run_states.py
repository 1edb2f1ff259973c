"""How the nodes of a run stand, and the graph that is drawn of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from artcelery.core.engine.people.run_plans import PassSaid, RunPlan
from artcelery.core.state.paging import FINAL
from artcelery.core.state.records import NodeRecord
from artcelery.server.pages.graphs import Drawn, DrawnNode, NodeState

__all__ = ["Standing", "drawn_of", "node_of_pass", "standings", "type_of"]

_PART = re.compile(r"(.+) ([0-9]+)/([0-9]+)", re.DOTALL)
_OVER: Mapping[str, NodeState] = {"known": "known", "unused": "unused", "rendered": "done"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one node stands, how far it is, why, and the file that is kept of it."""

    state: NodeState
    per_cent: int | None = None
    why: str = ""
    content_hash: str | None = None


def node_of_pass(name: str) -> str:
    """The node that a pass ends with: its name says it, and which part of it is rendered."""
    match = _PART.fullmatch(name)
    return match[1] if match else name


def standings(plan: RunPlan, failing: str) -> Mapping[str, Standing]:
    """How each node of a run stands; `failing` is the node in whose pass it failed, if it did.

    A node without a pass of its own is rendered within that of a node it leads to, and stands as that does; what leads
    to a film that is cut of its inputs, as its part of the film does.
    """
    passes: dict[str, list[PassSaid]] = {}
    for item in plan.passes:
        passes.setdefault(node_of_pass(item.name), []).append(item)
    parts = {node.id: _parts_of(node, passes.get(node.id, ())) for node in plan.run.nodes}
    followers: dict[str, list[tuple[str, int]]] = {}
    for node in plan.run.nodes:
        for number, name in enumerate(node.inputs):
            followers.setdefault(name, []).append((node.id, number))
    found: dict[str, Standing] = {}
    for node in reversed(plan.run.nodes):
        leads_to = [
            (parts[name].get(number), found[name]) for name, number in followers.get(node.id, ()) if name in found
        ]
        after = [whole if part is None else _of_passes(node, [part], part.name) for part, whole in leads_to]
        own = passes.get(node.id, ())
        if plan.run.status in FINAL and all(item.name != node.id for item in own):
            own = ()  # of its parts some were rendered, and then no more
        found[node.id] = _standing(node, own, after, failing)
    return found


def _parts_of(node: NodeRecord, passes: Iterable[PassSaid]) -> Mapping[int, PassSaid]:
    """The passes of a film's parts by the number of the input that each shows; none where parts are other stretches."""
    if node.type != "SEQUENCE" or node.config.get("at"):
        return {}
    named = ((item, _PART.fullmatch(item.name)) for item in passes)
    return {int(match[2]) - 1: item for item, match in named if match and int(match[3]) == len(node.inputs)}


def drawn_of(plan: RunPlan, stand: Mapping[str, Standing], href: Callable[[str], str]) -> Drawn:
    """The graph of a run; `href` is where more is said of a node."""
    nodes = tuple(_node(node, stand[node.id], href(node.id)) for node in plan.run.nodes)
    known = {node.id for node in plan.run.nodes}
    return Drawn(nodes, tuple((name, node.id) for node in plan.run.nodes for name in node.inputs if name in known))


def type_of(node: NodeRecord) -> str:
    """What a node is, with the effect that it applies."""
    return f"{node.type} {node.effect['name']}" if node.effect else node.type


def _node(node: NodeRecord, stands: Standing, href: str) -> DrawnNode:
    return DrawnNode(node.id, node.id, type_of(node), stands.state, stands.per_cent, href, stands.why)


def _standing(node: NodeRecord, passes: Sequence[PassSaid], after: Iterable[Standing], failing: str) -> Standing:
    if node.status in _OVER:
        return Standing(_OVER[node.status], None, node.reason, node.content_hash)
    if node.id == failing:
        return Standing("failed", None, "the run failed here")
    if passes:
        return _of_passes(node, passes, node.id)
    return _within(node, after)


def _of_passes(node: NodeRecord, passes: Sequence[PassSaid], whole: str) -> Standing:
    if all(item.status == "done" for item in passes):
        content_hash = next((item.content_hash for item in passes if item.name == whole), None)
        return Standing("done", None, node.reason, content_hash)
    if any(item.status in ("running", "done") for item in passes):
        return Standing("rendering", _per_cent(passes), node.reason)
    return Standing("waiting", None, next((item.reason for item in passes if item.reason), node.reason))


def _per_cent(passes: Iterable[PassSaid]) -> int | None:
    shown = [item for item in passes if item.frames]
    frames = sum(item.frames for item in shown)
    done = sum(item.frames if item.status == "done" else min(item.done, item.frames) for item in shown)
    return 100 * done // frames if frames else None


def _within(node: NodeRecord, after: Iterable[Standing]) -> Standing:
    """How a node stands that is rendered in the pass of another."""
    seen = list(after)
    states = {item.state for item in seen}
    if "failed" in states:
        return Standing("waiting", None, "in the pass that failed")
    if not states & {"rendering", "done"}:
        return Standing("waiting", None, node.reason)
    if states == {"done"}:
        return Standing("done", None, node.reason)
    return Standing("rendering", seen[0].per_cent if len(seen) == 1 else None, node.reason)
