"""What a store on disk does beyond the contract: layout, durability of names, foreign and changing files."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from artcelery.core.errors import StoreError
from artcelery.core.state.holder import holder_id
from artcelery.core.store.disk import DiskStore

MakeFile = Callable[..., Path]


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_a_blob_lies_read_only_in_the_folder_of_its_first_two_digits(disk: DiskStore, make_file: MakeFile) -> None:
    for blob in (disk.put_bytes(b"dog"), disk.put(make_file()), disk.put(make_file(), consume=True)):
        path = disk.root / blob.content_hash[:2] / blob.content_hash
        assert disk.find(blob.content_hash) == path
        assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_nothing_is_made_before_something_is_put(disk: DiskStore) -> None:
    assert disk.find("0" * 64) is None
    assert not disk.verify("0" * 64)
    assert disk.remove("0" * 64) == 0
    assert list(disk.blobs()) == []
    assert not disk.root.exists()


def test_only_the_user_may_enter_a_new_store(disk: DiskStore) -> None:
    disk.put_bytes(b"dog")
    assert stat.S_IMODE(disk.root.stat().st_mode) == 0o700


def test_quarantined_files_are_numbered(disk: DiskStore) -> None:
    for _ in range(2):
        blob = disk.put_bytes(b"dog")
        path = disk.root / blob.content_hash[:2] / blob.content_hash
        path.chmod(0o600)
        path.write_bytes(b"god")
        assert not disk.verify(blob.content_hash)
    assert files_below(disk.root) == {f"quarantine/{blob.content_hash}.{number}" for number in (1, 2)}


def test_foreign_files_in_the_store_are_no_blobs(disk: DiskStore) -> None:
    blob = disk.put_bytes(b"dog")
    folder = disk.root / blob.content_hash[:2]
    (folder / ("z" * 64)).write_bytes(b"no hash")
    (folder / ("0" * 64 if blob.content_hash[:2] != "00" else "1" * 64)).write_bytes(b"wrong folder")
    (disk.root / "ab").write_bytes(b"no folder") if folder.name != "ab" else None
    (folder / (folder.name + "0" * 62)).symlink_to(folder)
    assert list(disk.blobs()) == [blob]
    assert disk.find(folder.name + "0" * 62) is None


def test_a_file_that_grows_while_it_is_read_is_an_error(disk: DiskStore, make_file: MakeFile) -> None:
    source, done = make_file(60_000_000), threading.Event()

    def grow() -> None:
        with source.open("ab", buffering=0) as file:
            while not done.wait(0.001):
                file.write(b"more")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        for consume in (False, True):
            with pytest.raises(StoreError, match="was changed while it was read"):
                disk.put(source, consume=consume)
    finally:
        done.set()
        thread.join()
    assert source.exists()
    assert files_below(disk.root) == set()


def test_a_consumed_file_from_another_file_system_is_copied(disk: DiskStore) -> None:
    elsewhere = Path("/dev/shm") / f"artcelery-{os.getpid()}"
    elsewhere.write_bytes(b"dog")
    assert elsewhere.stat().st_dev != disk.root.parent.stat().st_dev
    blob = disk.put(elsewhere, consume=True)
    assert disk.verify(blob.content_hash)
    assert not elsewhere.exists()


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written to"):
        DiskStore(tmp_path / "file" / "store").put_bytes(b"dog")


def left_over(disk: DiskStore, holder: str) -> Path:
    folder = disk.root / ".tmp" / f"{holder.replace(':', '_')}_abc"
    folder.mkdir(parents=True)
    (folder / "half").write_bytes(b"do")
    return folder


def test_what_a_living_process_has_in_the_works_is_never_swept(disk: DiskStore) -> None:
    folder = left_over(disk, holder_id())
    for path in (folder, folder / "half"):
        os.utime(path, (0, 0))
    disk.put_bytes(b"dog")
    assert (folder / "half").read_bytes() == b"do"


def test_what_a_process_of_another_host_left_is_swept_only_after_a_week(disk: DiskStore) -> None:
    elsewhere = ":".join(["far-away", *holder_id().split(":")[1:]])
    folder = left_over(disk, elsewhere)
    os.utime(folder, (0, 0))
    disk.put_bytes(b"dog")
    assert (folder / "half").exists()
    week_ago = time.time() - 7 * 24 * 3600 - 60
    for path in (folder / "half", folder):
        os.utime(path, (week_ago, week_ago))
    DiskStore(disk.root).put_bytes(b"cat")
    assert not folder.exists()


def test_a_damaged_blob_may_be_found_by_many_at_once(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store = DiskStore(tmp_path)
    for number in range(20):
        wanted = store.put_bytes(b"whole %d" % number).content_hash
        path = store.find(wanted)
        assert path
        path.chmod(0o644)
        path.write_bytes(b"wrong")
        with ThreadPoolExecutor(8) as pool:
            assert not any(pool.map(lambda _: store.verify(wanted), range(8)))  # noqa: B023
    assert len(list((tmp_path / "quarantine").iterdir())) == 20
