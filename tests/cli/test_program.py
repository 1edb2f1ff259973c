"""The command line: results on stdout, words on stderr, exit codes that scripts can trust."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from artcelery.cli.app import EXIT_CODES, exit_code
from artcelery.core import errors
from artcelery.core.hashing import content_hash
from tests.cli.conftest import Program
from tests.media_files import frames_of, make_film
from tests.services import free_port

CAT = "047187ee24e261bd44db59180cc6239d7a7f748228ceab081b52a2804c012326"
BAD = """\
name: bad
dag:
  nodes:
    - {id: a, type: SOURCE, config: {asset: cat}}
    - {id: b, type: RESIZE, config: {widht: 100}, inputs: a}
    - {id: c, type: EFFECT, config: {effect: dgo}, inputs: b}
  output: d
"""
ODD_NAME = """\
name: odd
dag:
  nodes:
    - {{id: film, type: SOURCE, config: {{input: true}}}}
    - {{id: "{name}", type: EFFECT, config: {{effect: kaleidoscope}}, inputs: film}}
  output: "{name}"
"""
PINNED = """\
name: pinned
registry: {{effects: {{invert: {{hash: {hash}}}}}}}
dag:
  nodes:
    - {{id: cat, type: SOURCE, config: {{asset: cat}}}}
    - {{id: negative, type: EFFECT, config: {{effect: invert}}, inputs: cat}}
  output: negative
"""
TWO = """\
name: two
dag:
  nodes:
    - {id: picture, type: SOURCE, config: {input: true, description: Any picture.}}
    - {id: other, type: SOURCE, config: {input: true}}
    - {id: out, type: EFFECT, config: {effect: append}, inputs: [picture, other]}
  output: out
"""
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


def test_the_cat_goes_through_dog(program: Program, tmp_path: Path) -> None:
    done = program("render", "dog", "cat", "--sync", "-o", "dog.png")
    assert (done.returncode, done.stdout) == (0, "dog.png\n")
    assert "rendered 1 of 2 nodes" in done.stderr
    again = program("render", "dog", "cat", "--sync")
    assert "everything known" in again.stderr
    assert Path(again.stdout.strip()).read_bytes() == (tmp_path / "dog.png").read_bytes()


def test_json_is_one_document_with_the_facts(program: Program) -> None:
    facts = json.loads(program("render", "dog", "cat", "--json", "--sync").stdout)
    assert facts["status"] == "completed"
    assert content_hash(Path(facts["output"])) == facts["content_hash"]
    shown = json.loads(program("runs", "show", "last", "--json").stdout)
    assert shown["id"] == facts["run"]
    record = json.loads(program("runs", "show", facts["run"], "--provenance").stdout)
    assert record["output"]["content_hash"] == facts["content_hash"]
    items = json.loads(program("cache", "list", "--json").stdout)
    assert sorted(item["origin"] for item in items) == ["effect", "graph", "import", "record", "render"]
    (made,) = [item for item in items if item["origin"] == "render"]
    assert (made["content_hash"], made["clip"]) == (facts["content_hash"], "still 451x300")
    for command in (["runs", "list"], ["cache", "list"], ["cache", "stats"], ["effects", "list"], ["assets", "list"]):
        assert json.loads(program(*command, "--json").stdout)


def test_every_problem_of_a_config_is_a_line(program: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    done = program("config", "check", "bad.yaml")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert [line.split(": ")[0].rsplit(":", 1)[0] for line in lines] == ["bad.yaml:5", "bad.yaml:6", "bad.yaml:7"]
    assert "did you mean 'width'" in lines[0]
    assert "did you mean 'dog'" in lines[1]
    assert program("run", "bad.yaml").returncode == 3


def test_parameters_of_a_config_are_options(program: Program, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    for words in (["--set", "width=60"], ["--width", "60"], ["--width=60"]):
        done = program("run", "small.yaml", "-i", "photo=cat", *words, "-o", "out.png", "--force")
        assert done.returncode == 0, done.stderr
        assert frames_of(tmp_path / "out.png")[0].shape[1] == 60
    for words in (["--widht", "60"], ["--width", "many"], ["--width", "5000"], ["--set", "height=3"], ["-i", "x=cat"]):
        assert program("run", "small.yaml", "-i", "photo=cat", *words, "--sync").returncode in (2, 3)
    wrong = program("run", "small.yaml", "-i", "photo=cat", "--width", "5000", "--sync").stderr
    assert wrong == "artcelery: the parameter 'width': must be a whole number from 1 to 1000; got 5000\n"
    shown = program("config", "show", "small.yaml").stdout
    assert "--width" in shown
    assert "-i photo=" in shown


def test_a_dry_run_says_why_and_writes_nothing(program: Program, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    done = program("run", "small.yaml", "-i", "photo=cat", "--dry-run")
    assert "smaller  RESIZE  to render  never rendered" in done.stdout
    assert not (tmp_path / "home").exists()
    program("run", "small.yaml", "-i", "photo=cat", "--sync")
    assert "RESIZE.width 100 -> 200" in program("run", "small.yaml", "-i", "photo=cat", "--width", "200", "-n").stdout


CUTS = """\
name: cuts
dag:
  nodes:
    - {{id: one, type: GENERATE, config: {{kind: testsrc, width: 32, height: 32, duration: 4}}}}
    - {{id: two, type: GENERATE, config: {{kind: noise, width: 32, height: 32, duration: 4}}}}
    - {{id: film, type: SWITCH, config: {{cuts: {{at: [{times}]}}}}, inputs: [one, two]}}
    - {{id: small, type: RESIZE, config: {{width: 16}}, inputs: film}}
  output: {output}
