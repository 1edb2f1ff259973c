"""MAP: a sub-graph once for each item of a list, as ordinary nodes."""

from __future__ import annotations

from typing import Any

import pytest

from artcelery.cli.drawing import draw
from artcelery.core.config import Bound, bind
from artcelery.core.config.nodes import MAX_NODES
from artcelery.core.errors import ConfigError
from tests.core.config.reading import Builtin, graph, loaded, problems, problems_at, warnings

SONG = "{id: song, type: SOURCE, config: {asset: song}}"
FILM = "{id: film, type: SOURCE, config: {asset: film}}"
BEATS = "{id: beats, type: ANALYZE, config: {features: [beats, tempo]}, inputs: song}"
SMALL = '{id: small, type: RESIZE, config: {width: "${w}"}, inputs: film}'
MIX = "{id: it, type: AUDIO_MIX, inputs: tiles}"


def tiles(config: str, *nodes: str, output: str = "", inputs: str = "") -> str:
    """A MAP of these nodes; its output is the last, unless said otherwise."""
    last = output or nodes[-1].split("id: ")[1].split(",")[0]
    return f"{{id: tiles, type: MAP, config: {{{config}, nodes: [{', '.join(nodes)}], output: {last}}}{inputs}}}"


def bound(*nodes: str, analyses: dict[str, Any] | None = None, output: str = "it", **params: object) -> Bound:
    """The nodes of a config with a film and a song, bound."""
    top = f"params: {{{', '.join(f'{name}: {{type: int}}' for name in params)}}}\n" if params else ""
    return bind(loaded(graph(SONG, FILM, *nodes, output=output, top=top)), params, Builtin(), analyses)


def widths(*nodes: str, **given: Any) -> list[tuple[Any, Any]]:
    """Width and height of each RESIZE."""
    found = (node.op.key_config() for node in bound(*nodes, **given).nodes if node.type == "RESIZE")
    return [(config["width"], config["height"]) for config in found]


def raised(*nodes: str, **given: Any) -> list[str]:
    """What is wrong when a config is bound that is right as far as its file says, as `line: message`."""
    with pytest.raises(ConfigError) as caught:
        bound(*nodes, **given)
    return [f"{problem.line}: {problem.message}" for problem in caught.value.problems]


def test_a_sub_graph_is_made_for_each_value() -> None:
    node = "{id: last, type: EFFECT, config: {effect: invert}, inputs: small, cache: true}"
    found = bound(tiles("over: {w: [10, 20]}", SMALL, node), MIX)
    assert [(node.id, node.inputs, node.path[4:], node.cache) for node in found.nodes] == [
        ("song", (), (), False),
        ("film", (), (), False),
        ("tiles[0].small", ("film",), ("nodes", 0), False),
        ("tiles[0].last", ("tiles[0].small",), ("nodes", 1), True),
        ("tiles[1].small", ("film",), ("nodes", 0), False),
        ("tiles[1].last", ("tiles[1].small",), ("nodes", 1), True),
        ("it", ("tiles[0].last", "tiles[1].last"), (), False),
    ]
    assert (found.waiting, found.output) == ((), "it")


def test_lists_are_walked_together() -> None:
    node = SMALL.replace("}, inputs", ', height: "${h}"}, inputs')
    assert widths(tiles("over: {w: [10, 20], h: [1, 2]}", node), MIX) == [(10, 1), (20, 2)]


def test_a_matrix_is_every_combination_the_first_slowest() -> None:
    node = SMALL.replace("}, inputs", ', height: "${h}"}, inputs')
    assert widths(tiles("matrix: {w: [10, 20], h: [1, 2, 3]}", node), MIX) == [
        (10, 1), (10, 2), (10, 3), (20, 1), (20, 2), (20, 3),
    ]  # fmt: skip
    assert widths(tiles("matrix: {h: [1, 2]}, over: {w: [5, 6]}", node), MIX) == [(5, 1), (5, 2), (6, 1), (6, 2)]


