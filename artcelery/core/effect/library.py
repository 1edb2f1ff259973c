"""Where effects are found by name.

Built-in effects come first: no file takes the place of a built-in one by its name alone. A file of that name is among
the `problems`, and is used where it is asked for by its path, or by its hash in a config. Then comes the user's folder
(the first of `folders`), then the others in their order, then what is registered with an installed artdag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from artcelery.core.effect import artdag
from artcelery.core.effect.folder import EffectFolder, read_file
from artcelery.core.effect.interface import Effect
from artcelery.core.effect.source import EFFECT_NAME, read_effect
from artcelery.core.errors import (
    ArtceleryError,
    ConfigError,
    CorruptError,
    NotAllowedError,
    NotFoundError,
    Problem,
    UsageError,
)
from artcelery.core.hashing import hash_bytes, is_hash

__all__ = ["BUILTIN", "EffectLibrary"]

BUILTIN = Path(__file__).parents[2] / "effects"


class EffectLibrary:
    """The effects that can be used by name: built-in ones, and those in `folders`, the first of which is the user's."""

    def __init__(self, folders: Sequence[Path], builtin: Path = BUILTIN) -> None:
        self._user = folders[0] if folders else None
        self._builtin = EffectFolder(builtin, by_stem=True)
        self._folders = [self._builtin, *(EffectFolder(path) for path in folders)]
        self._used: dict[str, Effect] = {}

    def find(self, name: str) -> Effect | None:
        """The effect of a name; ConfigError when its file is wrong."""
        if name in self._used or not EFFECT_NAME.fullmatch(name):
            return self._used.get(name)
        for folder in self._folders:
            if effect := folder.find(name):
                return effect
        return artdag.registered_effect(name)

    def all(self) -> list[Effect]:
        """All effects, by name; files that are wrong are not among them (`problems` has them)."""
        found, _ = self._survey()
        return [found[name] for name in sorted(found)]

    def problems(self) -> list[ArtceleryError]:
        """Effect files that cannot be used by name: those that are wrong, and those hidden by another."""
        _, problems = self._survey()
        return problems

    def names(self) -> list[str]:
        """The names of all effects, without reading their files as a whole."""
        names = {name for folder in self._folders for name in folder.names()}
        return sorted(names | self._used.keys() | set(artdag.registered()))

    def suggest(self, name: str) -> list[str]:
        """Names like this one, the likeliest first."""
        from difflib import get_close_matches

        return get_close_matches(name, self.names(), 3)

    def use_file(self, path: Path) -> Effect:
        """The effect of a file; from now on its name means this one, here."""
        effect = read_file(path)
        self._used[effect.name] = effect
        return effect

    def add(self, path: Path, *, force: bool = False) -> Effect:
        """Keep a copy of an effect file in the user's folder, once it has been read and run.

        NotAllowedError when its name is that of a built-in effect, or (without `force`) of another of the user's.
        """
        from artcelery.core.effect.keeping import keep
        from artcelery.core.effect.loading import load

        if self._user is None:
            raise UsageError("there is no folder for effects of the user's own")
        effect = read_file(path)
        load(effect)
        builtin = self._builtin.find(effect.name)
        if builtin is not None and builtin.content_hash == effect.content_hash:
            return builtin
        if builtin is not None:
            raise NotAllowedError(f"{effect.name} is a built-in effect; call yours otherwise (`@effect NAME`)")
        return replace(effect, origin=str(keep(effect, self._user, force)))

    def resolve(self, name: str, pinned_hash: str | None, fetch: Callable[[str], bytes | None]) -> Effect:
        """The effect of a name; with a pin, exactly the source of that hash, which `fetch` may know.

        NotFoundError with what to do; UsageError when the pin is no hash.
        """
        if pinned_hash is None:
            return self.find(name) or self._unknown(name)
        if not is_hash(pinned_hash):
            raise UsageError(
                f"the hash of the effect {name} is {pinned_hash!r}, which is no SHA3-256: 64 digits from 0-9 and a-f"
            )
        for effect in self._candidates(name):
            if effect.content_hash == pinned_hash:
                return effect
        source = fetch(pinned_hash)
        return self._missing(name, pinned_hash) if source is None else _pinned(name, pinned_hash, source)

    def _candidates(self, name: str) -> Iterator[Effect]:
        """Every effect of that name, also those that `find` does not come to."""
        if name in self._used:
            yield self._used[name]
        if not EFFECT_NAME.fullmatch(name):
            return
        for folder in self._folders:
            yield from (effect for _, effect in folder.named(name))
        if effect := artdag.registered_effect(name):
            yield effect

    def _survey(self) -> tuple[dict[str, Effect], list[ArtceleryError]]:
        found = dict(self._used)
        problems: list[ArtceleryError] = []
        for effect in self._everything(problems):
            first = found.setdefault(effect.name, effect)
            if first.content_hash != effect.content_hash:
                problems.append(self._hidden(effect, first))
        return found, problems

    def _everything(self, problems: list[ArtceleryError]) -> Iterator[Effect]:
        for folder in self._folders:
            for path in folder.files():
                try:
                    yield folder.read(path)
                except (ConfigError, NotFoundError) as error:
                    problems.append(error)
        try:
            names = artdag.registered()
        except ArtceleryError as error:
            problems.append(error)
            return
        for name in names:
            try:
                if effect := artdag.registered_effect(name):
                    yield effect
            except ArtceleryError as error:
                problems.append(error)

    def _hidden(self, effect: Effect, first: Effect) -> ConfigError:
        message = (
            f"the effect {effect.name} is hidden by {first.origin}; "
            f"call it otherwise, give its path, or pin it by its hash {effect.content_hash}"
        )
        return ConfigError([Problem(message)], effect.origin)

    def _unknown(self, name: str) -> NoReturn:
        close = self.suggest(name)
        meant = f"; did you mean {' or '.join(map(repr, close))}?" if close else "; `artcelery effects list` shows all"
        raise NotFoundError(f"there is no effect {name!r}{meant}")

    def _missing(self, name: str, pinned_hash: str) -> NoReturn:
        installed = self.find(name)
        if installed is None:
            raise NotFoundError(
                f"the effect {name} is pinned to {pinned_hash}, and no effect of that name is installed; "
                "add the file with that hash (`artcelery effects add FILE`)"
            )
        raise NotFoundError(
            f"the effect {name} is pinned to {pinned_hash}, but the installed one is {installed.content_hash} "
            f"({installed.origin}); import the pinned file (`artcelery cache import FILE`), "
            "or write the installed hash into the config, or no hash at all"
        )


def _pinned(name: str, pinned_hash: str, source: bytes) -> Effect:
    if (found := hash_bytes(source)) != pinned_hash:
        raise CorruptError(f"the stored source of the effect {name} should have the hash {pinned_hash}; it has {found}")
    effect = read_effect(source, f"{name}@{pinned_hash[:12]}")
    if effect.name != name:
        raise NotFoundError(f"the file {pinned_hash} is the effect {effect.name}, not {name}, which is pinned to it")
    return effect
