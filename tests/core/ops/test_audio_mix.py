"""AUDIO_MIX: what is heard, sample by sample, and what cannot be mixed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import choose_encoding
from artcelery.core.media.stream import Streams
from artcelery.core.ops import OPS, InferError
from artcelery.core.ops.audio_mix import AudioMixConfig
from tests.media_files import make_film, make_sound, samples_of

Array = np.ndarray[Any, Any]
RATE = 48000
STEREO = Clip("sound", None, Sound(RATE, "stereo", 2), Fraction(3))
MONO = Clip("sound", None, Sound(44100, "mono", 1, 24), Fraction(2))
FILM = Clip("film", Picture(64, 48, "yuv420p", Fraction(25)), Sound(RATE, "stereo", 2), Fraction(4), 100)


def mix_op(**config: Any) -> Any:
    return OPS["AUDIO_MIX"](AudioMixConfig.model_validate(config))


def mixed(paths: list[Path], **config: Any) -> Streams:
    streams, made = [open_file(path, Limits()) for path in paths], mix_op(**config)
    result: Streams = made.streams(made.infer(*(item.clip for item in streams)), *streams)
    return result


def heard(streams: Streams) -> Array:
    """All samples as floating point, (samples, channels)."""
    assert streams.audio is not None
    return np.concatenate([block.to_ndarray().reshape(block.samples, -1) for block in streams.audio.blocks()])


def written(streams: Streams, path: Path) -> Path:
    write_clip(path, streams, choose_encoding(streams.clip, path.suffix[1:]), lambda done: None)
    return path


def sound_file(path: Path, samples: Array, rate: int = RATE) -> Path:
    """A file of these samples (samples,) or (samples, 2), of 16 bits; full scale is 1."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    whole = np.round(samples.reshape(-1) * 32768).clip(-32768, 32767).astype(np.int16)
    with av.open(str(path), "w") as output:
        layout = "mono" if channels == 1 else "stereo"
        track = output.add_stream("pcm_s16le", rate=rate, layout=layout)
        for at in range(0, len(whole), 4800 * channels):
            block = av.AudioFrame.from_ndarray(whole[None, at : at + 4800 * channels], format="s16", layout=layout)
            block.sample_rate, block.pts, block.time_base = rate, at // channels, Fraction(1, rate)
            output.mux(track.encode(block))
        output.mux(track.encode(None))
    return path


