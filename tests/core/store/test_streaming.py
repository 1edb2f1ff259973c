"""Files of every size come into the store whole: those that are written past the page cache, and those that are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from artcelery.core.hashing import content_hash
from artcelery.core.store.disk import DiskStore
from tests.core.store.children import on_small_disk

LARGE = 64 << 20


def kept(root: str, source: str) -> None:
    """In a child: put a file, and say how the blob is."""
    store, path = DiskStore(Path(root)), Path(source)
    blob = store.put(path)
    found = store.find(blob.content_hash)
    assert found is not None
    assert found.read_bytes() == path.read_bytes()
    assert os.listdir(store.root / ".tmp") == []
    print(blob.content_hash, store.verify(blob.content_hash))


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, LARGE - 1, LARGE, LARGE + 4096, LARGE + 12_345])
def test_a_file_is_kept_byte_for_byte_whatever_its_size(
    tmp_path: Path, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(1_000_003) * (size // 1_000_003 + 1))
    os.truncate(source, size)
    kept(str(tmp_path / "store"), str(source))
    assert capsys.readouterr().out.split() == [content_hash(source), "True"]


def test_a_file_system_that_knows_no_direct_writing_keeps_large_files_too(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "small"
    folder.mkdir()
    source.write_bytes(os.urandom(LARGE + 777))
    assert on_small_disk("160m", folder, kept, folder / "store", source).split() == [content_hash(source), "True"]
