"""Whatever a config file holds, what comes of it is a config or an ArtceleryError whose problems lie in the file."""

from __future__ import annotations

import random
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artcelery.core.config import Config, bind, load_config
from artcelery.core.config.writer import to_yaml
from artcelery.core.errors import ArtceleryError, ConfigError, Problem
from tests.core.config.reading import Builtin

EXAMPLES = Path(__file__).parents[3] / "examples" / "configs"
COMPOSED = b"""\
name: composed
params:
  gap: {type: time, default: 1}
dag:
  nodes:
    - {id: song, type: SOURCE, config: {input: true}}
    - {id: film, type: SOURCE, config: {asset: film}}
    - {id: beats, type: ANALYZE, config: {features: [beats, tempo, energy]}, inputs: song}
    - id: cuts
      type: MAP
      config:
        over: {at: "${beats.beats[::4]}"}
        matrix: {w: [10, 20, 30]}
        nodes:
          - {id: part, type: SEGMENT, config: {offset: "${at}", duration: "${gap}"}, inputs: film}
          - {id: own, type: ANALYZE, config: {features: [tempo]}, inputs: part}
          - {id: small, type: RESIZE, config: {width: "${w}", height: "${own.tempo}"}, inputs: part}
        output: small
    - id: outer
      type: MAP
      inputs: [cuts, film]
      config:
        each: clip
        nodes:
          - id: inner
            type: MAP
            config:
              matrix: {e: [dog, invert], v: [[1, 2], [3, 4]]}
              nodes:
                - {id: x, type: EFFECT, config: {effect: "${e}"}, inputs: clip, cache: true}
                - {id: y, type: RESIZE, config: {width: "${v[1]}", height: "1${index}%"}, inputs: x}
              output: y
        output: inner
    - {id: b, type: RESIZE, config: {width: 5}, inputs: "cuts[-1]"}
    - {id: mix, type: AUDIO_MIX, config: {offsets: ["${beats.beats[1]}", 0]}, inputs: [b, outer, "cuts[0]"]}
  output: mix
"""
FOUND = {"beats": [0.5, 1, 2, 3.5, 4], "tempo": 120, "energy": {"hop": 0.1, "values": [1, 2]}}
WORD = re.compile(rb'"[^"]*"|[A-Za-z_][A-Za-z_0-9]*|\d+')
SEEDS = [*(path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml"))), COMPOSED]
WRITTEN = rb"""
: |- |[|]|{|}|,|"|'|#|&a |*a|!!str |!!int |!x |<<: |~|null|no|true|.inf|0x1F|1e999|-1|99999999999999999999|1:30|50%
${|${x}|$${|  |---|...|? || |> |%YAML|id: cat|inputs: |config: |params: {a: }|input: true|type: |EFFECT|SEGMENT|[a, b]
{width: }|range: [1]|hash: |asset: cat|output: |name: |default: |width|effects: {}|crop: {}|0|${beats.beats}|${at}
"""
BYTES = [b"\xff", b"\xc3\xa9", b"\xe2\x80\xa8", b"\0", b"\t", b"\xef\xbb\xbf", b"\r", b"\n"]
PIECES = [*WRITTEN.replace(b"\n", b"|").split(b"|"), *BYTES]


def check(data: bytes) -> bool:
    """Whether the config is right; AssertionError when a problem lies outside the file, or says nothing."""
    config, found = read(data)
    lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", data.decode(errors="replace"))
    for problem in found:
        assert 1 <= problem.line <= len(lines), problem
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, problem
        assert problem.message.isprintable(), problem
        assert len(problem.message) < 600, problem
    if config is not None:
        with suppress(ArtceleryError):
            check_binding(config)
    return config is not None


def check_binding(config: Config) -> None:
    """Bind a config in stages, as its analyses become known: what is ready has its inputs, and each stage has more."""
    analyses: dict[str, Any] = {}
    while True:
        bound = bind(config, {}, Builtin(), analyses)
        ids = [node.id for node in bound.nodes]
        assert len(set(ids)) == len(ids)
        assert all(name in ids for node in bound.nodes for name in node.inputs)
        assert set(bound.waiting) <= set(ids) - set(analyses)
        if not bound.waiting:
            assert bound.output in ids
            return
        analyses |= dict.fromkeys(bound.waiting, FOUND)


def read(data: bytes) -> tuple[Config | None, tuple[Problem, ...]]:
    """The config with its warnings, or no config and its problems."""
    try:
        config = load_config(data, file="fuzz", effects=Builtin())
    except ConfigError as error:
        return None, error.problems or (Problem("no problem at all"),)
    return config, config.warnings


def mutated(dice: random.Random, data: bytes) -> bytes:
    """The text with up to six bytes, pieces or lines changed, taken out, put in, doubled or moved."""
    for _ in range(dice.randint(1, 6)):
        start = dice.randint(0, len(data))
        end = min(len(data), start + dice.choice((0, 0, 1, 1, 3, 12, 60)))
        piece = dice.choice((*PIECES, data[start:end], data[: dice.randint(0, 40)]))
        lines = data.splitlines(keepends=True)
        kind = dice.randrange(5)
        if kind < 3 or not lines:
            data = data[:start] + (piece if kind else b"") + data[end:]
        elif kind == 3:
            lines.insert(dice.randint(0, len(lines)), dice.choice(lines))
            data = b"".join(lines)
        else:
            lines.pop(dice.randrange(len(lines)))
            data = b"".join(lines)
    return data


@pytest.mark.parametrize("seed", range(4))
def test_mutations_of_good_configs_are_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    right = 0
    for _ in range(400):
        right += check(mutated(dice, dice.choice(SEEDS)))
    assert 0 < right < 400


def test_words_of_a_composed_config_are_changed_for_each_other() -> None:
    dice = random.Random(5)
    words = [
        *WORD.findall(COMPOSED),
        b"tiles[0]",
        b"cuts[9]",
        b"outer",
        b'"${beats.beats}"',
        b'"${index}"',
        b'"${at.x}"',
    ]
    right = check(COMPOSED)
    for _ in range(600):
        data = COMPOSED
        for _ in range(dice.randint(1, 2)):
            found = dice.choice([*WORD.finditer(data)])
            data = data[: found.start()] + dice.choice(words) + data[found.end() :]
        right += check(data)
    assert 1 < right < 601


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert not check(data)


PLAIN = """
cat a b SOURCE RESIZE SEGMENT TRANSFORM EFFECT BLEND dog zoom ${p} ${ 50% 2s 1:30 #fff int float choice size time webp
fit
"""
WORDS = st.sampled_from([*PLAIN.split(), "", "\u2028", "x" * 300, "ab" * 32])
SCALARS = st.none() | st.booleans() | st.integers(-5, 5000) | st.floats(-1e300, 1e300) | WORDS
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)


def shaped(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A mapping with some of these keys, mostly as they should be."""
    return st.fixed_dictionaries({}, optional={key: value | ANY for key, value in keys.items()}) | ANY


CONFIGS = shaped(
    asset=WORDS, input=st.just(True), name=WORDS, hash=WORDS, width=SCALARS, height=SCALARS, mode=WORDS, offset=SCALARS,
    duration=SCALARS, end=SCALARS, effect=WORDS, params=st.dictionaries(WORDS, SCALARS, max_size=3),
    effects=st.dictionaries(st.sampled_from(["crop", "blur", "speed", "flip", "hue"]), ANY, max_size=3),
)  # fmt: skip
NODES = shaped(id=WORDS, type=WORDS, config=CONFIGS, inputs=WORDS | st.lists(WORDS, max_size=3))
PARAMS = shaped(type=WORDS, default=SCALARS, min=SCALARS, max=SCALARS, range=st.lists(SCALARS), choices=st.lists(WORDS))
PINS = st.dictionaries(WORDS, shaped(hash=WORDS, path=WORDS, url=WORDS), max_size=2)
TOPS = shaped(
    name=WORDS,
    version=WORDS,
    params=st.dictionaries(st.sampled_from(["p", "q", "1", ""]), PARAMS, max_size=3),
    registry=shaped(assets=PINS, effects=PINS),
    output_profile=WORDS | shaped(format=WORDS, quality=SCALARS, codec=WORDS),
    dag=shaped(nodes=st.lists(NODES, min_size=1, max_size=4), output=WORDS),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOPS.filter(lambda value: isinstance(value, dict)))
def test_anything_in_the_shape_of_a_config_is_read_or_refused(value: dict[str, Any]) -> None:
    check(to_yaml(value).encode())


def chain(nodes: int, broken: bool) -> bytes:
    """A chain of nodes; `broken` ones all lack something."""
    lines = ["name: large", "dag:", "  nodes:", "    - {id: n0, type: SOURCE, config: {asset: cat}}"]
    fault = "misspelt" if broken else "degrees"
    for number in range(1, nodes):
        config = f"{{effect: hue, params: {{{fault}: {number % 360}}}}}"
        lines.append(f"    - {{id: n{number}, type: EFFECT, config: {config}, inputs: [n{number - 1}]}}")
    return "\n".join([*lines, f"  output: n{nodes - 1}\n"]).encode()


def calls(data: bytes) -> int:
    """How many functions are called to load a config: a measure of work that no other load on the machine changes."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        load_config(data, effects=Builtin())
    except ConfigError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("broken", [False, True], ids=["right", "wrong"])
def test_the_work_of_loading_grows_with_the_number_of_nodes(broken: bool) -> None:
    calls(chain(10, broken))
    small, large = calls(chain(500, broken)), calls(chain(2000, broken))
    assert large < 4.1 * small


def test_no_more_nodes_are_read_than_are_allowed() -> None:
    text = f"name: x\ndag:\n  nodes: [{'a,' * 50_000}{{}}]\n  output: a\n"
    with pytest.raises(ConfigError) as caught:
        load_config(text)
    assert str(caught.value) == "config:3:3: there are 50,001 nodes; a config has at most 50,000"
    _, found = read(text.replace("a,", "", 1).encode())
    assert found[0].message == "a node must be a mapping of keys; it is 'a'"
