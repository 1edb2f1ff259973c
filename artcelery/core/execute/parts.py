"""The parts that a film is joined of: files that lie there, and such as are still in the making."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from artcelery.core.errors import RenderError
from artcelery.core.execute.workshop import Workshop
from artcelery.core.media.clip import Clip
from artcelery.core.plan import File, Join, Pass

if TYPE_CHECKING:
    import av

    from artcelery.core.media.stream import Audio, Streams

__all__ = ["Parts"]


class Parts:
    """The parts of the film `clip`, in order: each is looked for when it is needed, and its bytes are checked once.

    Nobody looks at packets that are copied: a wrong one would be in the film, and nothing would say so. The sound of a
    part in the making is not waited for: `sound_made_by` its pass is made here too, which costs little beside pictures.
    """

    def __init__(self, join: Join, clip: Clip, shop: Workshop, sound_made_by: Callable[[Pass], Audio]) -> None:
        self._join, self._clip, self._shop, self._sound_made_by = join, clip, shop, sound_made_by
        self._looking = {file: Lock() for file in join.files}
        self._found: dict[File, Path] = {}

    @property
    def paths(self) -> Sequence[Callable[[], Path]]:
        """What says where each part lies, and waits for one in the making."""
        return [partial(self._path, file) for file in self._join.files]

    def streams(self) -> Iterator[Streams]:
        """Each part with its sound; nothing is opened yet."""
        from artcelery.core.media.packets import open_part

        assert self._join.encoding is not None
        sounding, limits = bool(self._join.encoding.audio), self._shop.limits
        for file, path, frames in zip(self._join.files, self.paths, self._join.frames, strict=True):
            part, item = open_part(path, self._clip, frames, limits, sounding=sounding), self._shop.making(file)
            if item is not None and part.audio is not None:
                made = _MadeSound(partial(self._sound_made_by, item))
                part = replace(part, audio=replace(part.audio, origin=made))
            yield part

    def _path(self, file: File) -> Path:
        with self._looking[file]:
            if file not in self._found:
                self._found[file] = self._checked(file)
            return self._found[file]

    def _checked(self, file: File) -> Path:
        """Where the file of a part lies; its bytes are those that were rendered, or it is forgotten and an error."""
        path = self._shop.path(file)
        if self._shop.store.verify(path.name):
            return path
        self._shop.state.results.forget(path.name)
        raise RenderError(
            f"the file {path.name[:12]} of a part is damaged or gone; run it again, which renders it anew"
        )


@dataclass(frozen=True)
class _MadeSound:
    """A sound that is made when it is to be heard."""

    make: Callable[[], Audio]

    def blocks(self) -> Iterator[av.AudioFrame]:
        return self.make().blocks()

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> _MadeSound:
        return _MadeSound(lambda: self.make().cut(begin, end, precise=precise))
