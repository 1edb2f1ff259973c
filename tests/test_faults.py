"""The whole program when it is killed, frozen, out of space, or finds what it kept changed."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from artcelery import Engine, Settings, open_engine
from artcelery.core.errors import ArtceleryError, CancelledError, UsageError
from artcelery.core.events import PassFinished, PassStarted
from artcelery.core.hashing import content_hash
from tests.core.store.children import Child, finished, kill, on_small_disk, ready, start, until_ready
from tests.media_files import frames_of, make_film, make_still, picture_array
from tests.worker.farm import until

KILLS = 100
AT_ONCE = 3


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ARTCELERY_")}
    return {**kept, "ARTCELERY_HOME": str(home), "PYTHONUTF8": "1"}


def begin(home: Path, *words: object) -> Child:
    """The program at work in that home, in a process of its own; what it renders, it renders there."""
    here = ["--sync"] if words[0] in ("render", "run") else []
    command = [sys.executable, "-m", "artcelery", str(words[0]), *here, *map(str, words[1:])]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", env=environment(home)
    )


def artcelery(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """The program when it has ended; it never shows its insides."""
    process = begin(home, *words)
    out, err = process.communicate(timeout=240)
    assert "Traceback" not in err
    assert "should not have happened" not in err, err
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def facts(home: Path, *words: object) -> Any:
    """What a command prints with --json; it must end well."""
    done = artcelery(home, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def results_of(home: Path) -> dict[str, int]:
    """The size of every recorded result by its content hash, read past the program."""
    with sqlite3.connect(home / "state.db") as state:
        rows = dict(state.execute("SELECT content_hash, size_bytes FROM results"))
    state.close()
    return rows


def left_over(home: Path) -> list[str]:
    """What lies in the folder for unfinished files."""
    return os.listdir(home / "cache" / ".tmp")


def blob(home: Path, name: str) -> Path:
    return home / "cache" / name[:2] / name


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "film.mp4", size=(160, 120), seconds=1)


def rendered(home: Path, effect: str, film: Path) -> str:
    """Render in this process, where nothing goes wrong; the content hash of the result."""
    with open_engine(Settings(home=home)) as engine:
        return str(engine.render(effect, film).output_hash)


# Killed.


@dataclass(frozen=True)
class _Kill:
    """A render that one other asks for too, and that is killed."""

    home: Path
    film: Path
    life_s: float

    def __call__(self, number: int) -> int:
        """Kill one at some moment of its life; one that was done before is tried again, and sooner."""
        moment = random.Random(number).uniform(0, self.life_s)
        while True:
            process = begin(self.home, "render", "hue", self.film, "-p", f"degrees={number // 2}")
            time.sleep(moment)
            process.kill()
            process.communicate()
            if process.returncode != 0:
                return process.returncode
            moment *= 0.7


def _life_s(home: Path, film: Path) -> float:
    """How long a render takes when as many are at work as will be killed."""
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: artcelery(home, "render", "hue", film, "-p", f"degrees={number}"), range(6)))
    return (time.monotonic() - began) / 6 * AT_ONCE


@pytest.mark.timeout(900)
def test_a_hundred_killed_renders_leave_nothing_half_done_and_the_next_ones_complete(
    tmp_path: Path, home: Path, film: Path
) -> None:
    kill = _Kill(home, film, 1.2 * _life_s(tmp_path / "elsewhere", film))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        endings = Counter(pool.map(kill, range(KILLS)))
    assert endings == {-signal.SIGKILL: KILLS}

    recorded = results_of(home)
    assert all(blob(home, name).stat().st_size == size for name, size in recorded.items())
    assert facts(home, "cache", "verify")["wrong"] == []

    with open_engine(Settings(home=home)) as engine, open_engine(Settings(home=tmp_path / "elsewhere")) as calm:
        for degrees in range(KILLS // 2):
            run = engine.render("hue", film, params={"degrees": degrees})
            assert run.status == "completed"
            if degrees < 10:
                assert run.output_hash == calm.render("hue", film, params={"degrees": degrees}).output_hash
        statuses = Counter(run.status for run in engine.runs.page(limit=1000).runs)
        assert engine.cache.verify().wrong == ()
    assert statuses["failed"] > KILLS / 20  # those that were killed while they rendered
    assert set(statuses) == {"failed", "completed"}
    assert len(results_of(home)) == KILLS / 2
    assert left_over(home) == []


def render_slowly(home: str, film: str) -> None:
    """In a child with a lease that lapses soon: render, and say which file came out."""
    with open_engine(Settings(home=Path(home), lease_s=0.5)) as engine:
        print(engine.render("kaleidoscope", Path(film)).output_hash)


def _until_rendering(home: Path) -> None:
    until(lambda: list((home / "cache" / ".tmp").glob("*/result*")), "it renders")


def test_who_is_frozen_longer_than_its_lease_goes_on_and_both_come_to_one_result(tmp_path: Path, home: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(320, 240), seconds=3)
    frozen = start(render_slowly, home, film)
    _until_rendering(home)
    frozen.send_signal(signal.SIGSTOP)
    first = finished(start(render_slowly, home, film))
    frozen.send_signal(signal.SIGCONT)
    assert finished(frozen) == first
    assert list(results_of(home)) == [first]
    assert content_hash(blob(home, first)) == first
    assert left_over(home) == []


# Out of space, or not allowed to write.


def fill(path: Path, leave_bytes: int) -> None:
    """Fill the disk with a file, but for so many bytes."""
    path.unlink(missing_ok=True)
    space = os.statvfs(path.parent)
    path.write_bytes(bytes(max(0, space.f_bavail * space.f_frsize - leave_bytes)))


def render_on_full_disk(folder: str, film: str) -> None:
    """In a child, on a disk of 12 MB: render with ever more space, then see what still works."""
    home, ballast = Path(folder, "home"), Path(folder, "ballast")
    first = rendered(home, "invert", Path(film))
    said = []
    for left in (0, 100_000, 400_000, 1_600_000):
        fill(ballast, left)
        done = artcelery(home, "render", "grain", film, "--format", "mkv")
        said.append((done.returncode, done.stderr.strip().splitlines()[-1]))
        assert left_over(home) == []
    fill(ballast, 200_000)
    copy = Path(film).with_name("copy.mp4")  # on another disk
    assert artcelery(home, "cache", "get", first, "-o", copy).returncode == 0
    assert content_hash(copy) == first
    ballast.unlink()
    runs = facts(home, "runs", "list")["runs"]
    assert facts(home, "cache", "verify")["wrong"] == []
    assert len(results_of(home)) == 1
    again = artcelery(home, "render", "grain", film, "--format", "mkv")
    assert again.returncode == 0, again.stderr
    assert len(frames_of(Path(again.stdout.strip()))) == 30
    failures = [facts(home, "runs", "show", run["id"])["error"]["code"] for run in runs if run["status"] == "failed"]
    print(json.dumps({"said": said, "statuses": [run["status"] for run in runs], "failures": failures}))


def test_a_disk_that_fills_up_while_rendering_is_a_clear_error(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(320, 240), seconds=1, audio=None)
    (tmp_path / "small").mkdir()
    found = json.loads(on_small_disk("12m", tmp_path / "small", render_on_full_disk, tmp_path / "small", film))
    assert {code for code, _ in found["said"]} == {1}
    for _, words in found["said"]:
        assert re.search("no room|no space|its free space", words), words
        assert "free" in words
    assert set(found["statuses"]) == {"completed", "failed"}
    assert set(found["failures"]) == {"store-full"}
    assert len(found["failures"]) > 1


def import_on_full_disk(folder: str, film: str) -> None:
    """In a child, on a disk smaller than the film: import it."""
    home = Path(folder, "home")
    done = artcelery(home, "cache", "import", film)
    print(done.returncode, done.stderr.strip())
    assert facts(home, "cache", "list") == []
    assert left_over(home) == []


def test_an_input_that_does_not_fit_is_a_clear_error(tmp_path: Path) -> None:
    still = make_still(tmp_path / "large.bmp", picture_array(1500, 1500))
    (tmp_path / "small").mkdir()
    said = on_small_disk("4m", tmp_path / "small", import_on_full_disk, tmp_path / "small", still)
    assert re.match(r"1 artcelery: no room in .* for 6\.75 MB: the disk is full \(.* free\); free some with", said)


def use_read_only_home(folder: str, film: str) -> None:
    """In a child: render, make the disk read-only, and see what still works."""
    home = Path(folder, "home")
    first = rendered(home, "invert", Path(film))
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    plan = artcelery(home, "render", "invert", film, "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "nothing to render" in plan.stderr
    refused = artcelery(home, "render", "sepia", film)
    print(refused.returncode, refused.stderr.strip())
    assert blob(home, first).exists()


def test_a_home_that_is_read_only_is_said_and_plans_go_on(tmp_path: Path, film: Path) -> None:
    (tmp_path / "small").mkdir()
    said = on_small_disk("12m", tmp_path / "small", use_read_only_home, tmp_path / "small", film)
    assert said.startswith("1 artcelery: ")
    assert "check the permissions" in said


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_a_pipe_or_device_is_never_replaced_by_a_result(
    engine: Engine, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    target = tmp_path / "out.png"
    make(target)
    with pytest.raises(UsageError, match="is a device or a pipe, which is never replaced"):
        engine.render("invert", "cat", output=target, force=True)
    assert not target.is_file()
    assert engine.runs.page().runs == ()


def test_an_output_may_have_the_longest_name_there_is(engine: Engine, tmp_path: Path) -> None:
    target = tmp_path / ("é" * 125 + ".png")
    assert engine.render("invert", "cat", output=target).output_hash == content_hash(target)
    with pytest.raises(UsageError, match="File name too long"):
        engine.render("invert", "cat", output=tmp_path / ("x" * 300 + ".png"))


# A film that is joined of parts.


WAITS = '''"""Waits until a file is there.

