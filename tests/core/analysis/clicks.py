"""Click tracks, and how well beats found in them match: what the tests and the benchmark of beats share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def steady(tempo: float, seconds: float, first: float = 0.3) -> Array:
    """When the beats of one tempo (beats a minute) are, from `first` to the end."""
    return np.arange(first, seconds - 0.05, 60 / tempo)


def changing(parts: Sequence[tuple[float, float]], first: float = 0.3) -> Array:
    """Beats whose tempo changes at once: (tempo, seconds) after one another."""
    times = [first]
    for end, tempo in zip(
        np.cumsum([seconds for _, seconds in parts]) + first, [tempo for tempo, _ in parts], strict=True
    ):
        while times[-1] < end:
            times.append(times[-1] + 60 / tempo)
    return np.array(times[:-1])


def gliding(slow: float, fast: float, seconds: float, first: float = 0.3) -> Array:
    """Beats whose tempo goes evenly from one to another."""
    times = [first]
    while times[-1] < seconds - 0.1:
        times.append(times[-1] + 60 / (slow + (fast - slow) * times[-1] / seconds))
    return np.array(times[:-1])


def clicks(
    beats: Array, seconds: float, sound: str = "tick", rate: int = 44100, noise_db: float | None = None
) -> Array:
    """A mono track of shape (1, n) with a click at each beat; noise so many dB (root mean square) under their peak."""
    random, track = np.random.default_rng(beats.size), np.zeros(round(seconds * rate))
    for beat in beats:
        start = round(beat * rate)
        click = 0.8 * _click(sound, rate, random)[: track.size - start]
        track[start : start + click.size] += click
    if noise_db is not None:
        track += random.standard_normal(track.size) * 0.8 * 10 ** (-noise_db / 20)
    return (track[None] * 0.5).astype(np.float32)


def _click(sound: str, rate: int, random: np.random.Generator) -> Array:
    time = np.arange(round(0.15 * rate)) / rate
    if sound == "tick":
        return np.asarray(np.sin(2 * np.pi * 1000 * time) * np.exp(-150 * time))
    if sound == "drum":
        return np.asarray(np.sin(2 * np.pi * (60 + 80 * np.exp(-40 * time)) * time) * np.exp(-30 * time))
    return np.asarray(random.uniform(-1, 1, time.size) * np.exp(-80 * time))


def f_measure(beats: Sequence[float] | Array, found: Sequence[float] | Array, within: float = 0.07) -> float:
    """The harmonic mean of precision and recall, each beat matched once within so many seconds."""
    hits, left = 0, list(found)
    for beat in beats:
        near = next((time for time in left if abs(time - beat) <= within), None)
        if near is not None:
            hits += 1
            left.remove(near)
    return 2 * hits / (len(beats) + len(found)) if len(beats) + len(found) else 1.0