def test_inputs_are_gone_over() -> None:
    node = '{id: small, type: RESIZE, config: {width: "${w}"}, inputs: clip}'
    found = bound(tiles("each: clip, matrix: {w: [10, 20]}", node, inputs=", inputs: [film, song]"), MIX)
    assert [(node.inputs, node.op.key_config()["width"]) for node in found.nodes if node.type == "RESIZE"] == [
        (("film",), 10), (("film",), 20), (("song",), 10), (("song",), 20),
    ]  # fmt: skip
    together = bound(tiles("each: clip, over: {w: [10, 20]}", node, inputs=", inputs: {a: film, b: song}"), MIX)
    assert [(node.inputs, node.op.key_config()["width"]) for node in together.nodes if node.type == "RESIZE"] == [
        (("film",), 10),
        (("song",), 20),
    ]


def test_an_item_has_a_number() -> None:
    node = '{id: small, type: RESIZE, config: {width: "${w}", height: "1${index}%"}, inputs: film}'
    assert widths(tiles("over: {w: [7, 8, 9]}", node), MIX) == [(7, "10%"), (8, "11%"), (9, "12%")]


def test_a_value_may_have_parts() -> None:
    node = '{id: small, type: RESIZE, config: {width: "${at.w[-1]}", height: "${at.h}"}, inputs: film}'
    assert widths(tiles("over: {at: [{w: [1, 2], h: 3}, {w: [4], h: 5}]}", node), MIX) == [(2, 3), (4, 5)]
    assert problems(graph(FILM, tiles("over: {at: [{w: [1], h: 3}, {w: [4]}]}", node), MIX, output="it")) == [
        "5:144: node 'tiles[1].small' (RESIZE): ${at.h}: at has no 'h'; it has w"
    ]


def test_items_stand_in_order_where_a_map_is_an_input() -> None:
    mix = "{id: it, type: AUDIO_MIX, inputs: [song, tiles, film]}"
    assert bound(tiles("over: {w: [1, 2]}", SMALL), mix).nodes[-1].inputs == (
        "song", "tiles[0].small", "tiles[1].small", "film",
    )  # fmt: skip


@pytest.mark.parametrize(("number", "id"), [(0, "tiles[0].small"), (2, "tiles[2].small"), (-1, "tiles[2].small")])
def test_one_item_can_be_named(number: int, id: str) -> None:
    node = f'{{id: it, type: RESIZE, config: {{width: 5}}, inputs: "tiles[{number}]"}}'
    assert bound(tiles("over: {w: [1, 2, 3]}", SMALL), node).nodes[-1].inputs == (id,)
    assert bound(tiles("over: {w: [1, 2, 3]}", SMALL), output=f'"tiles[{number}]"').output == id


def test_a_map_of_one_item_is_one_node() -> None:
    one = tiles("over: {w: [9]}", SMALL)
    assert bound(one, output="tiles").output == "tiles[0].small"
    node = "{id: it, type: RESIZE, config: {width: 5}, inputs: tiles}"
    assert bound(one, node).nodes[-1].inputs == ("tiles[0].small",)


def test_shared_parts_stand_outside() -> None:
    outside = "{id: shared, type: EFFECT, config: {effect: dog}, inputs: film}"
    found = bound(outside, tiles("over: {w: [1, 2]}", SMALL.replace("inputs: film", "inputs: shared")), MIX)
    assert [node.inputs for node in found.nodes if node.type == "RESIZE"] == [("shared",), ("shared",)]
    assert [node.id for node in found.nodes].count("shared") == 1


def test_parameters_may_be_values_and_stand_beside_them() -> None:
    node = '{id: small, type: RESIZE, config: {width: "${w}", height: "${h}"}, inputs: film}'
    assert widths(tiles('over: {w: [1, "${p}"]}', node), MIX, p=5, h=7) == [(1, 7), (5, 7)]


