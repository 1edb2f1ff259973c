"""A server's bytes: downloads beside Starlette's and nginx's own, uploads beside hashing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.farm import farm
from benchmarks.timing import Measured, Row, in_turn
from benchmarks.works import Bench
from tests.server.serving.nginx import nginx_before, running_nginx
from tests.server.serving.program import Serve
from tests.services import free_port
from tests.worker.farm import TestFarm

ALONE = """\
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

path, port = sys.argv[1:]
app = Starlette(routes=[Route("/file", lambda request: FileResponse(path))])
uvicorn.run(app, port=int(port), log_level="warning")
"""
_BLOCK = 1 << 20


@contextmanager
def site(bench: Bench, kind: str, *words: str, **given: str) -> Iterator[tuple[Serve, TestFarm]]:
    """A server without a worker, with the state of a farm that nobody else works for."""
    with farm(bench, kind) as made:
        served = Serve({**made.environment, **given}, made.folder / "serve.log", "--no-worker", *words)
        try:
            yield served, made
        finally:
            served.close()


def connected(url: str) -> HTTPConnection:
    """A connection that stays."""
    host, port = url.removeprefix("http://").split(":")
    return HTTPConnection(host, int(port), timeout=60, blocksize=_BLOCK)


def noise(path: Path, size_bytes: int) -> Path:
    """A sound of noise: bytes that are media, and that nobody has seen before."""
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 48000, 0, "NONE", ""))
        for _ in range(size_bytes // 10**6):
            file.writeframesraw(os.urandom(10**6))
    return path


def download(bench: Bench) -> Iterator[Row]:
    """100 MB by one connection."""
    sound = noise(bench.folder / "noise.wav", 100_000_000)
    with site(bench, "embedded") as (served, _), alone(sound) as url:
        path = uploaded(served.url, sound)
        ours, theirs = in_turn([lambda: fetched(served.url, path), lambda: fetched(url, "/file")], 2 * bench.runs)
    yield _beside("GET of 100 MB, one connection", sound, ours, theirs, "FileResponse alone", 0.9)


def nginx(bench: Bench) -> Iterator[Row]:
    """The same behind nginx, which sends the file itself; beside nginx that asks nobody."""
    sound, port, plain_port = noise(bench.folder / "noise.wav", 100_000_000), free_port(), free_port()
    plain = f"server {{ listen 127.0.0.1:{plain_port}; location / {{ root {bench.folder}; sendfile on; }} }}"
    url, plain_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{plain_port}"
    given = {"ARTCELERY_PUBLIC_URL": url, "ARTCELERY_ACCEL_REDIRECT": "/_cache/"}
    with (
        site(bench, "embedded", **given) as (served, made),
        nginx_before(served.url, port, made.settings().cache, made.folder / "nginx"),
        running_nginx(plain, plain_port, made.folder / "plain"),
    ):
        path = uploaded(url, sound)
        ours, theirs = in_turn([lambda: fetched(url, path), lambda: fetched(plain_url, "/noise.wav")], 4 * bench.runs)
    yield _beside("GET of 100 MB behind nginx (X-Accel-Redirect)", sound, ours, theirs, "nginx alone", 0.9)


def upload(bench: Bench) -> Iterator[Row]:
    """500 MB that nobody has seen before, beside hashing as many bytes that lie in memory."""
    sounds = iter([noise(bench.folder / f"new-{number}.wav", 500_000_000) for number in range(bench.runs + 1)])
    data = bytes(bytearray(_BLOCK))

    def hashed() -> Measured:
        began, digest = time.perf_counter(), hashlib.sha3_256()
        for _ in range(500_000_000 // _BLOCK):
            digest.update(data)
        digest.hexdigest()
        return Measured(time.perf_counter() - began, 0, 0)

    with site(bench, "embedded") as (served, _):

        def sent() -> Measured:
            sound = next(sounds)
            began = time.perf_counter()
            uploaded(served.url, sound)
            took = time.perf_counter() - began
            sound.unlink()
            return Measured(took, 0, 0)

        ours, theirs = in_turn([sent, hashed], bench.runs)
    ours_mb_s, theirs_mb_s = 500 / ours.wall_s, 500 / theirs.wall_s
    ratio = ours_mb_s / theirs_mb_s
    rival = f"{theirs_mb_s:.0f} MB/s, sha3_256 over memory"
    work = "upload of 500 MB, checked and kept"
    yield Row(work, f"{ours_mb_s:.0f} MB/s", rival, f"{ratio:.2f} x its speed", ">= 0.8 x", ratio >= 0.8)


def _beside(work: str, sound: Path, ours: Measured, theirs: Measured, rival: str, bar: float) -> Row:
    size_mb = sound.stat().st_size / 1e6
    ratio = theirs.wall_s / ours.wall_s
    mine, other = f"{size_mb / ours.wall_s:.0f} MB/s", f"{size_mb / theirs.wall_s:.0f} MB/s, {rival}"
    return Row(work, mine, other, f"{ratio:.2f} x its speed", f">= {bar:g} x", ratio >= bar)


@contextmanager
def alone(path: Path) -> Iterator[str]:
    """A server that is nothing but a FileResponse."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", ALONE, str(path), str(port)])
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            connected(f"http://127.0.0.1:{port}").connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server beside does not start")


def fetched(url: str, path: str) -> Measured:
    """How long a file takes, from the request to its last byte."""
    connection, buffer = connected(url), bytearray(_BLOCK)
    began = time.perf_counter()
    connection.request("GET", path)
    reply = connection.getresponse()
    size = 0
    while count := reply.readinto(buffer):
        size += count
    took = time.perf_counter() - began
    connection.close()
    if reply.status != 200 or size < 10**8:
        raise SystemExit(f"{url}{path}: {reply.status}, {size} bytes")
    return Measured(took, 0, 0)


def uploaded(url: str, path: Path) -> str:
    """Upload a file; where it is then."""
    connection = connected(url)
    with path.open("rb") as file:
        connection.putrequest("POST", f"/cache/upload?name={path.name}")
        connection.putheader("Content-Length", str(path.stat().st_size))
        connection.endheaders()
        connection.sock.sendfile(file)  # the client is to take little of the two cores
        reply = connection.getresponse()
        said = reply.read()
    connection.close()
    if reply.status != 201:
        raise SystemExit(f"the upload failed: {said.decode()}")
    return str(reply.headers["Location"])


WORKS = {"download": download, "nginx": nginx, "upload": upload}
