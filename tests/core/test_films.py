"""Films that are joined of parts: one film to a player, and after an edit only the part that changed is rendered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery import Engine
from artcelery.core.errors import CancelledError, EffectError
from artcelery.core.events import Event, PassFinished, PassStarted
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import FORMATS
from artcelery.core.ops import OPS
from artcelery.core.state.records import RunRecord
from tests.media_files import make_film, make_sound, times_of

Cut = tuple[str, float, float]
CUTS: tuple[Cut, ...] = (("a", 0.5, 1.0), ("b", 0.25, 0.5), ("a", 1.0, 0.7), ("b", 0.0, 0.5))
RATE = 24


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    return {
        "a": make_film(folder / "a.mp4", size=(160, 96), rate=RATE, seconds=2),
        "b": make_film(folder / "b.mp4", size=(96, 96), rate=30, seconds=1, source="smptebars"),
        "music": make_sound(folder / "music.flac", seconds=4),
    }


def sequence(cuts: Sequence[Cut], config: str = "{width: 160, height: 96, fps: 24}", after: str = "") -> str:
    lines = ["name: film", "dag:", "  nodes:"]
    lines += [
        f"    - {{id: {name}, type: SOURCE, config: {{input: true}}}}" for name in sorted({cut[0] for cut in cuts})
    ]
    for number, (name, begin, length) in enumerate(cuts):
        said = f"{{offset: {begin:.9g}, duration: {length:.9g}}}"
        lines.append(f"    - {{id: cut{number}, type: SEGMENT, config: {said}, inputs: {name}}}")
    inputs = ", ".join(f"cut{number}" for number in range(len(cuts)))
    lines.append(f"    - {{id: joined, type: SEQUENCE, config: {config}, inputs: [{inputs}]}}")
    return "\n".join([*lines, after or "  output: joined", ""])


def rendered(
    engine: Engine, text: str, films: dict[str, Path], output: Path, **how: Any
) -> tuple[RunRecord, list[str]]:
    """The run, and the names of its passes."""
    path = output.with_suffix(".yaml")
    path.write_text(text)
    passes: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, PassFinished) and not event.reused:
            passes.append(event.node_id)

    config = engine.configs.load(path)
    inputs = {item.name: films[item.name] for item in config.inputs}
    run = engine.run(engine.order(config, inputs, output=output, **how), force=True, listener=listen)
    return run, passes


def decoded(path: Path) -> list[np.ndarray[Any, Any]]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def samples(path: Path) -> np.ndarray[Any, Any]:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp")
        blocks = [item.to_ndarray() for frame in container.decode(audio=0) for item in resampler.resample(frame)]
    return np.concatenate(blocks, axis=1)


def parts_of(engine: Engine) -> list[Path]:
    """The stored files of parts, in no order."""
    kept = [engine.cache.path(item.content_hash) for item in engine.cache.list()]
    return [path for path in kept if path.read_bytes()[:4] == b"\x1aE\xdf\xa3"]


FORMATS_OF_FILMS = [("mp4", None), ("webm", None), ("webm", "av1"), ("mkv", None)]


@pytest.mark.parametrize(("format", "codec"), FORMATS_OF_FILMS)
def test_the_frames_of_a_join_are_those_of_its_parts(
    engine: Engine, films: dict[str, Path], tmp_path: Path, format: str, codec: str | None
) -> None:
    profile = f"output_profile: {{format: {format}{f', codec: {codec}' if codec else ''}}}\n"
    output = tmp_path / f"film.{format}"
    _, passes = rendered(engine, profile + sequence(CUTS), films, output)
    assert sorted(passes) == ["joined", "joined 1/4", "joined 2/4", "joined 3/4", "joined 4/4"]
    frames, found = decoded(output), [decoded(path) for path in parts_of(engine) if path.stat().st_size]
    parts = [part for part in found if len(part) != len(frames)]
    assert len(frames) == sum(map(len, parts)) == 24 + 12 + 17 + 12
    place = 0
    while parts:
        part = next(part for part in parts if np.array_equal(part, frames[place : place + len(part)]))
        parts = [other for other in parts if other is not part]
        place += len(part)


def test_without_loss_a_joined_film_is_the_film_made_in_one_go(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    joined = tmp_path / "joined.mkv"
    rendered(engine, sequence(CUTS), films, joined)
    inputs = []
    for name, begin, length in CUTS:
        op = OPS["SEGMENT"](OPS["SEGMENT"].config_model.model_validate({"offset": begin, "duration": round(length, 9)}))
        source = open_file(films[name], Limits())
        inputs.append(op.streams(op.infer(source.clip), source))
    op = OPS["SEQUENCE"](OPS["SEQUENCE"].config_model.model_validate({}))
    streams = op.streams(op.infer(*(item.clip for item in inputs)), *inputs)
    at_once = tmp_path / "at-once.mkv"
    write_clip(at_once, streams, FORMATS["mkv"], lambda done: None)
    assert np.array_equal(decoded(joined), decoded(at_once))
    assert np.array_equal(samples(joined), samples(at_once))


@pytest.mark.parametrize(("format", "codec"), FORMATS_OF_FILMS)
def test_a_player_sees_one_film(
    engine: Engine, films: dict[str, Path], tmp_path: Path, format: str, codec: str | None
) -> None:
    profile = f"output_profile: {{format: {format}{f', codec: {codec}' if codec else ''}}}\n"
    output = tmp_path / f"film.{format}"
    rendered(engine, profile + sequence(CUTS), films, output)
    with av.open(str(output)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        base = stream.time_base
    decoding = [packet.dts for packet in packets]
    assert decoding == sorted(set(decoding))
    assert all(packet.dts <= packet.pts for packet in packets)
    times = sorted(packet.pts * base for packet in packets)
    assert [round((time - times[0]) * RATE, 1) for time in times] == list(range(65))
    keys = [round((packet.pts * base - times[0]) * RATE) for packet in packets if packet.is_keyframe]
    assert {0, 24, 36, 53} <= set(keys)
    assert not any(packet.has_sidedata("new_extradata") for packet in packets)


def length_of(path: Path) -> tuple[float, float]:
    """How long a film says it is, and when its last picture ends, both in seconds."""
    with av.open(str(path)) as container:
        said = (container.duration or 0) / av.time_base
        packets = [packet for packet in container.demux(video=0) if packet.size]
        ends = max((packet.pts + packet.duration) * packet.time_base for packet in packets)
    return said, float(ends)


@pytest.mark.parametrize(("format", "codec"), FORMATS_OF_FILMS)
def test_the_last_picture_of_a_joined_film_counts_in_its_length(
    engine: Engine, tmp_path: Path, format: str, codec: str | None
) -> None:
    silent = {
        name: make_film(tmp_path / f"{name}.mp4", size=(96, 96), rate=RATE, seconds=2, audio=None) for name in "ab"
    }
    profile = f"output_profile: {{format: {format}{f', codec: {codec}' if codec else ''}}}\n"
    output = tmp_path / f"film.{format}"
    rendered(engine, profile + sequence(CUTS), silent, output)
    assert length_of(output) == pytest.approx((65 / RATE, 65 / RATE), abs=0.001)


@pytest.mark.parametrize("format", ["mp4", "webm", "mkv"])
def test_every_join_can_be_sought(engine: Engine, films: dict[str, Path], tmp_path: Path, format: str) -> None:
    output = tmp_path / f"film.{format}"
    rendered(engine, sequence(CUTS), films, output)
    frames = decoded(output)
    for place in (53, 24, 36, 0):
        with av.open(str(output)) as container:
            stream = container.streams.video[0]
            start = stream.start_time or 0
            container.seek(start + int(Fraction(place, RATE) / stream.time_base) + 1, stream=stream)
            shown = next(
                frame
                for frame in container.decode(stream)
                if round((frame.pts - start) * stream.time_base * RATE) == place
            )
            assert np.array_equal(shown.to_ndarray(), frames[place])


def edited(cuts: Sequence[Cut]) -> dict[str, tuple[Sequence[Cut], list[str]]]:
    """Edits, and the parts that each has to render."""
    a, b, c, d = cuts
    return {
        "trim": ((a, b, ("a", 1.0, 0.5), d), ["joined 3/4"]),
        "swap": ((b, a, c, d), []),
        "add": ((a, b, ("a", 0.0, 0.25), c, d), ["joined 3/5"]),
        "remove": ((a, c, d), []),
        "replace": ((a, b, c, ("b", 0.5, 0.2)), ["joined 4/4"]),
        "repeat": ((a, b, a, c, d), []),
    }


@pytest.mark.parametrize("edit", edited(CUTS))
def test_after_an_edit_only_the_changed_part_is_rendered(
    engine: Engine, films: dict[str, Path], tmp_path: Path, edit: str
) -> None:
    rendered(engine, sequence(CUTS), films, tmp_path / "film.mp4")
    cuts, parts = edited(CUTS)[edit]
    _, passes = rendered(engine, sequence(cuts), films, tmp_path / "film.mp4")
    assert sorted(passes) == sorted([*parts, "joined"])
    assert len(decoded(tmp_path / "film.mp4")) == sum(round(length * RATE) for _, _, length in cuts)


def test_names_and_order_of_nodes_are_not_in_the_parts(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    first, _ = rendered(engine, sequence(CUTS), films, tmp_path / "film.mp4")
    renamed = sequence(CUTS).replace("cut", "stretch").replace("joined", "whole")
    second, passes = rendered(engine, renamed, films, tmp_path / "film.mp4")
    assert passes == []
    assert first.output_hash == second.output_hash


def test_the_plan_says_how_many_parts_are_known_and_about_how_long_the_others_take(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    rendered(engine, sequence(CUTS), films, tmp_path / "film.mp4")
    path = tmp_path / "edited.yaml"
    path.write_text(sequence((*CUTS[:3], ("a", 0.25, 1.5))))
    plan = engine.plan(engine.order(path, {"a": films["a"], "b": films["b"]}))
    assert (plan.parts, plan.parts_known) == (4, 3)
    assert [item.name for item in plan.passes] == ["joined 4/4", "joined"]
    assert plan.passes[0].seconds is not None
    assert plan.passes[0].seconds > 0
    assert plan.nodes["cut0"].status == "known"
    assert plan.nodes["cut3"].status == "render"
    said = plan.to_json()
    assert said["parts"] == {"all": 4, "known": 3}
    assert json.loads(json.dumps(said)) == said


def test_a_part_that_has_gone_is_rendered_again(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    first, _ = rendered(engine, sequence(CUTS), films, tmp_path / "film.mp4")
    gone = max(parts_of(engine), key=lambda path: path.stat().st_size)
    gone.chmod(0o600)
    gone.unlink()
    swapped = (CUTS[1], CUTS[0], *CUTS[2:])
    _, passes = rendered(engine, sequence(swapped), films, tmp_path / "film.mp4")
    assert len(passes) == 2
    again, _ = rendered(engine, sequence(CUTS), films, tmp_path / "film.mp4")
    assert again.output_hash == first.output_hash


def test_sound_runs_through_the_joins_as_if_there_were_none(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    """A tone cut at times that are no whole number of samples, and joined again, is the tone (in PCM exactly)."""
    film = make_film(tmp_path / "tone.mkv", size=(64, 48), rate=Fraction(30000, 1001), seconds=3)
    step = 1001 / 30000
    cuts: list[Cut] = [
        ("tone", max(0.0, first * step - 0.001), count * step - (0 if first else 0.001))
        for first, count in ((0, 29), (29, 31), (60, 17))
    ]
    rendered(engine, sequence(cuts, "{}"), {"tone": film}, tmp_path / "joined.mkv")
    whole = sequence([("tone", 0.0, 77 * step - 0.001)], "{}")
    rendered(engine, whole, {"tone": film}, tmp_path / "whole.mkv")
    joined, expected = samples(tmp_path / "joined.mkv"), samples(tmp_path / "whole.mkv")
    assert joined.shape[1] == round(77 * step * 48000)
    assert np.array_equal(joined, expected)


def test_encoded_sound_has_no_glitch_at_the_joins(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    cuts: list[Cut] = [("a", 0.0, 0.5), ("a", 0.5, 0.75), ("a", 1.25, 0.5)]
    rendered(engine, sequence(cuts), films, tmp_path / "joined.mp4")
    rendered(engine, sequence([("a", 0.0, 1.75)]), films, tmp_path / "whole.mp4")
    joined, whole = (off_the_tone(samples(tmp_path / f"{name}.mp4")[0]) for name in ("joined", "whole"))
    assert joined < 1.5 * whole < 0.01


def off_the_tone(sound: np.ndarray[Any, Any]) -> float:
    """How far a sound is from a tone of 440 Hz at most, its ends left out."""
    sound = sound[4800:-4800].astype(float)
    turns = 2 * np.pi * 440 * np.arange(len(sound)) / 48000
    (tone, _, _, _) = np.linalg.lstsq(np.stack([np.sin(turns), np.cos(turns)], axis=1), sound)
    return float(np.abs(sound - tone[0] * np.sin(turns) - tone[1] * np.cos(turns)).max())


def test_clips_without_sound_are_silent_and_those_with_it_stay_in_step(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    silent = make_film(tmp_path / "silent.mp4", size=(160, 96), rate=RATE, seconds=1, audio=None)
    cuts: list[Cut] = [("a", 0.0, 0.5), ("silent", 0.0, 0.5), ("a", 0.5, 0.5)]
    rendered(engine, sequence(cuts), {**films, "silent": silent}, tmp_path / "film.mkv")
    sound = samples(tmp_path / "film.mkv")
    assert sound.shape[1] == 72_000
    assert np.abs(sound[:, 24_100:47_900]).max() == 0
    assert np.abs(sound[:, 48_100:]).max() > 0.05


MUX = """\
    - {id: music, type: SOURCE, config: {input: true}}
    - {id: both, type: MUX, inputs: [%s, music]}
  output: both"""


def test_a_film_with_music_is_joined_of_the_same_parts_whatever_the_music(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    text = sequence(CUTS, after=MUX % "joined")
    _, passes = rendered(engine, text, films, tmp_path / "film.mp4")
    assert sorted(passes) == ["both", "joined 1/4", "joined 2/4", "joined 3/4", "joined 4/4"]
    other = make_sound(tmp_path / "other.wav", seconds=3, audio="sine=frequency=880")
    _, passes = rendered(engine, text, {**films, "music": other}, tmp_path / "film.mp4")
    assert passes == ["both"]
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.streams.audio[0].duration * container.streams.audio[0].time_base == pytest.approx(
            65 / 24, abs=0.03
        )


SOURCE_MUX = f"name: mux\ndag:\n  nodes:\n    - {{id: a, type: SOURCE, config: {{input: true}}}}\n{MUX % 'a'}\n"


def packets_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_mux_copies_the_packets_of_a_film_that_nothing_else_touches(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    run, passes = rendered(engine, SOURCE_MUX, films, tmp_path / "both.mp4")
    assert passes == ["both"]
    assert packets_of(tmp_path / "both.mp4") == packets_of(films["a"])
    assert np.array_equal(decoded(tmp_path / "both.mp4"), decoded(films["a"]))
    assert "the pictures of 'a' are copied, not encoded" in engine.runs.provenance(run.id)["notes"]
    times = [
        [frame.time for frame in av.open(str(path)).decode(video=0)] for path in (tmp_path / "both.mp4", films["a"])
    ]
    assert times[0] == times[1]


@pytest.mark.parametrize(
    ("suffix", "codec", "format"),
    [("mp4", "", "mp4"), ("mov", "", "mp4"), ("mkv", "", "mp4"), ("webm", "", "webm"), ("mkv", "ffv1", "mkv")],
)
def test_a_copied_film_is_as_long_as_its_source(
    engine: Engine, tmp_path: Path, suffix: str, codec: str, format: str
) -> None:
    source = make_film(tmp_path / f"a.{suffix}", size=(96, 96), rate=RATE, seconds=2, audio=None, codec=codec)
    music = make_sound(tmp_path / "music.wav", seconds=2)
    output = tmp_path / f"both.{format}"
    rendered(engine, SOURCE_MUX, {"a": source, "music": music}, output)
    assert packets_of(output) == packets_of(source)
    said, ends = length_of(output)
    assert said == pytest.approx(2, abs=0.01)  # Opus sounds on for a part of a block
    assert ends == pytest.approx(length_of(source)[1], abs=0.0001)


@pytest.mark.parametrize("frames", [48, 2, 1])
def test_reordered_pictures_are_copied_out_of_a_container_that_does_not_say_when_to_decode_them(
    engine: Engine, tmp_path: Path, frames: int
) -> None:
    options = {"preset": "medium"}
    source = make_film(tmp_path / "a.mkv", (96, 96), rate=24, seconds=frames / 24, audio=None, options=options)
    output = tmp_path / "both.mp4"
    rendered(engine, SOURCE_MUX, {"a": source, "music": make_sound(tmp_path / "music.wav", seconds=2)}, output)
    assert packets_of(output) == packets_of(source)
    assert np.array_equal(decoded(output), decoded(source))
    assert times_of(output) == times_of(source)


@pytest.mark.parametrize("how", [{"quality": 30}, {"format": "webm"}])
def test_mux_encodes_when_another_format_or_quality_is_asked_for(
    engine: Engine, films: dict[str, Path], tmp_path: Path, how: dict[str, Any]
) -> None:
    output = tmp_path / f"both.{how.get('format', 'mp4')}"
    rendered(engine, SOURCE_MUX, films, output, **how)
    assert packets_of(output) != packets_of(films["a"])
    assert len(decoded(output)) == 48


def test_mux_encodes_a_film_that_is_cut_shorter(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    short = make_sound(tmp_path / "short.wav", seconds=1)
    rendered(engine, SOURCE_MUX, {**films, "music": short}, tmp_path / "both.mp4")
    assert len(decoded(tmp_path / "both.mp4")) == 24


def test_music_that_is_shorter_than_a_joined_film_cuts_its_last_part(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    rendered(engine, sequence(CUTS, after=MUX % "joined"), films, tmp_path / "film.mp4")
    short = make_sound(tmp_path / "short.wav", seconds=2)
    text = sequence(CUTS, after=MUX % "joined")
    _, passes = rendered(engine, text, {**films, "music": short}, tmp_path / "film.mp4")
    assert sorted(passes) == ["both", "joined 3/3"]
    assert len(decoded(tmp_path / "film.mp4")) == 48


MEET = '''"""Waits until as many of its kind run at once as `of` says.

