"""`python -m benchmarks.beats`: how well beats are found in click tracks whose beats are known, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from artcelery.core.analysis.beats import beat_times, tempo_of
from artcelery.core.analysis.onsets import OnsetMeter
from tests.core.analysis.clicks import changing, clicks, f_measure, gliding, steady

SECONDS = 30
TEMPI = (60, 66, 75, 84, 97.3, 110, 120, 128, 133, 144, 155, 167.7, 180)
NOISE_DB = (None, 30, 20, 15, 10)
TRACKS = {
    **{f"{tempo:g} a minute": steady(tempo, SECONDS, first=0.37) for tempo in TEMPI},
    "100, then 140": changing([(100, 15), (140, 15)]),
    "70, 100, 80": changing([(70, 15), (100, 15), (80, 15)]),
    "180, 120, 150": changing([(180, 15), (120, 15), (150, 15)]),
    "80 up to 140": gliding(80, 140, 60),
    "160 down to 100": gliding(160, 100, 40),
}
Array = np.ndarray[Any, Any]


def found_in(track: Array) -> Array:
    meter = OnsetMeter(44100, len(track))
    meter.add(track)
    return beat_times(meter.envelope(), 45, 220)


def rows() -> Iterator[list[str]]:
    for name, beats in TRACKS.items():
        for sound in ("tick", "drum", "noise burst"):
            scores = []
            for noise_db in NOISE_DB:
                found = found_in(clicks(beats, float(beats[-1]) + 0.5, sound, noise_db=noise_db))
                score, tempo = f_measure(beats, found), tempo_of(found)
                scores.append(f"{score:.3f} ({tempo:.1f})" if tempo else f"{score:.3f}")
            yield [name, sound, *scores]


def main() -> None:
    heads = ["beats", "click", *("clean" if noise is None else f"noise {noise} dB below" for noise in NOISE_DB)]
    print("F-measure at 70 ms (tempo found)\n")
    for line in (heads, ["---"] * len(heads), *rows()):
        print(f"| {' | '.join(line)} |", flush=True)


if __name__ == "__main__":
    main()
