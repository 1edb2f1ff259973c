"""What is in a key and what is not: ids, names and order in the file are not, the order of inputs is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from artcelery.core.config import Config, GraphBuilder, bind
from artcelery.core.effect import Effect
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.effect.source import read_effect
from artcelery.core.graph import SourceFile, build_graph
from artcelery.core.media.clip import Clip, Picture
from tests.core.config.reading import graph, loaded

JOIN = read_effect(b'"""\n@effect join\n"""\ndef process(inputs, output, params, ctx): ...\n', "join.py")
SOURCES = {"cat": "c1" * 32, "dog": "d0" * 32}


class WithJoin:
    """The built-in effects, and one that works on several files."""

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        return JOIN if name == "join" else EffectLibrary([]).resolve(name, pinned_hash, lambda _: None)


def keys(config: Config, analyses: dict[str, Any] | None = None, **params: object) -> dict[str, str]:
    """The key of each node, by its id, where each asset is a film of 100 s."""
    bound = bind(config, params, WithJoin(), analyses)
    film = Clip("film", Picture(320, 200, "yuv420p", Fraction(30)), None, Fraction(100), 3000)
    files = {
        node.id: SourceFile(SOURCES[_asset(node.op.config)], film) for node in bound.nodes if node.type == "SOURCE"
    }
    return {id: node.key for id, node in build_graph(config, bound, files).nodes.items()}


def _asset(config: Any) -> str:
    return str(config.asset or "cat")


def key(*nodes: str, top: str = "", **params: object) -> str:
    """The key of the last node."""
    output = nodes[-1].split("id: ")[1].split(",")[0]
    return keys(loaded(graph(*nodes, output=output, top=top), WithJoin()), **params)[output]


CAT = "{id: cat, type: SOURCE, config: {asset: cat}}"
DOG = "{id: dog, type: SOURCE, config: {asset: dog}}"


def test_a_source_has_the_hash_of_its_file() -> None:
    assert key(CAT) == SOURCES["cat"]
    assert key("{id: x, type: SOURCE, config: {input: true, name: photo, description: Any.}}") == SOURCES["cat"]


def test_a_transition_by_its_type_alone_is_that_transition_else_as_usual() -> None:
    film = "{{id: film, type: SEQUENCE, config: {{transition: {}, transitions: [{}]}}, inputs: [cat, dog]}}"
    alone = key(CAT, DOG, film.format("crossfade", "wipe"))
    assert alone == key(CAT, DOG, film.format("{type: crossfade, duration: 0.5s}", "{type: wipe}"))
    assert alone != key(CAT, DOG, film.format("crossfade", "null"))
    assert alone == key(
        CAT, DOG, film.format('"${how}"', "wipe"), top="params: {how: {type: str, default: cut}}\n", how="crossfade"
    )


def test_ids_names_and_order_in_the_file_are_not_in_a_key() -> None:
    one = graph(
        CAT,
        "{id: a, type: RESIZE, config: {width: 50}, inputs: cat}",
        "{id: b, type: EFFECT, config: {effect: invert}, inputs: a}",
        output="b",
    )
    other = graph(
        "{id: y, type: EFFECT, config: {effect: invert}, inputs: [x]}",
        "{id: x, type: RESIZE, config: {mode: fit, width: 50}, inputs: {picture: source}}",
        "{id: source, type: SOURCE, config: {asset: cat}}",
        output="y",
        top="version: '2'\ndescription: Another.\nowner: me\noutput_profile: webp\n",
    ).replace("name: test", "name: other")
    assert keys(loaded(one, WithJoin()))["b"] == keys(loaded(other, WithJoin()))["y"]


def test_what_is_kept_is_not_in_a_key() -> None:
    node = "{id: it, type: RESIZE, config: {width: 50}, inputs: cat}"
    assert key(CAT, node.replace("inputs", "cache: true, inputs")) == key(CAT, node)


def test_the_value_of_an_analysis_is_in_a_key_and_nothing_else_of_it() -> None:
    nodes = (CAT, "{id: cuts, type: ANALYZE, config: {features: [scenes]}, inputs: cat}")
    node = '{id: it, type: SEGMENT, config: {offset: "${cuts.scenes[1]}"}, inputs: cat}'
    config = loaded(graph(*nodes, node, output="it"))
    fixed = key(CAT, "{id: it, type: SEGMENT, config: {offset: 2.5}, inputs: cat}")
    assert keys(config, {"cuts": {"scenes": [0, 2.5]}})["it"] == fixed
    assert keys(config, {"cuts": {"scenes": [0, 2.5, 7]}})["it"] == fixed
    assert keys(config, {"cuts": {"scenes": [0, 3.5]}})["it"] != fixed


def test_nothing_of_a_map_is_in_a_key() -> None:
    small = '{id: small, type: RESIZE, config: {width: "${w}"}, inputs: cat}'
    made = f"{{id: tiles, type: MAP, config: {{over: {{w: [50, 60]}}, nodes: [{small}], output: small}}}}"
    found = keys(loaded(graph(CAT, made, output='"tiles[1]"')))
    for number, width in enumerate((50, 60)):
        fixed = key(CAT, f"{{id: it, type: RESIZE, config: {{width: {width}}}, inputs: cat}}")
        assert found[f"tiles[{number}].small"] == fixed


def test_the_order_of_inputs_is_in_a_key() -> None:
    join = "{{id: it, type: EFFECT, config: {{effect: join}}, inputs: {}}}"
    in_order, swapped = (key(CAT, DOG, join.format(said)) for said in ("[cat, dog]", "[dog, cat]"))
    assert in_order != swapped
    assert key(CAT, DOG, join.format("{first: cat, second: dog}")) == in_order
    assert key(DOG, CAT, join.format("[cat, dog]")) == in_order


def test_two_ways_to_write_one_thing_have_one_key() -> None:
    times = ["offset: 90", 'offset: "00:01:30"', "start: 90s", "offset: 1:30, precise: true", "start: 1.5min"]
    sizes = ["width: 50%", "width: 50.0 %", "width: 50%, mode: fit, background: black, filter: lanczos"]
    assert len({key(CAT, f"{{id: it, type: SEGMENT, config: {{{way}}}, inputs: cat}}") for way in times}) == 1
    assert len({key(CAT, f"{{id: it, type: RESIZE, config: {{{way}}}, inputs: cat}}") for way in sizes}) == 1


def test_a_parameter_is_in_a_key_by_its_value() -> None:
    node = '{id: it, type: RESIZE, config: {width: "${w}"}, inputs: cat}'
    params = "params: {w: {type: int, default: 50}}\n"
    fixed = key(CAT, "{id: it, type: RESIZE, config: {width: 50}, inputs: cat}")
    assert key(CAT, node, top=params) == fixed
    assert key(CAT, node, top=params, w="60") != fixed
    assert key(CAT, node.replace("${w}", "${v}"), top=params.replace("w:", "v:")) == fixed


def test_a_graph_made_in_python_has_the_keys_of_the_same_in_yaml() -> None:
    text = graph(
        CAT,
        '{id: small, type: RESIZE, config: {width: "${w}"}, inputs: cat}',
        "{id: it, type: EFFECT, config: {effect: dog, params: {acuity: 0.5}}, inputs: small}",
        output="it",
        top="params: {w: {default: 50}}\n",
    )
    made = GraphBuilder("another name")
    width = made.param("w", 50)
    small = made.node("RESIZE", made.source("cat", id="cat"), id="small", width=width)
    config = made.config(made.effect("dog", small, id="it", acuity=0.5))
    assert keys(config) == keys(loaded(text))
    assert keys(config, w=60) == keys(loaded(text), w=60)
