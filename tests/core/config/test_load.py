"""Configs as a whole: what is right is read, and everything that is wrong is said at once, at its place."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from artcelery.core.config import AssetPin, EffectPin, InputSpec, OutputProfile, bind, load_config
from artcelery.core.config.suggest import choices
from artcelery.core.config.types import type_names
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.errors import ConfigError, NotFoundError
from artcelery.core.media.profiles import FORMATS
from artcelery.core.ops.effect import EffectOp
from tests.core.config.reading import Builtin, graph, loaded, problems, problems_at, warnings, with_node

DOG = EffectLibrary([]).resolve("dog", None, lambda _: None).content_hash
SAMPLE = """\
name: my-effect
version: "1.0"
description: "Apply effect to user image"
registry:
  effects:
    dog:
      hash: "{hash}"
dag:
  nodes:
    - id: user_image
      type: SOURCE
      config:
        input: true            # variable input
        name: "input_image"
    - id: apply_dog
      type: EFFECT
      config:
        effect: dog
      inputs:
        - user_image
  output: apply_dog
"""


def test_a_recipe_is_read_as_it_stands() -> None:
    config = loaded(SAMPLE.format(hash=DOG))
    assert (config.name, config.version, config.description) == ("my-effect", "1.0", "Apply effect to user image")
    assert config.effects == {"dog": EffectPin(DOG)}
    assert config.inputs == (InputSpec("input_image", "user_image"),)
    assert [(node.id, node.type, node.inputs) for node in config.nodes] == [
        ("user_image", "SOURCE", ()),
        ("apply_dog", "EFFECT", ("user_image",)),
    ]
    assert config.output == "apply_dog"
    assert config.warnings == ()
    bound = config.bound[("dag", "nodes", 1)]
    assert bound is not None
    assert isinstance(bound.op, EffectOp)
    assert (bound.op.effect.content_hash, bound.op.params) == (DOG, {"colour": 1.0, "acuity": 1.0})


@pytest.mark.parametrize("pin", ["dog: {}", "dog:"])
def test_an_effect_need_not_be_pinned(pin: str) -> None:
    text = SAMPLE.replace('dog:\n      hash: "{hash}"', pin)
    assert loaded(text).effects == {"dog": EffectPin()}
    assert problems(text.replace(f"registry:\n  effects:\n    {pin}\n", "")) == []


def test_an_effect_pinned_to_another_hash_shows_both() -> None:
    other = "ab" * 32
    (found,) = problems(SAMPLE.format(hash=other))
    assert found.startswith(f"7:7: the effect dog is pinned to {other}, but the installed one is {DOG} (")
    assert found.endswith("or write the installed hash into the config, or no hash at all")


def test_the_id_is_the_content_hash_of_the_text() -> None:
    one, two = loaded(SAMPLE.format(hash=DOG)), loaded(SAMPLE.format(hash=DOG) + "# a comment\n")
    assert one.id == loaded(SAMPLE.format(hash=DOG).encode()).id
    assert one.id != two.id


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "my config.yaml"
    path.write_text(SAMPLE.format(hash=DOG))
    config = load_config(path)
    assert (config.file, config.name, config.text) == (str(path), "my-effect", path.read_bytes())
    path.write_text("nme: x\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).splitlines()[0] == f"{path}:1:1: unknown key 'nme' in a config; did you mean 'name'?"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_only_a_file_is_a_config(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing.yaml", "pipe", "", "\0"):
        with pytest.raises(NotFoundError, match="there is no config file"):
            load_config(tmp_path / name)


def test_everything_is_reported_at_once() -> None:
    text = """\
name: my config
version: 1.0
colour: blue
params:
  size: {type: integr, default: 3}
  1st: {}
  speed: {default: 9, range: [0, 5]}
registry:
  effects:
    dog: {hash: "abc123..."}
  asset: {}
