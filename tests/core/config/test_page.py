"""The pages on configs: what they say is what the program does, and the reference is made from the config models."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from artcelery import Engine
from artcelery.core.config import Config
from artcelery.core.config.document import read_document
from artcelery.core.config.load import TOP_KEYS
from artcelery.core.config.nodes import NODE_KEYS
from artcelery.core.config.params import PARAM_KEYS, PARAM_TYPES
from artcelery.core.config.types import find_type, type_names
from artcelery.core.errors import ConfigError
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.profiles import FORMATS
from artcelery.core.ops.generate_config import KEYS, parse_direction
from artcelery.core.ops.generate_text import ANCHORS, parse_fade, parse_position
from artcelery.core.ops.mux import parse_offset
from artcelery.core.values import (
    parse_color,
    parse_decibels,
    parse_gain,
    parse_loudness,
    parse_rate,
    parse_seconds,
    parse_size,
)
from scripts.config_page import PARSED
from scripts.config_page import page as made_anew
from tests.core.config.reading import graph, loaded, problems, warnings

DOCS = Path(__file__).parents[3] / "docs"
GUIDE, REFERENCE = DOCS / "configs.md", DOCS / "config.md"
READERS: dict[str, Callable[[object], object]] = {
    "time": parse_seconds,
    "offset": parse_offset,
    "size": parse_size,
    "colour": parse_color,
    "rate": parse_rate,
    "position": parse_position,
    "direction": parse_direction,
    "fade": parse_fade,
    "gain": parse_gain,
    "level": parse_decibels,
    "loudness": parse_loudness,
}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def sections() -> dict[str, str]:
    """The parts of the reference by their headings."""
    return {part.partition("\n")[0]: part for part in re.split(r"^## ", REFERENCE.read_text(), flags=re.MULTILINE)}


def keys_in(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key of a config model and of the models in it, with what it says of it."""
    for part in [schema, *schema.get("$defs", {}).values()]:
        for name, said in part.get("properties", {}).items():
            yield name, said.get("description", "")


def test_the_reference_is_made_from_the_ops() -> None:
    text = REFERENCE.read_text()
    missing = [name for name in type_names() if f"<!-- made: {name} -->" not in text]
    assert missing == [], "docs/config.md has no section of these types: a heading, `made` and `end`, and an example"
    assert text == made_anew(text), "run python -m scripts.config_page"


@pytest.mark.parametrize("name", type_names())
def test_every_key_of_a_type_is_in_its_table_with_its_meaning(name: str) -> None:
    found = find_type(name)
    assert found is not None
    lines = [line for line in sections()[name].splitlines() if line.startswith("| `")]
    keys = list(keys_in(found.config_model.model_json_schema()))
    assert keys
    for key, meaning in keys:
        rows = [line for line in lines if re.match(rf"\| `([a-z_.\[\]]+\.)?{key}` \|", line)]
        assert any(line.endswith(f"| {meaning} |") for line in rows), (key, meaning)


def test_every_kind_of_generate_and_its_keys_are_said() -> None:
    for kind, keys in KEYS.items():
        assert f"| `{kind}` | {', '.join(f'`{key}`' for key in keys)} |\n" in sections()["GENERATE"]


def test_what_a_node_has_and_every_type_are_on_both_pages() -> None:
    for page in (GUIDE.read_text(), sections()["A node"]):
        assert [key for key in NODE_KEYS if f"| `{key}` |" not in page] == []
    assert [name for name in type_names() if not re.search(rf"\b{name}\b", GUIDE.read_text())] == []


def test_values_are_written_as_the_page_says() -> None:
    rows = [line.split(" | ") for line in sections()["Kinds of values"].splitlines() if line.startswith("| ")][2:]
    seen, kind = set(), ""
    for first, written, _ in rows:
        kind = first.removeprefix("| ").strip("| ") or kind
        for text in re.findall("`(.+?)`", written) if kind in READERS else ():
            READERS[kind](text if text.startswith("#") else read_document(f"it: {text}".encode()).value["it"])
            seen.add(kind)
    assert seen == set(READERS)
    named = {kind for kind in PARSED.values() if kind in READERS or kind == "name"}
    assert named == {*READERS, "name"}
    assert [name for name in ANCHORS if f"`{name}`" not in sections()["Kinds of values"]] == []


@pytest.mark.parametrize("name", type_names())
def test_the_example_of_a_type_gives_what_its_first_line_says(name: str, engine: Engine) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", sections()[name], re.MULTILINE | re.DOTALL)
    config = loaded(example)
    assert (warnings(example), name in {node.type for node in config.nodes}) == ([], True)
    said = example.partition("\n")[0].removeprefix("# ")
    order = engine.order(config)
    assert engine.plan(order).graph.target.clip.describe() == said
    run = engine.run(order)
    assert run.status == "completed"
    if said != "document":
        made = probe(engine.output_path(run))
        assert made.describe() == said


def test_the_document_of_an_analysis_is_what_the_page_shows(engine: Engine) -> None:
    example, shown = blocks(REFERENCE, "yaml")[-2], blocks(REFERENCE, "json document")[0]
    run = engine.run(engine.order(loaded(example)))
    assert json.loads(engine.output_path(run).read_text()) == json.loads(shown)


def test_inputs_that_differ_are_brought_together_as_the_page_shows(engine: Engine) -> None:
    (example,), (notes,) = blocks(REFERENCE, "yaml matching"), blocks(REFERENCE, "text notes")
    plan = engine.plan(engine.order(loaded(example)))
    assert plan.graph.target.clip.describe() == example.partition("\n")[0].removeprefix("# ")
    assert list(plan.notes) == notes.splitlines()


