"""AUDIO_MIX: sounds together, each at its time and with its gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from artcelery.core.media.clip import Clip, Sound
from artcelery.core.media.editing.conforming import changes, common_sound, notes_of
from artcelery.core.ops.fields import Decibels, Gain, Loudness, Seconds
from artcelery.core.ops.generate_text import Fade
from artcelery.core.ops.op import InferError, OpConfig, StreamOp, op
from artcelery.core.ops.timing import SUMMED, all_heard, cut_off, exact, seconds

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Streams

__all__ = ["AudioMix", "AudioMixConfig", "DuckConfig"]

_ROUNDING = 1e-6


class DuckConfig(OpConfig):
    """Which input the others make room for, and how."""

    by: StrictInt = Field(ge=0, description="The number of the input that the others make room for, from 0.")
    threshold: Decibels = Field(
        -30.0, ge=-80, le=0, description="They do while its level, over the last 0.3 s, is above this."
    )
    amount: Decibels = Field(-12.0, ge=-96, le=0, description="By how much they are lowered.")
    attack: Seconds = Field(0.1, le=10, description="Seconds in which they go down.")
    release: Seconds = Field(0.5, le=10, description="Seconds in which they come back.")


class AudioMixConfig(OpConfig):
    """How sounds are mixed; lists have one value for each input, in their order."""

    gains: tuple[Gain, ...] | None = Field(None, description='Of each input: a factor (0.5) or "-6dB"; 1 when absent.')
    normalize: StrictBool = Field(
        True,
        description="Divide by the sum of all gains (without their signs) where that is more than 1: what is at full"
        " scale at most cannot clip when it is added.",
    )
    offsets: tuple[Seconds, ...] | None = Field(None, description="When each input begins; 0 when absent.")
    fades: tuple[Fade | None, ...] | None = Field(
        None,
        description="How long each input comes and goes, at equal power (a quarter of a sine wave); null: not at all."
        " What the end of the mix cuts off has gone by then.",
    )
    duck: DuckConfig | None = Field(None, description="Lower the others while one input is heard.")
    loudness: Loudness | None = Field(
        None,
        ge=-70,
        le=-5,
        description='The integrated loudness of the result (ITU-R BS.1770-4), to 0.1 LU: "-14 LUFS".',
    )
    true_peak: Decibels | None = Field(
        None,
        ge=-20,
        le=0,
        description="With `loudness`: the most that peaks reach, in dBTP; -1 when absent. Lossy formats may add to it.",
    )
    duration: Literal["longest", "shortest", "first"] = Field(
        "longest",
        description="When the mix ends: with the input that ends last, with the one that ends first, or with input 1.",
    )

    @model_validator(mode="after")
    def _ceiling_of_something(self) -> Self:
        if self.true_peak is not None and self.loudness is None:
            raise ValueError("`true_peak` is the ceiling of a `loudness`; give that too, or leave it out")
        return self

    @property
    def ceiling(self) -> float:
        """The most that peaks reach when a loudness is wanted, in dBTP."""
        return -1.0 if self.true_peak is None else self.true_peak

    def complete(self) -> dict[str, Any]:
        """One form for what is left out and what is said: gains are factors, levels decibels, times seconds."""
        values = self.model_dump(mode="json")
        gains, offsets, fades = self.gains or (), self.offsets or (), self.fades or ()
        return {
            **values,
            "gains": values["gains"] if any(gain != 1 for gain in gains) else None,
            "offsets": values["offsets"] if any(offsets) else None,
            "fades": [fade or [0.0, 0.0] for fade in fades] if any(map(any, filter(None, fades))) else None,
            "true_peak": None if self.loudness is None else self.ceiling,
        }


@op("AUDIO_MIX", version=1, inputs=(1, None), config=AudioMixConfig)
class AudioMix(StreamOp[AudioMixConfig]):
    """A sound: the sum of the sounds of all inputs.

    Of a film all its sound is heard, also what goes on after its last picture.
    """

    def infer(self, *clips: Clip) -> Clip:
        """The mix; InferError when an input has no sound, or the config is not for so many inputs."""
        count = len(clips)
        self._check(count)
        sound = _common([_sound_of(number, clip) for number, clip in enumerate(clips, 1)])
        ends = [offset + clip.sound_duration for offset, clip in zip(self._offsets(count), clips, strict=True)]
        duration = {"longest": max(ends), "shortest": min(ends), "first": ends[0]}[self.config.duration]
        heard = [min(end, duration) - offset for end, offset in zip(ends, self._offsets(count), strict=True)]
        self._refuse_fades(heard)
        notes = [note for number, clip in enumerate(clips, 1) for note in changes(number, clip, None, sound)]
        notes += [cut_off(number, duration, end) for number, end in enumerate(ends, 1) if end > duration]
        if self.config.loudness is None and sum(map(abs, self._factors(count))) > 1 + _ROUNDING:
            notes.append(SUMMED)
        return Clip("sound", None, sound, duration, notes=notes_of(clips)).noting(*notes)

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """The mix, brought to its loudness when that is asked for."""
        from artcelery.core.media.sound.levelling import levelled
        from artcelery.core.media.stream import Streams

        mixed = self._mixed(clip, [all_heard(item) for item in inputs])
        if self.config.loudness is not None:
            mixed = levelled(mixed, self.config.loudness, self.config.ceiling, self.called)
        return Streams(clip, audio=mixed)

    def _mixed(self, clip: Clip, sounds: Sequence[Audio]) -> Audio:
        from artcelery.core.media.sound.ducking import Ducking, ducked
        from artcelery.core.media.sound.mixing import Placed, mix

        assert clip.sound is not None
        assert clip.duration is not None
        factors, offsets, duck = self._factors(len(sounds)), self._offsets(len(sounds)), self.config.duck
        placed = [
            Placed(audio, offset, min(audio.duration, clip.duration - offset), factor, exact(coming), exact(going))
            for audio, offset, factor, (coming, going) in zip(
                sounds, offsets, factors, self._fades(len(sounds)), strict=True
            )
        ]
        if duck is None:
            return mix(placed, clip.sound, clip.duration)
        by = mix([replace(placed.pop(duck.by), gain=1.0)], clip.sound, clip.duration)
        ducking = Ducking(duck.threshold, duck.amount, duck.attack, duck.release)
        return ducked(mix(placed, clip.sound, clip.duration), by, ducking, factors[duck.by])

    def _check(self, count: int) -> None:
        config = self.config
        for name, values in (("gains", config.gains), ("offsets", config.offsets), ("fades", config.fades)):
            if values is not None and len(values) != count:
                raise InferError(f"`{name}` has {_count(len(values), 'value')} for {_count(count, 'input')}", name)
        duck = config.duck
        if duck is not None and count < 2:
            raise InferError("`duck` lowers the other inputs, and there are none", "duck")
        if duck is not None and duck.by >= count:
            raise InferError(f"`duck.by` is {duck.by}; it counts from 0, so the last input is {count - 1}", "duck")

    def _factors(self, count: int) -> list[float]:
        """The gain of each input, normalised when that is asked for."""
        gains = self.config.gains or (1.0,) * count
        whole = sum(abs(gain) for gain in gains)
        return [gain / whole for gain in gains] if self.config.normalize and whole > 1 else list(gains)

    def _fades(self, count: int) -> list[list[float]]:
        """In how many seconds each input comes, and goes."""
        return [fade or [0.0, 0.0] for fade in self.config.fades or (None,) * count]

    def _refuse_fades(self, lengths: Sequence[Fraction]) -> None:
        for number, (length, fade) in enumerate(zip(lengths, self._fades(len(lengths)), strict=True), 1):
            if any(fade) and sum(map(exact, fade)) > length:
                raise InferError(
                    f"input {number} is heard for {seconds(max(Fraction(0), length))}, and its fades take"
                    f" {sum(fade):g} s; shorten them",
                    "fades",
                )

    def _offsets(self, count: int) -> list[Fraction]:
        """When each input begins, in seconds."""
        return [exact(offset) for offset in self.config.offsets or (0.0,) * count]


def _sound_of(number: int, clip: Clip) -> Sound:
    if clip.sound is None:
        raise InferError(
            f"input {number} has no sound ({clip.describe()}); AUDIO_MIX takes sounds, and films that have one",
            "inputs",
        )
    return clip.sound


def _common(sounds: Sequence[Sound]) -> Sound:
    """The format of the mix; InferError where nobody can say which of its channels others belong to."""
    sound = common_sound(sounds)
    if sound.layout.endswith("channels") and any(other.layout != sound.layout for other in sounds):
        number = next(number for number, other in enumerate(sounds, 1) if other.layout == sound.layout)
        raise InferError(
            f"input {number} has {sound.layout} and does not say which they are, so no other sound fits to them;"
            " convert it to a layout that has a name, such as stereo or 7.1",
            "inputs",
        )
    return sound


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
