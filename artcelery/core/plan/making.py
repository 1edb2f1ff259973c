"""Making a plan: what is known is looked up once, the rest becomes passes, and every node gets its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from artcelery.core.graph import Graph, Node
from artcelery.core.media.conversion import written
from artcelery.core.media.profiles import KEPT, Encoding
from artcelery.core.plan.advice import advice_for
from artcelery.core.plan.estimates import estimated
from artcelery.core.plan.films import Film, film_of
from artcelery.core.plan.model import Known, NodePlan, Plan
from artcelery.core.plan.planner import Planner, asked_for
from artcelery.core.plan.reasons import Reasons
from artcelery.core.state.records import RunRecord

__all__ = ["make_plan", "plan_analyses"]


def make_plan(graph: Graph, encoding: Encoding | None, known: Known, last: RunRecord | None = None) -> Plan:
    """The plan that renders the graph's output in `encoding` (None: as its file is, when it is one).

    `last` is the last run of this config: reasons tell what changed since.
    """
    film = film_of(graph, encoding)
    results = known(asked_for(graph, encoding, film))
    planner = Planner(graph, results, film)
    result = planner.result(graph.target, encoding)
    if result is None:
        planner.render(graph.target, encoding)
    why = Reasons(graph, encoding, last)
    covered = _covered(planner, film) if film and result is None else set()
    nodes = {node.id: _node_plan(node, planner, result is not None, covered, why) for node in graph.nodes.values()}
    notes = graph.target.clip.notes
    if encoding and not (result and result.encoding == "file"):
        notes += written(graph.target.clip, encoding).notes
    if film and not film.parts:
        notes += (f"the pictures of {film.node.id!r} are copied, not encoded",)
    passes = estimated(planner.passes, results, last, graph)
    parts = len(film.parts) if film else 0
    missing = sum(item.part is not None for item in passes)
    advice = advice_for(graph, passes, last)
    return Plan(graph, encoding, passes, nodes, notes, result, parts, parts - missing, advice=advice)


def plan_analyses(graph: Graph, wanted: Sequence[str], known: Known, last: RunRecord | None = None) -> Plan:
    """The plan that makes the documents of some ANALYZE nodes, which the plan of the rest waits for."""
    results = known(asked_for(graph, KEPT["data"], None))
    planner = Planner(graph, results)
    for name in wanted:
        node = graph.nodes[name]
        if planner.result(node, KEPT["data"]) is None:
            planner.render(node, KEPT["data"])
    why = Reasons(graph, KEPT["data"], last)
    nodes = {node.id: _node_plan(node, planner, False, set(), why) for node in graph.nodes.values()}
    later = {
        name: replace(node, reason="planned when the analyses are known")
        for name, node in nodes.items()
        if node.status == "unused"
    }
    passes = estimated(planner.passes, results, last, graph)
    return Plan(graph, None, passes, {**nodes, **later}, (), waiting=tuple(wanted))


def _covered(planner: Planner, film: Film) -> set[str]:
    """The nodes whose pictures are in parts that are known."""
    known = [part for part, file in zip(film.parts, film.files, strict=True) if file in planner.results]
    covered: set[str] = set()
    waiting = [film.node.inputs[part.input] for part in known]
    while waiting:
        name = waiting.pop()
        if name not in covered:
            covered.add(name)
            waiting += planner.graph.nodes[name].inputs
    return covered


def _node_plan(node: Node, planner: Planner, all_known: bool, covered: set[str], why: Reasons) -> NodePlan:
    if node.id in planner.rendered:
        return NodePlan(node.id, "render", why.of(node))
    if node.type == "SOURCE":
        return NodePlan(node.id, "known", "a file")
    if node.id in planner.taken:
        return NodePlan(node.id, "known", "rendered before")
    if node.id in covered:
        return NodePlan(node.id, "known", "in a part that is known")
    if all_known:
        return NodePlan(node.id, "known", "not needed: the output is known")
    return NodePlan(node.id, "unused", "leads to nothing that is rendered")
