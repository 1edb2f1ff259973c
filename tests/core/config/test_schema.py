"""The JSON Schema and the loader: what one accepts the other does, and what a schema can refuse both refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from artcelery.core.config import config_schema
from artcelery.core.config.document import read_document
from artcelery.core.config.params import PARAM_TYPES
from artcelery.core.config.types import find_type, type_names
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.effect.source import read_effect
from tests.core.config.reading import graph, problems, with_node

EFFECTS = EffectLibrary([]).all()
REQUIRING = read_effect(
    b'"""\n@effect needy\n@param amount float\n  @range 0 1\n"""\ndef filters(p, c): ...\n', "needy.py"
)
SCHEMA = config_schema([*EFFECTS, REQUIRING])
HASH = "ab" * 32
SMALL = "type: RESIZE, config: {width: 5}"


class Needy:
    """The built-in effects, and one with a parameter that must be given."""

    def resolve(self, name: str, pinned_hash: str | None) -> Any:
        return REQUIRING if name == "needy" else EffectLibrary([]).resolve(name, pinned_hash, lambda _: None)


def schema_accepts(text: str) -> bool:
    document = read_document(text.encode())
    assert document.problems == ()
    return Draft202012Validator(SCHEMA).is_valid(document.value)


def loader_accepts(text: str) -> bool:
    return not problems(text, Needy())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


SMALLER = '{id: small, type: RESIZE, config: {width: "${w}"}, inputs: a}'


def with_map(config: str, inputs: str = "") -> str:
    """A config in which a MAP works on a picture, or beside it."""
    source = "{id: a, type: SOURCE, config: {asset: cat}}"
    return graph(source, f"{{id: tiles, type: MAP, config: {{{config}}}{inputs}}}", output="'tiles[0]'")


RIGHT = [
    *(with_map(f"{config}, nodes: [{SMALLER}], output: small") for config in (
        "over: {w: [1, 2]}", "matrix: {w: [1], v: ['a', true, [2], {b: 3}]}", "over: {w: [5]}, matrix: {u: [1]}",
    )),
    with_map("each: c, nodes: [{id: b, type: RESIZE, config: {width: 5}, inputs: c}], output: b", ", inputs: [a]"),
    with_map("over: {w: [1]}, nodes: [{id: b, type: MAP, config: {over: {v: [1]}, output: small, "
             f"nodes: [{SMALLER}]}}}}], output: b"),
    graph("{id: a, type: SOURCE, config: {asset: cat}}",
          "{id: b, type: ANALYZE, config: {features: [beats]}, inputs: a}",
          '{id: it, type: AUDIO_MIX, config: {gains: ["${b.beats[0]}", 1]}, inputs: [a, a]}', output="it"),
    *(with_node(SMALL, top) for top in ("", "registry:\n", "params:\n", "output_profile:\n")),
    *(with_node(f"{SMALL}, cache: {said}") for said in ("true", "false")),
    *(with_node(SMALL, f"{key}: text\n") for key in ("version", "description", "owner", "author")),
    with_node(SMALL, f"registry: {{assets: {{cat: {{hash: {HASH}, path: a, url: b}}}}}}\n"),
    with_node(SMALL, "registry: {effects: {dog: , invert: {}}}\n"),
    with_node(SMALL, "registry: {assets: {cat: {path: cat.png}}, effects: }\n"),
    *(with_node(SMALL, f"output_profile: {said}\n") for said in ("png", "JPG", "{}", "{format: jpg, quality: 3}")),
    with_node(SMALL, "output_profile: {format: webm, codec: av1}\n"),
    *(with_node(SMALL, f"params: {{p: {{type: {name}, default: {value}}}}}\n") for name, value in zip(
        ("float", "number", "int", "bool", "str", "text", "color", "colour", "time", "size", "size", "gain",
         "level", "loudness"),
        ("1", "2.5", "3", "true", "a", "'5'", "red", "'#fff'", "2s", "50%", "80", "-6dB", "-30dB", "-14 LUFS"),
        strict=True,
    )),
    with_node(SMALL, "params: {a: {default: 3, min: 1, max: 5}, b: {default: 3, range: [1, 5]}}\n"),
    with_node(SMALL, "params: {a: {type: choice, choices: [x, y], default: x, description: Text.}}\n"),
    with_node(SMALL, "params: {t: {type: time, default: 2s, range: [500ms, '1:30']}}\n"),
    with_node('type: RESIZE, config: {width: "${w}", mode: fit}', "params: {w: {type: size}}\n"),
    with_node('type: EFFECT, config: {effect: dog, params: {acuity: "${a}"}}', "params: {a: }\n"),
    with_node('type: TRANSFORM, config: {effects: {blur: "${a}"}}', "params: {a: {type: int}}\n"),
    with_node('type: TRANSFORM, config: {effects: {crop: {width: 5%, height: "${a}"}}}', "params: {a: {type: int}}\n"),
    *(with_node(f"type: RESIZE, config: {config}") for config in (
        "{width: 50%}", "{height: 12.5 %}", "{width: 3, height: null, mode: pad, background: '#fff', filter: area}",
    )),
    *(with_node(f"type: SEGMENT{config}") for config in (
        "", ", config: {}", ", config:  ", ", config: {offset: 2.5}", ", config: {start: 2s, end: 1:30, precise: true}",
    )),
    *(with_node(f"type: TRANSFORM, config: {{effects: {effects}}}") for effects in (
        "{}", "{crop: {x: 0, y: 10%, width: 5, height: 5}}", "{rotate: -90, flip: both, speed: 2, hue: 0.5}",
    )),
    *(with_node(f"type: EFFECT, config: {{effect: {effect}}}") for effect in (
        "dog", "dog, params: {}", "dog, params: {acuity: 0.5, colour: 1}", "needy, params: {amount: 0.5}",
    )),
    *(graph(f"{{id: a, type: SOURCE, config: {config}}}", output="a") for config in (
        "{input: true}", "{input: true, name: b, description: c}", "{asset: cat}", f"{{hash: {HASH}}}",
    )),
    *(graph("{id: a, type: SOURCE, config: {asset: cat}" + none + "}", output="a") for none in (
        ", inputs: []", ", inputs: ", ", inputs: {}",
    )),
    *(
        graph("{id: a, type: SOURCE, config: {asset: cat}}", f"{{id: b, {SMALL}, inputs: {form}}}", output="b")
        for form in ("a", "[a]", "{picture: a}")
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_the_loader_accepts_the_schema_accepts(text: str) -> None:
    assert problems(text, Needy()) == []
    assert schema_accepts(text)


WRONG = [
    *(with_map(f"{config}") for config in (
        "over: {w: [1]}", f"over: {{w: [1]}}, nodes: [{SMALLER}]", "over: {w: [1]}, nodes: [], output: small",
        f"over: {{w: []}}, nodes: [{SMALLER}], output: small", f"over: {{w: 3}}, nodes: [{SMALLER}], output: small",
        f"over: {{1st: [1]}}, nodes: [{SMALLER}], output: small", f"evry: 3, nodes: [{SMALLER}], output: small",
        f"over: {{w: [1]}}, each: a b, nodes: [{SMALLER}], output: small",
        "over: {w: [1]}, nodes: small, output: small",
        f"over: {{w: [1]}}, nodes: [{SMALLER.replace('width', 'widht')}], output: small",
        f"over: {{w: [1]}}, nodes: [{SMALLER}, {{id: b}}], output: small",
    )),
    "name: x\n",
    "dag: {nodes: [{id: a, type: SOURCE, config: {asset: cat}}], output: a}\n",
    "name: x\ndag: {nodes: [], output: a}\n",
    "name: x\ndag: {output: a}\n",
    "name: x\ndag: {nodes: [{id: a, type: SOURCE, config: {asset: cat}}]}\n",
    *(with_node(SMALL, top) for top in (
        "version: 1.0\n", "versoin: x\n", "owner: \n", "description: 3\n", "registry: {asset: {}}\n", "registry: []\n",
        "registry: {assets: {cat: {hash: abc}}}\n", "registry: {assets: {cat: {url: x}}}\n",
        "registry: {effects: {dog: {path: x}}}\n", "registry: {effects: {dog: {hahs: x}}}\n",
        "registry: {assets: {cat: {hash: }}}\n", "registry: {assets: {cat: abc}}\n",
        "output_profile: 5\n", "output_profile: film.mov\n", "output_profile: {qualty: 3}\n",
        "output_profile: {quality: 1.5}\n", "output_profile: {quality: }\n", "output_profile: {format: }\n",
        "params: {1st: {default: 3}}\n", "params: {a: {type: integr, default: 3}}\n", "params: {a: {default: }}\n",
        "params: {a: {default: 3, range: [1]}}\n", "params: {a: {default: 3, range: [1, 5], min: 1}}\n",
        "params: {a: {default: x, choices: []}}\n", "params: {a: {default: x, choices: [1]}}\n",
        "params: {a: {default: [1]}}\n", "params: {a: {defualt: 1}}\n", "params: [a]\n", "params: {a: {min: }}\n",
    )),
    *(with_node(node) for node in (
        "type: RESIZZ", "type: JUGGLE", f"{SMALL}, widht: 3", f"{SMALL}, cache: yes", f"{SMALL}, cache: ",
        "type: RESIZE, config: {width: 0}",
        "type: RESIZE, config: {width: -1}", "type: RESIZE, config: {width: 1.5}", "type: RESIZE, config: {width: big}",
        "type: RESIZE, config: {width: 5, mode: fitt}", "type: RESIZE, config: {width: 5, depth: 3}",
        "type: RESIZE, config: [3]", "type: SEGMENT, config: {precise: 1}", "type: SEGMENT, config: {offset: -1}",
        "type: SEGMENT, config: {offset: true}", "type: TRANSFORM", "type: TRANSFORM, config: {}",
        "type: TRANSFORM, config: {effects: {blur: 500}}", "type: TRANSFORM, config: {effects: {blurr: 5}}",
        "type: TRANSFORM, config: {effects: {crop: {width: 5}}}", "type: TRANSFORM, config: {effects: {blur: x}}",
        "type: EFFECT", "type: EFFECT, config: {}", "type: EFFECT, config: {effect: 3}",
        "type: EFFECT, config: {effect: ''}", "type: EFFECT, config: {effect: dog, params: {acuity: 3}}",
        "type: EFFECT, config: {effect: dog, params: {acuty: 1}}", "type: EFFECT, config: {effect: dog, acuity: 1}",
        "type: EFFECT, config: {effect: dog, params: {acuity: x}}", "type: EFFECT, config: {effect: needy}",
        "type: EFFECT, config: {effect: needy, params: {}}", "type: EFFECT, config: {effect: dog, params: }",
        "type: EFFECT, config: {effect: mirror, params: {side: lft}}",
    )),
    *(graph(f"{{{node}}}", output="a") for node in (
        "id: a", "type: SOURCE, config: {asset: cat}", "id: 3, type: SOURCE, config: {asset: cat}",
        "id: '', type: SOURCE, config: {asset: cat}", "id: a, type: SOURCE, config: {input: false}",
        "id: a, type: SOURCE, config: {input: true, name: 3}", "id: a, type: SOURCE, config: {hash: cat}",
    )),
    *(graph("{id: a, type: SOURCE, config: {asset: cat}}", f"{{id: b, {node}}}", output="b") for node in (
        SMALL, f"{SMALL}, inputs: []", f"{SMALL}, inputs: [a, a]", f"{SMALL}, inputs: {{x: a, y: a}}",
        f"{SMALL}, inputs: 3", f"{SMALL}, inputs: [3]", f"{SMALL}, inputs: {{x: 3}}",
        "type: EFFECT, config: {effect: dog}",
        "type: SOURCE, config: {asset: cat}, inputs: a", "type: SOURCE, config: {asset: cat}, inputs: [a]",
    )),
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_the_schema_refuses_the_loader_refuses(text: str) -> None:
    assert not loader_accepts(text)
    assert not schema_accepts(text)


def sections(schema: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each strict object of the schema, with its keys."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            yield path, set(schema["properties"])
        for key, item in schema.items():
            yield from sections(item, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from sections(item, f"{path}/{index}")


def test_the_schema_knows_each_key_of_each_op_and_effect() -> None:
    known = list(sections(SCHEMA))
    for number, name in enumerate(type_names()):
        start = f"/$defs/node/allOf/{number}/then/properties/config"
        found = find_type(name)
        assert found is not None
        # One schema for each kind of node, where the keys depend on it.
        assert set(found.config_model.model_fields) <= set().union(*(keys for path, keys in known if start in path))
    for effect in EFFECTS:
        assert {param.name for param in effect.params} in [keys for _, keys in known]


def test_the_schema_knows_each_type_of_parameter() -> None:
    (types,) = (
        found for path, found in enums(SCHEMA) if path.endswith("/additionalProperties/anyOf/0/properties/type")
    )
    assert types == list(PARAM_TYPES)


def enums(schema: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield path, schema["enum"]
        for key, item in schema.items():
            yield from enums(item, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from enums(item, f"{path}/{index}")
