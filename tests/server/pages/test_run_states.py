"""How nodes of a run stand: as their passes do, also those that are rendered within the pass of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from artcelery.core.engine.people.run_plans import PassSaid, RunPlan
from artcelery.core.state.records import NodeRecord
from artcelery.server.pages.run_states import drawn_of, node_of_pass, standings
from tests.core.state.making import a_run


def a_node(id: str, *inputs: str, type: str = "SEGMENT", status: str = "pending", **given: Any) -> NodeRecord:
    return NodeRecord(id, type, f"key of {id}", inputs=inputs, status=status, reason="never rendered", **given)


CUT_FILM = (
    a_node("camera", status="known"),
    a_node("a", "camera"),
    a_node("b", "camera"),
    a_node("film", "a", "b", type="SEQUENCE"),
)


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


def test_what_leads_to_a_cut_film_stands_as_its_part_does() -> None:
    nodes = (
        a_node("camera"),
        *(a_node(f"cut {number}", "camera") for number in range(4)),
        *(a_node(f"look {number}", f"cut {number}") for number in range(4)),
        a_node("film", *(f"look {number}" for number in range(4)), type="SEQUENCE"),
    )
    parts = (
        PassSaid("film 1/4", "done", 10, 10),
        PassSaid("film 2/4", "running", 10, 3),
        PassSaid("film 3/4", "ready", 10),
        PassSaid("film 4/4", "done", 10, 10),
        PassSaid("film", "waiting"),
    )
    found = states(nodes, *parts)
    looks = [found[f"look {number}"] for number in range(4)]
    assert looks == [("done", None), ("rendering", 30), ("waiting", None), ("done", None)]
    assert [found[f"cut {number}"] for number in range(4)] == looks
    assert found["camera"] == ("rendering", None)
    assert found["film"] == ("rendering", 57)


def test_a_clip_that_is_cut_in_twice_is_done_when_both_parts_are() -> None:
    nodes = (a_node("clip"), a_node("other"), a_node("film", "clip", "other", "clip", type="SEQUENCE"))
    parts = [PassSaid(f"film {number}/3", status) for number, status in ((1, "done"), (2, "done"), (3, "ready"))]
    assert states(nodes, *parts)["clip"] == ("rendering", None)
    assert states(nodes, *parts)["other"] == ("done", None)


def test_of_parts_that_are_other_stretches_than_inputs_the_whole_is_told() -> None:
    clips = (a_node("a"), a_node("b"))
    taking_turns = a_node("film", "a", "b", type="SEQUENCE", config={"at": ["1", "2"]})
    parts = [PassSaid("film 1/2", "done", 10, 10), PassSaid("film 2/2", "running", 10, 5)]
    for film in (taking_turns, a_node("film", "a", "b", type="SWITCH")):
        found = states((*clips, film), *parts)
        assert found["a"] == found["b"] == found["film"] == ("rendering", 75)


def test_of_a_film_that_was_cancelled_the_parts_are_done_that_were_rendered() -> None:
    run = a_run(nodes=CUT_FILM, status="cancelled")
    found = standings(RunPlan(run, [PassSaid("film 2/2", "done", 10, 10)]), "")
    assert {name: stands.state for name, stands in found.items()} == {
        "camera": "known",
        "a": "waiting",
        "b": "done",
        "film": "waiting",
    }


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
