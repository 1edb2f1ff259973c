"""Parameters: typed, ranged, referred to as `${name}`, and given when a config is used."""

from __future__ import annotations

from typing import Any

import pytest

from artcelery.core.config import Config, ParamSpec, bind
from artcelery.core.effect import Effect
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.effect.source import read_effect
from artcelery.core.errors import ConfigError, UsageError
from artcelery.core.ops.effect import EffectOp
from tests.core.config.reading import graph, loaded, problems, problems_at, with_node

LABEL = read_effect(
    b'"""\n@effect label\n@param text str\n  @default hello\n@param size int\n  @default 3\n'
    b'@param on bool\n  @default true\n"""\ndef filters(params, clip): ...\n',
    "label.py",
)


class WithLabel:
    """The built-in effects, and one that takes a text."""

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        return LABEL if name == "label" else EffectLibrary([]).resolve(name, pinned_hash, lambda _: None)


def declared(param: str) -> ParamSpec:
    """A parameter, declared so, that is used."""
    return loaded(
        with_node('type: EFFECT, config: {effect: label, params: {text: "-${p}"}}', f"params: {{p: {param}}}\n"),
        WithLabel(),
    ).params[0]


def label(text: str, params: str, **given: object) -> Any:
    """The text that reaches the effect."""
    config = loaded(
        with_node(f"type: EFFECT, config: {{effect: label, params: {{text: {text}}}}}", f"params: {params}\n"),
        WithLabel(),
    )
    (_, node) = bind(config, given, WithLabel()).nodes
    assert isinstance(node.op, EffectOp)
    return node.op.params["text"]


