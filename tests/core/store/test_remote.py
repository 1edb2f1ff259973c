"""A store before a remote one: machines that share no disk, connections that break, services that lie or are away."""

from __future__ import annotations

import os
import resource
import signal
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artcelery.core.errors import (
    CancelledError,
    CorruptError,
    NotAllowedError,
    StoreError,
    StoreFullError,
    UnreachableError,
    UsageError,
)
from artcelery.core.hashing import content_hash, hash_bytes
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Blob
from artcelery.core.store.remote import open_remote
from artcelery.core.store.tiered import TieredStore
from artcelery.core.store.transport import Patience
from tests.core.store.children import finished, kill, on_small_disk, ready, run_at_once, start, until_ready, wait_for_go
from tests.core.store.conftest import Machines
from tests.core.store.services import TOKEN, CacheService, Proxy, new_certificate
from tests.services import free_port

MakeFile = Callable[..., Path]
MakeProxy = Callable[[int], Proxy]
MB = 1_000_000
QUICK = Patience(connect_s=1, read_s=0.5, total_s=2, first_pause_s=0.02)
STEADY = Patience(read_s=1.5, total_s=6, first_pause_s=0.02)
LARGE_BYTES = 300 * MB
FLAT_KB = 80_000


def in_the_works(store: TieredStore) -> list[str]:
    return os.listdir(store.disk.root / ".tmp")


def data_of(store: TieredStore, blob: Blob) -> bytes | None:
    path = store.find(blob.content_hash, blob.size_bytes)
    return path.read_bytes() if path else None


# Machines that share nothing else.


@pytest.mark.parametrize("size_bytes", [0, 1, 20 * MB])
def test_what_one_machine_stores_another_finds(machines: Machines, make_file: MakeFile, size_bytes: int) -> None:
    here, there = machines.store("here"), machines.store("there")
    source = make_file(size_bytes)
    blob = here.put(source)
    assert there.has(blob.content_hash, size_bytes)
    assert list(there.blobs()) == []
    assert data_of(there, blob) == source.read_bytes()
    assert list(there.blobs()) == [blob]
    assert there.verify(blob.content_hash)
    assert in_the_works(there) == []


def test_a_file_of_another_size_is_a_miss_and_is_not_fetched(machines: Machines) -> None:
    blob = machines.store("here").put_bytes(b"dog")
    there = machines.store("there")
    assert there.find(blob.content_hash, 4) is None
    assert not there.has(blob.content_hash, 4)
    assert there.find("0" * 64) is None
    assert list(there.blobs()) == []


def test_what_is_removed_from_one_disk_stays_in_the_remote_store(machines: Machines) -> None:
    here = machines.store("here")
    blob = here.put_bytes(b"dog")
    assert here.remove(blob.content_hash) == 3
    assert data_of(here, blob) == b"dog"
    assert data_of(machines.store("there"), blob) == b"dog"


def test_files_from_before_there_was_a_remote_store_are_shared_when_asked_for(machines: Machines) -> None:
    here, there = machines.store("here"), machines.store("there")
    blobs = [here.disk.put_bytes(bytes([number])) for number in range(5)]
    assert here.has(blobs[0].content_hash)
    assert not there.has_many((blob.content_hash, None) for blob in blobs)
    here.share([*((blob.content_hash, 1) for blob in blobs), (blobs[0].content_hash, None), ("0" * 64, 1)])
    assert [data_of(there, blob) for blob in blobs] == [bytes([number]) for number in range(5)]


def test_a_bucket_and_a_folder_are_laid_out_as_the_store_on_disk(folder_url: str, tmp_path: Path) -> None:
    blob = Machines(folder_url, tmp_path).store("here").put_bytes(b"dog")
    name = f"{blob.content_hash[:2]}/{blob.content_hash}"
    assert (tmp_path / "shared" / name).read_bytes() == b"dog"
    assert [str(path.relative_to(tmp_path / "shared")) for path in (tmp_path / "shared").rglob("*/*")] == [name]


def put_file(url: str, token: str, root: str, source: str) -> None:
    """In a child: put a file together with others."""
    wait_for_go()
    print(TieredStore(DiskStore(Path(root)), open_remote(url, token)).put(Path(source)).content_hash)


