"""What runs do on a farm: the same as here, spread over workers; with the reason when they do not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from artcelery.core.engine import open_engine
from artcelery.core.events import Event, PassFinished, PassProgress, PassStarted, RunFinished, RunStarted
from tests.media_files import make_film, make_sound
from tests.worker.farm import TestFarm, until

CUTS = """\
name: cuts
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: a, type: SEGMENT, config: {offset: 0, duration: 0.4}, inputs: film}
    - {id: b, type: SEGMENT, config: {offset: 0.8, duration: 0.4}, inputs: film}
    - {id: c, type: SEGMENT, config: {offset: 0.4, duration: 0.4}, inputs: film}
    - {id: cut, type: SEQUENCE, inputs: [a, b, c]}
  output: cut
"""
BEATS = """\
name: on-the-beat
dag:
  nodes:
    - {id: song, type: SOURCE, config: {input: true}}
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: facts, type: ANALYZE, config: {features: [duration]}, inputs: song}
    - {id: cut, type: SEGMENT, config: {duration: "${facts.duration}"}, inputs: film}
  output: cut
"""
SLOW = """\
name: slow
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: slow, type: EFFECT, config: {effect: kaleidoscope}, inputs: film}
  output: slow
"""
BROKEN = '''\
"""A broken effect.

