"""Connections that break cost time, and nothing else; what was interrupted can be found again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from artcelery.client.address import parse_address
from artcelery.client.engine import RemoteEngine, open_remote
from artcelery.client.following import follow
from artcelery.client.http import Http
from artcelery.core.engine.order import Order
from artcelery.core.errors import UnreachableError
from artcelery.core.events import Event, PassFinished, PassStarted, RunFinished, RunStarted
from artcelery.core.hashing import content_hash
from artcelery.core.settings import Settings
from tests.client.site import Person, Proxy, Site, site
from tests.media_files import make_film
from tests.worker.farm import until

CUTS = """\
name: cuts
dag:
  nodes:
    - {id: one, type: GENERATE, config: {kind: testsrc, width: 320, height: 240, duration: 6}}
    - {id: two, type: GENERATE, config: {kind: noise, width: 320, height: 240, duration: 6, seed: SEED}}
    - {id: film, type: SWITCH, config: {cuts: {at: [1, 2, 3, 4, 5]}}, inputs: [one, two]}
  output: film
"""


def cuts(folder: Path, seed: int) -> Path:
    path = folder / "cuts.yaml"
    path.write_text(CUTS.replace("SEED", str(seed)))
    return path


def events_over(engine: RemoteEngine, order: Order) -> list[Event]:
    """What is told of a run of an order."""
    heard: list[Event] = []
    engine.follow(engine.farm.submit(order).id, heard.append)
    return [event for event in heard if isinstance(event, (RunStarted, PassStarted, PassFinished, RunFinished))]


def test_events_that_are_cut_are_told_once_each_and_in_order(shared: Site, tmp_path: Path) -> None:
    with Proxy(shared.port) as proxy:
        proxy.breaks += [10**6, 700, 1000, 800, 1200]  # what the run is comes whole
        settings = Settings.model_validate({"home": tmp_path, "server": f"http://127.0.0.1:{proxy.port}"})
        with open_remote(settings) as engine:
            config = engine.configs.load(cuts(tmp_path, 1))
            heard = events_over(engine, engine.order(config))
        assert not proxy.breaks
    started = [event.node_id for event in heard if isinstance(event, PassStarted)]
    finished = [event.node_id for event in heard if isinstance(event, PassFinished)]
    assert isinstance(heard[0], RunStarted)
    assert heard[0].passes == 7
    assert isinstance(heard[-1], RunFinished)
    assert heard[-1].status == "completed"
    assert len(started) == len(set(started)) == 7
    assert sorted(finished) == sorted(started)
    for event in heard:
        if isinstance(event, PassFinished):
            assert heard.index(event) > [getattr(item, "node_id", "") for item in heard].index(event.node_id)


def test_a_result_that_is_cut_on_the_way_is_gone_on_with_and_comes_whole(person: Person, shared: Site) -> None:
    made = person.run("run", cuts(person.folder, 2), "-o", "film.mkv")
    assert made.returncode == 0, made.stderr
    size = (person.folder / "film.mkv").stat().st_size
    with Proxy(shared.port) as proxy:
        proxy.breaks += [size // 4, size // 4, size // 4]
        wanted = content_hash(person.folder / "film.mkv")
        done = person.through(proxy).run("cache", "get", wanted, "-o", "again.mkv")
    assert (done.returncode, done.stdout) == (0, "again.mkv\n"), done.stderr
    assert content_hash(person.folder / "again.mkv") == wanted
    assert not proxy.breaks
    assert proxy.sent < 1.1 * size


def test_an_upload_that_is_cut_goes_on_where_it_stood(person: Person, shared: Site) -> None:
    film = make_film(person.folder / "film.mkv", (960, 720), seconds=8, codec="ffv1")
    size = film.stat().st_size
    proxy = Proxy(shared.port)
    proxy.pause_s = 0.005
    process = person.through(proxy).start("cache", "import", "film.mkv")
    until(lambda: proxy.received > size // 2, "half of it has come")
    proxy.close()
    before = proxy.received
    with Proxy(shared.port, at=proxy.port) as proxy:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, content_hash(film) + "\n"), err
        assert proxy.received < 0.9 * size
        assert before + proxy.received > size


def test_a_server_that_stays_away_is_not_waited_for_without_end(person: Person, shared: Site) -> None:
    run_id = person.run("run", cuts(person.folder, 3)).stdout.strip()
    proxy = Proxy(shared.port)
    proxy.breaks += [700] * 100  # its end is not told, were it over already
    http = Http(parse_address(f"http://127.0.0.1:{proxy.port}"), None)
    with pytest.raises(UnreachableError, match="the run goes on"):
        follow(http, run_id, lambda event: proxy.close(), hope_s=0.5)
    http.close()
    assert person.run("runs", "wait", run_id).returncode == 0


def test_who_stops_waiting_is_told_how_to_find_the_run_again(tmp_path: Path) -> None:
    with site(tmp_path, with_worker=False) as made:
        person = made.person("ada", "")
        process = person.start("--server", made.server.url, "render", "dog", "cat", "-o", "dog.png")
        until(lambda: made.server.services.engine.runs.page().runs, "the run is there")
        (run,) = made.server.services.engine.runs.page().runs
        until(lambda: made.server.app.state.followings.readers, "it is followed")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert f"`artcelery --server {made.server.url} runs wait {run.id}` follows it" in err
        assert made.server.services.engine.runs.get(run.id).status == "pending"
        assert not (person.folder / "dog.png").exists()
        cancelled = person.run("--server", made.server.url, "runs", "cancel", "last")
        assert cancelled.stdout == f"{run.id}\n"
        again = person.run("--server", made.server.url, "runs", "wait", run.id)
        assert again.returncode == 130
        assert f"run {run.id} was cancelled" in again.stderr
