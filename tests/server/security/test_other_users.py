"""Another user of the machine: what is kept is not theirs to read or change, and what they may ask is what is said."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from artcelery.client.address import parse_address
from artcelery.client.credentials import Credentials
from tests.server.files.people import new_picture
from tests.server.serving.program import Serve, serving

NOBODY = 65534
TOKEN = "secret-of-the-operator"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into, unlike those of tests, while new files are everybody's by default."""
    before = os.umask(0)
    try:
        with tempfile.TemporaryDirectory(prefix="artcelery-test-") as name:
            os.chmod(name, 0o755)
            yield Path(name)
    finally:
        os.umask(before)


def by_nobody(*words: object) -> subprocess.CompletedProcess[str]:
    """What a command gives that another user runs, one without any rights."""
    return subprocess.run(
        [*map(str, words)], user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, timeout=30
    )


def asked_by_nobody(served: Serve, *head: str) -> str:
    """What a server replies to another user of the machine."""
    address = urlsplit(served.url)
    request = "".join(f"{line}\\r\\n" for line in (*head, "Host: 127.0.0.1", "Connection: close", ""))
    talk = f"exec 3<>/dev/tcp/127.0.0.1/{address.port}; printf '{request}' >&3; cat <&3"
    return by_nobody("bash", "-c", talk).stdout


@contextmanager
def in_use(**given: str) -> Iterator[tuple[Serve, Path]]:
    """A server that has been worked with, whose user has signed in at another one, and its folder."""
    with open_folder() as folder:
        Credentials(folder / "home").keep(parse_address("https://art.example"), "a-token")
        with serving(folder, "--no-worker", **given) as served, served.client() as client:
            headers = {"Authorization": f"Bearer {TOKEN}"} if given else {}
            sent = client.post("/cache/upload", content=new_picture(), headers=headers).json()["content_hash"]
            order = {"recipe": "dog", "inputs": [sent]}
            assert client.post("/runs", json=order, headers=headers).status_code == 202
            yield served, folder


def test_another_user_neither_reads_nor_changes_what_is_kept_but_may_ask_in_local_mode() -> None:
    with in_use() as (served, folder):
        kept = [path.name for path in (folder / "home").rglob("*") if path.is_file()]
        assert {"state.db", "credentials.json"} < set(kept)
        assert len(kept) > 5
        for right in ("-readable", "-writable"):
            assert by_nobody("find", folder / "home", right, "-print").stdout == ""
        assert by_nobody("cat", folder / "home" / "credentials.json").returncode != 0
        assert by_nobody("cat", f"/proc/{served.process.pid}/environ").returncode != 0
        assert by_nobody("kill", served.process.pid).returncode != 0
        assert asked_by_nobody(served, "GET /runs HTTP/1.1").startswith("HTTP/1.1 200 OK")


def test_with_a_token_another_user_may_ask_for_nothing_and_does_not_find_it() -> None:
    with in_use(ARTCELERY_API_TOKEN=TOKEN) as (served, folder):
        for head in ("GET /runs HTTP/1.1", "GET /cache HTTP/1.1", "GET /metrics HTTP/1.1"):
            assert asked_by_nobody(served, head).startswith("HTTP/1.1 401 ")
        assert TOKEN not in by_nobody("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ").stdout
        assert by_nobody("grep", "-rl", TOKEN, folder).stdout == ""
