"""SEQUENCE: clips after one another."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from artcelery.core.media.clip import Clip, called
from artcelery.core.media.editing.conforming import changes, common_sound, notes_of
from artcelery.core.media.editing.mixable import mixable
from artcelery.core.ops.matching import film_of, shown
from artcelery.core.ops.op import InferError, op
from artcelery.core.ops.parts import JoinOp, Part
from artcelery.core.ops.sequence_config import SequenceConfig
from artcelery.core.ops.sequence_times import overlaps_of, stretches_of

if TYPE_CHECKING:
    from artcelery.core.media.editing.transitions import Transition
    from artcelery.core.media.stream import Streams

__all__ = ["Sequence"]


@op("SEQUENCE", version=2, inputs=(1, None), config=SequenceConfig)
class Sequence(JoinOp[SequenceConfig]):
    """A film of films and stills, or a sound of sounds, in the order of inputs.

    The sound of each clip begins with its first picture; where clips overlap, it is cross-faded at equal power. Clips
    without sound are silent.
    """

    def infer(self, *clips: Clip) -> Clip:
        """The film or sound; InferError when inputs do not go together, or are too short for what is asked."""
        clip = self._film(clips) if _are_pictures(clips) else self._sound(clips)
        grid, stretches, overlaps = self._laid_out(clip, clips)
        steps = sum(item.frames for item in stretches) - sum(overlaps)
        notes = [
            note
            for number, item in enumerate(clips, 1)
            for note in changes(number, item, clip.picture, clip.sound, self.config.fitted)
        ]
        frames = steps if clip.picture else 0
        return replace(clip, duration=steps / grid, frames=frames, notes=notes_of(clips)).noting(*notes)

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The clips, each opened when its time comes."""
        from artcelery.core.media.editing.joining import Piece, join

        if clip.picture is None:
            return self._sounds(clip, inputs)
        _, stretches, overlaps = self._laid_out(clip, tuple(item.clip for item in inputs))
        transitions = [self._transition(number, overlap) for number, overlap in enumerate(overlaps)]
        pieces = [
            Piece(self.part(part, clip, inputs[part.input]), part.frames, transition)
            for part, transition in zip(stretches, [None, *transitions], strict=True)
        ]
        return join(clip, pieces)

    def parts(self, clip: Clip, *clips: Clip) -> tuple[Part, ...]:
        """The clips, where all joins of a film are cuts."""
        if clip.picture is None:
            return ()
        _, stretches, overlaps = self._laid_out(clip, clips)
        if any(overlaps):
            return ()
        return tuple(replace(item, config=shown(clips[item.input], clip, self.config)) for item in stretches)

    def part(self, part: Part, clip: Clip, input: Streams) -> Streams:
        """The clip in the film's size, rate, colours and kind of sound."""
        from artcelery.core.media.editing.joining import piece_of

        config = self.config
        return piece_of(input, clip, part.frames, part.begin, mode=config.fitted, background=config.background)

    def joined(self, clip: Clip, *parts: Streams) -> Streams:
        """The film of clips that match it."""
        from artcelery.core.media.editing.joining import joined_parts

        return joined_parts(clip, parts)

    def _film(self, clips: tuple[Clip, ...]) -> Clip:
        film = film_of(self.config, clips, [clip.sound for clip in clips if clip.sound and clip.picture])
        if self.config.at is None and any(join.type != "cut" for join in self.config.joins(len(clips) - 1)):
            assert film.picture is not None
            return replace(film, picture=mixable(film.picture))
        return film

    def _sound(self, clips: tuple[Clip, ...]) -> Clip:
        for join in self.config.joins(max(len(clips) - 1, len(self.config.transitions))):
            if join.type not in ("cut", "crossfade"):
                field = "transition" if join is self.config.transition else "transitions"
                raise InferError(f"sounds have no {join.type}; between them there are cut and crossfade", field)
        return Clip("sound", None, common_sound([clip.sound for clip in clips if clip.sound]))

    def _laid_out(self, clip: Clip, clips: tuple[Clip, ...]) -> tuple[Fraction, tuple[Part, ...], tuple[int, ...]]:
        """Steps a second, the stretches that are shown, and how many steps each and the next overlap."""
        rate = clip.picture.rate if clip.picture else Fraction(clip.sound.rate if clip.sound else 0)
        assert rate
        stretches = stretches_of(self.config, clips, rate)
        if self.config.at is not None:
            return rate, stretches, (0,) * (len(stretches) - 1)
        return rate, stretches, overlaps_of(self.config, stretches, rate)

    def _transition(self, number: int, overlap: int) -> Transition | None:
        from artcelery.core.media.editing.transitions import Transition

        if not overlap:
            return None
        join = self.config.joins(number + 1)[number]
        return Transition(join.type, overlap, join.direction, self.config.background)

    def _sounds(self, clip: Clip, inputs: tuple[Streams, ...]) -> Streams:
        from artcelery.core.media.sound.mixing import Placed, mix
        from artcelery.core.media.stream import Streams

        assert clip.sound is not None
        assert clip.duration is not None
        grid, stretches, overlaps = self._laid_out(clip, tuple(item.clip for item in inputs))
        placed, start = [], 0
        for part, before, after in zip(stretches, (0, *overlaps), (*overlaps, 0), strict=True):
            audio, length = inputs[part.input].audio, part.frames / grid
            assert audio is not None
            if part.begin:
                audio = mix([Placed(audio, -part.begin)], clip.sound, length)
            start -= before
            placed.append(Placed(audio, start / grid, length, fade_in=before / grid, fade_out=after / grid))
            start += part.frames
        return Streams(clip, audio=mix(placed, clip.sound, clip.duration))


def _are_pictures(clips: tuple[Clip, ...]) -> bool:
    """Whether they become a film; InferError where they neither become one nor a sound."""
    for number, clip in enumerate(clips, 1):
        if clip.kind == "data":
            raise InferError(f"input {number} is a document; a SEQUENCE takes films, stills or sounds", "inputs")
        if (clip.picture is None) != (clips[0].picture is None):
            kinds = [called(item.kind) for item in (clips[0], clip)]
            raise InferError(
                f"input 1 is a {kinds[0]} and input {number} a {kinds[1]}: pictures and sounds cannot follow each"
                " other; lay a sound under pictures with MUX",
                "inputs",
            )
    return clips[0].picture is not None