@pytest.mark.parametrize(
    ("said", "spec"),
    [
        ("{default: 0.5, min: 0, max: 1, description: How far.}", ParamSpec("p", "float", 0.5, 0, 1, (), "How far.")),
        ("{default: 3, range: [1, 5]}", ParamSpec("p", "int", 3, 1, 5)),
        ("{type: number, default: 3}", ParamSpec("p", "float", 3.0)),
        ("{type: integer, max: 5}", ParamSpec("p", "int", None, None, 5)),
        ("{default: true}", ParamSpec("p", "bool", True)),
        ("{default: some text}", ParamSpec("p", "str", "some text")),
        ("{default: b, choices: [a, b]}", ParamSpec("p", "choice", "b", choices=("a", "b"))),
        ("{type: str, choices: [a, b]}", ParamSpec("p", "choice", choices=("a", "b"))),
        ("{type: colour, default: orange}", ParamSpec("p", "color", "#ffa500")),
        ('{type: time, default: "00:01:30", range: [1s, 2min]}', ParamSpec("p", "time", 90.0, 1, 120)),
        ("{type: size, default: 50%}", ParamSpec("p", "size", "50%")),
        ("{type: size, default: 1280}", ParamSpec("p", "size", 1280)),
        ("{type: gain, default: -20dB, max: 0dB}", ParamSpec("p", "gain", 0.1, None, 1)),
        ("{type: gain, default: 0.5}", ParamSpec("p", "gain", 0.5)),
        ("{type: level, default: -30dBFS}", ParamSpec("p", "level", -30.0)),
        ("{type: loudness, default: '-14', range: [-30 LUFS, -5]}", ParamSpec("p", "loudness", -14.0, -30, -5)),
        ("", ParamSpec("p", "float")),
    ],
)
def test_a_parameter_is_typed_ranged_and_described(said: str, spec: ParamSpec) -> None:
    found = declared(said)
    assert found == spec
    assert type(found.default) is type(spec.default)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("{▸p: 5}", "the parameter 'p' must be a mapping of keys; it is 5"),
        ("{p: {type: gain, ▸default: loud}}",
         "the default of 'p': 'loud' is not a gain; write a factor (0.5) or decibels (\"-6dB\")"),
        ("{p: {type: loudness, ▸max: x}}", "'max': 'x' is not a loudness; write \"-14 LUFS\""),
        ("{p: {type: loudness, max: -5, ▸default: -3}}",
         "the default of 'p': must be a loudness (\"-14 LUFS\") of at most -5; it is -3"),
        ("{p: {default: 1, ▸min: a}}", "'min': must be a number; got 'a'"),
        ("{p: {default: 1, ▸range: [1]}}", "'range' must be a list of two, [lowest, highest]; it is a list"),
        ("{p: {default: 1, ▸range: [5, 1]}}", "nothing lies between 5 and 1"),
        ("{p: {default: 1, ▸range: [0, 2], max: 2}}", "'range' says the same as 'min' and 'max'; give one of them"),
        ("{p: {default: 1, ▸min: }}", "'min' is empty; give it a value, or leave the key out"),
        ("{p: {default: true, ▸min: 0}}", "a parameter of type bool has no 'min'"),
        ("{p: {default: 1, type: int, ▸choices: [a]}}", "a parameter of type int has no 'choices'"),
        ("{▸p: {type: choice}}", "the parameter 'p' needs a key 'choices': a list of texts"),
        ("{p: {▸choices: [1, 2]}}", "'choices' must be a list of texts; it is a list with 1 in it; quote it"),
        ("{p: {▸choices: []}}", "'choices' must be a list of texts; it is empty"),
        ("{p: {default: 1, ▸mix: 2}}", "unknown key 'mix' in the parameter 'p'; did you mean 'min'?"),
        ("{p: {default: 1, ▸description: 3}}", "'description' must be text; it is 3; quote it"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_refused(params: str, message: str) -> None:
    node = 'type: EFFECT, config: {effect: label, params: {text: "-${p}"}}'
    assert problems_at(with_node(node, f"params: {params}\n"), WithLabel()) == [message]


@pytest.mark.parametrize("name", ["1st", "a b", "é", "", "a.b", "x" * 65])
def test_a_parameter_has_a_name_that_a_command_line_can_take(name: str) -> None:
    found = problems(with_node("type: RESIZE, config: {width: 5}", f"params: {{'{name}': {{default: 1}}}}\n"))
    assert len(found) == 1
    assert found[0].endswith("is no name for a parameter; use letters, digits, _ and -")


def test_a_reference_that_is_the_whole_value_keeps_its_type() -> None:
    text = with_node(
        'type: EFFECT, config: {effect: label, params: {size: "${n}", on: "${b}", text: "${s}"}}',
        "params: {n: {default: 7}, b: {default: false}, s: {default: '1'}}\n",
    )
    config = loaded(text, WithLabel())
    node = config.bound[("dag", "nodes", 1)]
    assert node is not None
    assert isinstance(node.op, EffectOp)
    assert node.op.params == {"text": "1", "size": 7, "on": False}
    assert config.level is not None
    mentions = {path: {item.reference.name for item in found} for path, found in config.level.mentions.items()}
    assert mentions == {("dag", "nodes", 1): {"n", "b", "s"}}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("'a ${n} b'", "a 7 b"),
        ("'${n}${n}'", "77"),
        ("'${f}/${b}/${c}'", "0.25/true/#ffa500"),
        ("'$${n} ${n}'", "${n} 7"),
        ("'$$${n}'", "$${n}"),
        ("'$n {n} $ {n} ${n} $'", "$n {n} $ {n} 7 $"),
    ],
)
def test_a_reference_inside_a_text_is_written_out(text: str, written: str) -> None:
    params = "{n: {default: 7}, f: {default: 0.25}, b: {default: true}, c: {type: color, default: orange}}"
    assert label(text, params) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"${widht}"', "${widht} names no parameter; did you mean 'width'?"),
        ('"${zzz}"', "${zzz} names no parameter; there are width"),
        ('"${a b}"', "'${' begins a reference such as ${width}; write '$${' for the text itself"),
        ('"${width"', "'${' begins a reference such as ${width}; write '$${' for the text itself"),
        ('"${}"', "'${' begins a reference such as ${width}; write '$${' for the text itself"),
    ],
)
def test_a_reference_to_nothing_is_said_at_its_place(text: str, message: str) -> None:
    node = f"type: RESIZE, config: {{▸width: {text}}}"
    assert problems_at(with_node(node, "params: {width: {default: 3}}\n")) == [message]


def test_without_parameters_a_reference_says_where_to_declare_one() -> None:
    assert problems_at(with_node('type: RESIZE, config: {▸width: "${w}"}')) == [
        "${w} names no parameter; declare it under 'params'"
    ]


def test_what_is_asked_for_cannot_depend_on_a_parameter() -> None:
    text = with_node("type: RESIZE, config: {width: 5}", "params: {n: {default: x}}\n")
    assert problems_at(text.replace("{asset: cat}", '{input: true, ▸name: "${n}"}')) == [
        "node 'cat': 'name' says what is asked for; it cannot hold a reference"
    ]


def test_a_required_parameter_that_nothing_uses_is_a_problem() -> None:
    node = "type: RESIZE, config: {width: 5}"
    assert problems_at(with_node(node, "params: {▸p: {type: int}}\n")) == ["the parameter 'p' is not used by any node"]


CONFIG = with_node(
    'type: RESIZE, config: {width: "${w}", mode: "${mode}"}',
    "params: {w: {type: int, range: [16, 4096]}, mode: {default: fit, choices: [fit, fill]}}\n",
)


def resized(config: Config, **given: object) -> dict[str, Any]:
    return bind(config, given, WithLabel()).nodes[1].op.key_config()


def test_values_are_given_when_a_config_is_used() -> None:
    config = loaded(CONFIG)
    assert ("dag", "nodes", 1) not in config.bound
    assert resized(config, w=320)["width"] == 320
    assert resized(config, w="320", mode="fill") == resized(config, w=320, mode="fill")
    assert resized(config, w=320, mode="fill")["fit"] == "fill"