def test_a_map_may_go_over_what_an_analysis_finds() -> None:
    part = '{id: part, type: SEGMENT, config: {offset: "${at}", duration: "${beats.beats[0]}"}, inputs: film}'
    nodes = (BEATS, tiles('over: {at: "${beats.beats[::2]}"}', part), MIX)
    first = bound(*nodes)
    assert ([node.id for node in first.nodes], first.waiting) == (["song", "film", "beats"], ("beats",))
    then = bound(*nodes, analyses={"beats": {"beats": [1, 2, 3.5], "tempo": 60}})
    assert [node.op.key_config()["offset"] for node in then.nodes if node.type == "SEGMENT"] == [1, 3.5]
    assert then.nodes[-1].inputs == ("tiles[0].part", "tiles[1].part")
    assert then.waiting == ()


def test_each_item_may_wait_for_an_analysis_of_its_own() -> None:
    own = "{id: own, type: ANALYZE, config: {features: [tempo]}, inputs: clip}"
    part = '{id: part, type: SEGMENT, config: {offset: "${own.tempo}"}, inputs: clip}'
    nodes = (tiles("each: clip", own, part, inputs=", inputs: [film, song]"), MIX)
    assert bound(*nodes).waiting == ("tiles[0].own", "tiles[1].own")
    then = bound(*nodes, analyses={"tiles[0].own": {"tempo": 2}})
    assert then.waiting == ("tiles[1].own",)
    assert "tiles[0].part" in [node.id for node in then.nodes]
    last = bound(*nodes, analyses={"tiles[0].own": {"tempo": 2}, "tiles[1].own": {"tempo": 3}})
    assert [node.op.key_config()["offset"] for node in last.nodes if node.type == "SEGMENT"] == [2, 3]


def test_a_map_waits_for_all_analyses_at_once() -> None:
    tempo = "{id: tempo, type: ANALYZE, config: {features: [tempo]}, inputs: film}"
    part = '{id: part, type: SEGMENT, config: {offset: "${at}", duration: "${tempo.tempo}"}, inputs: film}'
    assert bound(BEATS, tempo, tiles('over: {at: "${beats.beats}"}', part), MIX).waiting == ("beats", "tempo")


INNER = (
    "{id: inner, type: MAP, config: {matrix: {e: [dog, invert]}, output: x,"
    ' nodes: [{id: x, type: EFFECT, config: {effect: "${e}"}, inputs: small}]}}'
)


def test_a_map_may_stand_in_a_map() -> None:
    found = bound(tiles("over: {w: [1, 2]}", SMALL, INNER), MIX)
    assert [(node.id, node.inputs) for node in found.nodes if node.type == "EFFECT"] == [
        ("tiles[0].inner[0].x", ("tiles[0].small",)),
        ("tiles[0].inner[1].x", ("tiles[0].small",)),
        ("tiles[1].inner[0].x", ("tiles[1].small",)),
        ("tiles[1].inner[1].x", ("tiles[1].small",)),
    ]
    assert len(found.nodes[-1].inputs) == 4
    one = bound(tiles("over: {w: [1, 2]}", SMALL, INNER, output='"inner[1]"'), MIX)
    assert one.nodes[-1].inputs == ("tiles[0].inner[1].x", "tiles[1].inner[1].x")


