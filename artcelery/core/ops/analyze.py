"""ANALYZE: the numbers of a track or a film, as a JSON document."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from artcelery.core.media.clip import Clip
from artcelery.core.ops.fields import Number, Seconds
from artcelery.core.ops.op import DocumentOp, InferError, OpConfig, op

if TYPE_CHECKING:
    from artcelery.core.media.stream import Streams

__all__ = ["Analyze", "AnalyzeConfig"]

Feature = Literal["duration", "tempo", "beats", "onsets", "energy", "spectrum", "loudness", "scenes", "motion"]

_HEARD: tuple[Feature, ...] = ("tempo", "beats", "onsets", "energy", "spectrum", "loudness")
_SEEN: tuple[Feature, ...] = ("scenes", "motion")
_ALL: tuple[Feature, ...] = ("duration", *_HEARD, *_SEEN)

_SHORTEST_HOP, _LONGEST_HOP = 0.02, 60.0

_MOST_BANDS, _HIGHEST_HZ = 64, 192_000


def _parse_bands(value: object) -> int | list[float]:
    """A number of bands, or rising edges."""
    if type(value) is int and 1 <= value <= _MOST_BANDS:
        return value
    if isinstance(value, list) and 2 <= len(value) <= _MOST_BANDS + 1 and _rise(value):
        return [float(edge) for edge in value]
    raise ValueError(
        f"must be a number of bands from 1 to {_MOST_BANDS}, or a list of 2 to {_MOST_BANDS + 1} edges in Hz, each"
        f" higher than the one before, from 0 to {_HIGHEST_HZ}"
    )


def _rise(edges: list[Any]) -> bool:
    if any(type(edge) not in (int, float) for edge in edges):
        return False
    return edges[0] >= 0 and edges[-1] <= _HIGHEST_HZ and all(low < high for low, high in pairwise(edges))


Bands = Annotated[
    int | list[float],
    BeforeValidator(_parse_bands),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": _MOST_BANDS},
                {
                    "type": "array",
                    "items": {"type": "number", "minimum": 0, "maximum": _HIGHEST_HZ},
                    "minItems": 2,
                    "maxItems": _MOST_BANDS + 1,
                },
            ],
        }
    ),
]
Tempo = Annotated[Number, Field(ge=20, le=400)]


class AnalyzeConfig(OpConfig):
    """What is looked for, and how finely."""

    features: list[Feature] | None = Field(
        None, min_length=1, description="What to find out; all that the input allows when absent."
    )
    hop: Seconds = Field(
        0.1, description="The step of `energy`, `spectrum` and `motion`: one value for each 0.02 to 60 s."
    )
    bands: Bands = Field(
        8, description="Of `spectrum`: so many of equal width in octaves from 20 Hz to 20 kHz, or their edges in Hz."
    )
    threshold: Annotated[Number, Field(gt=0, le=1)] = Field(
        0.06, description="By what share of full scale pictures must differ on average for a cut between `scenes`."
    )
    tempo_range: tuple[Tempo, Tempo] = Field(
        (45, 220), description="Beats a minute at the slowest and at the fastest, for `tempo` and `beats`."
    )

    @field_validator("features")
    @classmethod
    def _in_order(cls, features: list[Feature] | None) -> list[Feature] | None:
        """One order, so that the order in the file changes no key."""
        return None if features is None else [name for name in _ALL if name in features]

    @field_validator("hop")
    @classmethod
    def _some_hop(cls, hop: float) -> float:
        if not _SHORTEST_HOP <= hop <= _LONGEST_HOP:
            raise ValueError(f"`hop` is from {_SHORTEST_HOP:g} to {_LONGEST_HOP:g} s, not {hop:g} s")
        return hop

    @model_validator(mode="after")
    def _wide_range(self) -> Self:
        slowest, fastest = self.tempo_range
        if fastest < 1.5 * slowest:
            raise ValueError("the fastest of `tempo_range` must be at least one and a half times the slowest")
        return self


@op("ANALYZE", version=1, inputs=1, config=AnalyzeConfig)
class Analyze(DocumentOp[AnalyzeConfig]):
    """A JSON document with a key for each feature that is asked for.

    - `duration`: seconds.
    - `tempo`: beats a minute, of most of the beats; null where there are none.
    - `beats`: when one would tap, in seconds; empty where nothing recurs.
    - `onsets`: when something begins to sound, in seconds.
    - `energy`: `{"hop": seconds, "values": [...]}`, the root mean square of all channels in each step, 1 being full
      scale.
    - `spectrum`: `{"hop": seconds, "bands": [[low, high], ...], "values": [[...], ...]}`, for each step the root mean
      square in each band (Hz).
    - `loudness`: `{"integrated": LUFS, "range": LU, "true_peak": dBTP}` by EBU R 128; null for silence.
    - `scenes`: when each shot begins, in seconds, the first at 0. Dissolves are not found, nor shots of fewer than four
      pictures.
    - `motion`: `{"hop": seconds, "values": [...]}`, by what share of full scale pictures differ from the one before, on
      average over each step.

    Times are rounded to 0.1 ms, tempo and loudness to 0.01, other values to 0.00001.
    """

    def infer(self, *clips: Clip) -> Clip:
        """A document; InferError when a feature needs sound or moving pictures that the input has not."""
        (clip,) = clips
        if clip.duration is None:
            what = "a document is" if clip.kind == "data" else "a still is"
            raise InferError(f"{what} nothing that lasts, so there is nothing to ANALYZE; give it a film or a sound")
        self._checked(clip, _HEARD, clip.sound is not None, "sound")
        self._checked(clip, _SEEN, clip.kind == "film", "pictures")
        return Clip("data")

    def document(self, *inputs: Streams) -> dict[str, Any]:
        """What was found: one pass over the sound, and one over the pictures, where a feature needs it."""
        from artcelery.core.analysis.features import picture_features, sound_features
        from artcelery.core.media.measuring import small_pictures, sound_blocks

        (source,) = inputs
        wanted, config, duration = self._wanted(source.clip), self.config, source.clip.duration
        assert duration is not None
        found: dict[str, Any] = {"duration": round(float(duration), 4)} if "duration" in wanted else {}
        if source.audio is not None and any(name in _HEARD for name in wanted):
            sound = source.audio.sound
            format = (sound.rate, sound.channels, sound.layout)
            found |= sound_features(
                sound_blocks(source.audio), format, wanted, config.hop, self._edges(), config.tempo_range
            )
        if source.video is not None and any(name in _SEEN for name in wanted):
            found |= picture_features(small_pictures(source.video), wanted, config.hop, config.threshold, duration)
        return found

    def _checked(self, clip: Clip, kind: tuple[Feature, ...], there: bool, what: str) -> None:
        asked = [name for name in self.config.features or () if name in kind]
        if asked and not there:
            names = " and ".join(f"`{name}`" for name in asked)
            verb = "need" if len(asked) > 1 else "needs"
            raise InferError(f"{names} {verb} {what}, and the input has none ({clip.describe()})", "features")

    def _wanted(self, clip: Clip) -> list[Feature]:
        if self.config.features is not None:
            return self.config.features
        return ["duration", *(_HEARD if clip.sound else ()), *(_SEEN if clip.kind == "film" else ())]

    def _edges(self) -> list[float]:
        from artcelery.core.analysis.spectrum import octave_edges

        bands = self.config.bands
        return octave_edges(bands) if isinstance(bands, int) else bands
