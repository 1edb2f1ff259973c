"""The Redis server: shared by processes, killed, frozen, full, forbidden, of another program; and what is said then."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from redis import Redis

from artcelery import Settings
from artcelery.core.engine.context import open_context
from artcelery.core.engine.doctor import Check, examine
from artcelery.core.errors import ArtceleryError, StateError, UnreachableError, UsageError
from artcelery.core.state.holder import holder_id
from artcelery.core.state.records import Asset, Claim
from artcelery.core.state.redis import RedisState
from tests.core.state.making import a_file, a_result, a_run, digest
from tests.core.state.test_passes import ELSEWHERE, LATER, a_pass, begun, names, planned
from tests.core.store.children import kill, ready, run_at_once, start, stay, until_ready, wait_for_go
from tests.services import RedisServer, free_port, redis_server

PASSWORD = "sesame-51"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def state(server: RedisServer) -> Iterator[RedisState]:
    opened = RedisState.open(server.url())
    yield opened
    opened.close()


def fails_in_time(call: Callable[[], object]) -> str:
    """What is said within five seconds when nobody answers."""
    began = time.monotonic()
    with pytest.raises(UnreachableError) as caught:
        call()
    assert time.monotonic() - began < 5
    return str(caught.value)


def fails(call: Callable[[], object], *, kind: type[ArtceleryError] = StateError) -> str:
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


def test_nothing_is_lost_when_the_server_is_killed_and_calls_work_again(server: RedisServer, state: RedisState) -> None:
    runs = [a_run(f"run-{number:04}") for number in range(100)]
    for run in runs:
        state.runs.put(run)
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    token = begun(state, "one")
    server.restart()
    assert [state.runs.get(run.id) for run in runs] == runs
    assert state.passes.renew("run-0001", "one", token, 60, 3)
    assert names(state.passes.end("run-0001", "one", token, a_result("one")).ready) == ["two"]


def test_a_server_that_is_just_started_again_is_waited_for(server: RedisServer, state: RedisState) -> None:
    state.runs.put(a_run())
    server.kill()
    soon = threading.Timer(0.4, server.start)
    soon.start()
    try:
        assert state.runs.finish(a_run(status="completed"))
    finally:
        soon.join()
    assert state.runs.get("run-0001") == a_run(status="completed")


def test_a_stopped_server_is_told_in_time_and_without_the_password(server: RedisServer, state: RedisState) -> None:
    server.stop()
    for call in (state.runs.page, lambda: state.runs.put(a_run()), lambda: RedisState.open(server.url(5, PASSWORD))):
        said = fails_in_time(call)
        assert said.startswith(f"redis://127.0.0.1:{server.port}/")
        assert "does not answer" in said
        assert "start it, or unset ARTCELERY_REDIS_URL" in said
        assert PASSWORD not in said


def test_a_frozen_server_is_told_in_time(server: RedisServer, state: RedisState) -> None:
    state.runs.put(a_run())
    calls = [
        state.runs.page,
        lambda: state.runs.finish(a_run(status="completed")),
        lambda: RedisState.open(server.url()),
    ]
    with server.frozen(), ThreadPoolExecutor() as pool:
        list(pool.map(fails_in_time, calls))
    assert len(state.runs.page().runs) == 1


def test_a_host_that_drops_what_it_gets_is_told_in_time() -> None:
    with socket.socket() as listener, ExitStack() as crowd:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(3):  # what fits into its queue
            other = crowd.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(("127.0.0.1", port))
        fails_in_time(lambda: RedisState.open(f"redis://127.0.0.1:{port}/0"))


def test_what_is_no_redis_server_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            with listener.accept()[0] as connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        said = fails(lambda: RedisState.open(f"redis://127.0.0.1:{port}/0"))
        answering.join()
    assert "is no Redis server" in said


def test_a_host_that_is_not_there_is_told_in_time() -> None:
    fails_in_time(lambda: RedisState.open("redis://127.0.0.1:1/0"))
    fails_in_time(lambda: RedisState.open("unix:///nowhere/redis.sock"))


class LosingAnswers:
    """A line to the server that breaks, when it is told to, just before the next answer comes through."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self.breaks = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for ends in ((caller, server), (server, caller)):
                threading.Thread(target=self._pass_on, args=(*ends, ends[0] is server), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with source, target:
            with suppress(OSError):
                while data := source.recv(65536):
                    if answers and self.breaks.is_set():
                        self.breaks.clear()
                        break
                    target.sendall(data)
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(server: RedisServer) -> Iterator[LosingAnswers]:
    opened = LosingAnswers(server.port)
    yield opened
    opened.close()


def test_what_would_count_twice_is_not_called_again_when_its_answer_is_lost(line: LosingAnswers) -> None:
    state = RedisState.open(line.url)
    state.runs.put(a_run())
    state.journal.append("run", "kind", {})
    line.breaks.set()
    assert "does not answer" in fails(lambda: state.journal.append("run", "kind", {}), kind=UnreachableError)
    assert len(state.journal.since("run")) == 2
    line.breaks.set()
    fails(lambda: state.runs.finish(a_run(status="failed")), kind=UnreachableError)
    assert not state.runs.finish(a_run(status="completed"))
    state.close()


def test_what_changes_nothing_twice_is_called_again_when_its_answer_is_lost(line: LosingAnswers) -> None:
    state = RedisState.open(line.url)
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    state.leases.acquire("another", ELSEWHERE, 60)
    for call in (lambda: state.runs.put(a_run()), lambda: state.results.put(a_result())):
        line.breaks.set()
        call()
        assert not line.breaks.is_set()
    line.breaks.set()
    assert state.leases.acquire("key", ELSEWHERE, 60)
    line.breaks.set()
    answer = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 60)
    assert answer.record
    assert answer.record.attempts == 1
    line.breaks.set()
    assert state.passes.renew("run-0001", "one", answer.token, 60, 1)
    kinds = [entry.kind for entry in state.journal.since("run-0001")]
    assert kinds == ["started"]
    state.close()