def find_file(url: str, token: str, root: str, wanted: str) -> None:
    """In a child: find a file together with others."""
    wait_for_go()
    path = TieredStore(DiskStore(Path(root)), open_remote(url, token)).find(wanted)
    print(path and content_hash(path))


def test_processes_push_and_fetch_one_file_at_once(machines: Machines, make_file: MakeFile) -> None:
    source = make_file(12 * MB)
    wanted = content_hash(source)
    here, there = machines.folder / "here", machines.store("there")
    assert set(run_at_once(3, put_file, machines.url, TOKEN, here, source)) == {wanted}
    assert set(run_at_once(3, find_file, machines.url, TOKEN, there.disk.root, wanted)) == {wanted}
    assert list(there.blobs()) == [Blob(wanted, 12 * MB)]
    assert in_the_works(there) == []


def test_threads_that_need_one_file_fetch_it_once(service: CacheService, service_url: str, tmp_path: Path) -> None:
    machines = Machines(service_url, tmp_path)
    blob = machines.store("here").put_bytes(os.urandom(2 * MB))
    there = machines.store("there")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: there.find(blob.content_hash), range(8)))
    assert found == [there.disk.find(blob.content_hash)] * 8
    assert service.asked("GET") == 1


def test_a_file_that_the_remote_store_has_is_not_sent_again(
    service: CacheService, service_url: str, tmp_path: Path
) -> None:
    machines = Machines(service_url, tmp_path)
    for name in ("here", "there", "there"):
        machines.store(name).put_bytes(b"dog")
    assert service.asked("PUT") == 1


def test_a_half_file_in_the_remote_store_is_sent_again(machines: Machines, service: CacheService) -> None:
    blob = machines.store("here").put_bytes(b"a whole dog")
    (half := machines.folder / "half").write_bytes(b"a wh")
    if machines.url.startswith("http"):
        (service.folder / blob.content_hash).write_bytes(b"a wh")
    else:
        machines.remote.push(blob.content_hash, half, 4)
    there = machines.store("there")
    assert not there.has(blob.content_hash, blob.size_bytes)
    assert there.find(blob.content_hash, blob.size_bytes) is None
    there.put_bytes(b"a whole dog")
    assert data_of(machines.store("elsewhere"), blob) == b"a whole dog"


def test_a_yes_is_remembered_and_a_no_is_not(service: CacheService, service_url: str, tmp_path: Path) -> None:
    machines = Machines(service_url, tmp_path)
    here, there = machines.store("here"), machines.store("there")
    wanted = hash_bytes(b"dog")
    assert not there.has(wanted)
    here.put_bytes(b"dog")
    assert there.has(wanted, 3)
    asked = service.asked("HEAD")
    assert [there.has(wanted), there.has(wanted, 3)] == [True, True]
    assert service.asked("HEAD") == asked
    (service.folder / wanted).unlink()
    assert there.find(wanted) is None
    assert not there.has(wanted)


# Connections that break.


