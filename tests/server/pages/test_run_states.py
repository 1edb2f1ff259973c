"""How nodes of a run stand: as their passes do, also those that are rendered within the pass of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from artcelery.core.engine.people.run_plans import PassSaid, RunPlan
from artcelery.core.state.records import NodeRecord
from artcelery.server.pages.run_states import drawn_of, node_of_pass, standings
from tests.core.state.making import a_run


def a_node(id: str, *inputs: str, status: str = "pending", **given: Any) -> NodeRecord:
    return NodeRecord(id, "SEGMENT", f"key of {id}", inputs=inputs, status=status, reason="never rendered", **given)


CUT_FILM = (a_node("camera", status="known"), a_node("a", "camera"), a_node("b", "camera"), a_node("film", "a", "b"))


def states(nodes: Sequence[NodeRecord], *passes: PassSaid, failing: str = "") -> dict[str, tuple[str, int | None]]:
    found = standings(RunPlan(a_run(nodes=tuple(nodes)), passes), failing)
    return {name: (stands.state, stands.per_cent) for name, stands in found.items()}


def test_a_pass_is_of_the_node_that_its_name_begins_with() -> None:
    assert node_of_pass("film 3/48") == "film"
    assert node_of_pass("film") == "film"
    assert node_of_pass("take 2") == "take 2"


def test_nodes_wait_until_their_pass_begins() -> None:
    found = states(CUT_FILM, PassSaid("film", "waiting"))
    assert found == {
        "camera": ("known", None),
        **dict.fromkeys(("a", "b", "film"), ("waiting", None)),
    }


def test_how_far_a_film_is_counts_all_its_parts() -> None:
    parts = (
        PassSaid("film 1/2", "done", 100, 100),
        PassSaid("film 2/2", "running", 100, 50),
        PassSaid("film", "waiting"),
    )
    found = states(CUT_FILM, *parts)
    assert found["film"] == ("rendering", 75)
    assert found["a"] == found["b"] == ("rendering", None)


def test_a_node_is_done_when_all_of_its_passes_are() -> None:
    found = states(CUT_FILM, PassSaid("film 1/1", "done", 9, 9), PassSaid("film", "done", content_hash="e" * 64))
    assert set(found.values()) == {("known", None), ("done", None)}
    stand = standings(RunPlan(a_run(nodes=CUT_FILM), [PassSaid("film", "done", content_hash="e" * 64)]), "")
    assert stand["film"].content_hash == "e" * 64


def test_of_a_run_that_failed_one_node_did_and_what_was_done_is_done() -> None:
    nodes = [a_node("a", status="failed"), a_node("b", "a", status="failed"), a_node("c", "b", status="failed")]
    found = states(nodes, PassSaid("a", "done"), failing="b")
    assert found == {"a": ("done", None), "b": ("failed", None), "c": ("waiting", None)}


def test_what_a_run_was_not_asked_for_is_drawn_without_what_it_lacks() -> None:
    plan = RunPlan(a_run(nodes=(a_node("end", "not there yet"),)), ())
    drawn = drawn_of(plan, standings(plan, ""), lambda node: f"?node={node}")
    assert drawn.edges == ()
    assert drawn.nodes[0].href == "?node=end"
