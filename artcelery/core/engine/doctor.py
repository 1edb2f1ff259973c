"""What artcelery needs to work, checked one by one, each with a way to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from artcelery.core.errors import ArtceleryError
from artcelery.core.settings import Settings

__all__ = ["Check", "examine"]

_ENCODERS = ["libx264", "aac", "libvpx-vp9", "libsvtav1", "libopus", "ffv1", "flac", "gif", "libmp3lame", "pcm_s16le"]
_LEAST_FREE = 10**9


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `fix` says what to do when it is not right."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def examine(settings: Settings) -> list[Check]:
    """Every check, in the order in which one needs the other."""
    checks: list[Callable[[Settings], Check]] = [
        _python,
        _ffmpeg,
        _pillow,
        _yaml,
        _home,
        _space,
        _state,
        _store,
        _effects,
        _artdag,
    ]
    return [_safely(check, settings) for check in checks]


def _safely(check: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return check(settings)
    except (ArtceleryError, ImportError, OSError) as error:
        return Check(check.__name__.strip("_"), False, str(error), "install artcelery again: pip install artcelery")


def _python(settings: Settings) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= (3, 11), version, "use Python 3.11 or newer")


def _ffmpeg(settings: Settings) -> Check:
    from artcelery.core.media.versions import ffmpeg_version, missing_codecs

    missing = missing_codecs(_ENCODERS)
    detail = f"{ffmpeg_version()} in PyAV" + (f", without {', '.join(missing)}" if missing else "")
    return Check(
        "ffmpeg", not missing, detail, "install PyAV's own wheel: pip install --force-reinstall --only-binary :all: av"
    )


def _pillow(settings: Settings) -> Check:
    from artcelery.core.media.versions import missing_picture_formats, pillow_version

    missing = missing_picture_formats()
    detail = pillow_version() + (f", without {', '.join(missing)}" if missing else "")
    return Check("pillow", not missing, detail, "install Pillow's own wheel: pip install --force-reinstall pillow")


def _yaml(settings: Settings) -> Check:
    import yaml

    fast = hasattr(yaml, "CSafeLoader")
    return Check(
        "yaml", fast, f"PyYAML {yaml.__version__}", "install PyYAML's own wheel: pip install --force-reinstall pyyaml"
    )


def _home(settings: Settings) -> Check:
    home = settings.home_dir
    existing = next(path for path in (home, *home.parents) if path.exists())
    writable = os.access(existing, os.W_OK) and (existing.is_dir())
    return Check("home", writable, str(home), f"make {existing} writable, or set ARTCELERY_HOME to a folder that is")


def _space(settings: Settings) -> Check:
    cache: Path = settings.cache
    existing = next(path for path in (cache, *cache.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / 10**9:.1f} GB free for {cache}"
    return Check("space", free >= _LEAST_FREE, detail, "free some: artcelery cache prune --max-age 30d")


def _state(settings: Settings) -> Check:
    if settings.redis_url is not None:
        return _redis(settings.redis_url.get_secret_value())
    from artcelery.core.state.sqlite import SqliteState

    SqliteState.open(settings.state_file, read_only=True).close()
    return Check("state", True, str(settings.state_file))


def _redis(url: str) -> Check:
    """The server answers, and keeps what it is told; its settings are advice, as they may be meant."""
    from artcelery.core.state.redis import RedisState

    try:
        state = RedisState.open(url, read_only=True)
    except ArtceleryError as error:
        return _failed("state", error)
    try:
        warnings = state.warnings()
        return Check("state", not warnings, state.shown, "; ".join(warnings))
    finally:
        state.close()


def _store(settings: Settings) -> Check:
    """The remote store answers, and lets this machine in."""
    from artcelery.core.hashing import Hasher
    from artcelery.core.store.remote import open_remote
    from artcelery.core.store.transport import Patience

    if settings.store_url is None:
        return Check("store", True, "none: files are on this machine alone")
    token = settings.store_token.get_secret_value() if settings.store_token else None
    try:
        remote = open_remote(settings.store_url, token, Patience(read_s=5.0, total_s=2.0))
        remote.size(Hasher().hexdigest())  # whether the empty file is there or not, it answers
    except ArtceleryError as error:
        return _failed("store", error)
    return Check("store", True, remote.url)


def _failed(name: str, error: ArtceleryError) -> Check:
    """A check that ended in an error, whose last words are what to do."""
    detail, _, fix = error.message.rpartition("; ")
    return Check(name, False, detail or fix, fix if detail else "")


def _effects(settings: Settings) -> Check:
    from artcelery.core.effect.library import EffectLibrary

    library = EffectLibrary([settings.home_dir / "effects", *settings.effects_path])
    problems, count = library.problems(), len(library.all())
    detail = f"{count} effects" + "".join(f"; {problem}" for problem in problems)
    return Check("effects", not problems, detail, "mend or remove the effect files that are named")


def _artdag(settings: Settings) -> Check:
    from artcelery.core.errors import RenderError
    from artcelery.core.ops import OPS
    from artcelery.core.ops.artdag import ExecutorOp, register_executors

    try:
        register_executors()
    except RenderError as error:
        return Check("artdag", False, error.message, "mend that installation, or remove it: pip uninstall artdag")
    types = sorted(name for name, op in OPS.items() if issubclass(op, ExecutorOp))
    return Check("artdag", True, f"node types {', '.join(types)}" if types else "not installed (nothing needs it)")