def noise(seconds: float, seed: int, level: float = 0.5) -> Array:
    """Noise that 16 bits hold exactly."""
    made = np.random.default_rng(seed).uniform(-level, level, (round(seconds * RATE), 2))
    rounded: Array = np.round(made * 32768) / 32768
    return rounded


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a file, as FFmpeg's own meter has them."""
    graph = av.filter.Graph()
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        nodes = [
            graph.add_abuffer(template=stream),
            graph.add("ebur128", peak="true", metadata="1", framelog="quiet"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        frames = [*container.decode(stream), None]
        last: dict[str, str] = {}
        for frame in frames:
            nodes[0].push(frame)
            while True:
                try:
                    last = nodes[-1].pull().metadata
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
    peaks = [float(value) for key, value in last.items() if "true_peaks_ch" in key]
    return float(last["lavfi.r128.I"]), 20 * np.log10(max(peaks))


def test_the_sum_is_exact_with_gains_and_offsets(tmp_path: Path) -> None:
    one, two = noise(1, 1), noise(0.5, 2)
    paths = [sound_file(tmp_path / "one.wav", one), sound_file(tmp_path / "two.wav", two)]
    found = mixed(paths, gains=[0.5, "-6dB"], offsets=["250ms", 1], normalize=False)
    expected = np.zeros((72000, 2))
    expected[12000:60000] += one * 0.5
    expected[48000:] += two * 0.501187234
    assert np.array_equal(heard(found), expected.astype(np.float32))
    assert found.clip.duration == Fraction(3, 2)


def test_a_mix_is_divided_by_the_sum_of_its_gains_so_that_it_cannot_clip(tmp_path: Path) -> None:
    loud = sound_file(tmp_path / "loud.wav", np.full((4800, 2), 32767 / 32768))
    assert np.allclose(heard(mixed([loud, loud])), 32767 / 32768, atol=1e-7)
    assert np.allclose(heard(mixed([loud, loud], gains=[3, -1])), 32767 / 32768 * 2 / 4, atol=1e-7)
    raw = mixed([loud, loud], normalize=False)
    assert np.allclose(heard(raw), 2 * 32767 / 32768, atol=1e-7)
    assert any("may pass full scale" in note for note in raw.clip.notes)


def test_gains_that_cannot_clip_are_left_as_they_are_said(tmp_path: Path) -> None:
    one = noise(0.2, 3)
    path = sound_file(tmp_path / "one.wav", one)
    quiet = mixed([path], gains=[0.25])
    assert np.array_equal(heard(quiet), (one * 0.25).astype(np.float32))
    assert quiet.clip.notes == ()


@pytest.mark.parametrize(("duration", "seconds"), [("longest", "1.5"), ("shortest", "0.9"), ("first", "1.25")])
def test_the_mix_ends_with_the_input_that_is_named(tmp_path: Path, duration: str, seconds: str) -> None:
    paths = [sound_file(tmp_path / f"{length}.wav", noise(length, 4)) for length in (1.0, 0.9, 0.5)]
    found = mixed(paths, offsets=[0.25, 0, 1], duration=duration)
    assert found.clip.duration == Fraction(seconds)
    assert len(heard(found)) == Fraction(seconds) * RATE


def test_sounds_that_differ_get_the_highest_rate_and_the_most_channels_and_it_is_noted() -> None:
    clip = mix_op().infer(MONO, FILM)
    assert (clip.kind, clip.picture, clip.duration) == ("sound", None, 4)
    assert clip.sound == Sound(RATE, "stereo", 2, 24)
    assert clip.notes == ("input 1: 44100 -> 48000 Hz, mono -> stereo",)


def test_what_cannot_be_mixed_is_said_with_its_input() -> None:
    still = Clip("still", Picture(64, 48, "rgb24"))
    with pytest.raises(InferError, match=r"input 2 has no sound \(still 64x48\)") as caught:
        mix_op().infer(STEREO, still)
    assert caught.value.field == "inputs"
    unnamed = Clip("sound", None, Sound(RATE, "9 channels", 9), Fraction(1))
    assert mix_op().infer(unnamed, unnamed).sound == unnamed.sound
    with pytest.raises(InferError, match="input 2 has 9 channels and does not say which they are"):
        mix_op().infer(STEREO, unnamed)
    for field, config, match in [
        ("gains", {"gains": [1]}, "`gains` has 1 value for 2 inputs"),
        ("offsets", {"offsets": [0, 1, 2]}, "`offsets` has 3 values for 2 inputs"),
        ("duck", {"duck": {"by": 2}}, "`duck.by` is 2; it counts from 0, so the last input is 1"),
    ]:
        with pytest.raises(InferError, match=match) as caught:
            mix_op(**config).infer(STEREO, STEREO)
        assert caught.value.field == field
    with pytest.raises(InferError, match="there are none"):
        mix_op(duck={"by": 0}).infer(STEREO)


@pytest.mark.parametrize(
    "config",
    [
        {"gains": ["loud"]},
        {"gains": ["70dB"]},
        {"gains": [True]},
        {"gains": 0.5},
        {"offsets": [-1]},
        {"loudness": "-14 dB"},
        {"loudness": -4},
        {"loudness": -71},
        {"true_peak": -1},
        {"true_peak": 1, "loudness": -14},
        {"duck": {}},
        {"duck": {"by": -1}},
        {"duck": {"by": 0, "amount": "12dB"}},
        {"duck": {"by": 0, "treshold": -30}},
        {"duration": "longer"},
    ],
)
def test_a_config_that_means_nothing_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AudioMixConfig.model_validate(config)


def test_what_means_the_same_has_one_key() -> None:
    one = mix_op(gains=["-6dB", 1], offsets=["500ms", 0], loudness="-14 LUFS", duck={"by": 1, "threshold": "-30dB"})
    two = mix_op(gains=[0.501187234, "0dB"], offsets=[0.5, "0s"], loudness=-14, true_peak="-1dBTP", duck={"by": 1})
    assert one.key_config() == two.key_config()
    assert mix_op(gains=[1, "0dB"], offsets=[0, 0]).key_config() == mix_op().key_config()
    assert mix_op(gains=[1, 0.5]).key_config() != mix_op(gains=[0.5, 1]).key_config()
    assert mix_op(loudness="-14").key_config() == mix_op(loudness="-14 LUFS").key_config()
    assert mix_op(loudness="-14").config.loudness == -14


def test_others_make_room_while_one_is_heard(tmp_path: Path) -> None:
    """A voice from 1 s to 2 s: music goes down by 12 dB within 0.1 s, and is back 0.5 s after the level has fallen."""
    music = sound_file(tmp_path / "music.wav", np.full((5 * RATE, 2), 0.25))
    time = np.arange(RATE) / RATE
    voice = np.stack([0.5 * np.sin(2 * np.pi * 1000 * time)] * 2, axis=1)
    path = sound_file(tmp_path / "voice.wav", voice)
    config: dict[str, Any] = {"normalize": False, "duration": "first", "offsets": [0, 1]}
    whole = mixed([music, path], **config, duck={"by": 1, "threshold": "-30dB", "amount": "-12dB"})
    spoken = np.zeros((5 * RATE, 2))
    spoken[RATE : 2 * RATE] = np.round(voice * 32768) / 32768
    gain = (heard(whole) - spoken)[:, 0] / 0.25
    low = 10 ** (-12 / 20)
    assert np.array_equal(gain[:RATE], np.ones(RATE))
    assert np.allclose(gain[round(1.11 * RATE) : 2 * RATE], low, atol=1e-5)
    middle = gain[RATE : round(1.11 * RATE)]
    assert np.all(np.diff(middle[:-480]) <= 1e-6)
    assert np.interp(0.05, np.arange(len(middle)) / RATE, middle) == pytest.approx(10 ** (-6 / 20), abs=0.12)
    # 0.3 s of the voice have -6 dBFS; -30 is passed when 1/252 of them is left.
    left = 2 + 0.3 * (1 - 10 ** (-(30 - 6.02) / 10))
    assert np.allclose(gain[2 * RATE : round((left - 0.011) * RATE)], low, atol=1e-5)
    assert gain[round((left + 0.25) * RATE)] == pytest.approx(10 ** (-6 / 20), abs=0.03)
    assert np.array_equal(gain[round((left + 0.52) * RATE) :], np.ones(5 * RATE - round((left + 0.52) * RATE)))


def test_what_is_under_the_threshold_lowers_nothing_and_keeps_its_gain(tmp_path: Path) -> None:
    music, voice = noise(1, 5), noise(1, 6, level=0.01)
    paths = [sound_file(tmp_path / "music.wav", music), sound_file(tmp_path / "voice.wav", voice)]
    found = mixed(paths, gains=[1, 2], normalize=False, duck={"by": 1, "threshold": -30})
    assert np.array_equal(heard(found), (music + 2 * voice).astype(np.float32))
    by_the_other = mixed(paths, gains=[1, 2], normalize=False, duck={"by": 0, "attack": 0, "amount": -20})
    settled = (heard(by_the_other) - music)[RATE // 2 :]
    assert np.allclose(settled, 0.1 * 2 * voice[RATE // 2 :], atol=1e-6)


def test_a_part_of_a_ducked_or_levelled_mix_is_that_of_the_whole(tmp_path: Path) -> None:
    paths = [sound_file(tmp_path / f"{seed}.wav", noise(2, seed, 0.3)) for seed in (7, 8)]
    for config in ({"duck": {"by": 1}, "offsets": [0, 0.5]}, {"loudness": -20}):
        streams = mixed(paths, **config)
        assert streams.audio is not None
        part = streams.audio.cut(Fraction(3, 4), Fraction(7, 4))
        found = heard(Streams(streams.clip, audio=part))
        assert np.array_equal(found, heard(streams)[36000:84000])
        assert np.array_equal(heard(Streams(streams.clip, audio=part.cut(Fraction(1, 4), None))), found[12000:])


def music(seconds: float, level: float, seed: int) -> Array:
    """Tones that come and go, with peaks: something that has a loudness."""
    time = np.arange(round(seconds * RATE)) / RATE
    rng = np.random.default_rng(seed)
    total = np.zeros((len(time), 2))
    for _ in range(6):
        wave = np.sin(2 * np.pi * rng.uniform(80, 4000) * time) * np.exp(-((time * rng.uniform(1, 3)) % 1) * 6)
        total += wave[:, None] * rng.uniform(0.1, 1, 2)
    scaled: Array = total * level / np.abs(total).max()
    return scaled


@pytest.mark.parametrize(("loudness", "level"), [("-23 LUFS", 0.9), (-16, 0.01), (-8, 0.5)])
def test_the_loudness_of_the_file_is_the_one_that_was_asked_for(
    tmp_path: Path, loudness: str | float, level: float
) -> None:
    """Louder and softer than it was, with and without a limiter; measured by FFmpeg's own meter."""
    paths = [sound_file(tmp_path / f"{seed}.wav", music(6, level, seed)) for seed in (1, 2)]
    path = written(mixed(paths, loudness=loudness, offsets=[0, 1]), tmp_path / "out.wav")
    found, peak = ebur128(path)
    wanted = float(str(loudness).split()[0])
    assert found == pytest.approx(wanted, abs=0.2)
    assert peak <= -1 + 0.15


def test_only_where_peaks_would_pass_the_ceiling_samples_are_more_than_multiplied(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "one.wav", music(6, 0.5, 3))
    plain = heard(mixed([path])).astype(float)
    soft = heard(mixed([path], loudness=-30)).astype(float)
    factor = soft[np.abs(plain) > 0.1] / plain[np.abs(plain) > 0.1]
    assert np.ptp(factor) < 1e-6
    limited = heard(mixed([path], loudness=-11, true_peak=-3)).astype(float)
    ratio = limited[np.abs(plain) > 0.1] / plain[np.abs(plain) > 0.1]
    assert np.ptp(ratio) > 0.1
    assert np.abs(limited).max() <= 10 ** (-3 / 20)


def test_a_mix_that_is_silent_or_has_only_peaks_cannot_be_brought_to_a_loudness(tmp_path: Path) -> None:
    silent = sound_file(tmp_path / "silent.wav", np.zeros((RATE, 2)))
    with pytest.raises(RenderError, match=r"^AUDIO_MIX cannot be brought to -14 LUFS: it is silent"):
        heard(mixed([silent], loudness=-14))
    clicks = np.zeros((2 * RATE, 2))
    clicks[::12000] = 0.9
    path = sound_file(tmp_path / "clicks.wav", clicks)
    with pytest.raises(
        RenderError, match=r"-8 LUFS with peaks of -1 dBTP at most: it has -\d+\.\d+ LUFS with peaks of"
    ):
        heard(mixed([path], loudness=-8))


def test_the_sound_of_a_film_is_taken_and_mixed_with_music(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv", (64, 48), 25, 2)
    tune = make_sound(tmp_path / "tune.flac", 3, sample_rate=44100, layout="mono")
    streams = mixed([film, tune], gains=[0.5, 0.5])
    assert streams.video is None
    found = samples_of(written(streams, tmp_path / "out.flac")).T
    assert found.shape == (3 * RATE, 2)
    film_sound = samples_of(film).T
    tone = 0.125 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE) * 0.5**0.5
    expected = 0.5 * tone[:, None] + np.zeros((3 * RATE, 2))
    expected[: 2 * RATE] += 0.5 * film_sound
    assert np.abs(found - expected)[500:-500].max() < 2e-3


def ramp_film(path: Path) -> Path:
    """A second of pictures, and one and a half of sound, whose pitch rises."""
    return make_film(path, (32, 16), 25, 1, audio="aevalsrc=sin(800*t*t)/2", layout="mono", sound_seconds=1.5)


@pytest.mark.parametrize("name", ["film.mkv", "film.mp4"])
def test_of_a_film_all_the_sound_is_mixed_though_its_pictures_end_before(tmp_path: Path, name: str) -> None:
    film = open_file(ramp_film(tmp_path / name), Limits())
    rising = np.sin(800 * (np.arange(72000) / 48000) ** 2) / 2
    cut = OPS["SEGMENT"](OPS["SEGMENT"].config_model.model_validate({"offset": 0.4}))
    for streams, first in ((film, 0), (cut.streams(cut.infer(film.clip), film), 19200)):
        op = mix_op()
        clip = op.infer(streams.clip)
        assert clip.duration == pytest.approx(1.5 - first / 48000, abs=0.03)
        found = heard(op.streams(clip, streams))[:, 0]
        assert len(found) == round((clip.duration or 0) * RATE)
        assert np.abs(found[4800 : 67200 - first] - rising[first + 4800 : 67200]).max() < 0.06
    short = OPS["SEGMENT"](OPS["SEGMENT"].config_model.model_validate({"duration": 0.4}))
    assert mix_op().infer(short.infer(film.clip)).duration == Fraction(2, 5)


def test_films_after_one_another_say_what_is_left_out_of_their_sound(tmp_path: Path) -> None:
    clip = open_file(ramp_film(tmp_path / "film.mkv"), Limits()).clip
    sequence = OPS["SEQUENCE"](OPS["SEQUENCE"].config_model.model_validate({}))
    assert sequence.infer(clip, clip).notes == (
        "input 1: without the 0.5 s of its sound after its last picture",
        "input 2: without the 0.5 s of its sound after its last picture",
    )


def test_what_the_end_of_the_mix_cuts_off_is_noted() -> None:
    made = mix_op(duration="shortest", offsets=[0, 1]).infer(STEREO, STEREO)
    assert made.notes == ("input 2 is cut off at 3 s; it would last to 4 s",)


def test_inputs_come_and_go(tmp_path: Path) -> None:
    """The second goes until the mix ends, which is before its own end."""
    one, two = sound_file(tmp_path / "1.wav", np.full(48000, 0.5)), sound_file(tmp_path / "2.wav", np.full(48000, 0.25))
    found = heard(
        mixed([one, two], fades=[None, {"in": 0.1, "out": 0.2}], offsets=[0, 0.5], duration="first", normalize=False)
    )[:, 0]
    second = np.full(24000, 0.25)
    second[:4800] *= np.sin((np.arange(4800) + 0.5) / 4800 * np.pi / 2)
    second[-9600:] *= np.cos((np.arange(9600) + 0.5) / 9600 * np.pi / 2)
    assert np.abs(found - 0.5 - np.concatenate([np.zeros(24000), second])).max() < 1e-4
    with pytest.raises(InferError, match=r"input 2 is heard for 3 s, and its fades take 4 s; shorten them") as caught:
        mix_op(fades=[None, 2]).infer(STEREO, STEREO)
    assert caught.value.field == "fades"
    with pytest.raises(InferError, match="`fades` has 1 value for 2 inputs"):
        mix_op(fades=[1]).infer(STEREO, STEREO)
    assert mix_op(fades=[None, 0]).key_config() == mix_op().key_config()


def test_clicks_of_44100_and_48000_samples_a_second_stay_together_to_the_sample(tmp_path: Path) -> None:
    low, high = np.zeros(44100 * 20), np.zeros((RATE * 20, 2))
    low[22050::44100], high[24000::RATE] = 0.9, 0.9
    paths = [sound_file(tmp_path / "low.wav", low, 44100), sound_file(tmp_path / "high.wav", high)]
    found = heard(mixed(paths, gains=[1, -0.5], normalize=False))[:, 0]
    clicks = [
        second * RATE + int(np.argmax(np.abs(found[second * RATE : (second + 1) * RATE]))) for second in range(20)
    ]
    assert clicks == [second * RATE + 24000 for second in range(20)]


def test_a_mix_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    paths = [sound_file(tmp_path / f"{seed}.wav", music(3, 0.7, seed), 44100) for seed in (4, 5)]
    config: dict[str, Any] = {"loudness": -12, "duck": {"by": 1}, "offsets": [0, 1]}
    files = [written(mixed(paths, **config), tmp_path / f"out{number}.wav") for number in range(2)]
    assert files[0].read_bytes() == files[1].read_bytes()
