"""Analyses that decide what follows, nodes that are kept, and what several nodes share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery import Engine
from artcelery.core.errors import ConfigError, RenderError
from artcelery.core.events import Event, PassFinished, PassProgress, RunPlanned
from artcelery.core.state.records import RunRecord
from tests.media_files import make_film, make_sound

BEATS = """\
name: beats
dag:
  nodes:
    - {id: track, type: SOURCE, config: {input: true}}
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: other, type: SOURCE, config: {input: true}}
    - {id: beats, type: ANALYZE, config: {features: [beats, tempo]}, inputs: track}
    - {id: cut, type: SEQUENCE, config: {at: "${beats.beats[:6]}", fps: 24}, inputs: [film, other]}
    - {id: whole, type: MUX, inputs: [cut, track]}
  output: whole
"""


def clicks(path: Path, times: list[float], seconds: float, level: float = 0.8) -> Path:
    """A track of clicks."""
    sound = np.zeros(int(seconds * 44100), np.float32)
    ring = np.exp(-np.arange(2000) / 300) * np.sin(np.arange(2000) * 0.3)
    for time in times:
        at = int(time * 44100)
        sound[at : at + 2000] += level * ring[: len(sound) - at]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("flac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 44100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("staged")
    times = [0.5 + 0.5 * number for number in range(15)]
    return {
        "track": clicks(folder / "track.flac", times, 8.5),
        "softer": clicks(folder / "softer.flac", times, 8.5, 0.6),
        "film": make_film(folder / "film.mp4", size=(96, 64), rate=24, seconds=4),
        "other": make_film(folder / "other.mp4", size=(96, 64), rate=24, seconds=4, source="smptebars"),
    }


def rendered(engine: Engine, text: str, inputs: dict[str, Path], folder: Path) -> tuple[RunRecord, list[str]]:
    path = folder / "config.yaml"
    path.write_text(text)
    passes: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, PassFinished) and not event.reused:
            passes.append(event.node_id)

    return engine.run(engine.order(path, inputs), listener=listen), passes


def given(files: dict[str, Path], **changed: Path) -> dict[str, Path]:
    return {name: changed.get(name, files[name]) for name in ("track", "film", "other")}


def test_clips_are_cut_on_the_beats_of_a_track(engine: Engine, files: dict[str, Path], tmp_path: Path) -> None:
    run, passes = rendered(engine, BEATS, given(files), tmp_path)
    assert passes[0] == "beats"
    assert sorted(passes[1:]) == [*(f"cut {number}/6" for number in range(1, 7)), "whole"]
    result = engine.output_path(run)
    with av.open(str(result)) as container:
        keys = [
            round(float(packet.pts * packet.time_base), 3)
            for packet in container.demux(video=0)
            if packet.size and packet.is_keyframe
        ]
    beats = next(node for node in run.nodes if node.id == "beats").content_hash
    assert beats is not None
    heard = engine.cache.document(beats)["beats"][:5]
    assert keys[0] == 0
    assert keys[1:] == pytest.approx(heard, abs=0.5 / 24 + 0.001)


def test_until_the_analysis_is_known_the_plan_is_of_two_stages(
    engine: Engine, files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(BEATS)
    order = engine.order(path, given(files))
    plan = engine.plan(order)
    assert plan.waiting == ("beats",)
    assert [item.name for item in plan.passes] == ["beats"]
    assert plan.to_json()["waiting"] == ["beats"]
    planned: list[RunPlanned] = []
    engine.run(order, listener=lambda event: planned.append(event) if isinstance(event, RunPlanned) else None)
    assert [event.passes for event in planned] == [7]
    after = engine.plan(order)
    assert (after.waiting, after.passes) == ((), ())


def test_an_equal_analysis_renders_no_picture_again(engine: Engine, files: dict[str, Path], tmp_path: Path) -> None:
    rendered(engine, BEATS, given(files), tmp_path)
    _, passes = rendered(engine, BEATS, given(files, track=files["softer"]), tmp_path)
    assert passes == ["beats", "whole"]


def test_what_an_analysis_found_is_in_the_record_and_is_verified(
    engine: Engine, files: dict[str, Path], tmp_path: Path
) -> None:
    run, _ = rendered(engine, BEATS, given(files), tmp_path)
    cut = next(node for node in run.nodes if node.id == "cut")
    assert len(cut.config["at"]) == 6
    assert engine.verify(run.id, rerender=True).content_hash == run.output_hash


def test_a_value_that_does_not_fit_is_shown_with_its_place(
    engine: Engine, files: dict[str, Path], tmp_path: Path
) -> None:
    text = BEATS.replace("beats[:6]", "beats[40]")
    with pytest.raises(ConfigError, match=r"config.yaml:8:\d+.*beats"):
        rendered(engine, text, given(files), tmp_path)
    (stub,) = engine.runs.page().runs
    assert stub.status == "failed"


def test_an_analysis_can_be_the_output(engine: Engine, files: dict[str, Path], tmp_path: Path) -> None:
    text = BEATS.replace("output: whole", "output: beats").replace("config: {input: true}", "config: {input: true}")
    lines = [
        line
        for line in text.splitlines()
        if not any(f"id: {name}," in line for name in ("film", "other", "cut", "whole"))
    ]
    run, passes = rendered(engine, "\n".join(lines), {"track": files["track"]}, tmp_path)
    assert passes == ["beats"]
    assert engine.output_path(run).suffix in (".json", "")
    found = json.loads(engine.output_path(run).read_bytes())
    assert found == engine.cache.document(run.output_hash or "")
    assert found["tempo"] == pytest.approx(120, rel=0.01)
    _, again = rendered(engine, "\n".join(lines), {"track": files["track"]}, tmp_path)
    assert again == []


SLOW = '''"""Counts its frames in a file, and works on each for a while.

