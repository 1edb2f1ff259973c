"""The client that a server gives away: the same bytes each time, and it installs and runs."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import artcelery
from artcelery.server.wheel import client_wheel
from tests.client.site import Site


def test_the_wheel_that_a_server_gives_installs_and_runs(shared: Site, tmp_path: Path) -> None:
    with shared.server.client() as client:
        said = client.get("/download/client").json()
        came = client.get(f"/download/client/{said['file']}")
        unknown = client.get("/download/client/artcelery-9.9-py3-none-any.whl")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert hashlib.sha256(came.content).hexdigest() == said["sha256"]
    assert said["version"] == artcelery.__version__
    url = re.fullmatch(r'pip install "artcelery @ (http://127\.0\.0\.1:\d+/\S+)#sha256=[0-9a-f]{64}"', said["command"])
    assert url is not None
    wheel = tmp_path / said["file"]
    wheel.write_bytes(came.content)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "-q",
        "--target",
        tmp_path / "in",
        wheel,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    run = [sys.executable, tmp_path / "in" / "bin" / "artcelery", "--version"]
    done = subprocess.run(run, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path / "in")}, timeout=60)
    assert done.stdout == f"artcelery {artcelery.__version__}\n", done.stderr
    where = [sys.executable, "-c", "import artcelery; print(artcelery.__file__)"]
    found = subprocess.run(
        where, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path / "in")}, cwd=tmp_path
    )
    assert found.stdout.startswith(str(tmp_path / "in"))


def test_the_wheel_is_the_same_each_time_and_holds_the_package(tmp_path: Path) -> None:
    first, second = client_wheel.__wrapped__(), client_wheel.__wrapped__()
    assert first == second
    (tmp_path / first.file).write_bytes(first.data)
    folder = Path(artcelery.__file__).parent.parent
    with ZipFile(tmp_path / first.file) as archive:
        names = archive.namelist()
        assert "artcelery/assets/cat.png" in names
        assert not [name for name in names if name.endswith(".pyc") or "__pycache__" in name]
        for name in names:
            if name.startswith("artcelery/"):
                assert archive.read(name) == (folder / name).read_bytes(), name
        said = archive.read(f"artcelery-{first.version}.dist-info/METADATA").decode()
    assert f"Version: {artcelery.__version__}\n" in said
