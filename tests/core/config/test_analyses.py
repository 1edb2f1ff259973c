"""Results of analyses: referred to as `${beats.beats[3]}`, checked before they are there, and put in when they are."""

from __future__ import annotations

from typing import Any

import pytest

from artcelery.core.config import Bound, bind
from artcelery.core.errors import ConfigError
from tests.core.config.reading import Builtin, graph, loaded, problems, problems_at

SONG = "{id: song, type: SOURCE, config: {asset: song}}"
FILM = "{id: film, type: SOURCE, config: {asset: film}}"
BEATS = "{id: beats, type: ANALYZE, config: {features: [beats, tempo, loudness]}, inputs: song}"
FOUND = {"beats": [0.5, 1.0, 1.5, 2.5], "tempo": 120.0, "loudness": {"integrated": -14.5, "range": None}}


def cut(offset: str, top: str = "") -> str:
    """A part of the film that begins at `offset`."""
    node = f"{{id: it, type: SEGMENT, config: {{▸offset: {offset}, duration: 1}}, inputs: film}}"
    return graph(SONG, FILM, BEATS, node, output="it", top=top)


def bound(text: str, analyses: dict[str, Any] | None = None, **params: object) -> Bound:
    return bind(loaded(text.replace("▸", "")), params, Builtin(), analyses)


def value(reference: str) -> Any:
    """What reaches the effect in place of a reference."""
    node = f"{{id: it, type: AUDIO_MIX, config: {{offsets: {reference}}}, inputs: [song, film]}}"
    nodes = bound(graph(SONG, FILM, BEATS, node, output="it"), {"beats": FOUND}).nodes
    return list(nodes[-1].op.config.offsets)


@pytest.mark.parametrize(
    ("reference", "offsets"),
    [
        ('"${beats.beats}"', [0.5, 1.0, 1.5, 2.5]),
        ('"${beats.beats[::2]}"', [0.5, 1.5]),
        ('"${beats.beats[1:3]}"', [1.0, 1.5]),
        ('"${beats.beats[ -2 : ]}"', [1.5, 2.5]),
        ('"${beats.beats[::-1]}"', [2.5, 1.5, 1.0, 0.5]),
        ('"${beats.beats[9:]}"', []),
        ('["${beats.beats[-1]}", "${beats.beats[0]}s", 3]', [2.5, 0.5, 3.0]),
        ('["${beats.beats[1:][1]}", "${beats.tempo}s"]', [1.5, 120.0]),
    ],
)
def test_a_reference_is_the_value_that_python_would_give(reference: str, offsets: list[float]) -> None:
    assert value(reference) == offsets


def test_a_config_is_bound_as_far_as_its_analyses_are_there() -> None:
    first = bound(cut('"${beats.beats[1]}"'))
    assert [node.id for node in first.nodes] == ["song", "film", "beats"]
    assert (first.waiting, first.output) == (("beats",), "it")
    then = bound(cut('"${beats.beats[1]}"'), {"beats": FOUND})
    assert [node.id for node in then.nodes] == ["song", "film", "beats", "it"]
    assert (then.waiting, then.output) == ((), "it")
    assert then.nodes[-1].op.key_config()["offset"] == 1.0


def test_an_analysis_may_depend_on_another() -> None:
    quiet = '{id: part, type: SEGMENT, config: {offset: "${beats.beats[0]}"}, inputs: film}'
    scenes = "{id: scenes, type: ANALYZE, config: {features: [scenes]}, inputs: part}"
    last = '{id: it, type: SEGMENT, config: {offset: "${scenes.scenes[1]}", end: "${beats.beats[-1]}"}, inputs: film}'
    text = graph(last, scenes, quiet, BEATS, SONG, FILM, output="it")
    assert bound(text).waiting == ("beats",)
    second = bound(text, {"beats": FOUND})
    assert (second.waiting, {node.id for node in second.nodes}) == (
        ("scenes",),
        {"scenes", "part", "beats", "song", "film"},
    )
    third = bound(text, {"beats": FOUND, "scenes": {"scenes": [0, 1.25]}})
    assert (third.waiting, third.nodes[0].id, third.nodes[0].op.key_config()["offset"]) == ((), "it", 1.25)