@effect waits
@param file str default=""
"""
import os
import time


def process_frame(frame, params, state):
    end = time.monotonic() + 60
    while not os.path.exists(params["file"]) and time.monotonic() < end:
        time.sleep(0.01)
    return frame
'''


@dataclass(frozen=True)
class Joining:
    """A film of three parts, the last of which is only made when the file `go` is there."""

    config: Path
    film: Path
    go: Path

    def home(self, path: Path) -> Path:
        """A home that knows the effect."""
        with open_engine(Settings(home=path)) as engine:
            engine.add_effect(self.config.with_name("waits.py"))
        return path

    def rendered(self, home: Path) -> str:
        """The content hash of the film when nothing goes wrong."""
        self.go.touch()
        with open_engine(Settings(home=home)) as engine:
            return str(engine.run(engine.order(self.config, {"film": self.film})).output_hash)


def joining(folder: Path, film: Path, format: str = "mp4") -> Joining:
    go = folder / "go"
    lines = [f"name: film\noutput_profile: {format}\ndag:\n  nodes:"]
    lines += ["    - {id: film, type: SOURCE, config: {input: true}}"]
    lines += [
        f"    - {{id: cut{number}, type: SEGMENT, config: {{offset: {number * 0.3}, duration: 0.3}}, inputs: film}}"
        for number in range(3)
    ]
    waits = f'{{effect: waits, params: {{file: "{go}"}}}}'
    lines += [f"    - {{id: last, type: EFFECT, config: {waits}, inputs: cut2}}"]
    lines += ["    - {id: joined, type: SEQUENCE, inputs: [cut0, cut1, last]}", "  output: joined", ""]
    (folder / "film.yaml").write_text("\n".join(lines))
    (folder / "waits.py").write_text(WAITS)
    return Joining(folder / "film.yaml", film, go)


def join_killed_before(home: str, config: str, film: str) -> None:
    """In a child: render the parts of a film, and be killed when the last one is there."""
    parts = []

    def kill(event: object) -> None:
        if isinstance(event, PassFinished):
            parts.append(event.node_id)
        if len(parts) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_engine(Settings(home=Path(home))) as engine:
        engine.run(engine.order(Path(config), {"film": Path(film)}), jobs=1, listener=kill)


def join(home: str, config: str, film: str) -> None:
    """In a child: render a film with a job for each pass; say when the join begins, and what came out."""

    def tell(event: object) -> None:
        if isinstance(event, PassStarted) and event.node_id == "joined":
            ready()

    with open_engine(Settings(home=Path(home))) as engine:
        try:
            print(engine.run(engine.order(Path(config), {"film": Path(film)}), jobs=4, listener=tell).output_hash)
        except ArtceleryError as error:
            print(error.code, error)


def until_two_parts(home: Path) -> None:
    """Wait until all parts but the last are there; a join may begin before."""
    until(lambda: len(results_of(home)) >= 2, "two parts are there")


def parts_only(work: Joining, home: Path) -> list[str]:
    """Render the parts of a film, and stop before they are joined; their content hashes."""
    work.go.touch()
    done: list[object] = []

    def listen(event: object) -> None:
        if isinstance(event, PassFinished):
            done.append(event)

    with open_engine(Settings(home=home)) as engine:
        order = engine.order(work.config, {"film": work.film})
        with pytest.raises(CancelledError):
            engine.run(order, jobs=1, listener=listen, cancelled=lambda: len(done) >= 3)
    found = list(results_of(home))
    assert len(found) == 3
    return found


def test_a_run_that_is_killed_between_the_last_part_and_the_join_is_finished_by_the_next(
    tmp_path: Path, home: Path, film: Path
) -> None:
    work = joining(tmp_path, film)
    work.go.touch()
    child = start(join_killed_before, work.home(home), work.config, film)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert len(results_of(home)) == 3
    assert work.rendered(home) == work.rendered(work.home(tmp_path / "elsewhere"))
    assert facts(home, "cache", "verify")["wrong"] == []
    assert left_over(home) == []


def test_a_run_that_is_killed_while_a_join_waits_for_a_part_is_finished_by_the_next(
    tmp_path: Path, home: Path, film: Path
) -> None:
    work = joining(tmp_path, film)
    child = until_ready(start(join, work.home(home), work.config, film))
    until_two_parts(home)
    kill(child)
    assert len(results_of(home)) == 2
    assert work.rendered(home) == work.rendered(work.home(tmp_path / "elsewhere"))
    assert facts(home, "cache", "verify")["wrong"] == []
    assert left_over(home) == []


def join_on_full_disk(folder: str, config: str, film: str) -> None:
    """In a child, on a disk of 24 MB: render parts, and join them with ever more space."""
    home, work = Path(folder, "home"), Joining(Path(config), Path(film), Path(config).with_name("go"))
    parts = parts_only(work, work.home(home))
    size, said = sum(results_of(home).values()), []
    for share in (8, 4, 2):
        fill(Path(folder, "ballast"), size // share)
        done = artcelery(home, "run", config, "-i", f"film={film}")
        said.append((done.returncode, done.stderr.strip().splitlines()[-1]))
        assert left_over(home) == []
    Path(folder, "ballast").unlink()
    assert facts(home, "cache", "verify")["wrong"] == []
    assert sorted(results_of(home)) == sorted(parts)
    print(json.dumps({"said": said, "film": work.rendered(home)}))


def test_a_disk_that_fills_up_during_a_join_is_a_clear_error(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(320, 240), seconds=1, audio=None)
    (tmp_path / "small").mkdir()
    work = joining(tmp_path, film, "mkv")
    said = on_small_disk("24m", tmp_path / "small", join_on_full_disk, tmp_path / "small", work.config, film)
    found = json.loads(said)
    assert {code for code, _ in found["said"]} == {1}
    assert all(re.search("no room|no space|its free space", words) for _, words in found["said"]), found["said"]
    assert found["film"] == work.rendered(work.home(tmp_path / "elsewhere"))


def test_parts_that_a_join_waits_for_are_not_pruned(tmp_path: Path, home: Path, film: Path) -> None:
    work = joining(tmp_path, film)
    child = until_ready(start(join, work.home(home), work.config, film))
    until_two_parts(home)
    before = results_of(home)
    assert artcelery(home, "cache", "prune").returncode == 0
    assert results_of(home) == before
    work.go.touch()
    film_hash = work.rendered(work.home(tmp_path / "elsewhere"))
    assert finished(child) == film_hash
    assert work.rendered(home) == film_hash
    assert left_over(home) == []


@pytest.mark.parametrize("damage", ["a bit", "another part"])
def test_a_part_that_is_not_what_its_result_says_is_never_joined(
    tmp_path: Path, home: Path, film: Path, damage: str
) -> None:
    work = joining(tmp_path, film)
    first, second, _ = parts_only(work, work.home(home))
    if damage == "a bit":
        flip_a_bit(blob(home, first))
    else:
        blob(home, first).chmod(0o644)
        blob(home, first).write_bytes(blob(home, second).read_bytes().ljust(results_of(home)[first], b"\0"))
    film_hash = work.rendered(work.home(tmp_path / "elsewhere"))
    done = artcelery(home, "run", work.config, "-i", f"film={film}")
    if done.returncode:
        assert re.search("of a part is damaged or gone; run it again", done.stderr), done.stderr
    assert work.rendered(home) == film_hash
    assert content_hash(blob(home, film_hash)) == film_hash
    assert facts(home, "cache", "verify")["wrong"] == []


# Changed behind its back.


def test_a_flipped_bit_in_a_result_is_found_and_it_is_rendered_again(home: Path, film: Path) -> None:
    name = rendered(home, "invert", film)
    flip_a_bit(blob(home, name))
    done = artcelery(home, "cache", "verify")
    assert (done.returncode, done.stdout.strip()) == (1, name)
    assert [path.name for path in (home / "cache" / "quarantine").iterdir()] == [f"{name}.1"]
    assert not results_of(home)
    again = facts(home, "render", "invert", film)
    assert (again["content_hash"], again["rendered"]) == (name, 1)
    assert content_hash(blob(home, name)) == name
    assert facts(home, "cache", "verify")["wrong"] == []


def test_a_flipped_bit_in_an_input_is_found_and_it_is_taken_in_again(tmp_path: Path, home: Path, film: Path) -> None:
    rendered(home, "invert", film)
    name = content_hash(film)
    flip_a_bit(blob(home, name))
    assert artcelery(home, "cache", "verify").stdout.strip() == name
    assert facts(home, "render", "sepia", film)["content_hash"] == rendered(tmp_path / "elsewhere", "sepia", film)
    assert content_hash(blob(home, name)) == name


def test_an_asset_whose_file_was_damaged_is_asked_for_again(engine: Engine, settings: Settings, film: Path) -> None:
    name = engine.assets.add(film, "mine").content_hash
    flip_a_bit(blob(settings.home_dir, name))
    assert engine.cache.verify().wrong == (name,)
    with pytest.raises(ArtceleryError, match="import it"):
        engine.render("invert", "mine")
    engine.assets.add(film)
    assert engine.render("invert", "mine").status == "completed"


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 100), lambda path: _as_folder(path)])
def test_a_lost_cut_or_replaced_file_is_a_miss(home: Path, film: Path, damage: Callable[[Path], object]) -> None:
    name = rendered(home, "invert", film)
    blob(home, name).chmod(0o644)
    damage(blob(home, name))
    done = artcelery(home, "render", "invert", film)
    assert done.returncode == 0, done.stderr
    assert "rendered 1 of 2 nodes" in done.stderr
    assert content_hash(blob(home, name)) == name


def _as_folder(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent)


def test_a_render_in_which_an_input_goes_missing_says_which(engine: Engine, settings: Settings, film: Path) -> None:
    def lose(event: object) -> None:
        path = blob(settings.home_dir, content_hash(film))
        path.unlink(missing_ok=True)

    with pytest.raises(Exception, match=r"gone from the cache; run it again, or import it again"):
        engine.render("invert", film, listener=lose)
    (run,) = engine.runs.page().runs
    assert run.status == "failed"
    assert engine.render("invert", film).status == "completed"


def test_a_damaged_file_is_mended_by_giving_it_again(engine: Engine, settings: Settings, film: Path) -> None:
    name = engine.assets.add(film).content_hash
    flip_a_bit(blob(settings.home_dir, name))
    assert engine._context.store.put(film).content_hash == name
    assert engine._context.store.put_bytes(film.read_bytes()).content_hash == name
    assert content_hash(blob(settings.home_dir, name)) == name


def test_a_file_of_the_store_is_never_taken_out_of_it(engine: Engine, settings: Settings, film: Path) -> None:
    path = blob(settings.home_dir, engine.assets.add(film).content_hash)
    assert engine._context.store.put(path, consume=True).content_hash == path.name
    assert content_hash(path) == path.name


# A state that is no state any more.


def _truncated(path: Path) -> None:
    os.truncate(path, 3000)


def _garbled(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _damaged_within(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + random.Random(1).randbytes(len(data) - 100))


@pytest.mark.parametrize("damage", [_truncated, _garbled, _damaged_within])
def test_a_damaged_state_says_what_to_do_and_that_works(home: Path, film: Path, damage: Callable[[Path], None]) -> None:
    name = rendered(home, "invert", film)
    for beside in home.glob("state.db-*"):
        beside.unlink()
    damage(home / "state.db")
    for words in (["runs", "list"], ["render", "invert", film, "--dry-run"]):
        done = artcelery(home, *words)
        assert done.returncode == 1
        assert "state.db' is damaged or no state file" in done.stderr
        assert "move it and its -wal and -shm away to begin again" in done.stderr
    for path in home.glob("state.db*"):
        path.rename(path.with_name(f"old-{path.name}"))
    again = facts(home, "render", "invert", film)
    assert (again["content_hash"], again["rendered"]) == (name, 1)


# Odd places.


@pytest.mark.parametrize("name", ["it's;$(touch x)`id`", 'new\nline "|%d', "http:?#%20*", "caf\udce9 日本"])
def test_a_home_may_be_called_anything(tmp_path: Path, film: Path, name: str) -> None:
    home = tmp_path / name
    done = artcelery(home, "render", "invert", film, "-o", home.with_name("out.mp4"))
    assert done.returncode == 0, done.stderr
    assert content_hash(tmp_path / "out.mp4") == rendered(tmp_path / "elsewhere", "invert", film)
    assert "nothing to render" in artcelery(home, "render", "invert", film, "--dry-run").stderr
    assert {path.name for path in tmp_path.iterdir()} == {name, "film.mp4", "elsewhere", "out.mp4"}


def test_a_home_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    done = artcelery(tmp_path / "home", "render", "invert", "cat")
    assert done.returncode == 1
    assert "home/state.db' cannot be opened: File exists; check the permissions, or set ARTCELERY_HOME" in done.stderr


def test_a_moved_home_is_at_home(tmp_path: Path, home: Path, film: Path) -> None:
    name = rendered(home, "invert", film)
    shutil.move(home, tmp_path / "moved")
    again = facts(tmp_path / "moved", "render", "invert", film)
    assert (again["content_hash"], again["rendered"]) == (name, 0)