@effect broken
"""
import pathlib

def process_frame(frame, params, state):
    if pathlib.Path(__FLAG__).exists():
        return frame
    raise ValueError("it is broken")
'''


def local_hash(farm: TestFarm, config: str, inputs: dict[str, Path]) -> tuple[str | None, str]:
    """The output of the same order rendered in this process, in a home of its own."""
    apart = farm.settings(home=farm.folder / "apart", redis_url=None, store_url=None)
    with open_engine(apart) as engine:
        run = engine.run(engine.order(farm.config(config), inputs))
        return run.output_hash, run.output_key


def test_a_film_of_parts_is_spread_and_has_the_bytes_of_a_local_render(farm: TestFarm) -> None:
    film = make_film(farm.folder / "film.mp4", seconds=1.4)
    farm.start("one", "-c", "1")
    farm.start("two", "-c", "1")
    run = farm.wait(farm.submit(CUTS, {"film": film}))
    assert (run.output_hash, run.output_key) == local_hash(farm, CUTS, {"film": film})
    kinds = [(entry.kind, entry.data.get("pass")) for entry in farm.engine().runs.journal(run.id)]
    finished = [name for kind, name in kinds if kind == "finished"]
    assert sorted(finished) == ["cut", "cut 1/3", "cut 2/3", "cut 3/3"]
    assert finished[-1] == "cut"
    assert kinds[-1][0] == "completed"
    record = farm.engine().runs.provenance(run.id)
    assert record["output"]["content_hash"] == run.output_hash
    assert {item["node"] for item in record["passes"]} == set(finished)
    assert {node.status for node in run.nodes if node.type != "SOURCE"} == {"rendered"}


def test_what_is_known_is_not_rendered_again_and_needs_no_worker(farm: TestFarm) -> None:
    film = make_film(farm.folder / "film.mp4", seconds=1.4)
    engine = farm.engine()
    here = engine.run(engine.order(farm.config(CUTS), {"film": film}))
    run = farm.submit(CUTS, {"film": film})
    assert (run.status, run.output_hash) == ("completed", here.output_hash)


def test_a_stage_is_planned_when_its_analyses_are_known(farm: TestFarm) -> None:
    film = make_film(farm.folder / "film.mp4", seconds=1.4)
    song = make_sound(farm.folder / "song.wav", seconds=0.6)
    inputs = {"film": film, "song": song}
    runs = [farm.submit(BEATS, inputs) for _ in range(2)]
    farm.start("one", "-c", "1")
    for run in [farm.wait(run) for run in runs]:
        assert (run.output_hash, run.output_key) == local_hash(farm, BEATS, inputs)
        assert run.output_name == "song-film-on-the-beat.mp4"
        assert [node.id for node in run.nodes] == ["song", "film", "facts", "cut"]
    kinds = [entry.kind for run in runs for entry in farm.engine().runs.journal(run.id)]
    assert "planned" in kinds
    record = farm.engine().runs.provenance(runs[0].id)
    assert [item["node"] for item in record["passes"]] == ["facts", "cut"]


def test_two_runs_of_one_key_render_it_once(farm: TestFarm) -> None:
    film = make_film(farm.folder / "film.mp4", seconds=2)
    first, second = (farm.submit(SLOW, {"film": film}) for _ in range(2))
    farm.start("one", "-c", "2")
    ended = [farm.wait(run) for run in (first, second)]
    assert ended[0].output_hash == ended[1].output_hash
    started = [entry for run in ended for entry in farm.engine().runs.journal(run.id) if entry.kind == "started"]
    assert len([entry for entry in started if entry.data["pass"]]) == 1


def test_a_run_that_fails_says_why_and_a_retry_renders_what_is_missing(farm: TestFarm) -> None:
    film, flag = make_film(farm.folder / "film.mp4", seconds=0.4), farm.folder / "whole"
    source = farm.folder / "broken.py"
    source.write_text(BROKEN.replace("__FLAG__", repr(str(flag))))
    farm.engine().add_effect(source)
    farm.start()
    run = farm.submit(SLOW.replace("kaleidoscope", "broken"), {"film": film})
    failed = farm.wait(run, "failed")
    assert failed.error
    assert failed.error["code"] == "effect-failed"
    assert "it is broken" in failed.error["message"]
    assert farm.engine().runs.passes(run.id) == []
    flag.touch()
    words = [sys.executable, "-m", "artcelery", "runs", "retry", run.id]
    again = subprocess.run(words, env=farm.environment, capture_output=True, text=True, timeout=60)
    assert (again.stdout.strip(), again.returncode) == (run.id, 0), again.stderr
    assert farm.wait(run).error is None


def test_who_follows_a_run_hears_what_happens(farm: TestFarm) -> None:
    film = make_film(farm.folder / "film.mp4", seconds=8)
    farm.start()
    run, events = farm.submit(SLOW, {"film": film}), list[Event]()
    farm.engine().follow(run.id, events.append)
    kinds = [type(event) for event in events]
    assert (kinds[0], kinds[-1]) == (RunStarted, RunFinished)
    assert kinds.count(PassStarted) == kinds.count(PassFinished) == 1
    far = [event.done for event in events if isinstance(event, PassProgress)]
    assert far
    assert far == sorted(far)


def program(farm: TestFarm, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "artcelery", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=farm.environment, cwd=farm.folder, timeout=90)


def test_the_command_line_submits_waits_and_shows(farm: TestFarm) -> None:
    alone = program(farm, "render", "dog", "cat")
    assert (alone.returncode, len(alone.stdout.strip())) == (0, 26)
    assert "no worker is alive" in alone.stderr
    shown = json.loads(program(farm, "runs", "show", alone.stdout.strip(), "--json").stdout)
    assert shown["status"] == "pending"
    farm.start("one", "--queues", "effects,probe,render")
    waited = program(farm, "runs", "wait", alone.stdout.strip(), "-o", "dog.png")
    assert (waited.returncode, waited.stdout.strip()) == (0, "dog.png"), waited.stderr
    assert (farm.folder / "dog.png").read_bytes().startswith(b"\x89PNG")
    done = program(farm, "render", "sepia", "cat", "--wait", "-o", "sepia.png")
    assert (done.returncode, done.stderr.count("no worker")) == (0, 0), done.stderr
    status = json.loads(program(farm, "worker", "status", "--json").stdout)
    assert [item["name"].split("@")[0] for item in status["workers"]] == ["one"]
    table = program(farm, "worker", "status").stdout
    assert table.startswith("WORKER")
    logs = program(farm, "runs", "logs", alone.stdout.strip()).stdout
    assert "by one@" in logs
    wrong = program(farm, "runs", "cancel", alone.stdout.strip())
    assert (wrong.returncode, "completed already" in wrong.stderr) == (4, True)


def test_celery_itself_starts_a_worker_too(farm: TestFarm) -> None:
    run = farm.submit(CUTS, {"film": make_film(farm.folder / "film.mp4", seconds=1.4)})
    words = [sys.executable, "-m", "celery", "-A", "artcelery.worker.app", "worker", "-n", "plain@%h", "-c", "1"]
    with (farm.folder / "celery.log").open("wb") as log:
        process = subprocess.Popen(words, env=farm.environment, stdout=log, stderr=log, start_new_session=True)
    try:
        farm.wait(run)
    finally:
        process.terminate()
        assert process.wait(60) == 0, (farm.folder / "celery.log").read_text()


def test_the_parent_of_the_pool_never_loads_ffmpeg(farm: TestFarm) -> None:
    worker = farm.start("one", "-c", "1")
    farm.wait(farm.submit(CUTS, {"film": make_film(farm.folder / "film.mp4", seconds=1.4)}))
    children = [pid for pid in alive_in_group(worker.pid) if pid != worker.pid]
    assert not loads_ffmpeg(worker.pid)
    assert any(loads_ffmpeg(pid) for pid in children)


def loads_ffmpeg(pid: int) -> bool:
    return "libavcodec" in Path(f"/proc/{pid}/maps").read_text()


def test_a_worker_stops_when_it_is_told_and_leaves_no_process(farm: TestFarm) -> None:
    worker = farm.start("one", "-c", "2")
    assert worker.stop() == 0
    until(lambda: not alive_in_group(worker.pid), "its children have ended")
    assert farm.engine().workers().workers == []


def alive_in_group(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group and "Z" not in (entry / "stat").read_text().split()[2]:
                    found.append(int(entry.name))
            except (ProcessLookupError, FileNotFoundError):
                continue
    return found
