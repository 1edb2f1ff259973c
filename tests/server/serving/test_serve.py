"""`artcelery serve`: what it says, when it refuses, who renders, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from artcelery.core.engine import open_engine
from artcelery.core.settings import Settings
from tests.server.serving.program import Serve, command_of, environment_of, is_gone, serving
from tests.services import free_port, redis_server
from tests.worker.farm import until


def refused(folder: Path, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "artcelery", "serve", *words]
    return subprocess.run(command, env=environment_of(folder, **given), capture_output=True, text=True, timeout=60)


def rendered(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "artcelery", "render", *words]
    return subprocess.run(command, env=environment_of(folder), capture_output=True, text=True, timeout=60)


def has_worker(folder: Path) -> bool:
    with open_engine(Settings(home=folder / "home"), read_only=True) as engine:
        return any(item.name.startswith("server@") for item in engine.workers().workers)


def test_one_command_answers_renders_and_ends_with_all_that_it_started(tmp_path: Path) -> None:
    with serving(tmp_path) as served, served.client() as client:
        assert served.url.startswith("http://127.0.0.1:")
        assert client.get("/healthz").json() == {"status": "ok"}
        done = rendered(tmp_path, "dog", "cat", "--wait")
        assert done.returncode == 0, done.stderr + served.log.read_text()
        worker = served.worker()
        assert served.stop() == 0
    assert is_gone(worker)
    assert "local mode" in served.log.read_text()
    assert served.url in served.log.read_text()


def test_ctrl_c_ends_it_as_well(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        until(lambda: has_worker(tmp_path), "its worker lives")
        worker = served.worker()
        assert served.stop(signal.SIGINT) == 0
    assert is_gone(worker)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_who_follows_a_run_hears_the_stream_end_when_the_server_stops(processes: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--no-worker", "--workers", processes) as served, served.client() as client:
        run_id = client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]}).json()["id"]
        with client.stream("GET", f"/runs/{run_id}/events") as events:
            lines = events.iter_lines()
            assert any(line.startswith("data: ") for line in lines)
            served.process.send_signal(signal.SIGTERM)
            assert "event: run-finished" not in list(lines)
        assert served.process.wait(60) == 0


def test_a_worker_that_died_is_started_again(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        first = served.worker()
        os.kill(first, signal.SIGKILL)
        until(lambda: any("worker" in command_of(child) for child in served.children() if child != first), "another")
    assert "the worker ended with code -9; another is started in 1 s" in served.log.read_text()


def test_a_server_that_is_killed_takes_its_worker_along(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        worker = served.worker()
        until(lambda: has_worker(tmp_path), "its worker lives")
        served.stop(signal.SIGKILL)
        until(lambda: is_gone(worker), "its worker ends")


def test_several_processes_share_a_port_and_what_they_count(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", "--no-worker") as served:
        for _ in range(20):
            with served.client() as client:
                assert client.get("/healthz").status_code == 200
        with served.client() as client:
            lines = client.get("/metrics").text.splitlines()
        count = 'artcelery_request_seconds_count{method="GET",route="/healthz",status="200"} 20.0'
        assert count in lines
        children = served.children()
        assert sum("spawn_main" in " ".join(command_of(child)) for child in children) == 2
        assert served.stop() == 0
        until(lambda: all(is_gone(child) for child in children), "its processes end")


def test_a_server_of_several_processes_that_is_killed_leaves_none(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", "--no-worker") as served:
        with served.client() as client:
            assert client.get("/healthz").status_code == 200
        children = [child for child in served.children() if "spawn_main" in " ".join(command_of(child))]
        served.stop(signal.SIGKILL)
        until(lambda: all(is_gone(child) for child in children), "its processes end")


def test_what_a_killed_server_counted_is_swept_by_the_next_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    def folders() -> set[Path]:
        return set(tmp_path.glob("artcelery-measures-*"))

    given = {"TMPDIR": str(tmp_path)}
    words = ["--workers", "2", "--no-worker"]
    with serving(tmp_path, *words, **given) as killed:
        (left,) = folders()
        killed.stop(signal.SIGKILL)
    assert folders() == {left}
    with serving(tmp_path, *words, **given), serving(tmp_path, *words, **given):
        assert len(folders() - {left}) == len(folders()) == 2
    assert folders() == set()


def test_with_a_token_it_listens_everywhere_and_says_so(tmp_path: Path) -> None:
    given = {"ARTCELERY_API_TOKEN": "secret-of-the-operator", "ARTCELERY_PUBLIC_URL": "https://art.example"}
    with serving(tmp_path, "--no-worker", "--host", "0.0.0.0", **given) as served, served.client() as client:
        assert client.get("/runs").status_code == 401
        assert client.get("/runs", headers={"Authorization": "Bearer secret-of-the-operator"}).json()["runs"] == []
    said = served.log.read_text()
    assert (
        f"listening on {served.url}, and on every other address of this machine, known as https://art.example" in said
    )
    assert "secret-of-the-operator" not in said


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = refused(tmp_path, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "something listens there already" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "ARTCELERY_API_TOKEN"),
        (["--host", "no.such.host.invalid"], "no.such.host.invalid"),
        (["--workers", "0"], "--workers"),
    ],
)
def test_what_it_may_not_do_is_refused_before_it_listens(words: list[str], said: str, tmp_path: Path) -> None:
    done = refused(tmp_path, "--port", "0", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_what_it_is_made_of_it_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['fastapi'] = None; from artcelery.cli.app import main; main()"
    command = [sys.executable, "-c", program, "serve"]
    done = subprocess.run(command, env=environment_of(tmp_path), capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr == 'artcelery: fastapi not installed: pip install "artcelery[server]"\n'


def test_a_state_that_does_not_answer_is_known_at_once(tmp_path: Path) -> None:
    done = refused(tmp_path, "--port", "0", ARTCELERY_REDIS_URL=f"redis://127.0.0.1:{free_port()}/5")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_with_redis_it_has_a_worker_only_when_asked_and_tells_when_redis_is_away(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as redis:
        with serving(tmp_path, ARTCELERY_REDIS_URL=redis.url(5)) as served, served.client() as client:
            assert not any("worker" in command_of(child) for child in served.children())
            assert client.get("/readyz").json() == {"status": "ok"}
            redis.kill()
            away = client.get("/readyz")
            assert (away.status_code, away.json()["code"]) == (503, "unreachable")
            assert client.get("/healthz").status_code == 200
            redis.start()
            until(lambda: client.get("/readyz").status_code == 200, "it is ready again")
        with serving(tmp_path, "--worker", ARTCELERY_REDIS_URL=redis.url(5)) as served:
            assert served.worker()


def test_options_win_over_the_environment_and_requests_are_logged_when_asked(tmp_path: Path) -> None:
    served = Serve(environment_of(tmp_path, ARTCELERY_PORT="1"), tmp_path / "log", "--no-worker", "--access-log")
    try:
        with served.client() as client:
            client.get("/healthz?auth_token=CANARY")
        assert served.stop() == 0
    finally:
        served.close()
    assert "GET /healthz " in served.log.read_text()
    assert "CANARY" not in served.log.read_text()