def test_a_map_in_a_map_may_wait_for_an_analysis_in_the_item() -> None:
    own = "{id: own, type: ANALYZE, config: {features: [beats]}, inputs: clip}"
    inner = (
        '{id: inner, type: MAP, config: {over: {at: "${own.beats}"}, output: x,'
        ' nodes: [{id: x, type: SEGMENT, config: {offset: "${at}"}, inputs: clip}]}}'
    )
    nodes = (tiles("each: clip", own, inner, inputs=", inputs: [film, song]"), MIX)
    assert bound(*nodes).waiting == ("tiles[0].own", "tiles[1].own")
    found = bound(*nodes, analyses={"tiles[0].own": {"beats": [1, 2]}, "tiles[1].own": {"beats": [3]}})
    assert found.nodes[-1].inputs == ("tiles[0].inner[0].x", "tiles[0].inner[1].x", "tiles[1].inner[0].x")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("▸over: {w: 3}", "'over.w': must be a list of at least one value, or a reference to a list such as"),
        ("over: {▸w: []}", "'over.w': must be a list of at least one value"),
        ("over: {▸w: 12s}", "'over.w': must be a list of at least one value"),
        ("▸over: {w: [1, 2], h: [1]}", "these lists are walked together; w has 2, h has 1"),
        ("▸over: {w: [1], v: [1, 2]}, matrix: {x: [1]}", "these lists are walked together; w has 1, v has 2"),
        ("over: {w: [1]}, ▸evry: clip", "unknown key 'evry' in config"),
        ("over: {w: [1], ▸index: [1]}", "'index' is the number of the item; choose another name"),
        ("over: {w: [1], ▸film: [1]}", "'film' is the id of a node; choose another name"),
        ("over: {w: [1], ▸small: [1]}", "'small' is the id of a node; choose another name"),
        ("over: {w: [1]}, matrix: {▸w: [1]}", "'w' is in `over` too; choose another name"),
        ("over: {w: [1]}, ▸each: clip", "`each` needs inputs to go over"),
        ("over: {w: [1]}, ▸each: 1st", "'each': '1st' is no name; use letters, digits, _ and -"),
        ("over: {w: [1], ▸a.b: [1]}", "'over.a.b': 'a.b' is no name; use letters, digits, _ and -"),
    ],
)  # fmt: skip
def test_a_map_that_cannot_be_is_refused(config: str, message: str) -> None:
    text = graph(FILM, tiles(config, SMALL), MIX, output="it")
    if "over: {w: 3}" in config or "1st" in config:
        text = text.replace("▸over: {w: 3}", "over: {▸w: 3}")
    found = problems_at(text)
    assert len(found) == 1
    assert found[0].startswith(f"node 'tiles' (MAP): {message}")


def test_a_map_goes_over_something() -> None:
    text = graph(
        FILM,
        "{id: it, type: MAP, ▸config: {nodes: [" + SMALL.replace('"${w}"', "5") + "], output: small}}",
        output="it",
    )
    said = "a MAP needs something to go over: `each`, `over` or `matrix`"
    assert problems_at(text) == [f"node 'it' (MAP): {said}"]
    without = graph(
        FILM,
        "{id: it, type: MAP, inputs: film, config: {over: {w: [1]}, nodes: [" + SMALL + "], output: small}}",
        output="it",
    )
    assert problems(without) == ["5:27: node 'it' (MAP): inputs need `each`: a name for the current one"]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ("over: {w: [1]}, output: small", ["config needs a key 'nodes'"]),
        ("over: {w: [1]}, output: small, nodes: []", ["'nodes' must not be empty; it is an empty list"]),
        ("over: {w: [1]}, output: small, nodes: small", ["'nodes' must be a list; it is 'small'"]),
        ("over: {w: [1]}, nodes: [SMALL]", ["config needs a key 'output'"]),
        ("over: {w: [1]}, output: 3, nodes: [SMALL]", ["'output' must be text; it is 3; quote it"]),
        ("over: {w: [1]}, output: film, nodes: [SMALL]", ["no node has the id 'film'"]),
        ("over: {w: [1]}, output: small, nodes: [SMALL, 5]", ["a node must be a mapping of keys; it is 5"]),
        ("over: {w: [1]}, output: small, nodes: [SMALL, {id: x}]", ["a node needs a key 'type'"]),
    ],
)
def test_a_map_has_nodes_and_an_output(config: str, found: list[str]) -> None:
    node = f"{{id: tiles, type: MAP, config: {{{config.replace('SMALL', SMALL)}}}}}"
    said = problems(graph(FILM, node, MIX, output="it"))
    assert [item.split(": ", 1)[1].removeprefix("node 'tiles' (MAP): ")[: len(found[0])] for item in said] == found


