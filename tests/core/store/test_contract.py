"""What every store does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from artcelery.core.errors import NotFoundError, StoreError
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Blob, Store

MakeFile = Callable[..., Path]


@pytest.mark.parametrize("size_bytes", [0, 1, 262_143, 262_144, 262_145, 20_000_000])
def test_a_file_is_found_by_the_hash_of_its_bytes(store: Store, make_file: MakeFile, size_bytes: int) -> None:
    source = make_file(size_bytes)
    blob = store.put(source)
    assert blob == Blob(hashlib.sha3_256(source.read_bytes()).hexdigest(), size_bytes)
    found = store.find(blob.content_hash, size_bytes)
    assert found is not None
    assert found.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("size_bytes", [0, 5_000_000])
def test_a_consumed_file_is_stored_and_gone_from_where_it_was(
    store: Store, make_file: MakeFile, size_bytes: int
) -> None:
    source = make_file(size_bytes)
    data = source.read_bytes()
    blob = store.put(source, consume=True)
    found = store.find(blob.content_hash, blob.size_bytes)
    assert found is not None
    assert found.read_bytes() == data
    assert not source.exists()


def test_bytes_are_stored_like_a_file_of_these_bytes(store: Store, make_file: MakeFile) -> None:
    source = make_file(1000)
    assert store.put_bytes(source.read_bytes()) == store.put(source)
    assert store.put_bytes(b"") == Blob(hashlib.sha3_256().hexdigest(), 0)


def test_a_blob_put_again_stays_untouched(store: Store, make_file: MakeFile) -> None:
    source = make_file()
    blob = store.put(source)
    first = store.find(blob.content_hash)
    assert first is not None
    before = first.stat()
    assert store.put(source) == blob
    assert store.put(source, consume=True) == blob
    after = first.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not source.exists()


def check_lost(store: Store, blob: Blob, data: bytes) -> None:
    """What is gone from the disk: a store that is a disk has it no more, one before a remote store fetches it."""
    here = not isinstance(store, DiskStore)
    assert store.has(blob.content_hash, blob.size_bytes) is here
    found = store.find(blob.content_hash, blob.size_bytes)
    assert (found and found.read_bytes()) == (data if here else None)


def test_what_is_there_can_be_asked_for_at_once(store: Store) -> None:
    blobs = [store.put_bytes(bytes([number])) for number in range(40)]
    right = {(blob.content_hash, blob.size_bytes) for blob in blobs}
    wrong = {("0" * 64, None), ("no hash", 3), (blobs[0].content_hash, 2)}
    assert store.has_many(right | wrong | {(blobs[1].content_hash, None)}) == right | {(blobs[1].content_hash, None)}
    assert store.has_many([]) == set()
    assert [store.has(*pair) for pair in right] == [True] * 40
    assert [store.has(*pair) for pair in wrong] == [False] * 3


def test_a_missing_blob_or_one_of_another_size_is_not_found(store: Store) -> None:
    blob = store.put_bytes(b"dog")
    assert store.find(blob.content_hash, 4) is None
    assert store.find("0" * 64) is None
    assert store.find("../../etc/passwd") is None


def test_a_blob_that_was_cut_off_is_put_right_by_the_next_put(store: Store) -> None:
    blob = store.put_bytes(b"a whole dog")
    path = store.find(blob.content_hash)
    assert path is not None
    path.chmod(0o600)
    os.truncate(path, 3)
    if isinstance(store, DiskStore):
        assert not store.has(blob.content_hash, blob.size_bytes)
        assert store.find(blob.content_hash, blob.size_bytes) is None
    store.put_bytes(b"a whole dog")
    found = store.find(blob.content_hash, blob.size_bytes)
    assert found is not None
    assert found.read_bytes() == b"a whole dog"


def test_a_removed_blob_frees_its_bytes_once(store: Store) -> None:
    blob = store.put_bytes(b"dog")
    assert store.remove(blob.content_hash) == 3
    assert store.remove(blob.content_hash) == 0
    assert list(store.blobs()) == []
    check_lost(store, blob, b"dog")
    assert store.remove("no hash") == 0


def test_all_blobs_come_in_the_order_of_their_hashes(store: Store) -> None:
    assert list(store.blobs()) == []
    blobs = [store.put_bytes(bytes([number]) * number) for number in range(50)]
    assert list(store.blobs()) == sorted(blobs, key=lambda blob: blob.content_hash)


def test_a_whole_blob_verifies_and_a_missing_one_does_not(store: Store) -> None:
    blob = store.put_bytes(b"dog")
    assert store.verify(blob.content_hash)
    assert not store.verify("0" * 64)


def test_a_flipped_bit_is_found_and_quarantined(store: Store, make_file: MakeFile) -> None:
    source = make_file()
    blob = store.put(source)
    path = store.find(blob.content_hash)
    assert path is not None
    data = bytearray(path.read_bytes())
    data[1_234_567] ^= 4
    path.chmod(0o600)
    path.write_bytes(data)
    assert not store.verify(blob.content_hash)
    assert list(store.blobs()) == []
    check_lost(store, blob, source.read_bytes())
    store.put(source)
    assert store.verify(blob.content_hash)


def test_a_work_folder_is_empty_and_gone_at_the_end(store: Store) -> None:
    with store.work_dir() as folder, store.work_dir() as other:
        assert folder != other
        assert list(folder.iterdir()) == []
        (folder / "sub").mkdir()
        (folder / "sub" / "file").write_bytes(b"dog")
    assert not folder.exists()
    assert not other.exists()


def test_a_work_folder_is_gone_after_a_failure(store: Store) -> None:
    folders: list[Path] = []

    def fail_in_a_work_folder() -> None:
        with store.work_dir() as folder:
            folders.append(folder)
            (folder / "file").write_bytes(b"dog")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_a_work_folder()
    assert not folders[0].exists()


def test_a_file_made_in_a_work_folder_can_be_consumed(store: Store) -> None:
    with store.work_dir() as folder:
        (folder / "result").write_bytes(b"dog")
        blob = store.put(folder / "result", consume=True)
    assert store.verify(blob.content_hash)


def test_what_is_no_regular_file_is_refused_at_once(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, kind in [(tmp_path / "pipe", "a pipe"), (tmp_path, "a folder"), (Path("/dev/zero"), "a device")]:
        with pytest.raises(StoreError, match=f"is {kind}; only files can be stored"):
            store.put(path)


def test_a_missing_file_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no file '.*dog\.png'"):
        store.put(tmp_path / "dog.png")
    with pytest.raises(NotFoundError):
        store.put(Path("/etc/passwd/dog.png"))


def test_a_link_to_a_file_stores_the_file_and_consuming_it_removes_the_link_alone(
    store: Store, make_file: MakeFile, tmp_path: Path
) -> None:
    source, link = make_file(), tmp_path / "link"
    link.symlink_to(source)
    blob = store.put(link)
    assert store.put(link, consume=True) == blob
    assert not link.is_symlink()
    assert source.read_bytes()[:8]
    assert store.verify(blob.content_hash)


def test_a_consumed_file_with_a_second_name_does_not_share_its_bytes_with_the_store(
    store: Store, make_file: MakeFile, tmp_path: Path
) -> None:
    source, other = make_file(), tmp_path / "other"
    os.link(source, other)
    blob = store.put(source, consume=True)
    other.write_bytes(b"changed")
    assert not source.exists()
    assert store.verify(blob.content_hash)


@pytest.mark.parametrize("name", ["a b", "quo'te\"", "line\nbreak", "; $(touch x)", os.fsdecode(b"\xff\xfe")])
def test_any_name_of_a_file_will_do(store: Store, make_file: MakeFile, name: str) -> None:
    source = make_file(100, name)
    assert store.verify(store.put(source).content_hash)
    source.unlink()
    with pytest.raises(NotFoundError) as caught:
        store.put(source)
    assert str(caught.value).isprintable()
