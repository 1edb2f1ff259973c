"""How nodes hang together: inputs that are there, no circles, nothing that is asked for in vain."""

from __future__ import annotations

import pytest

from artcelery.core.config.loops import find_loops
from tests.core.config.reading import graph, loaded, problems, problems_at, with_node

SOURCE = "{id: a, type: SOURCE, config: {asset: cat}}"
RESIZE = "type: RESIZE, config: {width: 5}"


@pytest.mark.parametrize(
    ("said", "inputs", "roles"),
    [("a", ("a",), None), ("[a]", ("a",), None), ("{picture: a}", ("a",), ("picture",))],
)
def test_inputs_are_a_list_one_id_or_roles(said: str, inputs: tuple[str, ...], roles: tuple[str, ...] | None) -> None:
    node = loaded(graph(SOURCE, f"{{id: b, {RESIZE}, inputs: {said}}}", output="b")).nodes[1]
    assert (node.inputs, node.roles) == (inputs, roles)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("inputs: [▸aa]", "node 'b': no node has the id 'aa'; did you mean 'a'?"),
        ("▸inputs: zzz", "node 'b': no node has the id 'zzz'"),
        ("inputs: {▸picture: zzz}", "node 'b': no node has the id 'zzz'"),
        ("▸inputs: []", "node 'b': RESIZE takes 1 input; here it has none"),
        ("▸inputs: [a, a]", "node 'b': RESIZE takes 1 input; here it has 2"),
        ("▸inputs: b", "node 'b' has itself as an input"),
        ("▸inputs: 3", "'inputs' must be a list of node ids, one id, or a mapping of roles to ids; it is 3"),
        ("inputs: [▸3]", "an input must be the id of a node; it is 3; quote it"),
    ],
)
def test_inputs_that_cannot_be_are_refused(inputs: str, message: str) -> None:
    assert problems_at(graph(SOURCE, f"{{id: b, {RESIZE}, {inputs}}}", output="b")) == [message]


def test_a_wrong_input_counts_as_one() -> None:
    assert problems(graph(SOURCE, f"{{id: b, {RESIZE}, inputs: {{picture: a, other: [a]}}}}", output="b")) == [
        "5:49: node 'b': RESIZE takes 1 input; here it has 2",
        "5:70: an input must be the id of a node; it is a list",
    ]


def test_a_source_takes_no_inputs() -> None:
    text = graph(SOURCE, "{id: b, type: SOURCE, config: {asset: cat}, ▸inputs: a}", output="b")
    assert problems_at(text) == ["node 'b': SOURCE takes no inputs; here it has 1"]


def test_effects_on_frames_take_one_input() -> None:
    text = graph(SOURCE, "{id: b, type: EFFECT, config: {effect: dog}, ▸inputs: [a, a]}", output="b")
    assert problems_at(text) == ["node 'b' (EFFECT): the effect dog works on one input; here it has 2"]


def test_ids_are_text_and_stand_once() -> None:
    assert problems(graph(SOURCE, f"{{id: 5, {RESIZE}, inputs: a}}", output="a")) == [
        "5:8: 'id' must be text; it is 5; quote it"
    ]
    assert problems(graph(SOURCE, f"{{id: a, {RESIZE}, inputs: a}}", output="a")) == [
        "5:8: two nodes have the id 'a'; the first is in line 4"
    ]
    assert problems(graph(SOURCE, f"{{{RESIZE}, inputs: a}}", output="a")) == ["5:7: a node needs a key 'id'"]


def test_the_output_is_a_node() -> None:
    assert problems(graph(SOURCE, output="b")) == ["5:3: no node has the id 'b'"]
    assert problems(graph(SOURCE, output="3")) == ["5:3: 'output' must be text; it is 3; quote it"]
    assert problems(graph(SOURCE, output="")) == ["5:3: 'output' is empty; give it a value, or leave the key out"]


def test_an_input_that_is_asked_for_in_vain_is_a_problem() -> None:
    text = with_node("type: RESIZE, config: {width: 5}").replace(
        "  output", "    - ▸{id: b, type: SOURCE, config: {input: true}}\n  output"
    )
    assert problems_at(text) == [
        "node 'b' does not lead to the output 'it': its input would be asked for and never used"
    ]


def test_a_name_means_one_input() -> None:
    first = "{id: a, type: SOURCE, config: {input: true, name: b}}"
    second = "{id: b, type: SOURCE, config: {input: true, name: a picture}}"
    vain = "its input would be asked for and never used"
    assert problems(graph(first, second, output="a")) == [
        "4:51: node 'a': 'b' is the id of another input; call one of them otherwise",
        f"5:7: node 'b' does not lead to the output 'a': {vain}",
    ]
    assert problems(graph(first, second.replace("a picture", "b"), output="a")) == [
        f"5:7: node 'b' does not lead to the output 'a': {vain}"
    ]


def test_circles_are_drawn_in_the_order_of_flow() -> None:
    nodes = [f"{{id: n{number}, {RESIZE}, inputs: n{(number + 1) % 3}}}" for number in range(3)]
    assert problems(graph(SOURCE, *nodes, output="n0")) == [
        "5:50: these nodes go round in a circle: n0 -> n2 -> n1 -> n0"
    ]


def test_a_long_circle_is_shortened() -> None:
    nodes = [f"{{id: n{number}, {RESIZE}, inputs: n{(number + 1) % 5000}}}" for number in range(5000)]
    assert problems(graph(SOURCE, *nodes, output="n0")) == [
        "5:50: these nodes go round in a circle: n0 -> n4999 -> n4998 -> n4997 -> n4996 -> n4995 -> n4994"
        " -> (4993 more) -> n0"
    ]


@pytest.mark.parametrize(
    ("edges", "loops"),
    [
        ({}, []),
        ({"a": []}, []),
        ({"a": ["a"]}, [["a"]]),
        ({"a": ["b"], "b": ["a"]}, [["a", "b"]]),
        ({"a": ["b", "b"], "b": []}, []),
        ({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["d", "a"]}, [["b", "c"], ["d"]]),
        ({"a": ["b"], "b": ["c"], "c": ["a", "b"]}, [["a", "c", "b"]]),
        ({"a": ["b"], "b": ["c", "a"], "c": ["a"]}, [["a", "b"]]),
    ],
)
def test_each_knot_has_one_loop_the_shortest_through_its_first_node(
    edges: dict[str, list[str]], loops: list[list[str]]
) -> None:
    assert list(find_loops(edges)) == loops


def test_deep_graphs_need_no_recursion() -> None:
    chain = {str(number): [str(number + 1)] for number in range(50_000)} | {"50000": []}
    assert list(find_loops(chain)) == []
    (loop,) = find_loops(chain | {"50000": ["0"]})
    assert len(loop) == 50_001