def test_nothing_waits_for_an_analysis_that_the_output_does_not_need() -> None:
    idle = '{id: idle, type: SEGMENT, config: {offset: "${beats.tempo}"}, inputs: film}'
    found = bound(graph(SONG, FILM, BEATS, idle, output="film"))
    assert ([node.id for node in found.nodes], found.waiting) == (["song", "film", "beats"], ())


def test_what_is_only_referred_to_leads_to_the_output() -> None:
    text = cut('"${beats.tempo}"').replace("{asset: song}", "{input: true}").replace("▸", "")
    config = loaded(text)
    assert [item.node for item in config.inputs] == ["song"]
    assert config.warnings == ()
    assert list(config.needs["it"]) == ["film", "beats"]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("beat.beats", "${beat.beats}: there is no analysis 'beat'; did you mean 'beats'?"),
        ("zzz.beats", "${zzz.beats}: there is no analysis 'zzz'; there are beats"),
        ("song.beats", "${song.beats}: node 'song' is of type SOURCE; only results of ANALYZE can be referred to"),
        (
            "beats.scenes",
            "${beats.scenes}: the analysis 'beats' does not find 'scenes'; it finds beats, tempo, loudness",
        ),
        ("beats.tepmo", "${beats.tepmo}: the analysis 'beats' does not find 'tepmo'; did you mean 'tempo'?"),
        ("beats[3]", "${beats[3]}: name a result of the analysis first, such as ${beats.beats[0]}"),
        ("beats", "${beats} names no parameter; say which result of the analysis, such as ${beats.beats}"),
        ("beats.beats[x]", "${beats.beats[x]}: [x] is no index; write [3], [-1] or [::4]"),
        ("beats.beats[]", "${beats.beats[]}: [] is no index; write [3], [-1] or [::4]"),
        ("beats.beats[::0]", "${beats.beats[::0]}: [::0] is no index; write [3], [-1] or [::4]"),
        ("beats.beats[1", "'${' begins a reference such as ${width}; write '$${' for the text itself"),
        ("beats..tempo", "'${' begins a reference such as ${width}; write '$${' for the text itself"),
        ("late.start", "${late.start}: the parameter 'late' is one value and has no parts; write ${late}"),
    ],
)
def test_a_reference_to_nothing_is_said_at_its_place(reference: str, message: str) -> None:
    text = cut(f'"${{{reference}}}"', "params: {late: {default: 1}}\n")
    assert problems_at(text.replace("duration: 1", 'duration: "${late}"')) == [message]


def test_what_an_analysis_finds_is_known_from_its_features() -> None:
    text = cut('"${beats.tepmo}"').replace("config: {features: [beats, tempo, loudness]}, ", "")
    assert problems_at(text) == ["${beats.tepmo}: the analysis 'beats' does not find 'tepmo'; did you mean 'tempo'?"]
    anything = text.replace("type: ANALYZE", 'type: ANALYZE, config: {features: ["${what}"]}')
    top = "params: {what: {choices: [beats, tempo]}}\n"
    assert problems(anything.replace("▸", "").replace("tepmo", "tempo") + top) == []


def test_a_node_cannot_wait_for_what_works_on_it() -> None:
    looped = BEATS.replace("inputs: song", "inputs: it")
    node = '{id: it, type: SEGMENT, config: {offset: "${beats.tempo}"}, inputs: film}'
    assert problems(graph(FILM, looped, node, output="it")) == [
        "5:80: these nodes go round in a circle: beats -> it -> beats"
    ]
    own = BEATS.replace("beats, tempo", '"${beats.tempo}"')
    assert problems(graph(SONG, own, output="beats")) == ["5:7: node 'beats' works on its own result"]