@effect counted
@param log str default=""
@param work float default=0
"""
import time


def process_frame(frame, params, state):
    with open(params["log"], "a") as log:
        log.write("x")
    end = time.thread_time() + params["work"]
    while time.thread_time() < end:
        pass
    return 255 - frame
'''
SHARED = """\
name: shared
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: slow, type: EFFECT, config: {effect: counted, params: {log: "%s", work: %s}}, inputs: film%s}
    - {id: left, type: EFFECT, config: {effect: %s}, inputs: slow}
    - {id: right, type: TRANSFORM, config: {effects: {flip: horizontal}}, inputs: slow}
    - {id: both, type: LAYER, config: {layout: grid, columns: 2}, inputs: [left, right]}
  output: both
"""


@pytest.fixture
def log(engine: Engine, tmp_path: Path) -> Path:
    effect = tmp_path / "counted.py"
    effect.write_text(SLOW)
    engine.add_effect(effect)
    return tmp_path / "log"


def test_a_node_that_two_others_look_at_is_rendered_once(
    engine: Engine, files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    rendered(engine, SHARED % (log, 0, "", "invert"), {"film": files["film"]}, tmp_path)
    assert len(log.read_text()) == 96


def test_nodes_that_are_alike_are_one_whatever_they_are_called(
    engine: Engine, files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    text = SHARED % (log, 0, "", "invert")
    twin = next(line for line in text.splitlines() if "id: slow" in line).replace("id: slow", "id: twin")
    text = text.replace("inputs: slow}", "inputs: twin}", 1).replace("    - {id: left", f"{twin}\n    - {{id: left")
    rendered(engine, text, {"film": files["film"]}, tmp_path)
    assert len(log.read_text()) == 96


def test_a_node_that_is_kept_is_not_rendered_again(
    engine: Engine, files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    kept = ", cache: true"
    first, passes = rendered(engine, SHARED % (log, 0, kept, "invert"), {"film": files["film"]}, tmp_path)
    assert passes == ["slow", "both"]
    second, passes = rendered(engine, SHARED % (log, 0, kept, "sepia"), {"film": files["film"]}, tmp_path)
    assert passes == ["both"]
    assert len(log.read_text()) == 96
    assert first.output_hash != second.output_hash


def test_keeping_a_node_changes_no_picture_and_no_key(
    engine: Engine, files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    text = "output_profile: mkv\n" + SHARED
    kept, _ = rendered(engine, text % (log, 0, ", cache: true", "invert"), {"film": files["film"]}, tmp_path)
    pictures = _pictures(engine.output_path(kept))
    engine.runs.remove(kept.id)
    engine.cache.prune()
    plain, passes = rendered(engine, text % (log, 0, "", "invert"), {"film": files["film"]}, tmp_path)
    assert passes == ["both"]
    assert plain.output_key == kept.output_key
    assert np.array_equal(_pictures(engine.output_path(plain)), pictures)


def _pictures(path: Path) -> np.ndarray[Any, Any]:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def test_the_plan_advises_to_keep_what_costs_much_and_did_not_change(
    engine: Engine, files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    rendered(engine, SHARED % (log, 0.03, "", "invert"), {"film": files["film"]}, tmp_path)
    path = tmp_path / "edited.yaml"
    path.write_text(SHARED % (log, 0.03, "", "sepia"))
    (advice,) = engine.plan(engine.order(path, {"film": files["film"]})).advice
    assert advice.startswith("'slow' takes ")
    assert "`cache: true` would keep it" in advice
    path.write_text(SHARED % (log, 0.03, ", cache: true", "sepia"))
    assert engine.plan(engine.order(path, {"film": files["film"]})).advice == ()


def test_a_clip_of_a_film_that_is_kept_is_read_from_its_file(
    engine: Engine, files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    counting = f'{{log: "{log}", work: 0}}'
    text = f"""\
