"""Graphs made in Python: the same configs, written as YAML that is read back as the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artcelery.core.config import (
    EffectPin,
    GraphBuilder,
    InputSpec,
    OutputProfile,
    ParamSpec,
    bind,
    effect_config,
    load_config,
)
from artcelery.core.config.document import read_document
from artcelery.core.config.writer import to_yaml
from artcelery.core.effect import Effect
from artcelery.core.effect.binding import ParamProblems
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.effect.source import read_effect
from artcelery.core.errors import ConfigError, UsageError
from artcelery.core.ops.effect import EffectOp

LABEL = read_effect(
    b'"""\n@effect label\n@param text str\n  @default hello\n"""\ndef filters(params, clip): ...\n', "label.py"
)


class WithLabel:
    """The built-in effects, and one that takes a text."""

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        return LABEL if name == "label" else EffectLibrary([]).resolve(name, pinned_hash, lambda _: None)


DOG = WithLabel().resolve("dog", None)


def test_everything_that_yaml_can_say_can_be_made() -> None:
    graph = GraphBuilder("all", version="1.0", description="Everything: #1", owner="me")
    width = graph.param("width", 320, type="int", minimum=16, maximum=4096, description="How wide.")
    mode = graph.param("mode", "fit", choices=["fit", "fill"])
    graph.pin_effect("dog", DOG.content_hash)
    graph.pin_asset("cat", "ab" * 32)
    graph.write_as("webp", quality=80)
    photo = graph.input("photo", description="Any photo.")
    graph.source("cat")
    small = graph.node("RESIZE", photo, width=width, height=f"{graph.param('share', 50)}%", mode=mode)
    config = graph.config(graph.effect("dog", small, acuity=0.5))
    assert config.params[:2] == (
        ParamSpec("width", "int", 320, 16, 4096, (), "How wide."),
        ParamSpec("mode", "choice", "fit", choices=("fit", "fill")),
    )
    assert (config.version, config.description, config.owner) == ("1.0", "Everything: #1", "me")
    assert config.effects == {"dog": EffectPin(DOG.content_hash)}
    assert config.profile == OutputProfile("webp", 80)
    assert config.inputs == (InputSpec("photo", "photo", "Any photo."),)
    assert [node.id for node in config.nodes] == ["photo", "source", "resize", "dog"]
    node = bind(config, {"share": 25}, WithLabel()).nodes[2]
    assert (node.op.key_config()["width"], node.op.key_config()["height"]) == (320, "25%")


def test_a_graph_is_written_and_read_back_as_the_same() -> None:
    graph = GraphBuilder("small-cat", description="no")
    small = graph.node("RESIZE", graph.source(asset="cat"), width="50%")
    output = graph.effect("dog", small, acuity=0.5)
    text = graph.to_yaml(output)
    assert text == (
        "name: small-cat\n"
        "description: no\n"
        "dag:\n"
        "  nodes:\n"
        "    - id: source\n"
        "      type: SOURCE\n"
        "      config: {asset: cat}\n"
        "    - id: resize\n"
        "      type: RESIZE\n"
        '      config: {width: "50%"}\n'
        "      inputs: [source]\n"
        "    - id: dog\n"
        "      type: EFFECT\n"
        "      config:\n"
        "        effect: dog\n"
        "        params: {acuity: 0.5}\n"
        "      inputs: [resize]\n"
        "  output: dog\n"
    )
    config = graph.config(output)
    assert config.text == text.encode()
    assert load_config(config.text).id == config.id


def test_a_node_is_kept_when_it_is_said() -> None:
    graph = GraphBuilder("kept")
    small = graph.node("RESIZE", graph.source("cat"), width=5, cache=True)
    config = graph.config(graph.effect("dog", small, cache=True))
    assert [node.cache for node in config.nodes] == [False, True, True]
    assert graph.to_yaml(small).count("      cache: true\n") == 2


def test_maps_and_what_analyses_find_can_be_made() -> None:
    graph = GraphBuilder("cuts")
    song, first, second = (graph.source(name) for name in ("song", "first", "second"))
    beats = graph.node("ANALYZE", song, id="beats", features=["beats"])
    body = graph.body()
    part = body.node("SEGMENT", body.each("clip"), offset=body.over("at", beats["beats[::2]"]), duration=1)
    width = body.matrix("width", [64, 128])
    parts = graph.map(body, body.node("RESIZE", part, width=width, height=f"1{body.index}%"), inputs=[first, second])
    config = graph.config(graph.node("AUDIO_MIX", parts[0], parts, song, id="mix"))
    assert bind(config, {}, WithLabel()).waiting == ("beats",)
    bound = bind(config, {}, WithLabel(), {"beats": {"beats": [1, 2, 3]}})
    assert bound.nodes[-1].inputs == (
        "map[0].resize", "map[0].resize", "map[1].resize", "map[2].resize", "map[3].resize", "source",
    )  # fmt: skip
    found = [(node.inputs, node.op.key_config()["offset"]) for node in bound.nodes if node.type == "SEGMENT"]
    assert found == [(("source_2",), 1), (("source_2",), 1), (("source_3",), 3), (("source_3",), 3)]


def test_ids_in_a_map_are_not_those_around_it() -> None:
    graph = GraphBuilder("ids")
    small = graph.node("RESIZE", graph.source("cat"), width=5)
    body = graph.body()
    assert body.node("RESIZE", small, width=body.over("w", [1, 2])).id == "resize_3"
    with pytest.raises(UsageError, match="the graph has a node 'resize' already"):
        body.node("RESIZE", small, id="resize", width=5)


def test_a_node_is_no_sequence_of_its_items() -> None:
    graph = GraphBuilder("cat")
    with pytest.raises(TypeError):
        list(graph.source("cat"))  # type: ignore[call-overload]


def test_ids_are_given_by_type_and_number() -> None:
    graph = GraphBuilder("many")
    cat = graph.source("cat")
    nodes = [graph.node("RESIZE", cat, width=5) for _ in range(3)]
    named = graph.node("RESIZE", cat, id="resize_6", width=5)
    assert [node.id for node in [*nodes, named, graph.node("RESIZE", cat, width=5)]] == [
        "resize", "resize_3", "resize_4", "resize_6", "resize_7",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="the graph has a node 'resize' already"):
        graph.node("RESIZE", cat, id="resize", width=5)


def test_ten_thousand_nodes_are_made_in_a_moment() -> None:
    graph = GraphBuilder("large")
    node = graph.source("cat")
    for _ in range(10_000):
        node = graph.node("RESIZE", node, width=5)
    assert graph.to_yaml(node).count("RESIZE") == 10_000


def test_what_is_wrong_with_a_graph_is_said_as_for_a_file() -> None:
    graph = GraphBuilder("wrong")
    output = graph.node("RESIZE", graph.source("cat"), widht=5)
    with pytest.raises(ConfigError) as caught:
        graph.config(output)
    assert str(caught.value) == (
        "graph 'wrong':9:16: node 'resize' (RESIZE): unknown key 'widht' in config; did you mean 'width'?"
    )


def test_an_input_that_is_no_node_is_told_so() -> None:
    graph = GraphBuilder("wrong")
    clips: Any = [graph.input("one"), graph.input("two")]
    with pytest.raises(UsageError, match=r"film: a list is no node; .*; write \* before a list of them$"):
        graph.node("SEQUENCE", clips, id="film")
    with pytest.raises(UsageError, match=r"film: 'one' is no node; inputs are what `input`, `node` and `effect` give$"):
        graph.node("SEQUENCE", clips[0].id, id="film")
    assert graph.node("SEQUENCE", *clips, id="film").id == "film"


def _endless() -> list[Any]:
    endless: list[Any] = []
    endless.append(endless)
    return endless


@pytest.mark.parametrize(
    "value",
    [object(), b"x", {1, 2}, float("nan"), float("inf"), 2**53, "\ud800", ["\udfff"], {"a": object()}, _endless()],
)
def test_values_that_yaml_cannot_say_are_refused(value: object) -> None:
    graph = GraphBuilder("odd")
    with pytest.raises(UsageError, match="cannot stand in a config; give text, numbers, lists or mappings"):
        graph.effect("dog", graph.source("cat"), value=value)


def test_the_config_of_one_effect_pins_it() -> None:
    config = effect_config(DOG, {"acuity": "0.5", "colour": 1}, WithLabel())
    assert config.effects == {"dog": EffectPin(DOG.content_hash)}
    assert config.inputs == (InputSpec("input", "input"),)
    node = config.bound[("dag", "nodes", 1)]
    assert node is not None
    assert isinstance(node.op, EffectOp)
    assert node.op.params == {"colour": 1.0, "acuity": 0.5}


@pytest.mark.parametrize(
    "text", ["${HOME}", "$${x}", "a ${", "no", "12", "'", "line\nline", "é\u2028\ufeff", "#", "- a: b"]
)
def test_a_text_given_to_an_effect_is_that_text(text: str) -> None:
    node = effect_config(LABEL, {"text": text}, WithLabel()).bound[("dag", "nodes", 1)]
    assert node is not None
    assert isinstance(node.op, EffectOp)
    assert node.op.params == {"text": text}


def test_parameters_that_do_not_fit_an_effect_are_said_at_once() -> None:
    with pytest.raises(ParamProblems) as caught:
        effect_config(DOG, {"acuity": 3, "clour": 1}, WithLabel())
    assert [name for name, _ in caught.value.problems] == ["clour", "acuity"]


# What JSON can hold, in texts that UTF-8 can; "<<" is refused as a key.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "no",
        "1:30",
        "~",
        "null",
        "true",
        "0o17",
        "1e3",
        ".inf",
        "- a",
        "a: b",
        "#",
        "&a",
        "*a",
        "!a",
        "%",
        "\x85",
        "\ufeff",
        "${x}",
    ]
)
KEYS = TEXTS.filter(lambda text: text != "<<")
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_what_is_written_is_read_back_as_the_same(value: dict[str, Any]) -> None:
    document = read_document(to_yaml(value).encode())
    assert document.problems == ()
    assert repr(document.value) == repr(value)  # 1, 1.0 and true are not the same here