def test_what_one_may_have_is_had_by_who_asks_again_because_its_answer_was_lost(line: LosingAnswers) -> None:
    state = RedisState.open(line.url)
    state.sessions.spend(digest("first"), 60)
    for call, answer in (
        (lambda: state.sessions.spend(digest("token"), 60), True),
        (lambda: state.sessions.may_ask("@ann", time.time(), 60), True),
    ):
        line.breaks.set()
        assert call() is answer
        assert not line.breaks.is_set()
        assert call() != answer
    state.close()


def test_a_run_of_which_the_answer_was_lost_is_opened_once(line: LosingAnswers) -> None:
    state = RedisState.open(line.url)
    claim = Claim("@ann", "key", "print")
    state.replies.find("@ann", "key")
    state.runs.open(a_run("run-0000"), [], LATER, claim=Claim("@ann", "other", "print"))
    line.breaks.set()
    assert state.runs.open(a_run(status="pending"), [a_pass("one")], LATER, most=2, claim=claim)
    assert not line.breaks.is_set()
    assert not state.runs.open(a_run("run-0002"), [], LATER, most=9, claim=claim)
    assert [run.id for run in state.runs.page().runs] == ["run-0001", "run-0000"]
    assert [item.name for item in state.passes.of_run("run-0001")] == ["one"]
    state.close()


@contextmanager
def loading(folder: Path, count: int) -> Iterator[RedisState]:
    """A state with so many runs, in a server that is about to begin to load them, slowly."""
    options = ("--key-load-delay", "200", "--loading-process-events-interval-bytes", "1024")
    with redis_server(folder, appendonly=True, options=options) as server:
        state = RedisState.open(server.url())
        for number in range(count):
            state.runs.put(a_run(f"run-{number:04}", nodes=()))
        server.kill()
        starting = threading.Thread(target=server.start)
        starting.start()
        try:
            yield state
        finally:
            state.close()
            starting.join()


def test_a_server_that_loads_its_data_is_waited_for(tmp_path: Path) -> None:
    with loading(tmp_path / "redis", 20) as state:
        assert len(state.runs.page().runs) == 20


def test_a_server_that_loads_long_is_not_waited_for(tmp_path: Path) -> None:
    with loading(tmp_path / "redis", 800) as state:
        assert "still loads its data" in fails_in_time(state.runs.page)


@pytest.mark.parametrize("given", ["", "wrong"])
def test_a_wrong_password_is_said_and_not_shown(tmp_path: Path, given: str) -> None:
    with redis_server(tmp_path / "redis", options=("--requirepass", PASSWORD)) as server:
        RedisState.open(server.url(5, PASSWORD)).close()
        said = fails(lambda: RedisState.open(server.url(5, given)))
    assert "refuses this user or password" in said
    assert "mend ARTCELERY_REDIS_URL" in said
    assert "wrong" not in said


