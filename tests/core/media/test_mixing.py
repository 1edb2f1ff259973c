"""Sounds on a timeline: exact sums, exact places, open only while they sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery.core.media.clip import Sound
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.media.sound.mixing import Placed, mix
from artcelery.core.media.stream import Audio
from tests.media_files import make_film, make_sound

Array = np.ndarray[Any, Any]

RATE = 48000
STEREO = Sound(RATE, "stereo", 2)
MONO = Sound(RATE, "mono", 1)


@dataclass
class Samples:
    """Samples as an origin of sound, that knows how many of its kind are open."""

    samples: Array
    sound: Sound
    open: list[int] = field(default_factory=lambda: [0, 0])
    size: int = 1000

    def blocks(self) -> Iterator[av.AudioFrame]:
        self.open[0] += 1
        self.open[1] = max(self.open)
        try:
            for at in range(0, len(self.samples), self.size):
                part = np.ascontiguousarray(self.samples[at : at + self.size]).reshape(1, -1)
                block = av.AudioFrame.from_ndarray(part, format="flt", layout=self.sound.layout)
                block.sample_rate, block.pts, block.time_base = self.sound.rate, at, Fraction(1, self.sound.rate)
                yield block
        finally:
            self.open[0] -= 1

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Samples:
        first, last = round(begin * self.sound.rate), None if end is None else round(end * self.sound.rate)
        return Samples(self.samples[first:last], self.sound, self.open)


def noise(seconds: float, sound: Sound = STEREO, seed: int = 1) -> Array:
    made = np.random.default_rng(seed).uniform(-0.5, 0.5, (round(seconds * sound.rate), sound.channels))
    return made.astype(np.float32)


def audio(samples: Array, sound: Sound = STEREO, **options: Any) -> Audio:
    return Audio(sound, Fraction(len(samples), sound.rate), Samples(samples, sound, **options))


def heard(sound: Audio) -> Array:
    """All samples, (samples, channels); blocks must follow each other without a gap."""
    parts, at = [], 0
    for block in sound.blocks():
        assert (block.pts, block.sample_rate, block.format.name) == (at, sound.sound.rate, "flt")
        at += block.samples
        parts.append(block.to_ndarray().reshape(block.samples, -1))
    return np.concatenate(parts) if parts else np.zeros((0, sound.sound.channels), np.float32)


def test_a_sound_alone_passes_unchanged_with_silence_around_it() -> None:
    samples = noise(0.5)
    found = heard(mix([Placed(audio(samples), Fraction(1, 4))], STEREO, Fraction(1)))
    assert found.dtype == np.float32
    assert np.array_equal(found, np.concatenate([np.zeros((12000, 2)), samples, np.zeros((12000, 2))]))


def test_what_sounds_together_is_added_with_its_gains() -> None:
    one, two = noise(1, seed=1), noise(0.5, seed=2)
    placed = [Placed(audio(one), gain=0.5), Placed(audio(two), Fraction(3, 10), gain=-2.0)]
    expected = one.astype(float) * 0.5
    expected[14400:38400] += two.astype(float) * -2
    assert np.array_equal(heard(mix(placed, STEREO, Fraction(1))), expected.astype(np.float32))


def test_a_sound_ends_where_its_duration_says_and_a_shorter_one_is_followed_by_silence() -> None:
    samples = noise(0.5)
    placed = [
        Placed(audio(samples), duration=Fraction(1, 10)),
        Placed(audio(samples), Fraction(1, 2), duration=Fraction(1)),
    ]
    found = heard(mix(placed, STEREO, Fraction(2)))
    assert len(found) == 96000
    assert np.array_equal(found[:4800], samples[:4800])
    assert not found[4800:24000].any()
    assert np.array_equal(found[24000:48000], samples)
    assert not found[48000:].any()


def test_what_lies_before_or_after_the_timeline_is_not_heard() -> None:
    samples = noise(1)
    placed = [
        Placed(audio(samples), Fraction(-3, 4)),
        Placed(audio(samples), Fraction(3, 4)),
        Placed(audio(samples), Fraction(5)),
        Placed(audio(samples), Fraction(-5)),
    ]
    found = heard(mix(placed, STEREO, Fraction(1)))
    assert np.array_equal(found[:12000], samples[36000:])
    assert not found[12000:36000].any()
    assert np.array_equal(found[36000:], samples[:12000])


def test_many_parts_in_a_row_do_not_drift() -> None:
    """300 parts of one NTSC picture each (1601.6 samples): each begins at the sample nearest to its own time."""
    step = Fraction(1001, 30000)
    ones = audio(np.ones((1700, 1), np.float32), MONO)
    placed = [Placed(ones, step * number, step, gain=number + 1) for number in range(300)]
    found = heard(mix(placed, MONO, step * 300))[:, 0]
    expected = np.concatenate(
        [np.full(round(step * (at + 1) * RATE) - round(step * at * RATE), at + 1) for at in range(300)]
    )
    assert len(found) == round(step * 300 * RATE) == 480480
    assert np.array_equal(found, expected)


def test_a_cross_fade_of_two_sounds_keeps_their_power() -> None:
    one, two = np.zeros((48000, 2), np.float32), np.zeros((48000, 2), np.float32)
    one[:, 0], two[:, 1] = 1, 1
    fade = Fraction(1, 3)
    placed = [Placed(audio(one), fade_out=fade), Placed(audio(two), 1 - fade, fade_in=fade)]
    found = heard(mix(placed, STEREO, 2 - fade)).astype(float)
    assert np.allclose((found**2).sum(axis=1), 1, atol=1e-6)
    angle = (np.arange(16000) + 0.5) / 16000 * np.pi / 2
    assert np.allclose(found[32000:48000], np.stack([np.cos(angle), np.sin(angle)], axis=1), atol=1e-7)
    assert np.array_equal(found[:32000, 0], np.ones(32000))
    assert not found[48000:, 0].any()


def test_only_what_sounds_is_open_and_all_is_closed_in_the_end() -> None:
    counts = [0, 0]
    placed = [Placed(audio(noise(0.1), open=counts), Fraction(at, 20)) for at in range(200)]
    stream = mix(placed, STEREO, Fraction(11))
    heard(stream)
    assert counts[0] == 0
    assert 2 <= counts[1] <= 5
    blocks = stream.blocks()
    next(blocks)
    assert counts[0] > 0
    blocks.close()  # type: ignore[attr-defined]
    assert counts[0] == 0


def test_a_mix_can_be_heard_twice_and_is_the_same_each_time() -> None:
    stream = mix([Placed(audio(noise(0.3))), Placed(audio(noise(0.2)), Fraction(1, 7))], STEREO, Fraction(1, 2))
    assert np.array_equal(heard(stream), heard(stream))


@pytest.mark.parametrize("precise", [True, False])
@pytest.mark.parametrize(("begin", "end"), [(Fraction(0), Fraction(1)), (Fraction(7, 5), Fraction(41, 16))])
def test_a_cut_holds_exactly_the_samples_of_the_whole(
    tmp_path: Path, begin: Fraction, end: Fraction, precise: bool
) -> None:
    """Also of sounds that are sought in their files, resampled, and cut on the grid of their pictures."""
    film = make_film(tmp_path / "film.mp4", (64, 48), Fraction(30000, 1001), 5, sample_rate=44100, layout="mono")
    music = make_sound(tmp_path / "music.flac", 4, sample_rate=32000, audio="anoisesrc=seed=3")
    sounds = [open_file(path, Limits()).audio for path in (film, music)]
    assert sounds[0]
    assert sounds[1]
    placed = [
        Placed(sounds[0], Fraction(1, 9), gain=0.5, fade_out=Fraction(1)),
        Placed(sounds[1], Fraction(-5, 4), gain=0.25, fade_in=Fraction(3)),
    ]
    whole = mix(placed, STEREO, Fraction(3))
    part = whole.cut(begin, end, precise=precise)
    assert part.duration == end - begin
    samples, expected = heard(part), heard(whole)[round(begin * RATE) : round(end * RATE)]
    assert np.abs(expected).max() > 0.05
    assert np.array_equal(samples, expected)
    inner = heard(part.cut(Fraction(1, 4), Fraction(1, 2), precise=precise))
    assert np.array_equal(inner, expected[12000:24000])


def test_a_film_that_is_long_is_sought_and_not_read_from_its_start(tmp_path: Path) -> None:
    read: list[int] = []

    class Counted(Samples):
        def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Samples:
            read.append(round(begin * self.sound.rate))
            return super().cut(begin, end, precise)

    samples = noise(60, MONO)
    stream = mix([Placed(Audio(MONO, Fraction(60), Counted(samples, MONO)))], MONO, Fraction(60))
    assert np.array_equal(heard(stream.cut(Fraction(50), Fraction(51))), samples[50 * RATE : 51 * RATE])
    assert len(read) == 1
    assert 48 * RATE <= read[0] <= 50 * RATE


def test_a_click_stays_at_its_time_from_44100_to_48000_samples_a_second() -> None:
    """Clicks at whole tenths of a second, where both rates have a sample, over a minute."""
    low = Sound(44100, "mono", 1)
    samples = np.zeros((44100 * 60, 1), np.float32)
    samples[4410::44100] = 0.9
    placed = Placed(audio(samples, low, size=44100), Fraction(1, 4))
    found = heard(mix([placed], MONO, Fraction(61)))[:, 0]
    clicks = [at * RATE + int(np.argmax(np.abs(found[at * RATE : (at + 1) * RATE]))) for at in range(60)]
    assert clicks == [round((second + Fraction(1, 10) + Fraction(1, 4)) * RATE) for second in range(60)]


def test_resampling_leaves_room_for_what_is_louder_than_full_scale() -> None:
    low = Sound(44100, "mono", 1)
    wave = 3 * np.sin(np.arange(44100) * 2 * np.pi * 441 / 44100)[:, None].astype(np.float32)
    found = heard(mix([Placed(audio(wave, low))], MONO, Fraction(1)))[:, 0]
    expected = 3 * np.sin(np.arange(48000) * 2 * np.pi * 441 / 48000)
    assert np.abs(found - expected)[200:-200].max() < 1e-3


def test_channels_are_converted_as_documented() -> None:
    mono = audio(np.full((4800, 1), 0.5, np.float32), MONO)
    duration = Fraction(1, 10)
    stereo = heard(mix([Placed(mono)], STEREO, duration))
    assert np.allclose(stereo, 0.5 * 0.5**0.5, atol=1e-7)
    surround = heard(mix([Placed(mono)], Sound(RATE, "5.1", 6), duration))
    assert np.array_equal(surround[100], np.array([0, 0, 0.5, 0, 0, 0], np.float32))
    both = audio(np.tile(np.array([0.5, 0.25], np.float32), (4800, 1)))
    eight = heard(mix([Placed(both)], Sound(RATE, "7.1", 8), duration))
    assert np.array_equal(eight[100], np.array([0.5, 0.25, 0, 0, 0, 0, 0, 0], np.float32))


def test_sound_of_24_bits_passes_without_loss(tmp_path: Path) -> None:
    whole = np.random.default_rng(5).integers(-(2**23), 2**23, (1, 4800 * 2), dtype=np.int32) * 256
    path = tmp_path / "deep.wav"
    with av.open(str(path), "w") as output:
        track = output.add_stream("pcm_s24le", rate=RATE, layout="stereo")
        block = av.AudioFrame.from_ndarray(whole, format="s32", layout="stereo")
        block.sample_rate = RATE
        output.mux(track.encode(block))
        output.mux(track.encode(None))
    source = open_file(path, Limits()).audio
    assert source is not None
    found = heard(mix([Placed(source)], source.sound, source.duration))
    assert np.array_equal(found.astype(float) * 2**31, whole.reshape(-1, 2))


def test_a_mix_of_nothing_is_silence_and_belongs_to_its_pictures() -> None:
    stream = mix([], STEREO, Fraction(1001, 30000), grid=Fraction(30000, 1001))
    assert stream.grid == Fraction(30000, 1001)
    assert heard(stream).shape == (1602, 2)
    assert not heard(stream).any()