@effect meet
@param folder str default=""
@param name str default=""
@param of int default=2
"""
import os
import time


def process_frame(frame, params, state):
    if state is None:
        open(os.path.join(params["folder"], params["name"]), "w").close()
        end = time.monotonic() + 60
        while len(os.listdir(params["folder"])) < params["of"]:
            if time.monotonic() > end:
                raise RuntimeError("nobody else came")
            time.sleep(0.01)
    return frame, True
'''


def side_by_side(folder: Path, count: int) -> str:
    lines = ["name: film", "dag:", "  nodes:", "    - {id: a, type: SOURCE, config: {input: true}}"]
    for number in range(count):
        lines.append(
            f"    - {{id: cut{number}, type: SEGMENT, config: {{offset: {number * 0.25}, duration: 0.25}}, inputs: a}}"
        )
        params = f'{{folder: "{folder}", name: "{number}", of: {count}}}'
        lines.append(
            f"    - {{id: met{number}, type: EFFECT, config: {{effect: meet, params: {params}}}, inputs: cut{number}}}"
        )
    names = ", ".join(f"met{number}" for number in range(count))
    return "\n".join([*lines, f"    - {{id: joined, type: SEQUENCE, inputs: [{names}]}}", "  output: joined", ""])


def test_parts_are_rendered_side_by_side(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    effect = tmp_path / "meet.py"
    effect.write_text(MEET)
    engine.add_effect(effect)
    folder = tmp_path / "here"
    folder.mkdir()
    path = tmp_path / "film.yaml"
    path.write_text(side_by_side(folder, 3))
    run = engine.run(engine.order(path, {"a": films["a"]}), jobs=3)
    assert run.status == "completed"


def test_with_one_job_passes_run_one_after_the_other(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    running: list[str] = []
    most = 0

    def listen(event: Event) -> None:
        nonlocal most
        if isinstance(event, PassStarted):
            running.append(event.node_id)
        elif isinstance(event, PassFinished):
            running.remove(event.node_id)
        most = max(most, len(running))

    path = tmp_path / "film.yaml"
    path.write_text(sequence(CUTS))
    engine.run(engine.order(path, {"a": films["a"], "b": films["b"]}), jobs=1, listener=listen)
    assert most == 1


FAILS = '''"""Fails at its second frame.

