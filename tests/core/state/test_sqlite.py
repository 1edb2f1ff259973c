"""The SQLite file: made, opened, read without a trace, and what is said when it cannot be."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from artcelery.core.errors import StateError
from artcelery.core.state.protocol import FileFilter
from artcelery.core.state.records import MediaFact
from artcelery.core.state.sqlite import SqliteState
from tests.core.state.making import a_result, a_run, digest
from tests.core.store.children import finished, kill, ready, start, until_ready


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "state.db"


def recorded(path: Path, count: int = 3) -> None:
    state = SqliteState.open(path)
    for number in range(count):
        state.runs.put(a_run(f"run-{number:04}"))
    state.close()


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_only_the_user_may_read_a_new_state(path: Path) -> None:
    recorded(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_recorded_is_on_disk_at_once_and_readers_are_not_kept_waiting(path: Path) -> None:
    recorded(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    state = SqliteState.open(path)
    assert state._database.read("PRAGMA synchronous") == [(2,)]
    state.close()


def test_an_existing_state_opens_within_ten_milliseconds(path: Path) -> None:
    recorded(path)
    durations = []
    for _ in range(5):
        began = time.thread_time()
        SqliteState.open(path).close()
        durations.append(time.thread_time() - began)
    assert min(durations) < 0.01


def test_the_state_needs_nothing_but_the_standard_library() -> None:
    code = """