dag:
  nodes:
    - {id: cat, type: SOURCE, config: {asset: cat, hash: zz}}
    - {id: cat, type: RESIZE, config: {widht: 10}, inputs: cat}
    - {type: RESIZE, config: {width: 0}, inputs: [cat]}
    - id: dog
      type: EFFECT
      config: {effect: dog, params: {colur: 1, acuity: 3}}
      inputs: [caat]
    - {id: out, type: SEGMNT, inputs: dog}
    - {id: part, type: SEGMENT, config: {offset: "${sized}", duration: soon}, inputs: [dog, out]}
    - {id: a, type: RESIZE, config: {width: 5}, inputs: b}
    - {id: b, type: RESIZE, config: {width: 5}, inputs: a}
    - {id: unused, type: SOURCE, config: {input: true}}
  ouput: out
  output: outt
output_profile: {format: mp5, quality: good}
"""
    assert problems(text) == [
        "2:1: 'version' must be text; it is 1.0; quote it",
        "3:1: unknown key 'colour' in a config; it knows name, version, description, owner, author, registry, params,"
        " output_profile, dag",
        "5:10: there is no type 'integr' of parameters; did you mean 'integer'?",
        "6:3: '1st' is no name for a parameter; use letters, digits, _ and -",
        "7:3: the parameter 'speed' is not used by any node",
        "7:11: the default of 'speed': must be a whole number from 0 to 5; got 9",
        "10:11: 'abc123...' is no content hash (64 digits 0-9 and a-f); give one, or leave 'hash' out",
        "11:3: unknown key 'asset' in 'registry'; did you mean 'assets'?",
        "14:52: node 'cat' (SOURCE): 'hash' must be a content hash (64 digits 0-9 and a-f); it is 'zz'",
        "15:8: two nodes have the id 'cat'; the first is in line 14",
        "15:40: this node (RESIZE): unknown key 'widht' in config; did you mean 'width'?",
        "16:7: a node needs a key 'id'",
        "16:31: this node (RESIZE): 'width': 0 is not a size; write pixels (1280) or a share of the input (\"50%\")",
        "19:38: node 'dog' (EFFECT): effect dog: no parameter 'colur'; did you mean 'colour'? It has colour, acuity",
        "19:48: node 'dog' (EFFECT): effect dog: acuity must be a number from 0 to 1; got 3",
        "20:16: node 'dog': no node has the id 'caat'; did you mean 'cat'?",
        "21:17: unknown node type 'SEGMNT'; did you mean 'SEGMENT'?",
        "22:42: ${sized} names no parameter; did you mean 'size'?",
        "22:62: node 'part' (SEGMENT): 'duration': 'soon' is not a time; write 2.5, \"2.5s\" or \"00:01:30\"",
        "22:79: node 'part': SEGMENT takes 1 input; here it has 2",
        "23:49: these nodes go round in a circle: a -> b -> a",
        "26:3: unknown key 'ouput' in 'dag'; did you mean 'output'?",
        "27:3: no node has the id 'outt'; did you mean 'out'?",
        "28:18: there is no format 'mp5'; did you mean 'mp4'?",
        "28:31: 'quality' must be a whole number; it is 'good'",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["1:1: there is nothing in this config; it needs 'name' and 'dag'"]),
        ("# a comment\n\n---\n", ["1:1: there is nothing in this config; it needs 'name' and 'dag'"]),
        ("render the cat", ["1:1: a config must be a mapping of keys; it is 'render the cat'"]),
        ("[a]", ["1:1: a config is a mapping of keys (name, dag, ...), not a list"]),
        ("name: x", ["1:1: a config needs a key 'dag': the graph"]),
        (
            "dag: 3\nname:",
            [
                "1:1: 'dag' must be a mapping of keys; it is 3",
                "2:1: 'name' is empty; give it a value, or leave the key out",
            ],
        ),
        (
            "name: x\ndag: {}",
            [
                "2:1: 'dag' needs a key 'nodes': the list of nodes",
                "2:1: 'dag' needs a key 'output': the id of the node to render",
            ],
        ),
        (
            "name: x\nparams: {unused: {type: int}}\ndag: {nodes: [], output: a}",
            ["3:7: 'nodes' must be a list of at least one node; it is an empty list"],
        ),
        (
            "name: x\ndag: {nodes: {a: b}, output: a}",
            ["2:7: 'nodes' must be a list of at least one node; it is a mapping"],
        ),
        ("name: x\ndag: {nodes: [3], output: a}", ["2:15: a node must be a mapping of keys; it is 3"]),
        (
            "name: x\ndag: {nodes: [{}], output: a}",
            [
                "2:15: a node needs a key 'id'",
                f"2:15: a node needs a key 'type'; there are {choices(type_names())}",
            ],
        ),
        (f"name: '{'x' * 201}'\ndag: {{}}", None),
        ('name: "a\\nb"\ndag: {}', None),
        ("name: ''\ndag: {}", None),
    ],
)
def test_a_config_has_a_name_and_a_graph(text: str, found: list[str] | None) -> None:
    if found is None:
        assert problems(text)[0].startswith("1:1: 'name' must be 1 to 200 printable characters; it is ")
    else:
        assert problems(text) == found


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ("type: RESIZE, ▸config: 3", "'config' of a node must be a mapping of keys; it is 3"),
        (
            "type: RESIZE, config: {width: 5, ▸mode: fitt}",
            "node 'it' (RESIZE): 'mode' must be one of fit, fill, stretch, pad; it is 'fitt'; did you mean 'fit'?",
        ),
        (
            "type: RESIZE, config: {▸width: big}",
            "node 'it' (RESIZE): 'width': 'big' is not a size; write pixels (1280) or a share of the input (\"50%\")",
        ),
        ("type: RESIZE, ▸config: {}", "node 'it' (RESIZE): a RESIZE needs `width`, `height` or both"),
        (
            "type: RESIZE, config: {width: 5, ▸background: blu}",
            "node 'it' (RESIZE): 'background': 'blu' is not a colour; write \"#ff8800\" or a name such as \"orange\"",
        ),
        ("type: SEGMENT, config: {▸precise: 1}", "node 'it' (SEGMENT): 'precise' must be true or false; it is 1"),
        ("type: SEGMENT, config: {▸precise: yes}", "node 'it' (SEGMENT): 'precise' must be true or false; it is 'yes'"),
        (
            "type: SEGMENT, ▸config: {offset: 1, start: 2}",
            "node 'it' (SEGMENT): `offset` and `start` mean the same; give one of them",
        ),
        ("type: SEGMENT, config: {▸offset: -1}", "node 'it' (SEGMENT): 'offset': a time cannot be negative"),
        ("type: TRANSFORM, ▸config: {}", "node 'it' (TRANSFORM): config needs a key 'effects'"),
        (
            "type: TRANSFORM, config: {▸efects: {}}",
            "node 'it' (TRANSFORM): unknown key 'efects' in config; did you mean 'effects'?",
        ),
        (
            "type: TRANSFORM, config: {effects: {▸blur: 500}}",
            "node 'it' (TRANSFORM): 'effects.blur' must be at most 200; it is 500",
        ),
        (
            "type: TRANSFORM, config: {effects: {▸blur: strong}}",
            "node 'it' (TRANSFORM): 'effects.blur' must be a number; it is 'strong'",
        ),
        (
            "type: SEQUENCE, config: {▸transition: crosfade}",
            "node 'it' (SEQUENCE): 'transition' must be one of cut, crossfade, fade, wipe, slide; it is 'crosfade'; did"
            " you mean 'crossfade'?",
        ),
        (
            "type: TRANSFORM, config: {effects: {▸blurr: 5}}",
            "node 'it' (TRANSFORM): unknown key 'blurr' in 'effects'; did you mean 'blur'?",
        ),
        (
            "type: TRANSFORM, config: {effects: {▸crop: {width: 5}}}",
            "node 'it' (TRANSFORM): 'effects.crop' needs a key 'height'",
        ),
        (
            "type: TRANSFORM, config: {▸speed: 2}",
            "node 'it' (TRANSFORM): unknown key 'speed' in config; it belongs under 'effects'",
        ),
        (
            "type: LAYER, config: {▸opacity: 0.5}",
            "node 'it' (LAYER): unknown key 'opacity' in config; it belongs under 'layers'",
        ),
        (
            "type: LAYER, config: {layers: [{▸opacity: 50%}]}",
            "node 'it' (LAYER): 'layers.opacity' must be a number; it is '50%'; write 0.5",
        ),
        (
            "type: LAYER, config: {layers: [▸bottom-right]}",
            "node 'it' (LAYER): 'layers' must be a mapping of keys; it is 'bottom-right'; write its keys: position,"
            " margin, scale, width, height, opacity, start, end, fade, blend",
        ),
        (
            "type: AUDIO_MIX, config: {duck: {▸by: voice}}",
            "node 'it' (AUDIO_MIX): 'duck.by' must be a whole number; it is 'voice' (The number of the input that the"
            " others make room for, from 0.)",
        ),
        ("type: EFFECT, ▸config: {}", "node 'it' (EFFECT): config needs a key 'effect'"),
        ("type: EFFECT, config: {▸effect: dgo}", "node 'it' (EFFECT): there is no effect 'dgo'; did you mean 'dog'?"),
        ("type: EFFECT, config: {▸effect: 3}", "node 'it' (EFFECT): 'effect' must be text; it is 3; quote it"),
        (
            "type: EFFECT, config: {effect: dog, ▸colour: 0.5}",
            "node 'it' (EFFECT): unknown key 'colour' in config; it knows effect, params;"
            " the parameters of an effect stand under 'params'",
        ),
        (
            "type: EFFECT, config: {effect: dog, ▸params: [1]}",
            "node 'it' (EFFECT): 'params' must be a mapping of keys; it is a list",
        ),
        (
            'type: EFFECT, config: {effect: dog, params: {▸acuity: "0.5"}}',
            "node 'it' (EFFECT): effect dog: acuity must be a number from 0 to 1; got '0.5'",
        ),
        ("▸type: JUGGLE", f"unknown node type 'JUGGLE'; there are {choices(type_names())}"),
        ("▸type: 5", "'type' must be text; it is 5; quote it"),
        ("▸type: ~", "'type' is empty; give it a value, or leave the key out"),
        (
            "type: EFFECT, config: {effect: dog}, ▸width: 5",
            "unknown key 'width' in a node; it knows id, type, config, inputs, cache",
        ),
    ],
)
def test_what_is_wrong_with_a_node_is_said_at_its_key(node: str, message: str) -> None:
    assert problems_at(with_node(node)) == [message]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("▸config: {}", "here it has none of them"),
        ("▸config: {asset: cat, input: true}", "here it has `input` and `asset`"),
        ("config: {▸input: false}", "'input' must be true; it is false"),
        ("config: {input: true, ▸name: 5}", "'name' must be text; it is 5; quote it"),
        (
            "config: {asset: cat, ▸path: cat.png}",
            "unknown key 'path' in config; a file is asked for with `input: true`, or pinned in `registry.assets` and"
            " named by `asset`",
        ),
        ("config: {▸hash: cat.png}", "'hash' must be a content hash (64 digits 0-9 and a-f); it is 'cat.png'"),
    ],
)
def test_a_source_says_where_its_file_comes_from(config: str, message: str) -> None:
    needs = "a SOURCE needs exactly one of `input: true`, `asset` and `hash`; "
    said = f"{needs if message.startswith('here') else ''}{message}"
    assert problems_at(graph(f"{{id: a, type: SOURCE, {config}}}", output="a")) == [f"node 'a' (SOURCE): {said}"]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2.5", 2.5),
        ('"2.5s"', 2.5),
        ("2.5s", 2.5),
        ('"00:01:30"', 90),
        ("00:01:30", 90),
        ("1:30", 90),
        ("500ms", 0.5),
        ("2min", 120),
    ],
)
def test_times_are_read_as_people_write_them(written: str, seconds: float) -> None:
    (_, node) = loaded(with_node(f"type: SEGMENT, config: {{offset: {written}}}")).bound.values()
    assert node is not None
    assert node.op.key_config() == {"offset": seconds, "duration": None, "precise": True}


@pytest.mark.parametrize(("written", "size"), [("1280", 1280), ('"50%"', "50%"), ("50%", "50%"), ("12.50 %", "12.5%")])
def test_sizes_are_pixels_or_percent(written: str, size: int | str) -> None:
    (_, node) = loaded(with_node(f"type: RESIZE, config: {{width: {written}}}")).bound.values()
    assert node is not None
    assert node.op.key_config()["width"] == size


@pytest.mark.parametrize(("written", "factor"), [("-20dB", 0.1), ("0.5", 0.5), ("2", 2.0)])
def test_a_volume_is_a_factor_or_decibels(written: str, factor: float) -> None:
    (_, node) = loaded(with_node(f"type: TRANSFORM, config: {{effects: {{volume: {written}}}}}")).bound.values()
    assert node is not None
    assert node.op.key_config()["effects"]["volume"] == factor


def test_inputs_are_asked_for_by_name_or_id() -> None:
    named = "{id: a, type: SOURCE, config: {input: true, name: photo, description: Any photo.}}"
    assert loaded(graph(named, output="a")).inputs == (InputSpec("photo", "a", "Any photo."),)
    assert loaded(graph("{id: b, type: SOURCE, config: {input: true}}", output="b")).inputs == (InputSpec("b", "b"),)


@pytest.mark.parametrize(
    ("said", "profile"),
    [
        ("webp", OutputProfile("webp")),
        ("JPG", OutputProfile("jpeg")),
        ("{format: webp, quality: 80}", OutputProfile("webp", 80)),
        ("{format: webm, codec: av1, quality: 30}", OutputProfile("webm", 30, "av1")),
        ("{quality: 80}", OutputProfile(None, 80)),
        ("{}", OutputProfile()),
        ("", OutputProfile()),
    ],
)
def test_the_output_profile_says_how_the_output_is_written(said: str, profile: OutputProfile) -> None:
    assert loaded(with_node("type: RESIZE, config: {width: 5}", f"output_profile: {said}\n")).profile == profile


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("▸output_profile: webq", "there is no format 'webq'; did you mean 'webp'?"),
        (
            "▸output_profile: film.mov",
            f"there is no format 'film.mov'; there are {choices(FORMATS)}",
        ),
        ("▸output_profile: 3", "the output profile must be a mapping of keys; it is 3"),
        ("output_profile: {format: webp, ▸quality: 101}", "quality 101 is not in the range of webp: 1 to 100"),
        ("output_profile: {format: png, ▸quality: 5}", "png has no quality to choose; leave `quality` out"),
        ("output_profile: {format: webm, ▸codec: h265}", "webm has no codec 'h265'; it knows av1, vp9"),
        ("output_profile: {▸codec: av1}", "'codec' needs a 'format' beside it"),
        ("output_profile: {▸quality: 5.5}", "'quality' must be a whole number; it is 5.5"),
        ("output_profile: {▸quality: }", "'quality' is empty; give it a value, or leave the key out"),
        ("output_profile: {▸qualty: 5}", "unknown key 'qualty' in the output profile; did you mean 'quality'?"),
    ],
)
def test_an_output_profile_that_cannot_be_is_refused(profile: str, message: str) -> None:
    assert problems_at(with_node("type: RESIZE, config: {width: 5}", f"{profile}\n")) == [message]


def test_assets_and_effects_are_pinned() -> None:
    registry = f"registry:\n  assets:\n    cat: {{hash: {'ab' * 32}, path: cat.png, url: 'https://a.b/c'}}\n"
    config = loaded(with_node("type: RESIZE, config: {width: 5}", registry))
    assert config.assets == {"cat": AssetPin("ab" * 32, "cat.png", "https://a.b/c")}
    config = loaded(with_node("type: RESIZE, config: {width: 5}", "registry: {assets: {cat: {path: cat.png}}}\n"))
    assert config.assets == {"cat": AssetPin(None, "cat.png")}


@pytest.mark.parametrize(
    ("pins", "message"),
    [
        ("{assets: {cat: {▸url: x}}}", "'url' only says where asset files came from; pin it with a 'hash' too"),
        ("{effects: {dog: {▸path: x}}}", "'path' only says where effect files came from; pin it with a 'hash' too"),
        ("{assets: {▸cat: abc}}", "the asset 'cat' of the registry must be a mapping of keys; it is 'abc'"),
        ("{▸assets: [cat]}", "'assets' of the registry must be a mapping of keys; it is a list"),
        ("{assets: {cat: {▸hash: 5}}}", "'hash' must be text; it is 5; quote it"),
        (
            "{assets: {cat: {▸hash: ABC}}}",
            "'ABC' is no content hash (64 digits 0-9 and a-f); give one, or leave 'hash' out",
        ),
        ("{▸asset: {}}", "unknown key 'asset' in 'registry'; did you mean 'assets'?"),
    ],
)
def test_a_pin_says_which_bytes_are_meant(pins: str, message: str) -> None:
    assert problems_at(with_node("type: RESIZE, config: {width: 5}", f"registry: {pins}\n")) == [message]


def test_what_is_hardly_meant_is_warned_of() -> None:
    text = with_node(
        "type: EFFECT, config: {effect: invert}",
        f"params: {{idle: {{default: 3}}}}\nregistry: {{effects: {{dog: {{hash: {DOG}}}}}, assets: {{dog: {{}}}}}}\n",
    ).replace("  output:", "    - {id: idle, type: RESIZE, config: {width: 3}, inputs: cat}\n  output:")
    assert warnings(text) == [
        "6:7: node 'idle' does not lead to the output 'it'; it is not rendered",
        "8:10: the parameter 'idle' is not used by any node",
        "9:22: the effect 'dog' is pinned, but no node uses it",
        "9:111: the asset 'dog' is pinned, but no node uses it",
    ]


def test_a_long_text_is_not_repeated_whole() -> None:
    (found,) = problems(with_node(f"type: SEGMENT, config: {{offset: {'x' * 100_000}}}"))
    assert len(found) < 600
    assert found.endswith('x... is not a time; write 2.5, "2.5s" or "00:01:30"')


def test_the_first_hundred_problems_are_reported_and_the_rest_counted() -> None:
    nodes = [f"{{id: n{number}, type: RESIZE, config: {{width: 0}}, inputs: n0}}" for number in range(1, 151)]
    found = problems(graph("{id: n0, type: SOURCE, config: {asset: cat}}", *nodes, output="n1"))
    assert len(found) == 101
    assert found[99].startswith("104:41: node 'n100' (RESIZE): 'width': 0 is not a size")
    assert found[100] == "105:41: and 50 more problems from here on"


def test_after_a_thousand_problems_the_rest_is_not_looked_at() -> None:
    nodes = [f"{{id: n{number}, type: EFFECT, config: {{effect: x{number}}}, inputs: n0}}" for number in range(1, 5000)]
    found = problems(graph("{id: n0, type: SOURCE, config: {asset: cat}}", *nodes, output="n1"))
    assert len(found) == 101
    assert found[100].endswith(": and at least 900 more problems from here on")
    found = problems("name: x\n" + "".join(f"{number}: 1\n" for number in range(5000)))
    assert found[100] == "102:1: and at least 900 more problems from here on"


def test_a_node_may_be_kept() -> None:
    config = loaded(with_node("type: RESIZE, config: {width: 5}, cache: true"))
    assert [node.cache for node in config.nodes] == [False, True]
    assert [node.cache for node in bind(config, {}, Builtin()).nodes] == [False, True]


@pytest.mark.parametrize(("said", "got"), [("yes", "'yes'"), ("1", "1"), ("[true]", "a list"), ("'true'", "'true'")])
def test_whether_a_node_is_kept_is_true_or_false(said: str, got: str) -> None:
    text = with_node(f"type: RESIZE, config: {{width: 5}}, ▸cache: {said}")
    assert problems_at(text) == [f"'cache' must be true or false; it is {got}"]