def test_what_a_user_may_not_do_is_said(client: Redis, server: RedisServer) -> None:
    client.acl_setuser("reader", enabled=True, passwords=["+x"], keys=["artdag:*"], commands=["+get", "+select"])
    said = fails(lambda: RedisState.open(f"redis://reader:x@127.0.0.1:{server.port}/0"))
    assert "does not allow this user enough" in said


@pytest.mark.parametrize(
    "url", ["http://host", "redis://host/five", "redis://host:port/5", "redis://host/5?nonsense=1", "nonsense", ""]
)
def test_what_is_no_address_is_said(url: str) -> None:
    secret = url.replace("://", f"://:{PASSWORD}@")
    said = fails(lambda: RedisState.open(secret), kind=UsageError)
    assert "is no address of a Redis server" in said
    assert PASSWORD not in said


def test_the_number_of_the_database_is_honoured(server: RedisServer, state: RedisState) -> None:
    state.runs.put(a_run())
    other = RedisState.open(server.url(5))
    assert other.runs.page().runs == ()
    other.close()
    assert "has no database of that number" in fails(lambda: RedisState.open(server.url(9999)))


def test_a_socket_on_disk_serves_as_well(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis", options=("--unixsocket", str(tmp_path / "redis.sock"))):
        state = RedisState.open(f"unix://{tmp_path}/redis.sock?db=5")
        state.runs.put(a_run())
        assert state.runs.get("run-0001") == a_run()
        state.close()


def test_a_server_with_a_certificate_serves_as_well(tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate]
    subprocess.run(
        [*make, "-subj", "/CN=here", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True
    )
    port = free_port()
    files = ("--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no")
    with redis_server(tmp_path / "redis", options=("--tls-port", str(port), *files)):
        state = RedisState.open(f"rediss://127.0.0.1:{port}/5?ssl_ca_certs={certificate}")
        state.runs.put(a_run())
        assert state.runs.get("run-0001") == a_run()
        state.close()
        said = fails(lambda: RedisState.open(f"rediss://127.0.0.1:{port}/5"), kind=UnreachableError)
    assert "certificate" in said.lower()


def test_keys_of_another_program_are_left_alone(client: Redis, state: RedisState, server: RedisServer) -> None:
    client.set("artdag:run:run-0001", "something else")
    said = fails(lambda: state.runs.put(a_run()))
    assert "holds keys of another program under artdag:" in said
    assert client.get("artdag:run:run-0001") == b"something else"
    client.delete("artdag:format")
    client.rpush("artdag:format", "what is this")
    assert "another program" in fails(lambda: RedisState.open(server.url()))


def test_a_state_of_a_newer_artcelery_is_left_alone(client: Redis, server: RedisServer) -> None:
    client.set("artdag:format", 99)
    for call in (lambda: RedisState.open(server.url()), lambda: RedisState.open(server.url(), read_only=True)):
        assert "newer artcelery (format 99, this one reads 1); upgrade artcelery" in fails(call)
    assert client.keys("*") == [b"artdag:format"]


def test_scripts_are_sent_again_when_the_server_forgot_them(state: RedisState, client: Redis) -> None:
    state.runs.put(a_run())
    client.script_flush()
    assert state.runs.get("run-0001") == a_run()
    client.script_flush()
    planned(state, a_pass("one"))
    client.script_flush()
    assert begun(state, "one")


def test_reading_makes_nothing(server: RedisServer, client: Redis) -> None:
    state = RedisState.open(server.url(), read_only=True)
    assert state.runs.page().runs == ()
    assert state.media.all() == state.configs.all() == state.assets.all() == state.workers.all() == []
    for call in (
        lambda: state.results.put(a_result()),
        lambda: state.assets.put(Asset("cat", digest("cat"), "now")),
        lambda: state.passes.due(LATER, LATER, 1),
        lambda: state.media.remember_file(a_file()),
    ):
        assert "readonly" in fails(call)
    state.close()
    assert client.keys("*") == []


def test_a_full_server_says_so_and_reads_go_on(state: RedisState, client: Redis) -> None:
    state.runs.put(a_run())
    client.config_set("maxmemory", 1)
    said = fails(lambda: state.runs.put(a_run("run-0002")))
    assert "has no memory left" in said
    assert "raise maxmemory in redis.conf" in said
    assert state.runs.get("run-0001") == a_run()
    client.config_set("maxmemory", 0)
    state.runs.put(a_run("run-0002"))


def test_a_server_that_cannot_save_says_so(tmp_path: Path) -> None:
    options = ("--save", "3600 1", "--dbfilename", "taken")
    with redis_server(tmp_path / "redis", options=options) as server, Redis.from_url(server.url()) as client:
        state = RedisState.open(server.url())
        (tmp_path / "redis" / "taken" / "by a folder").mkdir(parents=True)
        client.bgsave()
        while client.info("persistence")["rdb_bgsave_in_progress"]:
            time.sleep(0.01)
        assert "cannot save to its disk and takes no writes" in fails(lambda: state.runs.put(a_run()))
        assert state.runs.page().runs == ()
        state.close()


def test_a_replica_says_that_it_takes_no_writes(state: RedisState, client: Redis) -> None:
    state.runs.put(a_run())
    client.replicaof("127.0.0.1", "1")
    assert "is a replica that takes no writes" in fails(lambda: state.runs.put(a_run("run-0002")))
    assert state.runs.get("run-0001") == a_run()


def fork_and_record(url: str) -> None:
    """In a child: use an open state on both sides of a fork."""
    state = RedisState.open(url)
    state.runs.put(a_run("run-before"))
    if (pid := os.fork()) == 0:
        for number in range(50):
            state.runs.put(a_run(f"run-forked-{number}"))
        os._exit(0)
    for number in range(50):
        state.runs.put(a_run(f"run-parent-{number}"))
    os.waitpid(pid, 0)
    state.close()


def test_a_forked_process_goes_on_with_connections_of_its_own(server: RedisServer, state: RedisState) -> None:
    child = start(fork_and_record, server.url())
    assert child.wait(30) == 0
    kill(child)
    assert len(state.runs.page(limit=1000).runs) == 101


def test_threads_share_a_state(state: RedisState) -> None:
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


def race(url: str) -> None:
    """In a child: do everything that only one may do, together with others, and say what worked."""
    state = RedisState.open(url)
    wait_for_go()
    lease = state.leases.acquire("key", holder_id(), 600)
    token = state.passes.begin("run-0001", "one", str(os.getpid()), holder_id(), 600).token
    finished = state.runs.finish(a_run("run-0002", status="completed", user=str(os.getpid())))
    due = len(state.passes.due(time.time(), LATER, 1))
    ready = names(state.passes.end("run-0001", "one", token, a_result("one", os.getpid())).ready)
    stay([bool(lease), finished, due, ready])  # a holder that has ended would not hold it
    state.close()


def test_what_only_one_may_do_is_done_by_one(server: RedisServer, state: RedisState) -> None:
    state.runs.put(a_run("run-0002"))
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    for number in range(3, 6):
        planned(state, a_pass(f"other {number}", f"run-000{number}"), due_at=100.0)
    answers = [eval(answer) for answer in run_at_once(4, race, server.url())]
    assert sum(lease for lease, *_ in answers) == 1
    assert sum(finished for _, finished, *_ in answers) == 1
    assert sum(due for _, _, due, _ in answers) == 3
    assert sorted(ready for *_, ready in answers) == [[]] * 3 + [["two"]]
    kinds = [entry.kind for entry in state.journal.since("run-0001")]
    assert (kinds.count("started"), kinds.count("finished")) == (1, 1)


def hold(url: str) -> None:
    """In a child: take a lease and begin a pass, and keep both."""
    state = RedisState.open(url)
    assert state.leases.acquire("key", holder_id(), 600)
    assert state.passes.begin("run-0001", "one", "w1", holder_id(), 600).token
    ready()
    time.sleep(60)


def test_what_a_killed_process_held_is_free_at_once(server: RedisServer, state: RedisState) -> None:
    planned(state, a_pass("one"))
    child = until_ready(start(hold, server.url()))
    assert state.leases.acquire("key", holder_id(), 60) is None
    assert state.passes.begin("run-0001", "one", "w2", holder_id(), 60).refused == "held"
    kill(child)
    assert state.leases.acquire("key", holder_id(), 60)
    answer = state.passes.begin("run-0001", "one", "w2", holder_id(), 60)
    assert answer.record
    assert answer.record.attempts == 2


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_machine_whose_clock_is_wrong_puts_nothing_off_for_hours(
    state: RedisState, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    clock = time.time
    with monkeypatch.context() as wrong:
        wrong.setattr(time, "time", lambda: clock() + 3600 * hours)
        planned(state, a_pass("one"), a_pass("two"), a_pass("three"), due_at=time.time() + 60)
        state.passes.put_off("run-0001", "one", begun(state, "one"), "later", time.time() + 60, counted=False)
        state.passes.explain("run-0001", "two", "nobody can", time.time() + 60)
        begun(state, "three", ttl_s=0.1)
        assert state.passes.begin("run-0001", "one", "w2", ELSEWHERE, 60).refused == "early"
        while not (lapsed := state.passes.due(time.time(), time.time() + 60, 10)):
            time.sleep(0.01)
        assert names(lapsed) == ["three"]
        assert state.passes.due(time.time() + 50, LATER, 10) == []
        assert sorted(names(state.passes.due(time.time() + 65, time.time() + 60, 10))) == ["one", "three", "two"]
    assert state.passes.due(time.time() + 50, LATER, 10) == []
    assert len(state.passes.due(time.time() + 65, LATER, 10)) == 3
    with monkeypatch.context() as wrong:
        wrong.setattr(time, "time", lambda: clock() + 3600 * hours)
        state.passes.put_off("run-0001", "two", begun(state, "two"), "later", time.time() + 0.1, counted=False)
    while (again := state.passes.begin("run-0001", "two", "w2", ELSEWHERE, 60)).refused == "early":
        time.sleep(0.01)
    assert again.token


def test_a_caller_whose_clock_is_ahead_takes_no_pass_from_its_worker(state: RedisState) -> None:
    planned(state, a_pass("one"))
    token = begun(state, "one", ttl_s=60)
    assert state.passes.due(time.time() + 3600, LATER, 10) == []
    assert state.passes.renew("run-0001", "one", token, 60, 3)


def test_what_may_lose_facts_is_said_with_the_line_that_mends_it(tmp_path: Path) -> None:
    options = ("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    with redis_server(tmp_path / "redis", options=options) as server, Redis.from_url(server.url()) as client:
        state = RedisState.open(server.url())
        saving, evicting = state.warnings()
        assert saving.endswith("put into redis.conf: appendonly yes")
        assert evicting.endswith("put into redis.conf: maxmemory-policy noeviction")
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendonly", "yes")
        assert state.warnings() == []
        state.close()


def test_a_server_that_does_not_tell_its_settings_is_no_fault(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis", options=("--rename-command", "CONFIG", "")) as server:
        state = RedisState.open(server.url())
        assert state.warnings() == []
        state.close()


def state_check(settings: Settings) -> Check:
    (check,) = (check for check in examine(settings) if check.name == "state")
    return check


def test_doctor_looks_at_the_server(server: RedisServer, client: Redis, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", redis_url=server.url(5))  # type: ignore[arg-type]
    assert state_check(settings) == Check("state", True, f"redis://127.0.0.1:{server.port}/5")
    client.config_set("appendonly", "no")
    assert "appendonly yes" in state_check(settings).fix
    server.stop()
    check = state_check(settings)
    assert not check.ok
    assert "does not answer" in check.detail
    assert check.fix.startswith("start it")


def test_the_setting_chooses_the_server_and_hides_its_password(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis", options=("--requirepass", PASSWORD)) as server:
        settings = Settings(home=tmp_path / "home", redis_url=server.url(5, PASSWORD))  # type: ignore[arg-type]
        assert PASSWORD not in repr(settings) + str(settings)
        context = open_context(settings)
        context.state.runs.put(a_run())
        context.state.close()
        again = open_context(settings, read_only=True)
        assert again.state.runs.get("run-0001") == a_run()
        again.state.close()
    assert not settings.state_file.exists()


def test_nothing_of_redis_is_loaded_where_none_is_set(tmp_path: Path) -> None:
    code = """
import sys
from artcelery import Settings, open_engine
with open_engine(Settings(home=sys.argv[1])) as engine:
    engine.runs.page()
print([name for name in sys.modules if name.partition(".")[0] == "redis" or "state.redis" in name])
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
