from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from artcelery.core.effect.library import BUILTIN, EffectLibrary
from artcelery.core.errors import (
    ConfigError,
    CorruptError,
    EffectError,
    NotAllowedError,
    NotFoundError,
    StoreError,
    UsageError,
)
from artcelery.core.hashing import hash_bytes

Folders = tuple[Path, Path, Path]
Write = Callable[..., Path]


def library(folders: Folders) -> EffectLibrary:
    return EffectLibrary(folders[1:], builtin=folders[0])


def never(content_hash: str) -> bytes | None:
    raise AssertionError(f"{content_hash} was asked for")


def nothing(content_hash: str) -> bytes | None:
    return None


def test_effects_are_found_in_every_folder_and_listed_by_name(folders: Folders, write: Write) -> None:
    write(folders[0], "dog")
    write(folders[1], "mine")
    write(folders[2], "ours")
    write(folders[2], "another", file="file-of-another-name.py")
    effects = library(folders)
    assert [effect.name for effect in effects.all()] == ["another", "dog", "mine", "ours"]
    assert effects.names() == ["another", "dog", "mine", "ours"]
    assert effects.problems() == []
    for name in effects.names():
        found = effects.find(name)
        assert found is not None
        assert found.name == name


def test_finding_one_effect_reads_no_other_file(folders: Folders, write: Write) -> None:
    write(folders[0], "dog")
    (folders[0] / "broken.py").write_text("(")
    (folders[1] / "broken.py").write_text("(")
    os.mkfifo(folders[1] / "pipe.py")
    (folders[1] / "folder.py").mkdir()
    found = library(folders).find("dog")
    assert found is not None
    assert found.origin == str(folders[0] / "dog.py")


def test_what_is_no_name_finds_nothing(folders: Folders, write: Write) -> None:
    write(folders[0].parent, "secret")
    for name in ("../secret", "", "se cret", "a/b", "\0", "secret.py", "*"):
        assert library(folders).find(name) is None


def test_a_changed_file_is_read_again(folders: Folders, write: Write) -> None:
    effects = library(folders)
    write(folders[1], "mine", more="@version 1")
    first = effects.find("mine")
    write(folders[1], "mine", more="@version 2.0")
    second = effects.find("mine")
    assert first is not None
    assert second is not None
    assert (first.version, second.version) == ("1", "2.0")


def test_a_wrong_file_says_so_when_it_is_asked_for_and_hides_no_other(folders: Folders, write: Write) -> None:
    (folders[1] / "mine.py").write_text('"""\n@effect mine\n"""\n')
    write(folders[2], "ours")
    effects = library(folders)
    with pytest.raises(ConfigError, match=r"mine.py:1:0: the file defines none of"):
        effects.find("mine")
    assert [effect.name for effect in effects.all()] == ["ours"]
    assert effects.find("ours") is not None
    (problem,) = effects.problems()
    assert isinstance(problem, ConfigError)
    assert problem.file == str(folders[1] / "mine.py")


def test_no_file_takes_the_place_of_a_built_in_effect_unseen(folders: Folders, write: Write) -> None:
    write(folders[0], "dog")
    path = write(folders[1], "dog", more="@version 9")
    effects = library(folders)
    found = effects.find("dog")
    assert found is not None
    assert found.origin == str(folders[0] / "dog.py")
    (problem,) = effects.problems()
    assert f"{path}: the effect dog is hidden by {folders[0] / 'dog.py'}" in problem.message
    hidden = hash_bytes(path.read_bytes())
    assert hidden in problem.message
    assert effects.resolve("dog", hidden, never).version == "9"


def test_an_effect_of_the_user_comes_before_one_of_the_project(folders: Folders, write: Write) -> None:
    write(folders[1], "mine", more="@version 1")
    write(folders[2], "mine", more="@version 2")
    found = library(folders).find("mine")
    assert found is not None
    assert found.version == "1"


