"""A real nginx, with the sample of `deploy` before a server of the test, ended with it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["need_nginx", "nginx_before", "running_nginx"]

SAMPLE = Path(__file__).parents[3] / "deploy" / "nginx" / "artcelery.conf"
AROUND = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


def need_nginx() -> str:
    """The program; where it is missing, the test is left out on a laptop and fails in CI."""
    program = shutil.which("nginx", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if program is None:
        message = "nginx is missing: sudo apt-get install nginx-light"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return program


def site(server_url: str, port: int, cache: Path, log: Path) -> str:
    """The sample, with addresses and folders of the test, and without certificates."""
    text = SAMPLE.read_text()
    for pattern, given in (
        (r"server 127\.0\.0\.1:8100;", f"server {server_url.removeprefix('http://')};"),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"server_name ART\.EXAMPLE\.COM;", "server_name 127.0.0.1;"),
        (r"ssl_certificate(_key)? [^;]+;\n", ""),
        (r"/var/log/nginx/artcelery\.log", str(log)),
        (r"/var/lib/artcelery/cache/", f"{cache}/"),
    ):
        text, count = re.subn(pattern, given, text)
        assert count, pattern
    return text


@contextmanager
def nginx_before(server_url: str, port: int, cache: Path, folder: Path) -> Iterator[Path]:
    """nginx with the sample before a server, from when it listens; its access log."""
    log = folder / "access.log"
    with running_nginx(site(server_url, port, cache, log), port, folder):
        yield log


@contextmanager
def running_nginx(given: str, port: int, folder: Path) -> Iterator[None]:
    """nginx with that configuration of its sites, from when it listens."""
    program = need_nginx()
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(AROUND.format(folder=folder, site=given))
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait(process, port, folder)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        assert process.poll() is None, (folder / "error.log").read_text()
        assert time.monotonic() < deadline, (folder / "error.log").read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