def test_what_is_wrong_whatever_the_item_is_said_once() -> None:
    node = '{id: small, type: RESIZE, config: {width: "${w}", ▸mood: fit}, inputs: film}'
    assert problems_at(graph(FILM, tiles("over: {w: [1, 2, 3]}", node), MIX, output="it")) == [
        "node 'small' (RESIZE): unknown key 'mood' in config; did you mean 'mode'?"
    ]


def test_what_is_wrong_with_an_item_names_it() -> None:
    node = '{id: small, type: RESIZE, config: {▸width: "${w}"}, inputs: film}'
    assert problems_at(graph(FILM, tiles("over: {w: [1, 0, 3, -1]}", node), MIX, output="it")) == [
        "node 'tiles[1].small' (RESIZE): 'width': 0 is not a size;"
        ' write pixels (1280) or a share of the input ("50%") (${w} is 0) (and 1 more like it)'
    ]


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ("{▸id: film, type: RESIZE, config: {width: 5}, inputs: song}", "the id 'film' is used around the MAP 'tiles'"),
        ("{id: x, type: SOURCE, config: {▸input: true}}", "node 'x': what is asked for stands outside the MAP"),
        ("{id: x, type: RESIZE, config: {width: 5}, ▸inputs: flim}", "node 'x': no node has the id 'flim'; did you"),
        ("{id: x, type: RESIZE, config: {width: 5}, ▸inputs: [film, film]}", "node 'x': RESIZE takes 1 input; here it"),
        (
            "{id: x, type: RESIZE, config: {▸width: '${v}'}, inputs: film}",
            "${v} names no parameter; there are index, w",
        ),
        ("{id: x, type: RESIZE, config: {▸width: '${idnex}'}, inputs: film}", "${idnex} names no parameter; did you"),
        ("{id: x, ▸type: RESIZ, config: {width: 5}, inputs: film}", "unknown node type 'RESIZ'; did you mean"),
        ("{id: x, type: RESIZE, config: {width: 5}, ▸inputs: x}", "node 'x' has itself as an input"),
    ],
)
def test_what_is_wrong_in_a_sub_graph_is_said_at_its_place(node: str, message: str) -> None:
    output = "film" if "▸id" in node else "x"
    (found,) = problems_at(graph(SONG, FILM, tiles("over: {w: [1, 2]}", node, output=output), MIX, output="it"))
    assert found.startswith(message)


def test_sub_graphs_of_two_maps_may_use_the_same_ids() -> None:
    other = tiles("over: {w: [3]}", SMALL).replace("id: tiles", "id: others")
    found = bound(tiles("over: {w: [1]}", SMALL), other, "{id: it, type: AUDIO_MIX, inputs: [tiles, others]}")
    assert found.nodes[-1].inputs == ("tiles[0].small", "others[0].small")


def test_what_does_not_lead_to_the_result_of_an_item_is_said_once() -> None:
    idle = "{id: idle, type: RESIZE, config: {width: 5}, inputs: film}"
    assert warnings(graph(FILM, tiles("over: {w: [1, 2]}", idle, SMALL), MIX, output="it")) == [
        "5:66: node 'idle' does not lead to the output 'small'; it is not rendered"
    ]


def test_a_name_is_a_parameter_or_a_value() -> None:
    text = graph(FILM, tiles("over: {w: [1]}", SMALL), MIX, output="it", top="params: {w: {default: 3}}\n")
    assert problems(text)[0] == "5:30: node 'tiles' (MAP): 'w' is a parameter too; call one of the two otherwise"
    index = graph(FILM, tiles("over: {w: [1]}", SMALL), MIX, output="it", top="params: {index: {default: 3}}\n")
    assert problems(index) == ["8:10: ${index} is the number of the item in a MAP; call the parameter otherwise"]