def test_a_file_given_by_its_path_is_what_its_name_means(folders: Folders, write: Write, tmp_path: Path) -> None:
    write(folders[0], "dog", more="@version 1")
    effects = library(folders)
    effects.use_file(write(tmp_path, "dog", more="@version 2", file="my dog.py"))
    found = effects.find("dog")
    assert found is not None
    assert found.version == "2"
    assert effects.resolve("dog", None, never).version == "2"
    assert effects.names() == ["dog"]
    with pytest.raises(NotFoundError, match="there is no effect file"):
        effects.use_file(tmp_path / "gone.py")
    with pytest.raises(ConfigError, match="this is no file"):
        effects.use_file(tmp_path)


def test_names_like_a_wrong_one_are_suggested(folders: Folders, write: Write) -> None:
    for name in ("grayscale", "grain", "dog"):
        write(folders[0], name)
    effects = library(folders)
    assert effects.suggest("greyscale") == ["grayscale"]
    with pytest.raises(NotFoundError, match="there is no effect 'grian'; did you mean 'grain'"):
        effects.resolve("grian", None, never)
    with pytest.raises(NotFoundError, match="there is no effect 'zzzzzz'; `artcelery effects list` shows all"):
        effects.resolve("zzzzzz", None, never)


def test_a_pinned_effect_is_the_installed_one_where_the_hash_is_its(folders: Folders, write: Write) -> None:
    path = write(folders[0], "dog")
    effect = library(folders).resolve("dog", hash_bytes(path.read_bytes()), never)
    assert effect.origin == str(path)


def test_a_pinned_effect_is_the_stored_source_where_the_installed_one_differs(folders: Folders, write: Write) -> None:
    path = write(folders[0], "dog", more="@version 1")
    old = path.read_bytes()
    write(folders[0], "dog", more="@version 2")
    effect = library(folders).resolve("dog", hash_bytes(old), {hash_bytes(old): old}.get)
    assert (effect.version, effect.source, effect.origin) == ("1", old, f"dog@{hash_bytes(old)[:12]}")


def test_a_pin_that_nothing_has_shows_both_hashes_and_what_to_do(folders: Folders, write: Write) -> None:
    installed = hash_bytes(write(folders[0], "dog").read_bytes())
    with pytest.raises(NotFoundError) as caught:
        library(folders).resolve("dog", "ab" * 32, nothing)
    assert "ab" * 32 in caught.value.message
    assert installed in caught.value.message
    assert "import the pinned file" in caught.value.message
    with pytest.raises(NotFoundError, match=f"the effect cow is pinned to {'ab' * 32}, and no effect of that name"):
        library(folders).resolve("cow", "ab" * 32, nothing)


@pytest.mark.parametrize("pin", ["abc123...", "", "AB" * 32, "ab" * 31])
def test_a_pin_that_is_no_hash_says_so(folders: Folders, write: Write, pin: str) -> None:
    write(folders[0], "dog")
    with pytest.raises(UsageError, match="is no SHA3-256: 64 digits") as caught:
        library(folders).resolve("dog", pin, never)
    assert repr(pin) in caught.value.message


def test_a_stored_source_must_be_what_its_pin_says(folders: Folders, write: Write) -> None:
    cow = write(folders[1], "cow").read_bytes()
    with pytest.raises(NotFoundError, match="is the effect cow, not dog"):
        library(folders).resolve("dog", hash_bytes(cow), {hash_bytes(cow): cow}.get)
    with pytest.raises(CorruptError, match="should have the hash abab"):
        library(folders).resolve("dog", "ab" * 32, {"ab" * 32: cow}.get)
    picture = b"\x89PNG"
    with pytest.raises(ConfigError, match="no Python source"):
        library(folders).resolve("dog", hash_bytes(picture), {hash_bytes(picture): picture}.get)


