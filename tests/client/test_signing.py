"""Signing in: a token comes by stdin or a prompt, stays with its owner, and goes to its own server only."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.client.site import Person, Site, site

TOKEN = "sesame-open-the-door"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose operator has a token."""
    with site(tmp_path_factory.mktemp("guarded"), with_worker=False, api_token=TOKEN) as made:
        yield made


@contextmanager
def listening(location: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """The URL of a server that writes down what it is asked with, and answers with a redirect or nothing."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path} {self.headers.get('Authorization', '-')}")
            self.send_response(302 if location else 500)
            if location:
                self.send_header("Location", location + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_token_from_stdin_is_kept_once_it_counts_and_forgotten_with_logout(guarded: Site) -> None:
    person = guarded.person("ada")
    before = person.run("runs", "list")
    assert (before.returncode, f"artcelery login --server {guarded.server.url}" in before.stderr) == (4, True)
    wrong = person.run("login", "--token", "-", said="wrong\n")
    assert (wrong.returncode, "does not know this token" in wrong.stderr) == (4, True)
    kept = person.folder / "home" / "credentials.json"
    assert not kept.exists()
    right = person.run("login", "--token", "-", said=f"{TOKEN}\n")
    assert (right.returncode, right.stdout) == (0, f"{guarded.server.url}\n"), right.stderr
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == {guarded.server.url: TOKEN}
    assert person.run("runs", "list").returncode == 0
    assert person.run("--server", guarded.server.url.replace("127.0.0.1", "localhost"), "runs", "list").returncode == 4
    assert person.run("logout").returncode == 0
    assert json.loads(kept.read_text()) == {}
    assert person.run("runs", "list").returncode == 4


def test_a_token_that_is_typed_is_not_shown(guarded: Site) -> None:
    person = guarded.person("eve", "")
    main, side = pty.openpty()
    command = person.command("login", "--server", guarded.server.url)
    process = subprocess.Popen(
        command, stdin=side, stdout=side, stderr=side, env=person.environment, cwd=person.folder, start_new_session=True
    )
    os.close(side)
    seen = b""
    with suppress(OSError):
        while part := os.read(main, 4096):
            seen += part
            if b"token for" in part:
                os.write(main, f"{TOKEN}\n".encode())
    assert process.wait(30) == 0, seen
    os.close(main)
    assert TOKEN.encode() not in seen
    assert TOKEN in (person.folder / "home" / "credentials.json").read_text()


def test_a_token_in_the_arguments_is_refused(guarded: Site) -> None:
    done = guarded.person("bob").run("login", "--token", TOKEN)
    assert (done.returncode, TOKEN in done.stderr) == (2, False)


def test_the_environment_goes_before_what_is_kept_and_is_not_written_down(guarded: Site) -> None:
    person = guarded.person("cid")
    assert person.run("runs", "list", variables={"ARTCELERY_TOKEN": TOKEN}).returncode == 0
    assert person.run("runs", "list", variables={"ARTCELERY_TOKEN": "other"}).returncode == 4
    assert not (person.folder / "home" / "credentials.json").exists()


def test_a_token_does_not_follow_a_redirect(tmp_path: Path) -> None:
    with listening() as (elsewhere, there), listening(elsewhere) as (url, heard):
        person = Person(tmp_path, url)
        done = person.run("runs", "list", variables={"ARTCELERY_TOKEN": TOKEN})
        assert (done.returncode, f"has moved to '{elsewhere}/runs" in done.stderr) == (2, True), done.stderr
        assert [line.rpartition(" ")[2] for line in heard] == [TOKEN]
        assert there == []


def test_a_folder_that_names_a_server_gets_no_token_of_the_environment(tmp_path: Path) -> None:
    with listening() as (url, heard):
        person = Person(tmp_path)
        (tmp_path / "artcelery.toml").write_text(f'server = "{url}"\n')
        done = person.run("runs", "list", variables={"ARTCELERY_TOKEN": TOKEN})
        assert done.returncode == 5
        assert heard
        assert all(line.endswith(" -") for line in heard)


def test_no_token_travels_in_the_open(tmp_path: Path) -> None:
    person = Person(tmp_path, "http://192.0.2.1")
    for words in (["login", "--token", "-"], ["runs", "list"]):
        done = person.run(*words, said=TOKEN, variables={"ARTCELERY_TOKEN": TOKEN})
        assert (done.returncode, "use https" in done.stderr) == (2, True), done.stderr


def test_logout_forgets_the_token_also_when_the_server_is_down(guarded: Site) -> None:
    person = guarded.person("dan")
    home = person.folder / "home"
    assert person.run("login", said=TOKEN).returncode == 0
    kept = json.loads((home / "credentials.json").read_text())
    (home / "credentials.json").write_text(json.dumps({"http://127.0.0.1:1": kept[guarded.server.url]}))
    done = person.run("logout", "--server", "http://127.0.0.1:1")
    assert (done.returncode, "forgotten here" in done.stderr) == (5, True)
    assert json.loads((home / "credentials.json").read_text()) == {}
