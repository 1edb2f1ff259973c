"""What an effect's `process` leaves behind, as one file of our own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from artcelery.core.effect.interface import Effect
from artcelery.core.errors import EffectError

__all__ = ["made_file"]


def made_file(effect: Effect, returned: object, output: Path) -> Path:
    """`output`, holding what the effect wrote there or the file it returned; EffectError when there is none.

    A file from elsewhere is copied: it may be an input, and inputs belong to the store.
    """
    made = _named(returned, output)
    try:
        if made != output or output.is_symlink():
            _copy(made, output)
        size = output.stat().st_size if output.is_file() else 0
    except OSError as error:
        raise EffectError(f"the file of the effect {effect.name} cannot be read: {error} ({effect.origin})") from error
    if size == 0:
        wrong = "wrote an empty file" if output.is_file() else "wrote no file"
        raise EffectError(f"the effect {effect.name} {wrong}; process must write to `output` ({effect.origin})")
    return output


def _named(returned: object, output: Path) -> Path:
    """A path that is returned counts; anything else says nothing, as with artdag."""
    return Path(os.fsdecode(returned)) if isinstance(returned, (str, os.PathLike)) else output


def _copy(made: Path, output: Path) -> None:
    source = made.resolve(strict=True)
    temporary = output.with_name(output.name + ".copy")
    shutil.copyfile(source, temporary)
    os.replace(temporary, output)