def test_an_added_effect_is_kept_in_the_folder_of_the_user(folders: Folders, write: Write, tmp_path: Path) -> None:
    path = write(tmp_path, "mine", file="draft.py")
    effects = EffectLibrary([folders[1] / "new" / "folder"], builtin=folders[0])
    effect = effects.add(path)
    kept = folders[1] / "new" / "folder" / "mine.py"
    assert effect.origin == str(kept)
    assert kept.read_bytes() == path.read_bytes()
    assert os.listdir(kept.parent) == ["mine.py"]
    path.unlink()
    assert effects.find("mine") == effect
    assert effects.add(kept) == effect


def test_another_effect_of_that_name_is_overwritten_only_when_asked(
    folders: Folders, write: Write, tmp_path: Path
) -> None:
    effects = library(folders)
    effects.add(write(tmp_path, "mine", more="@version 1"))
    (folders[1] / "mine.py").rename(folders[1] / "renamed.py")
    newer = write(tmp_path, "mine", more="@version 2")
    with pytest.raises(NotAllowedError, match=r"renamed.py is another effect called mine .*--force"):
        effects.add(newer)
    assert effects.add(newer, force=True).version == "2"
    assert os.listdir(folders[1]) == ["renamed.py"]
    (folders[1] / "other.py").write_text("not an effect")
    with pytest.raises(NotAllowedError, match=r"other.py is there and is not the effect other"):
        effects.add(write(tmp_path, "other"))


def test_a_built_in_name_cannot_be_taken(folders: Folders, write: Write, tmp_path: Path) -> None:
    built_in = write(folders[0], "dog")
    effects = library(folders)
    with pytest.raises(NotAllowedError, match="dog is a built-in effect; call yours otherwise"):
        effects.add(write(tmp_path, "dog", more="@version 9"))
    assert effects.add(built_in).origin == str(built_in)
    assert os.listdir(folders[1]) == []


def test_an_effect_that_cannot_be_read_or_run_is_not_added(folders: Folders, write: Write, tmp_path: Path) -> None:
    effects = library(folders)
    (tmp_path / "a.py").write_text("'''@effect a'''\n")
    with pytest.raises(ConfigError, match="defines none of"):
        effects.add(tmp_path / "a.py")
    (tmp_path / "b.py").write_text("'''@effect b'''\nimport no_such_thing\ndef filters(params, clip): pass\n")
    with pytest.raises(EffectError, match="needs the package no_such_thing"):
        effects.add(tmp_path / "b.py")
    with pytest.raises(NotFoundError):
        effects.add(tmp_path / "c.py")
    with pytest.raises(UsageError, match="no folder"):
        EffectLibrary([]).add(tmp_path / "b.py")
    assert os.listdir(folders[1]) == []


def test_a_folder_that_cannot_be_written_is_a_clear_error(folders: Folders, write: Write, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    effects = EffectLibrary([tmp_path / "file" / "effects"], builtin=folders[0])
    with pytest.raises(StoreError, match=r"the effect mine cannot be kept in .*: Not a directory"):
        effects.add(write(tmp_path, "mine"))


def test_folders_that_are_not_there_are_empty(tmp_path: Path) -> None:
    effects = EffectLibrary([tmp_path / "none"], builtin=tmp_path / "no")
    assert (effects.all(), effects.names(), effects.find("dog")) == ([], [], None)


def test_built_in_effects_are_named_after_their_files_and_in_order() -> None:
    effects = EffectLibrary([])
    assert effects.problems() == []
    assert [effect.name for effect in effects.all()] == effects.names()
    assert all(effect.origin == str(BUILTIN / f"{effect.name}.py") for effect in effects.all())


def test_effects_are_read_without_loading_anything_heavy() -> None:
    code = (
        "import sys; from artcelery.core.effect import binding, library, loading; library.EffectLibrary([]).all(); "
        "print(sorted({'numpy', 'av', 'PIL', 'pydantic', 'yaml', 'celery', 'redis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