@pytest.fixture(params=["s3", "server"])
def on_the_way(
    request: pytest.FixtureRequest, proxied: MakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Proxy, Machines]:
    """A proxy before a bucket or a server, and machines that come that way."""
    if request.param == "server":
        proxy = proxied(request.getfixturevalue("service").port)
        return proxy, Machines(f"http://127.0.0.1:{proxy.port}", tmp_path, STEADY)
    url = request.getfixturevalue("s3_url")
    proxy = proxied(request.getfixturevalue("s3_port"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
    return proxy, Machines(url, tmp_path, STEADY)


@pytest.mark.parametrize("stalls", [False, True])
def test_a_broken_download_goes_on_where_it_ended(
    on_the_way: tuple[Proxy, Machines], make_file: MakeFile, stalls: bool
) -> None:
    proxy, machines = on_the_way
    source = make_file(12 * MB)
    blob = machines.store("here").put(source)
    proxy.breaks, proxy.stalls, proxy.sent = [5 * MB, 4 * MB], stalls, 0
    assert data_of(machines.store("there"), blob) == source.read_bytes()
    assert proxy.breaks == []
    # What was on its way when a connection broke comes twice, at most a block of it.
    assert 12 * MB < proxy.sent < 15 * MB


def test_a_connection_that_always_breaks_ends_in_an_error_soon(
    on_the_way: tuple[Proxy, Machines], make_file: MakeFile
) -> None:
    proxy, machines = on_the_way
    blob = machines.store("here").put(make_file())
    proxy.breaks, machines.patience = [1000] * 1000, QUICK
    there = machines.store("there")
    began = time.monotonic()
    with pytest.raises(UnreachableError, match=r"does not answer: .*ARTCELERY_STORE_URL"):
        there.find(blob.content_hash)
    assert time.monotonic() - began < 15
    assert list(there.blobs()) == []
    assert in_the_works(there) == []


def test_a_server_that_sends_no_parts_is_asked_for_the_whole_again(
    service: CacheService, proxied: MakeProxy, tmp_path: Path
) -> None:
    proxy = proxied(service.port)
    machines = Machines(f"http://127.0.0.1:{proxy.port}", tmp_path, STEADY)
    data = os.urandom(3 * MB)
    blob = machines.store("here").put_bytes(data)
    service.ranges, proxy.breaks = False, [2 * MB]
    assert data_of(machines.store("there"), blob) == data


@pytest.mark.parametrize("size_bytes", [3, 20 * MB])
def test_a_push_that_breaks_leaves_nothing_and_is_made_up_for(
    on_the_way: tuple[Proxy, Machines], make_file: MakeFile, size_bytes: int
) -> None:
    """The bytes stop half way (for a small file, with its question whether it is there), the process is killed."""
    proxy, machines = on_the_way
    source = make_file(size_bytes)
    proxy.hold_after = size_bytes // 2
    here = machines.store("here")
    child = until_ready(start(put_for_good, machines.url, here.disk.root, source))
    until = time.monotonic() + 30
    while proxy.received <= size_bytes // 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    kill(child)
    proxy.hold_after = None
    assert not machines.store("there").has(content_hash(source))
    blob = here.put(source)
    assert data_of(machines.store("there"), blob) == source.read_bytes()


def test_a_push_can_be_interrupted(on_the_way: tuple[Proxy, Machines], make_file: MakeFile) -> None:
    proxy, machines = on_the_way
    source = make_file(60 * MB)
    proxy.pause_s = 0.015
    child = until_ready(start(put_until_interrupted, machines.url, machines.folder / "here", source))
    until = time.monotonic() + 30
    while proxy.received < MB:
        assert time.monotonic() < until
        time.sleep(0.01)
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert finished(child) == "interrupted"
    assert time.monotonic() - began < 10
    assert not machines.store("there").has(content_hash(source))


def put_until_interrupted(url: str, root: str, source: str) -> None:
    """In a child: put a file, which takes long."""
    try:
        put_for_good(url, root, source)
    except KeyboardInterrupt:
        print("interrupted")


def put_for_good(url: str, root: str, source: str) -> None:
    """In a child: put a file."""
    ready()
    TieredStore(DiskStore(Path(root)), open_remote(url, TOKEN)).put(Path(source))


def find_for_good(url: str, root: str, wanted: str) -> None:
    """In a child: find a file."""
    ready()
    TieredStore(DiskStore(Path(root)), open_remote(url, TOKEN)).find(wanted)


def test_a_fetch_that_is_killed_leaves_nothing_wrong(on_the_way: tuple[Proxy, Machines], make_file: MakeFile) -> None:
    proxy, machines = on_the_way
    source = make_file(12 * MB)
    blob = machines.store("here").put(source)
    proxy.breaks, proxy.stalls, proxy.sent = [6 * MB], True, 0
    there = machines.store("there")
    child = until_ready(start(find_for_good, machines.url, there.disk.root, blob.content_hash))
    until = time.monotonic() + 30
    while proxy.sent < 6 * MB:
        assert time.monotonic() < until
        time.sleep(0.01)
    kill(child)
    assert list(there.blobs()) == []
    assert len(in_the_works(there)) == 1
    assert data_of(there, blob) == source.read_bytes()
    assert in_the_works(there) == []


def test_whoever_watches_a_fetch_may_end_it(machines: Machines) -> None:
    blob = machines.store("here").put_bytes(os.urandom(6 * MB))
    seen: list[tuple[int, int | None]] = []

    def report(received: int, total: int | None) -> None:
        seen.append((received, total))
        if len(seen) == 2:
            raise CancelledError("the run was cancelled")

    with (machines.folder / "target").open("w+b") as target, pytest.raises(CancelledError):
        machines.remote.fetch(blob.content_hash, target.fileno(), report=report)
    assert [total for _, total in seen] == [6 * MB] * 2
    assert 0 < seen[0][0] < seen[1][0]


# Services that lie, refuse, or are away.


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def test_wrong_bytes_are_asked_for_once_more_and_then_refused(
    service: CacheService, service_url: str, tmp_path: Path
) -> None:
    machines = Machines(service_url, tmp_path)
    blob = machines.store("here").put_bytes(b"dog")
    service.spoil = flipped
    there = machines.store("there")
    with pytest.raises(CorruptError, match=f"{service_url}/cache/{blob.content_hash} is not what its name says"):
        there.find(blob.content_hash)
    assert service.asked("GET") == 2
    assert list(there.blobs()) == []
    service.spoil = bytes
    assert data_of(there, blob) == b"dog"


def test_wrong_bytes_in_a_bucket_are_named(s3_url: str, folder_url: str, tmp_path: Path) -> None:
    (wrong := tmp_path / "wrong").write_bytes(b"god")
    wanted = hash_bytes(b"dog")
    for url in (s3_url, folder_url):
        machines = Machines(url, tmp_path / url[:2])
        machines.remote.push(wanted, wrong, 3)
        with pytest.raises(CorruptError, match=f"{url}/{wanted[:2]}/{wanted} is not what its name says"):
            machines.store("there").find(wanted)


def test_bytes_that_are_wrong_once_do_no_harm(service: CacheService, service_url: str, tmp_path: Path) -> None:
    machines = Machines(service_url, tmp_path)
    blob = machines.store("here").put_bytes(b"dog")

    def spoil(data: bytes) -> bytes:
        service.spoil = bytes
        return flipped(data)

    service.spoil = spoil
    assert data_of(machines.store("there"), blob) == b"dog"


def test_a_service_that_is_busy_for_a_moment_is_waited_for(
    service: CacheService, service_url: str, tmp_path: Path
) -> None:
    machines = Machines(service_url, tmp_path)
    service.failures = [503, 429]
    blob = machines.store("here").put_bytes(b"dog")
    service.failures = [500, 502]
    assert data_of(machines.store("there"), blob) == b"dog"


def test_a_connection_that_ended_while_it_was_idle_is_no_failure(tmp_path: Path, service: CacheService) -> None:
    machines = Machines(f"http://127.0.0.1:{service.port}", tmp_path, Patience(total_s=0, first_pause_s=1))
    here = machines.store("here")
    here.put_bytes(b"dog")
    service._server.hang_up()
    time.sleep(0.1)
    assert not here.has(hash_bytes(b"cat"))


def test_a_wrong_token_is_not_asked_with_again(service: CacheService, service_url: str, tmp_path: Path) -> None:
    here = Machines(service_url, tmp_path, token="open").store("here")
    with pytest.raises(NotAllowedError, match=r"refuses \(401 Unauthorized\); check ARTCELERY_STORE_TOKEN") as caught:
        here.put_bytes(b"dog")
    assert len(service.requests) == 1
    assert "open" not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_bucket_that_refuses_says_where_to_look(
    service: CacheService, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{service.port}")
    service.failures = [status]
    with pytest.raises(NotAllowedError, match=r"refuses: .*; check the AWS_\* environment"):
        Machines(s3_url, tmp_path).store("here").put_bytes(b"dog")
    assert len(service.requests) == 1


def test_a_server_with_a_certificate_is_believed_only_when_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = new_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    service = CacheService(tmp_path / "server", tls)
    try:
        machines = Machines(f"https://127.0.0.1:{service.port}/l1", tmp_path)
        with pytest.raises(UnreachableError, match="is not what it says: self-signed certificate"):
            machines.store("here").put_bytes(b"dog")
        assert service.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        blob = machines.store("here").put_bytes(b"dog")
        assert data_of(machines.store("there"), blob) == b"dog"
    finally:
        service.close()


def test_the_proxy_of_the_environment_is_taken(
    service: CacheService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{service.port}")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    machines = Machines("http://l1.invalid:81/films", tmp_path)
    blob = machines.store("here").put_bytes(b"dog")
    assert data_of(machines.store("there"), blob) == b"dog"
    assert set(service.paths) == {f"http://l1.invalid:81/films/cache/{blob.content_hash}"}
    straight = Machines(f"http://127.0.0.1:{service.port}/films", tmp_path)
    assert data_of(straight.store("elsewhere"), blob) == b"dog"
    assert service.paths[-1] == f"/films/cache/{blob.content_hash}"


def test_a_proxy_is_asked_for_a_way_to_an_encrypted_server(
    tmp_path: Path, proxied: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(new_certificate(tmp_path))
    service = CacheService(tmp_path / "server", tls)
    proxy = proxied(service.port)
    proxy.tunnels = True
    monkeypatch.setenv("https_proxy", f"http://me:secret@127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    try:
        here = Machines("https://127.0.0.1/l1", tmp_path).store("here")
        assert here.put_bytes(b"dog").size_bytes == 3
    finally:
        service.close()
    assert service.asked("PUT") == 1
    assert proxy.asked[0].startswith("CONNECT 127.0.0.1:443 HTTP/1.")
    assert "Proxy-Authorization: Basic bWU6c2VjcmV0" in proxy.asked[0]


def test_a_bucket_without_credentials_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "AZURE_"))]:
        monkeypatch.delenv(name)
    # Where nothing answers for a machine's own credentials, at once.
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{free_port()}/169.254.169.254")
    with pytest.raises(NotAllowedError, match=r"there are no credentials for s3://films; see the AWS_\* environment"):
        open_remote("s3://films", patience=QUICK).size("0" * 64)
    with pytest.raises(UsageError, match=r"Account must be specified; see the AZURE_\* environment"):
        open_remote("az://films").size("0" * 64)


def test_a_missing_bucket_is_an_error_when_something_is_put(s3_url: str, tmp_path: Path) -> None:
    here = Machines("s3://nowhere/x", tmp_path).store("here")
    assert not here.has("0" * 64)
    with pytest.raises(StoreError, match="NoSuchBucket"):
        here.put_bytes(b"dog")


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    here = Machines(f"file://{tmp_path}/not mounted", tmp_path).store("here")
    with pytest.raises(UnreachableError, match=r"there is no folder '.*/not mounted'; mount it"):
        here.put_bytes(b"dog")
    assert not (tmp_path / "not mounted").exists()


@pytest.mark.parametrize("kind", ["s3", "server"])
def test_where_nobody_listens_the_error_says_so_in_time(
    kind: str, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    url = s3_url if kind == "s3" else f"http://127.0.0.1:{port}/l1"
    here = Machines(url, tmp_path, QUICK).store("here")
    began = time.monotonic()
    for call in (lambda: here.put_bytes(b"dog"), lambda: here.find("0" * 64), lambda: here.has("0" * 64)):
        with pytest.raises(UnreachableError, match=f"the remote store {url} does not answer"):
            call()
    # Of each 2 s at least 0.63 s are waited: six pauses of 0.02 s and twice the last, each perhaps half as long.
    assert 1.8 < time.monotonic() - began < 15
    # What lies on the disk needs nobody.
    assert here.has(hash_bytes(b"dog"))
    assert here.find(hash_bytes(b"dog")) is not None


def test_a_service_that_never_answers_is_left(proxied: MakeProxy, service: CacheService, tmp_path: Path) -> None:
    proxy = proxied(service.port)
    proxy.hold_after = 0
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="timed out"):
        Machines(f"http://127.0.0.1:{proxy.port}", tmp_path, QUICK).store("here").has("0" * 64)
    assert time.monotonic() - began < 10


def test_a_question_for_many_files_fails_as_soon_as_one(tmp_path: Path) -> None:
    here = Machines(f"http://127.0.0.1:{free_port()}", tmp_path, QUICK).store("here")
    began = time.monotonic()
    with pytest.raises(UnreachableError):
        here.has_many([(hash_bytes(bytes([number])), None) for number in range(200)])
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "url",
    ["films", "ftp://host/films", "s3://", "s3:films", "file://host/films", "file:films", "https://", "http://h:port/"],
)
def test_a_url_of_no_known_form_is_refused_with_those_that_are(url: str) -> None:
    with pytest.raises(UsageError, match=r"s3://bucket/prefix, gs://.*, az://.*, file:///.* or https://host/path"):
        open_remote(url)


def test_a_secret_in_a_url_is_refused_and_not_shown() -> None:
    for url in ("https://me:s3cret@host/l1", "s3://me:s3cret@films", "https://host/?token=s3cret"):
        with pytest.raises(UsageError, match="ARTCELERY_STORE_TOKEN") as caught:
            open_remote(url)
        assert "s3cret" not in str(caught.value)
    with pytest.raises(UsageError) as caught:
        open_remote("https://host", "s3cret\r\nX-Header: 1")
    assert "s3cret" not in str(caught.value)


# Memory, disks and processes.


def peak_of_put_and_find(url: str, folder: str) -> None:
    """In a child: how much more memory, in kB, it takes to put and to find a large file."""
    source = Path(folder) / "source"
    with source.open("wb") as file:
        block = os.urandom(MB)
        for _ in range(LARGE_BYTES // MB):
            file.write(block)
    here, there = (TieredStore(DiskStore(Path(folder) / name), open_remote(url, TOKEN)) for name in ("here", "there"))
    there.find(here.put_bytes(os.urandom(MB)).content_hash)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    blob = here.put(source, consume=True)
    found = there.find(blob.content_hash, LARGE_BYTES)
    assert found is not None
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


@pytest.mark.parametrize("machines", ["s3_url", "service_url"], indirect=True)
def test_a_large_file_takes_little_memory(machines: Machines) -> None:
    assert int(finished(start(peak_of_put_and_find, machines.url, machines.folder))) < FLAT_KB


def fetch_too_much(url: str, root: str, wanted: str) -> None:
    """In a child, on a disk of 8 MB: find a larger file."""
    there = TieredStore(DiskStore(Path(root)), open_remote(url, TOKEN))
    with pytest.raises(StoreFullError) as caught:
        there.find(wanted, 12 * MB)
    print(caught.value)
    assert list(there.blobs()) == []
    assert in_the_works(there) == []


def test_a_disk_that_fills_up_while_a_file_comes_is_a_clear_error(machines: Machines, make_file: MakeFile) -> None:
    blob = machines.store("here").put(make_file(12 * MB))
    (small := machines.folder / "small").mkdir()
    said = on_small_disk("8m", small, fetch_too_much, machines.url, small / "store", blob.content_hash)
    assert "for 12 MB: the disk is full" in said


def use_in_forked_processes(url: str, folder: str) -> None:
    """In a child: use a store, then use it in a child of its own and in one of that."""
    store = TieredStore(DiskStore(Path(folder) / "forks"), open_remote(url, TOKEN))
    blob = store.put_bytes(b"before")
    if os.fork() == 0:
        signal.alarm(30)
        store.disk.remove(blob.content_hash)
        assert data_of(store, blob) == b"before"
        store.put_bytes(b"child")
        if os.fork() == 0:
            signal.alarm(30)
            store.put_bytes(b"grandchild")
            os._exit(0)
        os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
    assert os.wait()[1] == 0
    store.put_bytes(b"after")
    print(len(list(store.blobs())))


def test_a_forked_process_uses_the_store_anew(machines: Machines) -> None:
    assert finished(start(use_in_forked_processes, machines.url, machines.folder)) == "4"
    there = machines.store("there")
    names = (b"before", b"child", b"grandchild", b"after")
    assert [there.has(hash_bytes(name)) for name in names] == [True] * 4


# The disk as a cache.


def names_on(store: TieredStore, files: dict[str, Blob]) -> set[str]:
    there = {blob.content_hash for blob in store.blobs()}
    return {name for name, blob in files.items() if blob.content_hash in there}


def aged(store: TieredStore, *blobs: Blob) -> None:
    """As if the files had been used last some hours ago, the first of them first."""
    for hours, blob in enumerate(reversed(blobs), start=1):
        path = store.disk.find(blob.content_hash)
        assert path is not None
        os.utime(path, ns=(time.time_ns() - hours * 3600 * 10**9, path.stat().st_mtime_ns))


@pytest.fixture
def four(machines: Machines) -> tuple[TieredStore, dict[str, Blob]]:
    """A store for 1,000 bytes that holds four files of 250 bytes, "a" used longest ago."""
    store = machines.store("here", 1000)
    files = {name: store.put_bytes(name.encode() * 250) for name in "abcd"}
    aged(store, *files.values())
    return store, files


def test_what_was_not_used_for_longest_goes_first(four: tuple[TieredStore, dict[str, Blob]]) -> None:
    store, files = four
    assert names_on(store, files) == set("abcd")
    assert store.find(files["a"].content_hash) is not None
    files["e"] = store.put_bytes(b"e" * 250)
    assert names_on(store, files) == set("acde")
    files["f"] = store.put_bytes(b"f" * 500)
    assert names_on(store, files) == set("aef")
    assert data_of(store, files["b"]) == b"b" * 250
    assert sum(blob.size_bytes for blob in store.blobs()) <= 1000
    assert [data_of(store, blob) for blob in files.values()] == [
        name.encode() * blob.size_bytes for name, blob in files.items()
    ]


def test_what_was_just_asked_for_stays_however_large(four: tuple[TieredStore, dict[str, Blob]]) -> None:
    store, files = four
    files["g"] = store.put_bytes(b"g" * 5000)
    assert names_on(store, files) == {"g"}
    assert data_of(store, files["a"]) == b"a" * 250
    assert names_on(store, files) == {"a"}


def test_what_lies_nowhere_else_stays(four: tuple[TieredStore, dict[str, Blob]]) -> None:
    store, files = four
    files["own"] = store.disk.put_bytes(b"o" * 900)
    aged(store, files["own"])
    files["e"] = store.put_bytes(b"e" * 250)
    assert names_on(store, files) == {"own", "e"}


def test_files_that_lie_nowhere_else_are_not_asked_for_again_and_again(
    service: CacheService, service_url: str, tmp_path: Path
) -> None:
    store = Machines(service_url, tmp_path).store("here", 1000)
    own = [store.disk.put_bytes(bytes([number]) * 100) for number in range(20)]
    for number in range(20, 25):
        store.put_bytes(bytes([number]) * 100)
    asked = [name for method, name in service.requests if method == "HEAD"]
    assert [asked.count(blob.content_hash) for blob in own] == [1] * 20


def test_http_to_a_bucket_has_to_be_allowed(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with pytest.raises(StoreError, match=r"cannot be used: .* \(AWS_ALLOW_HTTP=true allows http://"):
        open_remote(s3_url).size("0" * 64)


def test_a_file_whose_remote_copy_is_gone_stays(service: CacheService, service_url: str, tmp_path: Path) -> None:
    store = Machines(service_url, tmp_path).store("here", 1000)
    files = {name: store.put_bytes(name.encode() * 400) for name in "ab"}
    aged(store, *files.values())
    (service.folder / files["a"].content_hash).unlink()
    files["c"] = store.put_bytes(b"c" * 400)
    assert names_on(store, files) == {"a", "c"}


def test_what_a_pass_asked_for_stays_while_it_works(four: tuple[TieredStore, dict[str, Blob]]) -> None:
    store, files = four
    with store.work_dir():
        path = store.find(files["a"].content_hash)
        assert path is not None
        for name in "efgh":
            files[name] = store.put_bytes(name.encode() * 900)
        assert path.read_bytes() == b"a" * 250
    files["i"] = store.put_bytes(b"i" * 900)
    assert names_on(store, files) == {"i"}


def test_a_use_is_noted_at_most_once_a_minute_and_changes_nothing_else(machines: Machines) -> None:
    store = machines.store("here")
    blob = store.put_bytes(b"dog")
    path = store.find(blob.content_hash)
    assert path is not None
    for age_s, noted in ((50, False), (70, True)):
        before = path.stat()
        os.utime(path, ns=(time.time_ns() - age_s * 10**9, before.st_mtime_ns))
        set_to = path.stat().st_atime_ns
        store.find(blob.content_hash)
        assert (path.stat().st_atime_ns != set_to) is noted
        assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_files_of_other_processes_count_too(machines: Machines) -> None:
    here, same_disk = machines.store("here", 1000), machines.store("here", 1000)
    for number in range(8):
        (here if number % 2 else same_disk).put_bytes(bytes([number]) * 300)
        assert sum(blob.size_bytes for blob in here.blobs()) <= 1000


def test_threads_that_put_at_once_keep_within_the_limit(machines: Machines) -> None:
    store = machines.store("here", 5000)
    failures: list[BaseException] = []

    def put_some(first: int) -> None:
        try:
            for number in range(first, first + 10):
                store.put_bytes(bytes([number]) * 500)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=put_some, args=(10 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(blob.size_bytes for blob in store.blobs()) <= 5000
    assert all(store.has(hash_bytes(bytes([number]) * 500)) for number in range(40))
