"""Parts: the stretches of a film that is joined, each rendered apart and known by itself; and ops that join them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from artcelery.core.media.clip import Clip
from artcelery.core.ops.op import C, StreamOp

if TYPE_CHECKING:
    from artcelery.core.media.stream import Streams

__all__ = ["JoinOp", "Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """`frames` pictures of input number `input` (from 0), from `begin` seconds of it on, made to match the film.

    `config` is what else decides how it is made to match (plain JSON): it goes into the part's key, beside the film's
    format and the input's key.
    """

    input: int
    frames: int
    begin: Fraction = Fraction(0)
    config: tuple[tuple[str, Any], ...] = ()


class JoinOp(StreamOp[C]):
    """An op whose film can be joined of parts, each rendered and encoded by itself: they are what `streams` gives."""

    @property
    def sound_inputs(self) -> tuple[int, ...]:
        """The numbers of the inputs whose sound a joined film takes as it is; its parts then are silent."""
        return ()

    @abstractmethod
    def parts(self, clip: Clip, *clips: Clip) -> tuple[Part, ...]:
        """The stretches that the film `clip` is joined of, in order; none where it cannot be joined."""

    @abstractmethod
    def part(self, part: Part, clip: Clip, input: Streams) -> Streams:
        """The pictures and the sound of one part of the film `clip`, from the streams of the part's input."""

    @abstractmethod
    def joined(self, clip: Clip, *parts: Streams) -> Streams:
        """The film `clip` of its parts, which are rendered already; after them come the streams of `sound_inputs`."""
