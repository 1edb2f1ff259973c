"""Machines that share a Redis and no disk, whose files go through a server."""

from __future__ import annotations

from pathlib import Path

from artcelery.core.hashing import hash_bytes
from tests.media_files import make_film
from tests.server.running import running_server, server_settings
from tests.services import redis_server
from tests.worker.conftest import environment_of
from tests.worker.farm import TestFarm
from tests.worker.test_runs import local_hash

TOKEN = "what-machines-show-to-their-server"
CUTS = """\
name: cuts
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: a, type: SEGMENT, config: {offset: 0, duration: 0.4}, inputs: film}
    - {id: b, type: SEGMENT, config: {offset: 0.8, duration: 0.4}, inputs: film}
    - {id: sepia, type: EFFECT, config: {effect: sepia}, inputs: b}
    - {id: cut, type: SEQUENCE, inputs: [a, sepia]}
  output: cut
"""


def test_a_server_is_the_store_of_machines_without_a_shared_disk(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as redis:
        settings = server_settings(tmp_path / "hub", api_token=TOKEN, redis_url=redis.url(5))
        with running_server(settings) as server:
            environment = environment_of(tmp_path) | {
                "ARTCELERY_REDIS_URL": redis.url(5),
                "ARTCELERY_STORE_URL": server.url,
                "ARTCELERY_STORE_TOKEN": TOKEN,
            }
            farm = TestFarm(tmp_path, environment)
            try:
                film = make_film(tmp_path / "film.mp4", seconds=1.4)
                farm.start("one", "-c", "2", ARTCELERY_HOME=str(tmp_path / "one"))
                run = farm.wait(farm.submit(CUTS, {"film": film}))
                assert (run.output_hash, run.output_key) == local_hash(farm, CUTS, {"film": film})
                with server.client(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
                    kept = client.get(f"/cache/{run.output_hash}")
                    assert kept.status_code == 200
                    assert hash_bytes(kept.content) == run.output_hash
                    assert client.get(f"/runs/{run.id}").json()["status"] == "completed"
                    refused = client.put(f"/cache/{'0' * 64}", content=b"something else")
                    assert (refused.status_code, refused.json()["code"]) == (422, "store-corrupt")
                with server.client() as stranger:
                    assert stranger.put(f"/cache/{run.output_hash}", content=kept.content).status_code == 401
            finally:
                farm.close()
