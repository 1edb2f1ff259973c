"""The store when processes are killed, race, or run out of space."""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artcelery.core.errors import StoreError, StoreFullError
from artcelery.core.store.disk import DiskStore
from tests.core.store.children import finished, kill, on_small_disk, ready, run_at_once, start, until_ready, wait_for_go

MakeFile = Callable[..., Path]
KILLS = 100


def put_for_ever(root: str, source: str) -> None:
    """In a child: put ever new files of some MB in every way there is, and say when each is there."""
    store, path = DiskStore(Path(root)), Path(source)
    ready()
    while True:
        path.write_bytes(os.urandom(1_000_000) * random.randint(1, 4))
        print(store.put(path), flush=True)
        with store.work_dir() as folder:
            made = folder / "made"
            made.write_bytes(os.urandom(2_000_000))
            print(store.put(made, consume=True), flush=True)
        print(store.put_bytes(os.urandom(500_000)), flush=True)


def test_a_killed_put_leaves_every_blob_whole_and_its_leftovers_are_swept(tmp_path: Path) -> None:
    """Each child is killed at some moment after its first, second or third put, so while it is at the next one."""
    root = tmp_path / "store"
    DiskStore(root).put_bytes(b"the first process")

    def one_kill(number: int) -> bool:
        child = until_ready(start(put_for_ever, root, tmp_path / f"source{number}"))
        assert child.stdout is not None
        for _ in range(number % 3):
            child.stdout.readline()
        time.sleep(random.Random(number).uniform(0, 0.02))
        kill(child)
        return any(f"_{child.pid}_" in name for name in os.listdir(root / ".tmp"))

    with ThreadPoolExecutor(4) as pool:
        interrupted = sum(pool.map(one_kill, range(KILLS)))
    store = DiskStore(root)
    store.put_bytes(b"the next process")
    blobs = list(store.blobs())
    assert interrupted > KILLS / 4
    assert len(blobs) >= sum(number % 3 for number in range(KILLS))
    assert all(store.verify(blob.content_hash) for blob in blobs)
    assert os.listdir(root / ".tmp") == []


def put_once(root: str, source: str) -> None:
    """In a child: put a file together with others."""
    wait_for_go()
    print(DiskStore(Path(root)).put(Path(source)).content_hash)


def test_eight_processes_put_the_same_file_at_once(disk: DiskStore, make_file: MakeFile) -> None:
    source = make_file(5_000_000)
    hashes = set(run_at_once(8, put_once, disk.root, source))
    assert [blob.content_hash for blob in disk.blobs()] == list(hashes)
    assert disk.verify(hashes.pop())
    assert os.listdir(disk.root / ".tmp") == []


def fill_disk(root: str, source: str) -> None:
    """In a child, on a disk of 8 MB: fill it, then see what still works."""
    store, path, kept = DiskStore(Path(root)), Path(source), []
    for _ in range(2):
        path.write_bytes(os.urandom(3_000_000))
        kept.append(store.put(path))
    path.write_bytes(os.urandom(3_000_000))
    with pytest.raises(StoreFullError) as caught:
        store.put(path)
    print(caught.value)
    with pytest.raises(StoreFullError):
        store.put_bytes(os.urandom(3_000_000))
    assert list(store.blobs()) == sorted(kept, key=lambda blob: blob.content_hash)
    assert all(store.verify(blob.content_hash) for blob in kept)
    assert os.listdir(store.root / ".tmp") == []
    assert store.remove(kept[0].content_hash) == 3_000_000
    assert store.verify(store.put(path).content_hash)


def test_a_full_disk_is_a_clear_error_and_reads_go_on(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    message = on_small_disk("8m", tmp_path / "small", fill_disk, tmp_path / "small" / "store", tmp_path / "source")
    assert "for 3 MB: the disk is full (2." in message
    assert "free some with `artcelery cache prune" in message


def put_beyond_limit(root: str, source: str) -> None:
    """In a child that may write no file of more than 2 MB: put a larger one."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    store = DiskStore(Path(root))
    with pytest.raises(StoreFullError) as caught:
        store.put(Path(source))
    print(caught.value)
    assert list(store.blobs()) == []
    assert os.listdir(store.root / ".tmp") == []
    assert store.verify(store.put_bytes(b"dog").content_hash)


def test_a_file_larger_than_the_limit_is_a_clear_error(tmp_path: Path, make_file: MakeFile) -> None:
    message = finished(start(put_beyond_limit, tmp_path / "store", make_file(20_000_000)))
    assert "for 20 MB: the file system or a limit (`ulimit -f`) allows no file of that size" in message


def test_a_file_that_cannot_be_read_is_named(disk: DiskStore) -> None:
    # The memory of this process reads as a regular file that fails at address 0.
    with pytest.raises(StoreError, match=r"'/proc/self/mem' cannot be read"):
        disk.put(Path("/proc/self/mem"))
    assert os.listdir(disk.root / ".tmp") == []