import sys
from artcelery.core.state.protocol import FileFilter
from artcelery.core.state.records import MediaFact
from artcelery.core.state.sqlite import SqliteState
from artcelery.core.store.disk import DiskStore
known = set(sys.stdlib_module_names) | {"artcelery"}
print(sorted({name.partition(".")[0] for name in sys.modules} - known - {"__main__"}))
"""
    output = subprocess.run([sys.executable, "-S", "-c", code], cwd=Path(__file__).parents[3], capture_output=True)
    assert output.stdout.decode().strip() == "[]", output.stderr.decode()


def test_a_damaged_state_says_what_to_do(path: Path) -> None:
    recorded(path)
    path.write_bytes(b"this is text, not a database" * 200)
    for read_only in (False, True):
        with pytest.raises(StateError, match=r"is damaged or no state file .* move it and its -wal and -shm away"):
            SqliteState.open(path, read_only=read_only)


def test_a_state_with_a_damaged_page_says_so_when_that_is_read(path: Path) -> None:
    recorded(path, 200)
    data = bytearray(path.read_bytes())
    data[262144:] = b"\xa5" * (len(data) - 262144)
    path.write_bytes(data)
    state = SqliteState.open(path)
    try:
        with pytest.raises(StateError, match="is damaged"):
            state.runs.page()
    finally:
        state.close()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_state_of_a_newer_artcelery_is_left_alone(path: Path, read_only: bool) -> None:
    recorded(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="newer artcelery \\(format 99, this one reads 4\\); upgrade artcelery"):
        SqliteState.open(path, read_only=read_only)


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StateError, match="is the database of another program"):
            SqliteState.open(path, read_only=read_only)


def test_a_path_where_no_file_can_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "folder", tmp_path / "file" / "state.db"):
        with pytest.raises(StateError, match="cannot be opened"):
            SqliteState.open(path)
    with pytest.raises(StateError, match="cannot be opened"):
        SqliteState.open(tmp_path / "folder", read_only=True)


@pytest.mark.parametrize("name", ["a b?c#d%41", "quo'te\"", "line\nbreak", os.fsdecode(b"\xff\xfe")])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "state.db"
    recorded(path)
    state = SqliteState.open(path, read_only=True)
    assert state.runs.get("run-0000") == a_run("run-0000")
    state.close()
    assert os.listdir(path.parent) == ["state.db"]


def test_reading_a_state_that_is_not_there_makes_nothing(path: Path) -> None:
    state = SqliteState.open(path, read_only=True)
    assert state.runs.page().runs == ()
    assert state.results.get_many([(digest("key"), "png")]) == {}
    with pytest.raises(StateError, match="readonly"):
        state.results.put(a_result())
    state.close()
    assert not path.parent.exists()


def test_reading_a_state_that_nobody_has_open_leaves_no_trace(path: Path) -> None:
    recorded(path)
    before = tree(path.parent)
    state = SqliteState.open(path, read_only=True)
    assert state.runs.get("run-0002") == a_run("run-0002")
    assert tree(path.parent) == before
    with pytest.raises(StateError, match="readonly"):
        state.runs.put(a_run())
    state.close()
    assert tree(path.parent) == before


def test_a_reader_sees_what_a_writer_has_not_yet_moved_out_of_its_log(path: Path) -> None:
    writer = SqliteState.open(path)
    writer.runs.put(a_run("run-0001"))
    before = set(os.listdir(path.parent))
    reader = SqliteState.open(path, read_only=True)
    assert reader.runs.get("run-0001") == a_run("run-0001")
    reader.close()
    assert set(os.listdir(path.parent)) == before
    writer.close()


def test_a_reader_that_began_alone_sees_what_is_written_meanwhile(path: Path) -> None:
    recorded(path, 1)
    reader = SqliteState.open(path, read_only=True)
    assert len(reader.runs.page().runs) == 1
    writer = SqliteState.open(path)
    writer.runs.put(a_run("run-0001"))
    assert len(reader.runs.page().runs) == 2
    writer.runs.put(a_run("run-0002"))
    writer.close()
    assert len(reader.runs.page().runs) == 3
    recorded(path, 9)
    assert len(reader.runs.page().runs) == 9
    reader.close()


def record_and_wait(path: str) -> None:
    """In a child: record a run and keep the state open."""
    SqliteState.open(Path(path)).runs.put(a_run())
    ready()
    time.sleep(60)


def test_a_reader_sees_what_a_killed_writer_left_in_its_log(path: Path) -> None:
    kill(until_ready(start(record_and_wait, path)))
    before = set(os.listdir(path.parent))
    reader = SqliteState.open(path, read_only=True)
    assert reader.runs.get(a_run().id) == a_run()
    reader.close()
    assert set(os.listdir(path.parent)) == before == {"state.db", "state.db-wal", "state.db-shm"}


def test_threads_share_a_state(path: Path) -> None:
    state = SqliteState.open(path)

    def record(thread: int) -> None:
        for number in range(20):
            state.runs.put(a_run(f"run-{thread}-{number:02}"))
            assert state.runs.get(f"run-{thread}-{number:02}") is not None

    threads = [threading.Thread(target=record, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(state.runs.page(limit=1000).runs) == 160
    state.close()


def fork_and_record(path: str) -> None:
    """In a child: use an open state on both sides of a fork."""
    state = SqliteState.open(Path(path))
    state.runs.put(a_run("run-before"))
    if (pid := os.fork()) == 0:
        state.runs.put(a_run("run-forked"))
        os._exit(0)
    os.waitpid(pid, 0)
    state.runs.put(a_run("run-parent"))
    state.close()


def test_a_forked_process_goes_on_with_a_connection_of_its_own(path: Path) -> None:
    child = start(fork_and_record, path)
    assert child.wait(30) == 0
    kill(child)
    state = SqliteState.open(path)
    ids = {run.id for run in state.runs.page().runs}
    state.close()
    assert ids == {"run-before", "run-forked", "run-parent"}


def test_another_process_that_closes_leaves_the_log_that_two_states_of_this_one_write_to(path: Path) -> None:
    first = SqliteState.open(path)
    first.runs.put(a_run("run-9001"))
    second = SqliteState.open(path)
    log = path.with_name(path.name + "-wal")
    before = log.stat().st_ino
    finished(start(record_three, path))
    assert log.stat().st_ino == before
    for state in (first, second):
        assert len(state.runs.page().runs) == 4
        state.close()


def record_three(path: str) -> None:
    """In a child: open, write and close."""
    recorded(Path(path))


def test_which_files_are_meant_is_read_from_indexes_alone(path: Path) -> None:
    state = SqliteState.open(path)
    connection = state._database._connection
    state.media.put(MediaFact(digest("cat"), 3, {"kind": "still"}, "KÄTZCHEN.png", "render", "2026"))
    asked: set[str] = set()
    connection.set_trace_callback(lambda sql: asked.add(sql) if sql.startswith("SELECT") else None)
    filters = (
        FileFilter(kind=kind, origin=origin, papers=papers, name=name, least_bytes=1)
        for kind in (None, "still")
        for origin in (None, "render")
        for papers in (None, False, True)
        for name in (None, "kätz")
    )
    assert {len(state.belongings("").files.page(only=only).files) for only in filters} == {0, 1}
    connection.set_trace_callback(None)
    for sql in asked:
        steps = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        found = [step for step in steps if " holdings " in step and "content_hash=?" not in step]
        assert found
        assert all("USING COVERING INDEX" in step for step in found), steps
    state.close()