def test_a_map_and_what_it_works_on_do_not_go_round_in_a_circle() -> None:
    back = "{id: back, type: AUDIO_MIX, inputs: tiles}"
    text = graph(FILM, tiles("over: {w: [1]}", SMALL.replace("inputs: film", "inputs: back")), back, output="back")
    assert problems(text) == ["5:7: these nodes go round in a circle: tiles -> back -> tiles"]
    own = graph(FILM, tiles("over: {w: [1]}", SMALL.replace("inputs: film", 'inputs: "tiles[0]"')), output="tiles")
    assert problems(own) == ["5:7: node 'tiles' works on its own result"]


@pytest.mark.parametrize(
    ("node", "output", "found"),
    [
        (
            "",
            "tiles",
            "7:3: 'tiles' is a MAP of 3 items, and the output is one node; name one item (tiles[0]), or join",
        ),
        ("", '"tiles[3]"', "7:3: the output: the MAP 'tiles' has 3 items; there is no [3]"),
        ("inputs: tiles", "it", "7:52: node 'it': RESIZE takes 1 input; here it has 3; 'tiles' is a MAP of 3 items"),
        ('inputs: "tiles[-4]"', "it", "7:52: node 'it': the MAP 'tiles' has 3 items; there is no [-4]"),
        ('inputs: "film[0]"', "it", "7:52: node 'it': 'film' is no MAP; only the items of a MAP are named so"),
        ('inputs: "tlies[0]"', "it", "7:52: node 'it': no node has the id 'tlies[0]'"),
    ],
)
def test_a_list_is_not_taken_for_one_node(node: str, output: str, found: str) -> None:
    nodes = [f"{{id: it, type: RESIZE, config: {{width: 5}},   {node}}}"] if node else []
    (said,) = problems(graph(SONG, FILM, tiles("over: {w: [1, 2, 3]}", SMALL), *nodes, output=output))
    assert said.startswith(found)


def test_how_many_items_there_are_may_only_be_known_later() -> None:
    node = '{id: it, type: RESIZE, config: {width: 5}, inputs: "tiles[2]"}'
    nodes = (BEATS, tiles('over: {w: "${beats.beats}"}', SMALL), node)
    assert bound(*nodes, analyses={"beats": {"beats": [1, 2, 3]}}).nodes[-1].inputs == ("tiles[2].small",)
    assert raised(*nodes, analyses={"beats": {"beats": [1, 2]}}) == [
        "8: node 'it': the MAP 'tiles' has 2 items; there is no [2]"
    ]
    assert raised(*nodes, analyses={"beats": {"beats": 3}}) == [
        "7: node 'tiles' (MAP): 'over.w' must be a list; ${beats.beats} is 3"
    ]
    two = (BEATS, tiles('over: {w: "${beats.beats}", v: [1, 2]}', SMALL), node)
    assert raised(*two, analyses={"beats": {"beats": [1, 2, 3]}}) == [
        "7: node 'tiles' (MAP): these lists are walked together; w has 3, v has 2"
    ]


def test_a_list_without_items_makes_no_nodes() -> None:
    mix = "{id: it, type: AUDIO_MIX, inputs: [song, tiles]}"
    found = bound(BEATS, tiles('over: {w: "${beats.beats}"}', SMALL), mix, analyses={"beats": {"beats": []}})
    assert found.nodes[-1].inputs == ("song",)


@pytest.mark.parametrize("id", ["tiles[0]", "tiles[x", "'tiles[1].small'"])
def test_no_node_has_an_id_that_looks_like_an_item(id: str) -> None:
    node = f"{{▸id: {id if id[0] == chr(39) else repr(id)}, type: RESIZE, config: {{width: 5}}, inputs: film}}"
    (found,) = problems_at(graph(FILM, tiles("over: {w: [1]}", SMALL), node, MIX, output="it"))
    assert found.endswith("would be taken for a part of the MAP 'tiles'; call it otherwise")