"""


def passes_of(program: Program) -> list[str]:
    """The lines of the second table of a plan."""
    return program("run", "cuts.yaml", "-n").stdout.split("\n\n")[1].splitlines()


def test_a_dry_run_shows_the_passes_and_the_parts_of_a_film_in_one_row(program: Program, tmp_path: Path) -> None:
    (tmp_path / "cuts.yaml").write_text(CUTS.format(times="1, 2, 3", output="small"))
    assert passes_of(program) == ["PASS   RENDERS         FRAMES", "small  4 nodes in one  120"]
    (tmp_path / "cuts.yaml").write_text(CUTS.format(times="1, 2, 3", output="film"))
    assert passes_of(program) == [
        "PASS        RENDERS        FRAMES",
        "film 1-4/4  4 parts        120",
        "film        joins 4 parts  120",
    ]
    program("run", "cuts.yaml", "--sync")
    (tmp_path / "cuts.yaml").write_text(CUTS.format(times="0.9, 2, 2.8", output="film"))
    changed = passes_of(program)
    assert [line.split("  ")[0] for line in changed] == ["PASS", "film 1-4/4", "film"]
    assert changed[0].split() == ["PASS", "RENDERS", "FRAMES", "ABOUT"]
    (tmp_path / "cuts.yaml").write_text(CUTS.format(times="1, 2, 2.8", output="film"))
    assert [line.split("  ")[0] for line in passes_of(program)] == ["PASS", "film 3-4/4", "film"]


def test_the_life_of_a_config_and_an_asset(program: Program, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    made = program("config", "add", "small.yaml").stdout.strip()
    assert "small" in program("config", "list").stdout
    graphs = [
        program("config", "graph", "small", "--format", name).stdout for name in ("text", "dot", "mermaid", "json")
    ]
    assert graphs[0].startswith("smaller  RESIZE")
    assert graphs[1].startswith("digraph {")
    assert graphs[2].startswith("flowchart LR")
    assert json.loads(graphs[3])["output"] == "smaller"
    assert json.loads(program("config", "schema").stdout)["title"]
    assert program("config", "rm", "small").stdout.strip() == made
    cat = program("render", "identity", "cat", "--sync").stdout.strip()
    assert program("cache", "import", cat, "--name", "cat2").stdout.strip() == CAT
    assert program("render", "invert", "cat2", "--sync").returncode == 0
    refused = program("cache", "rm", "cat2")
    assert refused.returncode == 4
    assert "is needed by run" in refused.stderr
    assert program("assets", "rm", "cat2").returncode == 0


def test_another_version_of_a_built_in_effect_runs_where_its_hash_is_pinned(program: Program, tmp_path: Path) -> None:
    own = Path(__file__).parents[2] / "artcelery" / "effects" / "invert.py"
    (tmp_path / "old.py").write_text(own.read_text().replace("@version 1.0.0", "@version 0.9.0"))
    pin = content_hash(tmp_path / "old.py")
    (tmp_path / "pinned.yaml").write_text(PINNED.format(hash=pin))
    missing = program("run", "pinned.yaml", "--sync")
    assert missing.returncode == 3
    assert f"pinned to {pin}, but the installed one is {content_hash(own)}" in missing.stderr
    assert program("cache", "import", "old.py").stdout.strip() == pin
    assert program("run", "pinned.yaml", "--sync").returncode == 0
    record = json.loads(program("runs", "show", "last", "--provenance").stdout)
    assert record["effects"] == [{"name": "invert", "version": "0.9.0", "content_hash": pin}]
    program("render", "invert", "cat", "--sync")
    record = json.loads(program("runs", "show", "last", "--provenance").stdout)
    assert record["effects"][0]["content_hash"] == content_hash(own)


def test_verify_and_doctor(program: Program, tmp_path: Path) -> None:
    program("render", "dog", "cat", "-o", "dog.png")
    assert program("verify", "dog.png", "--rerender").returncode == 0
    (tmp_path / "dog.png").write_bytes(b"other")
    assert program("verify", "dog.png").returncode == 1
    doctor = program("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert program("cache", "verify").returncode == 0


def test_doctor_asks_the_remote_store(program: Program, environment: dict[str, str], tmp_path: Path) -> None:
    def said(url: str) -> tuple[int, str]:
        environment["ARTCELERY_STORE_URL"] = url
        doctor = program("doctor")
        return doctor.returncode, doctor.stdout

    code, text = said(f"http://127.0.0.1:{free_port()}")
    assert code == 1
    assert "store: the remote store http://127.0.0.1" in text
    assert "check that it runs and that ARTCELERY_STORE_URL is right" in text
    (tmp_path / "shared").mkdir()
    code, text = said((tmp_path / "shared").as_uri())
    assert code == 0, text
    assert f"ok    store: file://{tmp_path}/shared" in text
    code, text = said((tmp_path / "elsewhere").as_uri())
    assert code == 1, text
    assert str(tmp_path / "elsewhere") in text
    code, text = said("ftp://example.com")
    assert code == 1
    assert "is no store URL" in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["rende"], 2),
        (["render", "dog"], 2),
        (["render", "dgo", "cat"], 2),
        (["render", "dog", "nobody"], 2),
        (["render", "dog", "cat", "--param", "colour=9"], 2),
        (["render", "dog", "cat", "-o", "x.xyz"], 2),
        (["render", "dog", "cat", "--nonsense"], 2),
        (["runs", "show", "nothing"], 2),
        (["serve", "--host", "0.0.0.0", "--port", "0"], 2),
        (["worker", "--queues", "nonsense"], 2),
        (["runs", "cancel", "nothing"], 2),
        (["runs", "retry", "nothing"], 2),
        (["render", "dog", "cat", "--sync", "--wait"], 2),
        (["render", "dog", "cat", "--jobs", "2"], 2),
        (["--version"], 0),
    ],
)
def test_exit_codes_without_a_traceback(program: Program, words: list[str], code: int) -> None:
    done = program(*words)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "should not have happened" not in done.stderr


def test_what_is_missing_is_said_all_at_once(program: Program, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(TWO)
    program("effects", "add", Path(__file__).parents[1] / "core" / "effect" / "files" / "append.py")
    done = program("run", "two.yaml", "-i", "pictur=cat", "--sync")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "artcelery: the input 'picture' (Any picture.) is missing; give it with -i picture=FILE",
        "the input 'other' is missing; give it with -i other=FILE",
        "the config has no input 'pictur'; did you mean 'picture'? (inputs: picture, other)",
    ]
    done = program("run", "two.yaml", "-i", "picture=cat", "-i", "other=nowhere.png", "--sync")
    assert done.stderr.startswith("artcelery: there is no asset, file or hash 'nowhere.png'")


def test_a_config_that_names_a_file_that_is_not_there_is_wrong_at_its_place(program: Program, tmp_path: Path) -> None:
    (tmp_path / "lost.yaml").write_text(SMALL.replace("{input: true, description: Any picture.}", "{asset: lost}"))
    done = program("run", "lost.yaml", "--sync")
    assert done.returncode == 3
    assert done.stderr.startswith("lost.yaml:6:7: SOURCE 'photo': there is no asset, file or hash 'lost'")


def test_check_and_show_say_the_same_to_programs(program: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    done = program("config", "check", "bad.yaml", "--json")
    assert done.returncode == 3
    found = json.loads(done.stdout)
    assert [problem["line"] for problem in found["problems"]] == [5, 6, 7]
    (tmp_path / "small.yaml").write_text(SMALL)
    assert json.loads(program("config", "check", "small.yaml", "--json").stdout)["ok"] is True
    shown = json.loads(program("config", "show", "small.yaml", "--json").stdout)
    assert (shown["inputs"][0]["name"], shown["params"][0]["default"]) == ("photo", 100)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_knows_effects_assets_and_configs(
    shell: str, program: Program, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    program("config", "add", "small.yaml")
    command = [str(Path(sys.executable).with_name("artcelery"))]
    for line, expected in (("render pix", "pixelate"), ("render dog c", "cat"), ("run sm", "small")):
        typed = f"artcelery {line}"
        words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_TYPER_COMPLETE_ARGS": typed}
        words |= {"_TYPER_COMPLETE_WORD_TO_COMPLETE": typed.split()[-1], "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        asked = {**environment, **words, "_ARTCELERY_COMPLETE": f"complete_{shell}"}
        done = subprocess.run(command, env=asked, capture_output=True, text=True, cwd=tmp_path)
        assert expected in done.stdout, (shell, line, done.stderr)


def test_every_error_class_has_an_exit_code() -> None:
    waiting = [errors.ArtceleryError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        made = kind([errors.Problem("x")]) if issubclass(kind, errors.ConfigError) else kind.__new__(kind)
        assert exit_code(made) in EXIT_CODES.values()


def test_nothing_is_coloured_or_drawn_when_piped_or_when_asked(program: Program, tmp_path: Path) -> None:
    make_film(tmp_path / "film.mp4", size=(320, 240), seconds=1)
    done = program("render", "blur", "film.mp4", "--sync")
    assert "\033" not in done.stdout + done.stderr
    assert "\033" not in program("--help").stdout


def test_help_loads_nothing_heavy(environment: dict[str, str]) -> None:
    code = (
        "import sys; sys.argv = ['artcelery', '--help']\n"
        "from artcelery.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'av', 'numpy', 'PIL', 'pydantic', 'yaml', 'celery', 'redis', 'fastapi', 'httpx', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("group", ["", "config", "effects", "assets", "runs", "cache", "worker"])
def test_what_a_command_does_fits_into_a_line_of_help(program: Program, group: str) -> None:
    _, _, commands = program(*group.split(), "--help").stdout.partition("Commands:")
    assert commands.strip()
    assert "..." not in commands


@pytest.mark.parametrize("stream", ["<", ">", "2>"])
def test_a_closed_stream_takes_nothing_and_harms_nothing(
    environment: dict[str, str], tmp_path: Path, stream: str
) -> None:
    command = f"{sys.executable} -m artcelery render dog cat -o dog.png {stream}&-"
    done = subprocess.run(command, shell=True, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "dog.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "home" / "state.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_stdout_is_said(environment: dict[str, str], tmp_path: Path, unbuffered: str) -> None:
    environment = {**environment, "PYTHONUNBUFFERED": unbuffered}
    for words in ("effects list", "config schema"):
        command = f"{sys.executable} -m artcelery {words} > /dev/full"
        done = subprocess.run(command, shell=True, env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr == "artcelery: what it prints cannot be written: No space left on device\n"


def test_an_input_that_is_given_otherwise_is_told_how(program: Program, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(
        "name: one\ndag: {nodes: [{id: picture, type: SOURCE, config: {input: true}}], output: picture}\n"
    )
    bare = program("run", "one.yaml", "cat.jpg")
    assert bare.returncode == 2
    assert bare.stderr == ("artcelery: 'cat.jpg' is one word too many; an input is given with -i picture=cat.jpg\n")
    nameless = program("run", "one.yaml", "-i", "cat.jpg")
    assert nameless.returncode == 2
    assert "`artcelery config show CONFIG` lists the names" in nameless.stderr


def test_names_that_trick_a_shell_are_only_names(program: Program, tmp_path: Path) -> None:
    cat = Path(program("render", "identity", "cat", "--sync").stdout.strip()).read_bytes()
    for name in ("a b.png", "quote'\"$(touch x);.png", "new\nline.png", "-dash.png", "http:x.png", "caf\udce9.png"):
        path = tmp_path / name
        path.write_bytes(cat)
        done = program("render", "invert", f"./{name}", "-o", tmp_path / "out.png", "--force")
        assert done.returncode == 0, (name, done.stderr)
    assert not (tmp_path / "x").exists()


def start(environment: dict[str, str], folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "artcelery", *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder
    )


def running(program: Program) -> bool:
    return any(run["status"] == "running" for run in json.loads(program("runs", "list", "--json").stdout)["runs"])


@pytest.fixture
def long_film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "long.mp4", size=(1280, 720), seconds=20, audio=None)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_render_leaves_nothing_half_written(
    program: Program, environment: dict[str, str], tmp_path: Path, long_film: Path, number: int, code: int
) -> None:
    process = start(environment, tmp_path, "render", "kaleidoscope", long_film.name, "-o", "out.mp4")
    while not running(program):
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(number)
    _, words = process.communicate(timeout=60)
    assert process.returncode == code, words
    assert "Traceback" not in words
    assert ("the same command goes on from there" in words) == (number == signal.SIGINT)
    assert not list(tmp_path.glob("*out.mp4*"))
    (run,) = json.loads(program("runs", "list", "--json").stdout)["runs"]
    assert run["status"] == "cancelled"
    assert program("cache", "verify").returncode == 0


def test_a_killed_render_is_a_failed_run_and_the_next_one_completes(
    program: Program, environment: dict[str, str], tmp_path: Path
) -> None:
    make_film(tmp_path / "film.mp4", size=(640, 480), seconds=2, audio=None)
    for delay in (0.0, 0.2, 0.5):
        process = start(environment, tmp_path, "render", "kaleidoscope", "film.mp4", "--sync")
        while not running(program):
            if process.poll() is not None:
                break
            time.sleep(0.05)
        time.sleep(delay)
        process.kill()
        process.communicate()
    assert program("render", "kaleidoscope", "film.mp4", "--sync").returncode == 0
    statuses = [run["status"] for run in json.loads(program("runs", "list", "--json").stdout)["runs"]]
    assert statuses[0] == "completed"
    assert "running" not in statuses
    assert program("cache", "verify").returncode == 0


def test_runs_are_listed_since_a_time_of_any_zone(program: Program) -> None:
    program("render", "invert", "cat", "--sync")
    created = datetime.fromisoformat(json.loads(program("runs", "list", "--json").stdout)["runs"][0]["created_at"])
    far_east = timezone(timedelta(hours=9))
    for since, count in (
        (created.astimezone(far_east).isoformat(), 1),
        (created.replace(tzinfo=None).isoformat(), 1),
        (created.date().isoformat(), 1),
        ((created + timedelta(seconds=1)).astimezone(far_east).isoformat(), 0),
    ):
        assert len(json.loads(program("runs", "list", "--json", "--since", since).stdout)["runs"]) == count, since
    assert program("runs", "list", "--since", "2999-01-01").stderr == "no runs are so\n"
    wrong = program("runs", "list", "--since", "yesterday")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "artcelery: 'yesterday' is not a time; write 2026-11-30 or 2026-11-30T14:00Z\n"


def test_a_name_of_several_words_is_shown_as_a_shell_takes_it(program: Program, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(
        "name: two words\ndag: {nodes: [{id: a, type: SOURCE, config: {asset: cat}}], output: a}\n"
    )
    assert "`artcelery run 'two words'` renders it" in program("config", "add", "two.yaml").stderr
    assert program("run", "two words", "--sync").returncode == 0


def test_it_says_how_long_a_run_took_and_not_its_passes_together(program: Program, tmp_path: Path) -> None:
    made = (
        "name: parts\ndag:\n  nodes:\n"
        "    - {id: card, type: GENERATE, config: {kind: testsrc, width: 640, height: 360, duration: 2}}\n"
        "    - {id: a, type: EFFECT, config: {effect: kaleidoscope}, inputs: card}\n"
        "    - {id: b, type: EFFECT, config: {effect: vhs}, inputs: card}\n"
        "    - {id: film, type: SEQUENCE, inputs: [a, b]}\n"
        "  output: film\n"
    )
    (tmp_path / "parts.yaml").write_text(made)
    done = program("run", "parts.yaml", "--sync", "--jobs", "2")
    run = json.loads(program("runs", "show", "last", "--json").stdout)
    began, ended = (datetime.fromisoformat(run[at]) for at in ("started_at", "finished_at"))
    assert f"rendered 4 of 4 nodes in {(ended - began).total_seconds():.2f} s" in done.stderr


def test_a_terminal_gets_bars_and_no_color_is_respected(environment: dict[str, str], tmp_path: Path) -> None:
    make_film(tmp_path / "film.mp4", size=(640, 480), seconds=3, audio=None)
    words = ("render", "kaleidoscope", "film.mp4", "--sync")
    coloured, plain = (
        on_a_terminal(
            {**environment, "NO_COLOR": no_color, "ARTCELERY_HOME": str(tmp_path / f"h{no_color}")}, tmp_path, *words
        )
        for no_color in ("", "1")
    )
    assert "fps" in coloured
    assert "/90" in coloured
    assert "\033[3" in coloured
    assert "\033[3" not in plain


def test_a_bar_shows_the_name_of_a_node_as_it_is_and_room_is_left_beside_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    make_film(tmp_path / "film.mp4", size=(640, 480), seconds=3, audio=None)
    (tmp_path / "odd.yaml").write_text(ODD_NAME.format(name="[/b] " + "and so on " * 10))
    shown = on_a_terminal(environment, tmp_path, "run", "odd.yaml", "-i", "film=film.mp4", "--sync")
    assert "[/b] and so on" in shown
    assert "/90" in shown
    assert "fps" in shown


def on_a_terminal(environment: dict[str, str], folder: Path, *words: str) -> str:
    """What the program draws on a terminal of 80 columns."""
    main, side = pty.openpty()
    env = {**environment, "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-m", "artcelery", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=side, env=env, cwd=folder) as process:
        os.close(side)
        seen = b""
        try:
            while part := os.read(main, 4096):
                seen += part
        except OSError:
            pass
        assert process.wait() == 0, seen.decode()
    os.close(main)
    return seen.decode()


def test_a_run_that_is_rendered_here_can_be_cancelled_from_elsewhere(
    program: Program, environment: dict[str, str], tmp_path: Path
) -> None:
    make_film(tmp_path / "film.mp4", seconds=60)
    process = start(environment, tmp_path, "render", "kaleidoscope", "film.mp4", "-o", "out.mp4")
    run_id = ""
    while not run_id:
        assert process.poll() is None
        runs = json.loads(program("runs", "list", "--json").stdout)["runs"]
        run_id = runs[0]["id"] if runs else ""
    assert program("runs", "cancel", run_id[:12]).returncode == 0
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "cancelled" in said) == (130, True), said
    assert not (tmp_path / "out.mp4").exists()
    assert json.loads(program("runs", "show", run_id, "--json").stdout)["status"] == "cancelled"