@effect fails
"""


def process_frame(frame, params, state):
    if state:
        raise RuntimeError("on purpose")
    return frame, True
'''


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_part_that_fails_stops_the_others_and_the_run(
    engine: Engine, films: dict[str, Path], tmp_path: Path, jobs: int
) -> None:
    effect = tmp_path / "fails.py"
    effect.write_text(FAILS)
    engine.add_effect(effect)
    text = sequence(CUTS).replace("[cut0, cut1, cut2, cut3]", "[cut0, cut1, broken, cut3]")
    text = text.replace(
        "    - {id: joined",
        "    - {id: broken, type: EFFECT, config: {effect: fails}, inputs: cut2}\n    - {id: joined",
    )
    path = tmp_path / "film.yaml"
    path.write_text(text)
    with pytest.raises(EffectError, match="on purpose"):
        engine.run(engine.order(path, {"a": films["a"], "b": films["b"]}), jobs=jobs)
    (stub,) = engine.runs.page().runs
    assert stub.status == "failed"
    assert "on purpose" in (engine.runs.get(stub.id).error or {})["message"]


def test_a_cancelled_film_keeps_the_parts_it_has(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text(sequence(CUTS))
    order = engine.order(path, {"a": films["a"], "b": films["b"]})
    done: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, PassFinished):
            done.append(event.node_id)

    with pytest.raises(CancelledError):
        engine.run(order, jobs=1, listener=listen, cancelled=lambda: len(done) >= 2)
    assert engine.plan(order).parts_known == 2


def test_a_joined_film_is_the_same_bytes_however_many_jobs(
    engine: Engine, films: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "film.yaml"
    path.write_text(sequence(CUTS))
    order = engine.order(path, {"a": films["a"], "b": films["b"]})
    first = engine.run(order, jobs=1)
    verdict = engine.verify(first.id, rerender=True)
    assert verdict.rerendered
    assert verdict.content_hash == first.output_hash


def test_a_gif_is_made_in_one_go(engine: Engine, films: dict[str, Path], tmp_path: Path) -> None:
    _, passes = rendered(engine, sequence(CUTS), films, tmp_path / "film.gif")
    assert passes == ["joined"]
    assert (tmp_path / "film.gif").read_bytes()[:4] == b"GIF8"