def test_the_rest_of_a_node_is_checked_before_the_value_is_there() -> None:
    text = cut('"${beats.tempo}"').replace("▸", "").replace("duration: 1", "▸duration: never, volume: 3")
    (first, second) = problems(text.replace("▸", ""))
    assert first.startswith("7:66: node 'it' (SEGMENT): 'duration': 'never' is not a time")
    assert second.startswith("7:83: node 'it' (SEGMENT): unknown key 'volume' in config")


@pytest.mark.parametrize(
    ("offset", "found", "message"),
    [
        ('"${beats.beats[7]}"', FOUND, "${beats.beats[7]}: beats.beats has 4 values; there is no [7]"),
        ('"${beats.beats[-2]}"', {"beats": [1]}, "${beats.beats[-2]}: beats.beats has 1 value; there is no [-2]"),
        ('"${beats.beats[0]}"', {"beats": []}, "${beats.beats[0]}: beats.beats has 0 values; there is no [0]"),
        ('"${beats.tempo[0]}"', FOUND, "${beats.tempo[0]}: beats.tempo is 120.0, and no list; it has no [0]"),
        ('"${beats.tempo.bpm}"', FOUND, "${beats.tempo.bpm}: beats.tempo is 120.0; it has no parts such as 'bpm'"),
        (
            '"${beats.loudness.peak}"',
            FOUND,
            "${beats.loudness.peak}: beats.loudness has no 'peak'; it has integrated, range",
        ),
        ('"${beats.tempo}"', {}, "${beats.tempo}: beats has no 'tempo'; it has nothing"),
        (
            '"${beats.loudness.integrated}"',
            FOUND,
            "'offset': a time cannot be negative (${beats.loudness.integrated} is -14.5)",
        ),
        ('"${beats.beats}s"', FOUND, "${beats.beats} is a list, which cannot stand inside a text"),
        ('"${beats.loudness.range}s"', FOUND, "${beats.loudness.range} is nothing, which cannot stand inside a text"),
    ],
)
def test_a_value_that_does_not_fit_is_shown_where_it_is_referred_to(
    offset: str, found: dict[str, Any], message: str
) -> None:
    text = cut(offset)
    before = text.partition("▸")[0]
    with pytest.raises(ConfigError) as caught:
        bound(text, {"beats": found})
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (7, len(before.rpartition("\n")[2]) + 1)
    assert problem.message == f"node 'it' (SEGMENT): {message}"


def test_every_place_of_one_reference_waits() -> None:
    text = cut('"${beats.tempo}"').replace("▸", "").replace("duration: 1", 'duration: "${beats.tempo}"')
    assert problems(text) == []
    assert bound(text, {"beats": FOUND}).nodes[-1].op.key_config()["duration"] == 120


def test_texts_do_not_grow_without_bound() -> None:
    many = "${p}" * 2000
    text = cut("1").replace("▸", "").replace("duration: 1", f'duration: "{many}"')
    (found,) = problems(text + f"params: {{p: {{default: {'x' * 1000}}}}}\n")
    assert found.endswith("references in its texts stand for more than 1,000,000 characters")


def test_values_do_not_multiply_without_bound() -> None:
    parts = [
        f'{{id: m{number}, type: AUDIO_MIX, config: {{offsets: "${{beats.beats[{number}:]}}"}}, inputs: [song, film]}}'
        for number in range(50)
    ]
    inputs = ", ".join(f"m{number}" for number in range(50))
    text = graph(SONG, FILM, BEATS, *parts, f"{{id: it, type: AUDIO_MIX, inputs: [{inputs}]}}", output="it")
    with pytest.raises(ConfigError) as caught:
        bound(text, {"beats": {"beats": [1.0] * 100_000}})
    assert {problem.message.partition(": ")[2] for problem in caught.value.problems} == {
        "too much comes of the references of all nodes together"
    }
