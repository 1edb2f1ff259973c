"""What arrives block by block becomes a blob, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path

import pytest

from artcelery.core.errors import StoreFullError
from artcelery.core.hashing import hash_bytes
from artcelery.core.store.arriving import Arriving
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Blob, Incoming, Store

BLOCK_BYTES = 1 << 20


def arrive(incoming: Incoming, data: bytes, about_bytes: int) -> Arriving:
    """What has come, each block of which began at a page and was hashed while it was written."""
    arriving = Arriving(incoming, about_bytes)
    with ThreadPoolExecutor(1) as pool:
        for block in blocks(data):
            hashing = pool.submit(arriving.hash, block)
            arriving.write(block)
            hashing.result()
    return arriving


def blocks(data: bytes) -> Iterator[memoryview]:
    for at in range(0, len(data), BLOCK_BYTES):
        buffer = mmap(-1, BLOCK_BYTES)
        size = buffer.write(data[at : at + BLOCK_BYTES])
        yield memoryview(buffer)[:size]


@pytest.mark.parametrize("size", [0, 1, 4096, BLOCK_BYTES, BLOCK_BYTES + 1, 70_000_000])
@pytest.mark.parametrize("is_known", [True, False])
def test_what_arrived_is_a_blob_of_its_bytes(store: Store, size: int, is_known: bool) -> None:
    data = os.urandom(size)
    with store.receiving(size if is_known else 0) as incoming:
        arriving = arrive(incoming, data, size if is_known else 0)
        blob = store.keep(incoming, arriving.digest())
    assert blob == Blob(hash_bytes(data), size)
    found = store.find(blob.content_hash, size)
    assert found is not None
    assert found.read_bytes() == data
    assert found.stat().st_mode & 0o777 == 0o444
    assert not incoming.path.exists()


def test_a_large_file_may_be_shorter_than_was_said(store: Store) -> None:
    data = os.urandom(BLOCK_BYTES + 5)
    with store.receiving(100 << 20) as incoming:
        blob = store.keep(incoming, arrive(incoming, data, 100 << 20).digest())
    found = store.find(blob.content_hash)
    assert found is not None
    assert found.read_bytes() == data
    assert found.stat().st_blocks * 512 < 10 << 20


def test_what_is_not_kept_is_gone(store: Store) -> None:
    with store.receiving(0) as incoming:
        arriving = arrive(incoming, b"some bytes", 0)
        assert incoming.path.read_bytes() == b"some bytes"
    assert not incoming.path.exists()
    assert not store.has(arriving.digest().content_hash)


def test_what_is_there_already_stays_untouched(store: Store, make_file: Callable[..., Path]) -> None:
    source = make_file(100_000)
    blob = store.put(source)
    first = store.find(blob.content_hash)
    assert first is not None
    before = first.stat()
    with store.receiving(0) as incoming:
        assert store.keep(incoming, arrive(incoming, source.read_bytes(), 0).digest()) == blob
    after = first.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_full_disk_is_said_so(tmp_path: Path) -> None:
    import resource
    import signal

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = DiskStore(tmp_path / "cache")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, former[1]))
    try:
        with pytest.raises(StoreFullError), store.receiving(5000) as incoming:
            arrive(incoming, bytes(5000), 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
        signal.signal(signal.SIGXFSZ, ignored)
    assert not incoming.path.exists()
