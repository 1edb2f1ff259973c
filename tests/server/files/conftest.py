"""Servers with files: one that is its user's own, and one whose users sign in with an L2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.media_files import make_film, make_sound, make_still
from tests.server.files.people import People
from tests.server.l2_server import reference_l2
from tests.server.running import RunningServer, running_server, server_settings
from tests.services import free_port, redis_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server in local mode, for a whole file of tests."""
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """A client of the server of one's own."""
    with server.client() as client:
        yield client


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def people(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[People]:
    """A server whose users sign in, with each kind of state; each user may have 1 MB, and upload 300 kB at once."""
    folder, port = tmp_path_factory.mktemp("people"), free_port()
    with ExitStack() as opened:
        l2 = opened.enter_context(reference_l2())
        given = {}
        if request.param == "redis":
            given["redis_url"] = opened.enter_context(redis_server(folder / "redis")).url()
        settings = server_settings(
            folder,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            l2_urls=[l2.origin],
            api_token="sesame",
            upload_max_size=300_000,
            quota_size=1_000_000,
            **given,
        )
        with running_server(settings, port=port) as server:
            people = People(server, l2)
            yield people
            people.close()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a picture, a film and a sound."""
    folder = tmp_path_factory.mktemp("samples")
    make_still(folder / "picture.png")
    make_film(folder / "film.mp4", size=(64, 48), seconds=1)
    make_sound(folder / "sound.flac", seconds=1)
    return folder
