"""Graphs as they are drawn: layers, crossings, what is folded, and what each box says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from artcelery.server.pages.graphs import Box, Drawing, Drawn, DrawnNode, NodeState, draw
from artcelery.server.pages.graphs.layering import layers_of, neighbours
from artcelery.server.pages.graphs.ordering import crossings, ordered
from artcelery.server.pages.graphs.routing import Routed, routed

Edges = Sequence[tuple[str, str]]


def node(id: str, type: str = "EFFECT dog", state: NodeState = "done", per_cent: int | None = None) -> DrawnNode:
    return DrawnNode(id, id, type, state, per_cent, f"?node={id}")


def graph(*edges: str, types: str = "") -> Drawn:
    """A graph of edges such as `a-b`; each node has a type of its own, so that nothing is folded."""
    ends = [tuple(edge.split("-")) for edge in edges]
    names = dict.fromkeys(name for edge in ends for name in edge)
    return Drawn(tuple(node(name, types or name.upper()) for name in names), tuple((a, b) for a, b in ends))


def film(parts: int, state: NodeState = "done") -> Drawn:
    """Three sources, cut into parts, each with an effect, joined."""
    nodes = [node(f"camera-{name}", "SOURCE", "known") for name in "abc"]
    edges: list[tuple[str, str]] = []
    for number in range(parts):
        nodes += [node(f"cut-{number}", "SEGMENT", state), node(f"dog-{number}")]
        edges += [(f"camera-{'abc'[number % 3]}", f"cut-{number}"), (f"cut-{number}", f"dog-{number}")]
        edges.append((f"dog-{number}", "film"))
    return Drawn((*nodes, node("film", "SEQUENCE", "waiting")), tuple(edges))


def boxes(drawing: Drawing) -> dict[str, Box]:
    return {box.id: box for box in drawing.boxes}


def ways(*edges: tuple[int, int]) -> Routed:
    before, after = neighbours(1 + max(map(max, edges)), edges)
    return routed(layers_of(before, after), after)


def fewest(way: Routed) -> int:
    return crossings(ordered(way.layers, way.before, way.after), way.after)


def test_inputs_are_left_of_what_is_made_of_them() -> None:
    drawn = graph("cat-grey", "grey-blend", "cat-blend", "dog-blend", "blend-end")
    found = boxes(draw(drawn))
    assert all(found[start].x + draw(drawn).box_width < found[end].x for start, end in drawn.edges)
    assert found["cat"].x == found["dog"].x


def test_boxes_do_not_touch_each_other_and_all_are_within_the_drawing() -> None:
    drawing = draw(a_large_graph(300))
    columns: dict[int, list[Box]] = {}
    for box in drawing.boxes:
        columns.setdefault(box.x, []).append(box)
        assert 0 <= box.x <= drawing.width - drawing.box_width
        assert 0 <= box.y <= drawing.height - drawing.box_height
    for column in columns.values():
        assert all(lower.y - upper.y > drawing.box_height for upper, lower in pairwise(column))


def test_boxes_are_read_from_left_to_right_and_from_above_to_below() -> None:
    drawing = draw(a_large_graph(60))
    places = [(box.x, box.y) for box in drawing.boxes]
    assert places == sorted(places)


def a_large_graph(count: int) -> Drawn:
    chance = random.Random(7)
    edges = [(f"n{max(0, item - chance.randint(1, 20))}", f"n{item}") for item in range(1, count) for _ in range(2)]
    return Drawn(tuple(node(f"n{item}", f"T{item}") for item in range(count)), tuple(edges))


def test_a_graph_that_can_be_drawn_without_crossings_is() -> None:
    crossed = ways((0, 5), (1, 4), (2, 3))
    assert crossings(crossed.layers, crossed.after) == 3
    assert fewest(crossed) == 0
    tree = ways((0, 1), (0, 2), (1, 5), (1, 6), (2, 3), (2, 4))
    assert fewest(tree) == 0


def test_two_nodes_that_both_feed_two_others_cross_once() -> None:
    assert fewest(ways((0, 2), (0, 3), (1, 2), (1, 3))) == 1


def test_three_that_feed_three_others_cross_nine_times() -> None:
    assert fewest(ways(*((start, end) for start in range(3) for end in range(3, 6)))) == 9


def test_edges_that_pass_layers_have_a_place_in_each_and_share_their_way() -> None:
    way = ways((0, 1), (1, 2), (2, 3), (0, 2), (0, 3))
    assert [len(layer) for layer in way.layers] == [1, 2, 2, 1]
    assert way.straight == ()


def test_a_graph_with_very_many_long_edges_is_drawn_with_straight_ones() -> None:
    chain = [(item, item + 1) for item in range(200)]
    long = [(start, start + 60) for start in range(140)]
    way = ways(*chain, *long)
    assert sorted(way.straight) == long
    assert len(way.before) == 201


def test_an_edge_that_goes_far_is_straight_where_it_passes() -> None:
    drawing = draw(graph("a-b", "b-c", "c-d", "a-d"))
    assert any(curve.endswith(f"h{drawing.box_width}") for curve in drawing.curves)


def test_many_edges_of_one_node_share_a_trunk() -> None:
    drawing = draw(graph(*(f"cat-n{item}" for item in range(12))))
    trunks = {line.partition("V")[0].rpartition("Q")[2].split()[0] for line in drawing.curves if "V" in line}
    assert len(trunks) == 1
    assert not any("V" in line for line in draw(graph(*(f"cat-n{item}" for item in range(5)))).curves)


def test_what_is_alike_is_folded_into_one_box() -> None:
    found = draw(film(48))
    assert [(box.label, box.count) for box in found.boxes if box.count > 1] == [
        *[("16 × SEGMENT", 16)] * 3,
        *[("16 × EFFECT dog", 16)] * 3,
    ]
    assert found.is_folded
    assert len(found.rows) == 3 + 48 * 2 + 1


def test_three_that_are_alike_are_drawn_as_three() -> None:
    assert not draw(film(9)).is_folded


def test_what_differs_from_its_likes_is_drawn_apart() -> None:
    drawn = film(12)
    apart = Drawn((*drawn.nodes, node("look", "SCOPE")), (*drawn.edges, ("cut-0", "look")))
    found = boxes(draw(apart))
    assert found["cut-0"].count == found["dog-0"].count == 1
    assert found["cut-1"].label == "4 × SEGMENT"


def test_a_folded_box_leads_to_its_nodes_one_by_one() -> None:
    drawn = film(48)
    folded = boxes(draw(drawn, opening=lambda first: f"?open={first}#graph"))
    assert folded["cut-1"].href == "?open=cut-1#graph"
    opened = boxes(draw(drawn, opened={"cut-1"}))
    assert opened["cut-4"].count == 1
    assert opened["cut-0"].count == 16
    assert opened["cut-1"].href == "?node=cut-1"


def test_a_folded_box_stands_as_the_node_in_it_that_is_looked_at_first() -> None:
    parts = tuple(node(f"p{item}", "SEGMENT", "done") for item in range(6))
    cut = Drawn((node("cat", "SOURCE"), *parts, node("slow", "SEGMENT", "rendering", 50)))
    edges = tuple(("cat", item.id) for item in cut.nodes[1:])
    found = boxes(draw(Drawn(cut.nodes, edges)))["p0"]
    assert (found.state, found.line, found.per_cent) == ("rendering", "1 rendering, 6 done", 92)
    assert found.spoken == "7 × SEGMENT, 1 rendering, 6 done, from cat"
    failed = Drawn((*cut.nodes, node("bad", "SEGMENT", "failed")), (*edges, ("cat", "bad")))
    assert boxes(draw(failed))["p0"].line == "1 of 8 failed"


def test_a_box_says_what_it_is_to_who_cannot_see_it() -> None:
    slow = Drawn((node("cat", "SOURCE", "known"), node("grey", "EFFECT grey", "rendering", 40)), (("cat", "grey"),))
    found = boxes(draw(slow))
    assert found["grey"].spoken == "grey, EFFECT grey, rendering 40 %, from cat"
    assert found["cat"].spoken == "cat, SOURCE, known"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("short", "short"),
        ("a-name-that-is-18-l", "a-name-that-is-18…"),
        ("a-name-of-18-lette", "a-name-of-18-lette"),
        ("a-name-that-is-longer-than-its-box", "a-name-that-is-lo…"),
        ("猫猫猫猫猫猫猫猫猫猫猫猫", "猫猫猫猫猫猫猫猫…"),
    ],
)
def test_long_names_are_cut_and_said_whole(name: str, shown: str) -> None:
    box = draw(Drawn((node(name),))).boxes[0]
    assert box.label == shown
    assert name in box.spoken


def test_how_a_node_stands_is_said_however_long_its_type_is() -> None:
    slow = DrawnNode("slow", "slow", "EFFECT kaleidoscope", "rendering", 40)
    assert draw(Drawn((slow,))).boxes[0].line == "EFFE… · rendering 40 %"


def test_the_table_says_each_node_with_its_inputs_in_their_order() -> None:
    rows = draw(graph("dog-blend", "cat-blend", "cat-blend")).rows
    assert [(row.node.id, row.inputs, row.word) for row in rows] == [
        ("dog", (), "done"),
        ("blend", ("dog", "cat", "cat"), "done"),
        ("cat", (), "done"),
    ]


def test_what_nobody_could_read_is_not_drawn() -> None:
    drawn = Drawn(tuple(node(f"n{item}", f"T{item}") for item in range(1200)))
    drawing = draw(drawn)
    assert (drawing.boxes, len(drawing.rows), drawing.nodes) == ((), 1000, 1200)
    assert draw(Drawn(tuple(node(f"n{item}", "SOURCE") for item in range(1200)))).boxes[0].label == "1200 × SOURCE"


def test_nothing_is_a_drawing_too() -> None:
    assert draw(Drawn(())).boxes == ()


def test_a_graph_with_a_cycle_or_with_loose_ends_is_none() -> None:
    with pytest.raises(ValueError, match="cycle"):
        draw(graph("a-b", "b-a"))
    with pytest.raises(ValueError, match="no node: b"):
        Drawn((node("a"),), (("a", "b"),))