name: kept
dag:
  nodes:
    - {{id: film, type: SOURCE, config: {{input: true}}}}
    - {{id: slow, type: EFFECT, config: {{effect: counted, params: {counting}}}, inputs: film, cache: true}}
    - {{id: one, type: SEGMENT, config: {{duration: 1}}, inputs: slow}}
    - {{id: all, type: SEQUENCE, inputs: [one, slow]}}
  output: all
"""
    _, passes = rendered(engine, text, {"film": files["film"]}, tmp_path)
    assert passes[0] == "slow"
    assert sorted(passes[1:]) == ["all", "all 1/2", "all 2/2"]
    assert len(log.read_text()) == 96


IDENTITY = """\
name: kept
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: a, type: RESIZE, config: {width: 40}, inputs: film, cache: true}
    - {id: b, type: EFFECT, config: {effect: identity}, inputs: a, cache: true}
    - {id: c, type: RESIZE, config: {width: 20}, inputs: b}
  output: c
"""


def test_what_identity_passes_on_is_kept_once(engine: Engine, files: dict[str, Path], tmp_path: Path) -> None:
    run, passes = rendered(engine, IDENTITY, {"film": files["film"]}, tmp_path)
    assert run.status == "completed"
    assert len(passes) == 2
    with av.open(str(engine.output_path(run))) as container:
        assert sum(1 for _ in container.decode(video=0)) == 96


@pytest.mark.parametrize(
    ("type", "config", "said"),
    [
        ("SEQUENCE", "{duration: 1e5}", "it would last 100000 s"),
        ("RESIZE", "{width: 16000, height: 16000, mode: stretch}", "it would be 16000x16000 pixels"),
    ],
)
def test_what_would_never_end_is_refused_before_it_begins(
    engine: Engine, tmp_path: Path, type: str, config: str, said: str
) -> None:
    path = tmp_path / "endless.yaml"
    path.write_text(
        "name: endless\ndag:\n  nodes:\n    - {id: cat, type: SOURCE, config: {asset: cat}}\n"
        f"    - {{id: it, type: {type}, config: {config}, inputs: [cat]}}\n  output: it\n"
    )
    with pytest.raises(ConfigError, match=said):
        engine.plan(engine.order(path))


def test_a_mix_that_cannot_be_brought_to_its_loudness_is_named(engine: Engine, tmp_path: Path) -> None:
    """Also where another node writes the file."""
    path = tmp_path / "quiet.yaml"
    path.write_text(
        """\
name: quiet
dag:
  nodes:
    - {id: nothing, type: GENERATE, config: {kind: silence, duration: 1}}
    - {id: picture, type: GENERATE, config: {kind: color, width: 32, height: 32, duration: 1}}
    - {id: leveled, type: AUDIO_MIX, config: {loudness: -14}, inputs: nothing}
    - {id: film, type: MUX, inputs: [picture, leveled]}
  output: film
"""
    )
    with pytest.raises(RenderError, match=r"node 'leveled' \(AUDIO_MIX\) cannot be brought to -14 LUFS: it is silent"):
        engine.run(engine.order(engine.configs.load(path), {}))


@pytest.mark.parametrize(
    "node",
    ["{id: it, type: ANALYZE, inputs: track}", "{id: it, type: AUDIO_MIX, config: {loudness: -20}, inputs: track}"],
)
def test_what_is_read_is_reported_while_nothing_is_encoded(engine: Engine, tmp_path: Path, node: str) -> None:
    path, track, events = tmp_path / "long.yaml", make_sound(tmp_path / "long.flac", 120), list[PassProgress]()
    path.write_text(
        "name: long\ndag:\n  nodes:\n    - {id: track, type: SOURCE, config: {input: true}}\n"
        f"    - {node}\n  output: it\n"
    )

    def listen(event: Event) -> None:
        if isinstance(event, PassProgress):
            events.append(event)

    engine.run(engine.order(engine.configs.load(path), {"track": track}), listener=listen)
    early = [event for event in events if not event.done]
    assert len(early) > 1
    assert early[-1].read > early[0].read > 0
    assert [event.read for event in events] == sorted(event.read for event in events)