CLIPS = (
    "{id: card, type: GENERATE, config: {kind: testsrc, width: 320, height: 180, duration: 2}}",
    "{id: tone, type: GENERATE, config: {kind: tone, duration: 2}}",
    "{id: large, type: MUX, inputs: [card, tone]}",
    "{id: small, type: GENERATE, config: {kind: testsrc, width: 120, height: 160, fps: 24, duration: 1}}",
    "{id: beep, type: GENERATE, config: {kind: tone, layout: mono, sample_rate: 44100, duration: 0.5}}",
    "{id: cat, type: SOURCE, config: {asset: cat}}",
    "{id: other, type: RESIZE, config: {width: 30, height: 20}, inputs: cat}",
    "{id: found, type: ANALYZE, config: {features: [tempo]}, inputs: tone}",
)


def of_clips(node: str) -> Config:
    """A config whose output is a node that works on some of the clips above."""
    return loaded(graph(*CLIPS, f"{{id: it, {node}}}", output="it"))


@pytest.mark.parametrize(
    ("node", "clip"),
    [
        ("type: SEQUENCE, inputs: [small, large]", "film 120x160 24 fps 3 s, sound 48000 Hz stereo"),
        ("type: SEQUENCE, config: {duration: 1}, inputs: [cat, other]", "film 451x300 25 fps 2 s"),
        (
            "type: SWITCH, config: {cuts: [{at: 0.5, input: 1}]}, inputs: [large, small]",
            "film 320x180 30 fps 1 s, sound 48000 Hz stereo",
        ),
        ("type: LAYER, inputs: [small, large]", "film 120x160 24 fps 2 s, sound 48000 Hz stereo"),
        ("type: LAYER, config: {layout: grid, audio: none}, inputs: [small, large]", "film 240x160 24 fps 2 s"),
        ("type: LAYER, inputs: [other, cat]", "still 30x20"),
        ("type: BLEND, inputs: [small, large]", "film 120x160 24 fps 1 s"),
        ("type: BLEND, inputs: [other, cat]", "still 30x20"),
        ("type: MUX, inputs: [small, beep]", "film 120x160 24 fps 0.5 s, sound 44100 Hz mono"),
        ("type: MUX, inputs: [other, tone]", "film 30x20 25 fps 2 s, sound 48000 Hz stereo"),
        ("type: AUDIO_MIX, inputs: [beep, tone]", "sound 2 s, 48000 Hz stereo"),
    ],
)
def test_size_rate_length_and_sound_follow_from_the_inputs_as_the_tables_say(
    node: str, clip: str, engine: Engine
) -> None:
    assert engine.plan(engine.order(of_clips(node))).graph.target.clip.describe() == clip


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ("type: SEQUENCE, inputs: [small, tone]", "pictures and sounds cannot follow each other"),
        ("type: SEQUENCE, inputs: [small, found]", "input 2 is a document"),
        ("type: SEQUENCE, config: {transition: {type: wipe, duration: 3}}, inputs: [small, large]", "shorten them"),
        ("type: SWITCH, config: {cuts: [{at: 1, input: 1}]}, inputs: [large, tone]", "cannot be shown"),
        ("type: SWITCH, config: {cuts: [{at: 1, input: 1}]}, inputs: [cat, other]", "stills do not say how long"),
        ("type: SWITCH, config: {cuts: [{at: 3, input: 0}, {at: 4, input: 1}]}, inputs: [large, cat]", "after the end"),
        (
            "type: SWITCH, config: {cuts: [{at: 1, input: 1}], duration: longest}, inputs: [large, small]",
            "is shown from 1 s to 2 s, and ends at 1 s",
        ),
        ("type: LAYER, inputs: [small, tone]", "input 2 of this LAYER is a sound"),
        ("type: LAYER, config: {layers: [{}, {position: [500, 0]}]}, inputs: [small, cat]", "outside of the canvas"),
        ("type: LAYER, config: {layers: [{}, {start: 5}]}, inputs: [small, cat]", "begins at 5 s"),
        ("type: BLEND, inputs: [small, found]", "input 2 of this BLEND is a document"),
        ("type: MUX, inputs: [tone, beep]", "input 1 gives the pictures, and has none"),
        ("type: MUX, inputs: [large, small]", "input 2 gives the sound, and has none"),
        ("type: MUX, config: {loop_audio: true}, inputs: [cat, tone]", "neither has a still"),
        ("type: AUDIO_MIX, inputs: [tone, small]", "input 2 has no sound"),
    ],
)
def test_what_does_not_go_together_is_refused_as_the_page_says(node: str, says: str, engine: Engine) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        engine.plan(engine.order(of_clips(node)))


def test_the_examples_of_the_guide_are_right() -> None:
    examples = blocks(GUIDE, "yaml")
    assert len(examples) == 6
    assert [problems(example) for example in examples] == [[]] * 6


def test_the_report_is_what_the_program_says() -> None:
    (wrong,), (report,) = blocks(GUIDE, "yaml wrong"), blocks(GUIDE, "text")
    with pytest.raises(ConfigError) as caught:
        loaded(wrong)
    assert str(caught.value).replace("file.yaml", "poster.yaml") == report.rstrip("\n")


@pytest.mark.parametrize(
    "names", [TOP_KEYS, PARAM_KEYS, [*PARAM_TYPES], [*FORMATS], [*NODE_KEYS, "nodes", "output", "hash"]]
)
def test_every_key_type_and_format_is_in_the_guide(names: list[str]) -> None:
    page = GUIDE.read_text()
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_first_example_has_no_warnings() -> None:
    assert warnings(blocks(GUIDE, "yaml")[0]) == []