def test_brackets_in_ids_mean_nothing_without_a_map() -> None:
    text = graph(FILM, "{id: 'a[0]', type: RESIZE, config: {width: 5}, inputs: film}", output="'a[0]'")
    assert bind(loaded(text), {}, Builtin()).output == "a[0]"


@pytest.mark.parametrize(
    "config",
    [
        f"matrix: {{w: [{','.join('1' * 300)}], v: [{','.join('1' * 300)}]}}",
        f"over: {{w: [{','.join('1' * (MAX_NODES + 1))}]}}",
        f"matrix: {{w: &l [{','.join('1' * 1000)}], a: *l, b: *l, c: *l, d: *l, e: *l, f: *l, g: *l}}",
    ],
)
def test_a_map_does_not_make_more_nodes_than_are_allowed(config: str) -> None:
    (found,) = problems(graph(FILM, tiles(config, SMALL), MIX, output="it"))
    assert found.startswith("5:7: node 'tiles' (MAP): ")
    assert found.endswith("items of 1 nodes are too many; a config has at most 50,000 nodes, MAPs unfolded")


def test_maps_in_maps_do_not_make_more_nodes_than_are_allowed() -> None:
    inner = INNER.replace("[dog, invert]", f"[{','.join(['dog'] * 1000)}]")
    text = graph(FILM, tiles(f"over: {{w: [{','.join('1' * 1000)}]}}", SMALL, inner), MIX, output="it")
    (found,) = problems(text)
    assert "1,000 items of 1 nodes are too many" in found


def test_inputs_do_not_multiply_without_bound() -> None:
    over = f"over: {{w: [{','.join('1' * 2000)}]}}"
    mixes = [f"{{id: m{number}, type: AUDIO_MIX, inputs: tiles}}" for number in range(600)]
    last = f"{{id: it, type: AUDIO_MIX, inputs: [{', '.join(f'm{number}' for number in range(600))}]}}"
    found = problems(graph(FILM, tiles(over, SMALL), *mixes, last, output="it"))
    assert found == ["505:35: node 'm499': the nodes have more than 1,000,000 inputs, MAPs unfolded"]


def test_values_do_not_multiply_without_bound() -> None:
    large = "[" + ", ".join(["1"] * 50_000) + "]"
    values = f"over: {{w: [{', '.join(['&l ' + large, *['*l'] * 19])}]}}"
    node = '{id: x, type: AUDIO_MIX, config: {offsets: "${w}"}, inputs: film}'
    inner = f"{{id: inner, type: MAP, config: {{matrix: {{k: [{','.join('1' * 1000)}]}}, nodes: [{node}], output: x}}}}"
    found = problems(graph(FILM, tiles(values, inner), MIX, output="it"))
    assert [item.partition("): ")[2].partition(" (and")[0] for item in found] == [
        "too much comes of the references of all nodes together"
    ]


def test_a_map_is_drawn_with_what_it_works_on() -> None:
    text = graph(SONG, FILM, BEATS, tiles('over: {w: "${beats.beats}"}', SMALL), MIX, output="it")
    assert draw(loaded(text), "text").splitlines() == [
        "it  AUDIO_MIX",
        "└─ tiles  MAP w (1 node each)",
        "   ├─ beats  ANALYZE features=['beats', 'tempo']",
        "   │  └─ song  SOURCE song",
        "   └─ film  SOURCE film",
    ]
    one = graph(FILM, tiles("over: {w: [1, 2]}", SMALL), output='"tiles[1]"')
    assert draw(loaded(one), "mermaid").splitlines()[-1] == "  n0 --> n1"
    assert draw(loaded(one), "text").splitlines()[0] == "tiles  MAP w (1 node each)"