def test_only_nodes_that_a_value_changes_are_made_anew() -> None:
    config = loaded(CONFIG)
    assert bind(config, {"w": 320}, WithLabel()).nodes[0] is config.bound[("dag", "nodes", 0)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "the parameter 'w': a value must be given: a whole number from 16 to 4096"),
        ({"w": 5}, "the parameter 'w': must be a whole number from 16 to 4096; got 5"),
        ({"w": "wide"}, "the parameter 'w': must be a whole number from 16 to 4096; got 'wide'"),
        ({"w": 16, "mode": "fil"}, "the parameter 'mode': must be one of fit, fill; got 'fil'; did you mean 'fill'?"),
        ({"w": 16, "mod": "fit"}, "the config has no parameter 'mod'; did you mean 'mode'? (parameters: w, mode)"),
        (
            {"x": 1, "mode": 3},
            "the config has no parameter 'x' (parameters: w, mode)\n"
            "the parameter 'w': a value must be given: a whole number from 16 to 4096\n"
            "the parameter 'mode': must be one of fit, fill; got 3",
        ),
    ],
)
def test_every_value_that_is_wrong_is_said(given: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        bind(loaded(CONFIG), given, WithLabel())
    assert caught.value.message == message


def test_a_node_that_cannot_work_with_a_value_is_said_at_its_place() -> None:
    config = loaded(with_node('type: SEGMENT, config: {start: 2, end: "${end}"}', "params: {end: {type: time}}\n"))
    assert bind(config, {"end": "3s"}, WithLabel()).nodes[1].op.key_config()["duration"] == 1
    with pytest.raises(ConfigError) as caught:
        bind(config, {"end": 1}, WithLabel())
    assert str(caught.value).startswith("file.yaml:5:31: node 'it' (SEGMENT): `end` (1 s) must come after the start")


def test_a_required_value_is_not_guessed_at_while_the_rest_is_checked() -> None:
    node = 'type: SEGMENT, config: {offset: "${t}", ▸duration: never}'
    (found,) = problems_at(with_node(node, "params: {t: {type: str}}\n"))
    assert found.startswith("node 'it' (SEGMENT): 'duration': 'never' is not a time")


def test_an_effect_may_be_a_parameter() -> None:
    config = loaded(with_node('type: EFFECT, config: {effect: "${e}"}', "params: {e: {choices: [dog, invert]}}\n"))
    op = bind(config, {"e": "invert"}, WithLabel()).nodes[1].op
    assert isinstance(op, EffectOp)
    assert op.effect.name == "invert"


@pytest.mark.parametrize(
    "text", ["", " ", "9" * 5000, "\0", "\ud800", "${w}", "-", "1e999", "inf", "nan", "%", "0%", "-5"]
)
@pytest.mark.parametrize(
    "kind", ["float", "int", "bool", "str", "color", "time", "size", "gain", "level", "loudness", "choice"]
)
def test_any_text_is_a_value_or_an_error(kind: Any, text: str) -> None:
    spec = ParamSpec("p", kind, choices=("a",))
    said: list[object] = []
    try:
        said.append(spec.parse(text))
    except ValueError as error:
        said.append(str(error))
    assert said


def test_gain_and_loudness_may_be_parameters() -> None:
    text = graph(
        "{id: a, type: SOURCE, config: {asset: cat}}",
        '{id: it, type: AUDIO_MIX, config: {gains: ["${level}"], loudness: "${loud}"}, inputs: a}',
        top="params: {level: {type: gain}, loud: {type: loudness, default: -16 LUFS, max: -9}}\n",
        output="it",
    )
    config = loaded(text)
    for said in ("-6dB", "0.501187234", 0.501187234):
        op = bind(config, {"level": said}, WithLabel()).nodes[1].op
        assert (op.config.gains, op.config.loudness) == ((0.501187234,), -16)
    assert bind(config, {"level": 1, "loud": "-14"}, WithLabel()).nodes[1].op.config.loudness == -14
    with pytest.raises(UsageError, match=r"must be a loudness .* of at most -9; it is '-3 LUFS'"):
        bind(config, {"level": 1, "loud": "-3 LUFS"}, WithLabel())
    with pytest.raises(UsageError, match="'x' is not a gain"):
        bind(config, {"level": "x"}, WithLabel())


def test_a_message_can_be_printed_whatever_the_file_says() -> None:
    node = 'type: EFFECT, config: {effect: label, params: {text: "-${p}"}}'
    text = with_node(node, 'params: {p: {choices: ["\\u2028"], ▸default: a}}\n')
    assert problems_at(text, WithLabel()) == ["the default of 'p': must be one of \\u2028; got 'a'"]
