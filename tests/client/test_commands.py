"""Commands print the same and end the same, whether they work here or with a server."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from artcelery.core.hashing import content_hash
from tests.client.site import Person, Proxy, Site, site
from tests.media_files import make_film, make_still, picture_array

SMALL = """\
name: small
params:
  width: {type: int, default: 100, min: 1, max: 1000, description: How wide.}
dag:
  nodes:
    - {id: photo, type: SOURCE, config: {input: true, description: Any picture.}}
    - {id: smaller, type: RESIZE, config: {width: "${width}"}, inputs: photo}
  output: smaller
"""
BAD = """\
name: bad
dag:
  nodes:
    - {id: a, type: SOURCE, config: {asset: cat}}
    - {id: b, type: RESIZE, config: {widht: 100}, inputs: a}
    - {id: c, type: EFFECT, config: {effect: dgo}, inputs: b}
  output: d
"""
LOST = SMALL.replace("{input: true, description: Any picture.}", "{asset: lost}")


@pytest.fixture
def alone(tmp_path: Path) -> Person:
    """Somebody without a server."""
    return Person(tmp_path)


def prepare(*people: Person) -> None:
    for person in people:
        for name, text in {"small.yaml": SMALL, "bad.yaml": BAD, "lost.yaml": LOST}.items():
            (person.folder / name).write_text(text)
        make_still(person.folder / "photo.png")


def test_a_result_is_the_same_file_and_known_on_the_server_from_then_on(alone: Person, person: Person) -> None:
    prepare(alone, person)
    for words in (
        ["render", "dog", "photo.png", "-o", "dog.png"],
        ["run", "small.yaml", "-i", "photo=photo.png", "-o", "s.webp"],
    ):
        here, there = alone.run(*words), person.run(*words)
        assert (there.returncode, there.stdout) == (here.returncode, here.stdout) == (0, words[-1] + "\n"), there.stderr
        assert (alone.folder / words[-1]).read_bytes() == (person.folder / words[-1]).read_bytes()
    again = person.run("render", "dog", "photo.png", "--wait")
    assert "everything known" in again.stderr
    assert again.stdout == f"{person.server}/cache/{content_hash(person.folder / 'dog.png')}\n"
    facts = json.loads(person.run("render", "dog", "photo.png", "-w", "--json").stdout)
    assert facts["content_hash"] == content_hash(person.folder / "dog.png")
    assert not [path.name for path in person.folder.iterdir() if path.name.startswith(".") or path.name == "home"]


SAME = [
    ["effects", "show", "dog", "--json"],
    ["assets", "list", "--json"],
    ["config", "check", "bad.yaml", "--json"],
    ["run", "small.yaml", "-i", "photo=photo.png", "--width", "31", "-n"],
    ["run", "small.yaml", "-i", "photo=photo.png", "--width", "31", "-n", "--json"],
    ["run", "small.yaml", "-i", "phot=cat"],
    ["run", "small.yaml", "-i", "photo=cat", "--width", "5000"],
    ["run", "small.yaml", "-i", "photo=nowhere.png"],
    ["render", "dgo", "cat"],
    ["render", "dog", "cat", "-p", "colour=9"],
    ["render", "dog", "cat", "-o", "x.xyz"],
    ["render", "dog", "cat", "-o", "photo.png"],
    ["runs", "show", "nothing"],
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Person, Person]]:
    """Somebody without a server, and somebody with one on which nothing was rendered."""
    folder = tmp_path_factory.mktemp("both")
    with site(folder / "site", with_worker=False) as fresh:
        people = Person(folder), fresh.person("ada")
        prepare(*people)
        yield people


@pytest.mark.parametrize("words", SAME, ids=" ".join)
def test_what_is_printed_is_the_same_word_for_word(both: tuple[Person, Person], words: list[str]) -> None:
    here, there = (person.start(*words) for person in both)
    said = [(*process.communicate(timeout=60), process.returncode) for process in (here, there)]
    assert said[0] == said[1]


def test_the_life_of_a_run_a_config_and_a_file(person: Person) -> None:
    prepare(person)
    added = person.run("config", "add", "small.yaml")
    assert added.stdout == content_hash(person.folder / "small.yaml") + "\n"
    facts = json.loads(person.run("run", "small", "-i", "photo=photo.png", "--width", "21", "-w", "--json").stdout)
    shown = json.loads(person.run("runs", "show", facts["run"], "--json").stdout)
    assert (shown["status"], shown["params"], shown["output_hash"]) == (
        "completed",
        {"width": 21},
        facts["content_hash"],
    )
    assert facts["run"] in person.run("runs", "list").stdout
    record = json.loads(person.run("runs", "show", facts["run"], "--provenance").stdout)
    assert record["output"]["content_hash"] == facts["content_hash"]
    told = [entry["kind"] for entry in json.loads(person.run("runs", "logs", facts["run"], "--json").stdout)]
    assert told == ["started", "finished", "started", "completed"]
    refused = person.run("cache", "rm", facts["content_hash"][:12])
    assert (refused.returncode, facts["run"] in refused.stderr) == (4, True)
    assert person.run("runs", "cancel", facts["run"]).returncode == 4
    assert person.run("runs", "rm", facts["run"]).stdout == facts["run"] + "\n"
    assert person.run("cache", "get", facts["content_hash"], "-o", "out.png").stdout == "out.png\n"
    assert content_hash(person.folder / "out.png") == facts["content_hash"]
    assert person.run("cache", "rm", facts["content_hash"]).stdout == facts["content_hash"] + "\n"
    assert person.run("cache", "get", facts["content_hash"], "-o", "again.png").returncode == 2
    assert not (person.folder / "again.png").exists()


def test_a_file_is_named_and_sent_but_once(person: Person, shared: Site) -> None:
    make_still(person.folder / "my.png", picture_array(72, 50))
    wanted = content_hash(person.folder / "my.png")
    assert person.run("cache", "import", "my.png", "--name", "mine").stdout == wanted + "\n"
    assert person.run("assets", "add", "also", "my.png").stdout == wanted + "\n"
    assets = {item["name"]: item["content_hash"] for item in json.loads(person.run("assets", "list", "--json").stdout)}
    assert (assets["mine"], assets["also"]) == (wanted, wanted)
    assert person.run("render", "invert", "mine", "-o", "negative.png").returncode == 0
    with Proxy(shared.port) as proxy:
        assert person.through(proxy).run("render", "invert", "my.png", "-n").returncode == 0
    assert proxy.received < 8000


def test_the_workers_of_a_server_are_shown_to_who_operates_it(person: Person, shared: Site) -> None:
    shown = json.loads(person.run("worker", "status", "--json").stdout)
    (worker,) = shared.server.services.engine.workers().workers
    (said,) = shown["workers"]
    changing = {"beat_at": 0, "busy": 0}
    assert {**said, **changing} == {**json.loads(json.dumps(asdict(worker))), **changing}
    assert worker.name in person.run("worker", "status").stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["render", "dog", "cat", "--sync"], 2, "--sync renders on this machine"),
        (["render", "own.py", "cat"], 4, "no server runs code that comes from outside"),
        (["effects", "add", "own.py"], 4, "artcelery effects add FILE"),
        (["cache", "import", "own.py"], 4, "artcelery effects add FILE"),
        (["run", "lost.yaml"], 3, "lost.yaml:6:7: SOURCE 'photo': there is no asset or hash 'lost'"),
        (["doctor"], 2, "artcelery --server '' doctor"),
        (["cache", "prune"], 2, "artcelery --server '' cache prune"),
        (["verify", "x.png"], 2, "works on this machine only"),
        (["serve"], 2, "artcelery --server '' serve"),
        (["worker"], 2, "works on this machine only"),
        (["--server", "ftp://x", "runs", "list"], 2, "write https://HOST"),
        (["--server", "http://127.0.0.1:1", "runs", "list"], 5, "does not answer"),
        (["--server", "", "doctor"], 0, ""),
    ],
)
def test_what_a_server_cannot_do_is_said(person: Person, words: list[str], code: int, said: str) -> None:
    prepare(person)
    done = person.run(*words)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_who_waits_sees_bars_of_what_the_server_renders(person: Person) -> None:
    make_film(person.folder / "film.mp4", seconds=3)
    main, side = pty.openpty()
    environment = {**person.environment, "TERM": "xterm"}
    command = person.command("render", "kaleidoscope", "film.mp4", "--wait")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=side, env=environment, cwd=person.folder) as process:
        os.close(side)
        seen = b""
        with suppress(OSError):
            while part := os.read(main, 4096):
                seen += part
        assert process.wait() == 0
    os.close(main)
    assert "apply_kaleidoscope" in seen.decode()
