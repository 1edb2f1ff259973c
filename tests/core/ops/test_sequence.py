"""SEQUENCE: which picture and which sample comes when."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.profiles import KEPT
from artcelery.core.ops import InferError
from tests.core.ops.films import (
    Count,
    by_parts,
    clips_of,
    counted,
    grey,
    greys,
    numbered,
    op_of,
    opened,
    pictures,
    samples,
    through,
)
from tests.core.ops.rendering import LIMITS, write_frames
from tests.media_files import frames_of, make_film, make_sound, make_still

NTSC = Fraction(30000, 1001)


def sequence(*inputs: Any, **config: Any) -> Any:
    return through("SEQUENCE", config, *inputs)


def infer(*paths: Path, **config: Any) -> Any:
    return op_of("SEQUENCE", config).infer(*clips_of(opened(*paths)))


def shown_at_rate(first: int, count: int, rate: Fraction | int, wanted: Fraction | int) -> list[int]:
    """Each picture of a film goes to the nearest place (a half: the later one); the last that came is shown."""
    places = [int(Fraction(number) * wanted / rate + Fraction(1, 2)) for number in range(count)]
    total = round(Fraction(count) * wanted / rate)
    return [first + max(number for number, place in enumerate(places) if place <= at) for at in range(total)]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Ten pictures from 20 on with samples of 8000, and eight from 120 on with -4000."""
    return numbered(tmp_path / "a.mkv", 20, 10, level=8000), numbered(tmp_path / "b.mkv", 120, 8, level=-4000)


def test_clips_follow_each_other_picture_by_picture_and_sample_by_sample(two: tuple[Path, Path]) -> None:
    film = sequence(*two, two[0])
    assert film.clip.duration == Fraction(28, 25)
    assert film.clip.notes == ()
    assert greys(film) == [*range(20, 30), *range(120, 128), *range(20, 30)]
    expected = np.repeat([8000.0, -4000.0, 8000.0], [19200, 15360, 19200])
    assert np.array_equal(samples(film), expected)


def test_a_cross_fade_overlaps_pictures_and_sounds(two: tuple[Path, Path]) -> None:
    film = sequence(*two, transition={"type": "crossfade", "duration": "160ms"})
    assert film.clip.frames == 14
    mixed = [int(np.floor(((26 + k) * (4 - k) + (120 + k) * (k + 1)) / 5 + 0.5)) for k in range(4)]
    assert greys(film) == [*range(20, 26), *mixed, *range(124, 128)]
    heard = samples(film)
    angle = (np.arange(7680) + 0.5) / 7680 * np.pi / 2
    assert np.array_equal(heard[:11520], np.full(11520, 8000.0))
    assert np.allclose(heard[11520:19200], 8000 * np.cos(angle) - 4000 * np.sin(angle), atol=0.01)
    assert np.array_equal(heard[19200:], np.full(7680, -4000.0))


def test_each_join_may_be_of_a_kind_of_its_own(two: tuple[Path, Path]) -> None:
    one, other = two
    film = sequence(
        one,
        other,
        one,
        other,
        transition={"type": "crossfade", "duration": 0.12},
        transitions=[{"type": "cut"}, None, {"type": "fade", "duration": 0.04}],
        background="white",
    )
    between = [int(np.floor(((125 + k) * (3 - k) + (20 + k) * (k + 1)) / 4 + 0.5)) for k in range(3)]
    expected = [*range(20, 30), *range(120, 125), *between, *range(23, 29), 235, *range(121, 128)]
    assert greys(film) == expected


@pytest.mark.parametrize("direction", ["left", "down"])
def test_a_wipe_uncovers_the_next_clip_and_a_slide_pushes_the_last_one_out(
    two: tuple[Path, Path], direction: str
) -> None:
    for kind in ("wipe", "slide"):
        film = sequence(*two, transition={"type": kind, "duration": 0.12, "direction": direction})
        middle = pictures(film)[8][0]
        first, second = (middle[:, :16], middle[:, 16:]) if direction == "left" else (middle[8:], middle[:8])
        assert (set(first.flat), set(second.flat)) == ({28}, {121})


def test_a_clip_may_be_nothing_but_its_transitions(two: tuple[Path, Path], tmp_path: Path) -> None:
    short = numbered(tmp_path / "short.mkv", 200, 4)
    film = sequence(two[0], short, two[1], transition={"type": "wipe", "duration": 0.08})
    assert film.clip.frames == 18
    first = [int(picture[0, 0, 0]) for picture in pictures(film)]
    assert first == [*range(20, 30), 202, 203, *range(122, 128)]


def test_a_clip_shorter_than_its_transitions_is_refused_with_the_numbers(two: tuple[Path, Path]) -> None:
    with pytest.raises(InferError, match=r"input 2 lasts 0\.32 s, and its transitions 0\.2 s and 0\.2 s") as caught:
        infer(two[0], two[1], two[0], transition={"type": "crossfade", "duration": 0.2})
    assert caught.value.field == "transition"
    with pytest.raises(InferError, match=r"`transitions` has 2 entries, and two clips meet once") as caught:
        infer(*two, transitions=[None, None])
    assert caught.value.field == "transitions"


@pytest.mark.parametrize(
    ("rate", "wanted"),
    [(24, 30), (30, 24), (25, 30), (NTSC, 25), (30, NTSC), (25, 50), (60, 25), (Fraction(24000, 1001), 30)],
)
def test_clips_of_another_rate_keep_their_times(tmp_path: Path, rate: Fraction | int, wanted: Fraction | int) -> None:
    first = numbered(tmp_path / "a.mkv", 20, 6, wanted)
    second = numbered(tmp_path / "b.mkv", 120, 40, rate)
    film = sequence(first, second)
    assert greys(film) == [*range(20, 26), *shown_at_rate(120, 40, rate, wanted)]
    assert film.clip.notes == (f"input 2: {float(rate):.6g} -> {float(wanted):.6g} fps",)
    asked = sequence(first, second, fps=str(Fraction(rate)))
    assert greys(asked) == [*shown_at_rate(20, 6, wanted, rate), *range(120, 160)]


def test_the_size_is_that_of_the_input_that_is_named(two: tuple[Path, Path], tmp_path: Path) -> None:
    wide = numbered(tmp_path / "wide.mkv", 50, 2, size=(96, 16))
    tall = numbered(tmp_path / "tall.mkv", 60, 2, size=(48, 64))
    inputs = (two[0], wide, tall)
    sizes = {"first": (32, 16), "last": (48, 64), "largest": (48, 64)}
    assert {name: infer(*inputs, target_size=name).picture.size for name in sizes} == sizes
    assert infer(*inputs, width=100, height=30).picture.size == (100, 30)
    assert infer(*inputs).picture.size == (32, 16)


def test_what_does_not_fill_the_film_is_padded_filled_or_stretched(two: tuple[Path, Path], tmp_path: Path) -> None:
    wide = numbered(tmp_path / "wide.mkv", 50, 1, size=(64, 16))
    bars = pictures(sequence(two[0], wide, background="white"))[-1][0]
    assert set(bars[:4].flat) == set(bars[12:].flat) == {235}
    assert set(bars[4:12].flat) == {50}
    for mode in ("fill", "stretch"):
        film = sequence(two[0], wide, mode=mode)
        assert set(pictures(film)[-1][0].flat) == {50}
        assert film.clip.notes == (f"input 2: 64x16 -> 32x16 {mode}, silence for the sound it lacks",)


def test_pixels_that_are_not_square_are_shown_as_they_look(tmp_path: Path) -> None:
    """16x16 pixels, twice as wide as high, are 32x16."""
    narrow = numbered(tmp_path / "narrow.mp4", 50, 3, size=(16, 16), sar=Fraction(2), codec="libx264")
    plain = numbered(tmp_path / "plain.mkv", 90, 3)
    film = sequence(narrow, plain)
    assert film.clip.picture.size == (32, 16)
    for picture, expected in zip(pictures(film), [50, 51, 52, 90, 91, 92], strict=True):
        assert np.abs(picture[0].astype(int) - expected).max() <= 2
    assert film.clip.notes == ("input 1: pixels of 2:1 -> square, 16x16 -> 32x16",)


def test_a_clip_without_sound_is_silent_and_where_none_has_sound_there_is_none(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    mute = numbered(tmp_path / "mute.mkv", 60, 5)
    film = sequence(two[0], mute, two[1])
    assert np.array_equal(samples(film), np.repeat([8000.0, 0.0, -4000.0], [19200, 9600, 15360]))
    assert film.clip.notes == ("input 2: silence for the sound it lacks",)
    assert sequence(mute, mute).audio is None


def test_stills_are_shown_for_their_time(two: tuple[Path, Path], tmp_path: Path) -> None:
    white = make_still(tmp_path / "white.png", np.full((16, 32, 3), 255, np.uint8))
    black = make_still(tmp_path / "black.png", np.zeros((16, 32, 3), np.uint8))
    film = sequence(white, two[0], black, duration=0.2, durations=[None, None, "80ms"])
    assert greys(film) == [*[235] * 5, *range(20, 30), *[16] * 2]
    assert np.array_equal(samples(film), np.repeat([0.0, 8000.0, 0.0], [9600, 19200, 3840]))
    show = sequence(white, black, duration=0.2)
    assert (show.clip.picture.rate, show.clip.frames, show.audio) == (25, 10, None)
    assert [int(picture[0, 0, 0]) for picture in pictures(show)] == [255] * 5 + [0] * 5


def test_films_are_cut_off_where_durations_say(two: tuple[Path, Path]) -> None:
    film = sequence(*two, durations=["120ms", None])
    assert greys(film) == [20, 21, 22, *range(120, 128)]
    assert np.array_equal(samples(film), np.repeat([8000.0, -4000.0], [5760, 15360]))
    with pytest.raises(InferError, match=r"input 2 lasts 0\.32 s; `durations` asks for 2 s of it"):
        infer(*two, durations=[None, 2])
    with pytest.raises(InferError, match="`durations` has 0 values for 2 inputs"):
        infer(*two, durations=[])
    with pytest.raises(InferError, match="`durations` has 1 value for 2 inputs"):
        infer(*two, durations=[1])


def test_a_still_without_a_time_is_named(two: tuple[Path, Path], tmp_path: Path) -> None:
    still = make_still(tmp_path / "still.png")
    with pytest.raises(InferError, match="input 2 is a still; say how long it is shown"):
        infer(two[0], still)


def test_clips_are_cut_to_times_and_go_on_where_they_stopped(two: tuple[Path, Path], tmp_path: Path) -> None:
    """Of ten pictures 3 and 4 are used when 4 are wanted: it begins anew. Of eight, 5 and 3 are there."""
    still = make_still(tmp_path / "white.png", np.full((16, 32, 3), 255, np.uint8))
    film = sequence(*two, at=[0.12, 0.319, 0.48, 0.6, 0.76])
    assert greys(film) == [20, 21, 22, *range(120, 125), *range(23, 27), *range(125, 128), *range(20, 24)]
    expected = np.repeat([8000.0, -4000.0] * 2 + [8000.0], [5760, 9600, 7680, 5760, 7680])
    assert np.array_equal(samples(film), expected)
    assert greys(sequence(two[0], still, at=[0, 0.04, 0.12, 0.16])) == [20, 235, 235, 21]
    assert greys(sequence(two[0], two[1], at=[0.4, 0.72, 1.12])) == [*range(20, 30), *range(120, 128), *range(20, 30)]


def test_times_that_cannot_be_are_refused(two: tuple[Path, Path]) -> None:
    with pytest.raises(InferError, match=r"input 2 lasts 0\.32 s, and from 0\.2 s to 0\.8 s there are 0\.6 s to fill"):
        infer(*two, at=[0.2, 0.8])
    with pytest.raises(InferError, match=r"two times of `at` fall on the same picture, at 0\.2 s"):
        infer(*two, at=[0.2, 0.201])
    for config, said in [
        ({"at": [1, 2, 1.5]}, "number 3 is 1.5 s, and the one before 2 s"),
        ({"at": []}, "at least one time after 0"),
        ({"at": [1], "duration": 3}, "`at` says how long clips are"),
        ({"at": [1], "transition": {"type": "fade"}}, "with `at` all joins are cuts"),
        ({"at": [1], "transitions": [{"type": "wipe"}]}, "with `at` all joins are cuts"),
        ({"width": 10}, "`width` and `height` go together"),
        ({"target_size": "explicit"}, "needs `width` and `height`"),
        ({"target_size": "last", "width": 10, "height": 10}, "say different sizes"),
        ({"transition": {"type": "dissolve"}}, "'cut', 'crossfade', 'fade', 'wipe' or 'slide'"),
        ({"transition": {"duration": 0}}, "greater than 0"),
    ]:
        with pytest.raises(ValidationError, match=said):
            op_of("SEQUENCE", config)


def test_sounds_follow_each_other_and_cross_fade(tmp_path: Path) -> None:
    one = make_sound(tmp_path / "one.wav", 0.5, audio="aevalsrc=0.25")
    other = make_sound(tmp_path / "other.wav", 0.25, audio="aevalsrc=-0.125", sample_rate=44100, layout="mono")
    joined = sequence(one, other)
    assert (joined.clip.kind, joined.clip.duration, joined.video) == ("sound", Fraction(3, 4), None)
    assert joined.clip.notes == ("input 2: 44100 -> 48000 Hz, mono -> stereo",)
    heard = samples(joined)
    assert np.array_equal(heard[:24000], np.full(24000, 8192.0))
    assert np.allclose(heard[24200:-200], -4096 * 0.5**0.5, atol=1)
    faded = sequence(one, one, transition={"type": "crossfade", "duration": 0.1})
    angle = (np.arange(4800) + 0.5) / 4800 * np.pi / 2
    assert faded.clip.duration == Fraction(9, 10)
    assert np.allclose(samples(faded)[19200:24000], 8192 * (np.cos(angle) + np.sin(angle)), atol=0.01)


def test_sounds_take_turns_where_they_stopped(tmp_path: Path) -> None:
    ramp = make_sound(tmp_path / "ramp.wav", 0.5, audio="aevalsrc=t", layout="mono")
    flat = make_sound(tmp_path / "flat.wav", 0.5, audio="aevalsrc=-0.5", layout="mono")
    heard = samples(sequence(ramp, flat, at=[0.1, 0.2, 0.4]))
    expected = np.concatenate([np.arange(4800), np.full(4800, -24000), np.arange(4800, 14400)]) / 48000 * 32768
    assert np.abs(heard - expected).max() <= 1


def test_inputs_that_do_not_go_together_are_refused(two: tuple[Path, Path], tmp_path: Path) -> None:
    sound = make_sound(tmp_path / "sound.wav", 0.5)
    with pytest.raises(InferError, match="input 1 is a film and input 2 a sound"):
        infer(two[0], sound)
    with pytest.raises(InferError, match="sounds have no wipe") as caught:
        infer(sound, sound, transition={"type": "wipe"})
    assert caught.value.field == "transition"
    captions = tmp_path / "captions.srt"
    captions.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    with pytest.raises(InferError, match="input 2 is a document"):
        infer(two[0], captions)
    clip = open_file(two[0], LIMITS).clip
    bright = replace(clip, picture=replace(clip.picture, transfer="smpte2084", primaries="bt2020"))
    with pytest.raises(InferError, match="input 2 is of high dynamic range"):
        op_of("SEQUENCE", {}).infer(clip, bright)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"durations": [0.2, None, 0.1]},
        {"at": [0.12, 0.4, 0.56, 0.7]},
        {"fps": "30000/1001", "width": 20, "height": 20},
    ],
)
def test_a_film_of_parts_is_the_film_in_one_go(two: tuple[Path, Path], tmp_path: Path, config: dict[str, Any]) -> None:
    still = make_still(tmp_path / "still.png")
    inputs, config = (*two, still), {"duration": 0.4, **config} if "at" not in config else config
    whole, parts = through("SEQUENCE", config, *inputs), by_parts("SEQUENCE", config, *inputs)
    assert whole.clip == parts.clip
    assert all(np.array_equal(a, b) for a, b in zip(pictures(whole), pictures(parts), strict=True))
    assert np.array_equal(samples(whole), samples(parts))


def test_parts_that_were_written_join_to_the_same_pictures(tmp_path: Path) -> None:
    """Parts of two and three NTSC pictures: 3203.2 and 4804.8 samples."""
    inputs = opened(
        numbered(tmp_path / "a.mkv", 20, 2, NTSC, level=1000), numbered(tmp_path / "b.mkv", 120, 3, NTSC, level=2000)
    )
    op = op_of("SEQUENCE", {})
    film = op.infer(*clips_of(inputs))
    written = []
    for number, part in enumerate(op.parts(film, *clips_of(inputs))):
        path = tmp_path / f"part{number}.mkv"
        streams = op.part(part, film, inputs[part.input])
        assert streams.audio.duration >= part.frames / NTSC
        write_clip(path, streams, KEPT["film"], lambda done: None)
        written.append(open_file(path, LIMITS))
    joined = op.joined(film, *written)
    assert greys(joined) == [20, 21, 120, 121, 122]
    assert samples(joined)[3202:3205].tolist() == [1000, 2000, 2000]


def test_a_part_depends_on_nothing_but_its_clip_and_the_format(two: tuple[Path, Path], tmp_path: Path) -> None:
    wide = open_file(numbered(tmp_path / "wide.mkv", 50, 4, size=(96, 16), level=3), LIMITS).clip
    clips = [item.clip for item in opened(*two)]

    def parts(config: dict[str, Any], *inputs: Any) -> Any:
        op = op_of("SEQUENCE", config)
        return op.parts(op.infer(*inputs), *inputs)

    same = parts({}, clips[0], wide)
    assert [part.config for part in same] == [(), (("scaled", "32x5"), ("background", "#000000"))]
    assert parts({"background": "red"}, clips[0], wide)[0] == same[0]
    assert parts({"background": "red"}, clips[0], wide)[1] != same[1]
    assert parts({"mode": "fill", "background": "red"}, clips[0], wide)[1].config == (("scaled", "96x16"),)
    assert parts({"transition": {"type": "wipe", "duration": 0.04}}, *clips) == ()
    assert parts({}, clips[1], clips[0], wide)[1] == replace(same[0], input=1)


def test_two_hundred_clips_do_not_drift_and_two_at_most_are_open(tmp_path: Path) -> None:
    """Four NTSC pictures each are 5885.88 samples of 44,100 a second; each clip begins with a click."""
    sound = np.zeros(5886)
    sound[0] = 0.5
    path = write_frames(
        tmp_path / "clip.mkv", [grey(50 + k) for k in range(4)], "yuv444p", NTSC, sound=sound, sample_rate=44100
    )
    shown, heard = Count(), Count()
    clip = counted(open_file(path, LIMITS), shown, heard)
    film = sequence(*[clip] * 200)
    threads = threading.active_count()
    assert greys(film) == [50, 51, 52, 53] * 200
    assert (shown.open, shown.most) == (0, 2)
    clicks = np.flatnonzero(samples(film) > 1000)
    assert clicks.tolist() == [round(number * 4 / NTSC * 44100) for number in range(200)]
    assert heard.open == 0
    assert heard.most <= 2
    assert threading.active_count() == threads


@pytest.mark.parametrize("sample_rate", [48000, 44100])
def test_no_sample_is_missing_between_sounds_as_long_as_their_pictures(tmp_path: Path, sample_rate: int) -> None:
    """Seven NTSC pictures are 11,211.2 samples, four 6406.4: where a sound has one too few, its last is held."""
    counts = (7, 4, 9, 1, 3, 2, 8)
    rates = (sample_rate, 48000)
    films = [
        numbered(tmp_path / f"{at}.mkv", 20, count, NTSC, level=4000, sample_rate=rates[at % 2])
        for at, count in enumerate(counts)
    ]
    heard = samples(sequence(*films))
    assert len(heard) == round(sum(counts) / NTSC * 48000)
    if sample_rate == 48000:
        assert set(heard.tolist()) == {4000.0}
    assert heard[100:-100].min() > 3000
    longer = open_file(films[0], LIMITS)
    cut = through("SEGMENT", {"duration": 0.13}, longer)
    assert samples(sequence(cut, cut, cut)).min() > 3000


def test_sound_that_ends_before_its_pictures_is_followed_by_silence(two: tuple[Path, Path]) -> None:
    long = open_file(two[0], LIMITS)
    short = replace(long, audio=long.audio.cut(Fraction(0), Fraction(1, 5)))
    found = samples(sequence(short, long))
    assert np.array_equal(found, np.repeat([8000.0, 0.0, 8000.0], [9600, 9600, 19200]))


def test_an_early_end_closes_all_that_is_open(two: tuple[Path, Path]) -> None:
    count = Count()
    inputs = [counted(item, count, count) for item in opened(*two, *two)]
    film = sequence(*inputs, transition={"type": "crossfade", "duration": 0.16})
    for taken in (1, 7, 12):
        frames, blocks = film.video.frames(), film.audio.blocks()
        for _ in range(taken):
            next(frames)
        next(blocks)
        assert count.open > 0
        frames.close()
        blocks.close()
        assert count.open == 0
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name in ("next clip", "decode video", "decode sound")]


def test_what_goes_wrong_in_a_clip_is_raised_when_its_time_comes(two: tuple[Path, Path]) -> None:
    class Broken:
        def frames(self) -> Any:
            raise OSError("the disk is gone")
            yield

        def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Broken:
            return self

    good, bad = opened(*two)
    bad = replace(bad, video=replace(bad.video, origin=Broken()))
    frames = sequence(good, bad).video.frames()
    assert len([next(frames) for _ in range(10)]) == 10
    with pytest.raises(OSError, match="the disk is gone"):
        next(frames)
    assert "next clip" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize("config", [{}, {"transition": {"type": "crossfade", "duration": 0.12}}])
@pytest.mark.parametrize(("first", "last"), [(0, 4), (3, 12), (9, 11), (8, 25), (13, 20), (22, None)])
def test_a_stretch_of_a_sequence_is_that_of_the_whole(
    two: tuple[Path, Path], config: dict[str, Any], first: int, last: int | None
) -> None:
    film = sequence(*two, *two, **config)
    whole = greys(film)
    end = None if last is None else Fraction(last, 25)
    cut = film.video.cut(Fraction(first, 25), end)
    found = [int(frame.to_ndarray()[0, 8, 16]) for frame in cut.frames()]
    assert found == whole[first:last]
    inner = cut.cut(Fraction(1, 25), Fraction(3, 25))
    assert [int(frame.to_ndarray()[0, 8, 16]) for frame in inner.frames()] == whole[first:last][1:3]


def test_clips_outside_of_a_stretch_are_not_opened(two: tuple[Path, Path]) -> None:
    """The second of four, from its first picture to its last: while it is shown, the third is made ready."""
    count = Count()
    film = sequence(*[counted(item, count, Count()) for item in opened(*two, *two)])
    cut = film.video.cut(Fraction(10, 25), Fraction(18, 25))
    assert [int(frame.to_ndarray()[0, 8, 16]) for frame in cut.frames()] == [*range(120, 128)]
    assert len(count.kept) == 2
    assert count.open == 0


def test_picture_and_sound_stay_together_over_a_minute(tmp_path: Path) -> None:
    """A white picture and a click every NTSC second, in three clips of 20 s; their pictures last 1471.47 samples."""
    frames = [grey(235 if number % 30 == 0 else 16) for number in range(600)]
    sound = np.zeros(round(600 / NTSC * 44100))
    for second in range(20):
        sound[round(second * 30 / NTSC * 44100)] = 0.9
    path = write_frames(tmp_path / "minute.mkv", frames, "yuv444p", NTSC, sound=sound, sample_rate=44100)
    clip = open_file(path, LIMITS)
    film = sequence(clip, clip, clip)
    flashes = [number / NTSC for number, value in enumerate(greys(film)) if value == 235]
    heard = samples(film)
    clicks = [Fraction(int(at), 44100) for at in np.flatnonzero(heard > 10000)]
    assert len(flashes) == len(clicks) == 60
    assert max(abs(one - other) for one, other in zip(flashes, clicks, strict=True)) < Fraction(1, 40000)


def test_what_means_the_same_has_one_key() -> None:
    def key(**config: Any) -> Any:
        return op_of("SEQUENCE", config).key_config()

    assert (
        key()
        == key(transition={"type": "cut", "duration": 3})
        == key(transitions=[None, {}])
        == key(target_size="first")
    )
    assert key(width=10, height=20) == key(width=10, height=20, target_size="explicit")
    wipe = {"type": "wipe", "duration": "500ms"}
    assert key(transition=wipe) == key(transition={**wipe, "direction": "left"})
    assert key(transition={"type": "fade"}) == key(transition={"type": "fade", "direction": "up"})
    assert key(transition=wipe, transitions=[{"direction": "up"}]) != key(transition=wipe)
    assert key(at=["1s"]) == key(at=[1.0])
    assert key(duration=1) != key(durations=[1])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Films as they come: 4:2:0, lossy, of other rates, sizes and kinds of sound."""
    folder = tmp_path_factory.mktemp("real")
    return [
        make_film(folder / "a.mp4", (128, 96), 30, 1),
        make_film(folder / "b.mp4", (96, 96), 24, 1, sample_rate=44100, layout="mono", source="smptebars"),
        make_film(folder / "c.mkv", (128, 96), NTSC, 1, audio="anoisesrc=seed=1"),
    ]


def test_films_as_they_come_are_joined_of_parts_as_in_one_go(real: list[Path]) -> None:
    config = {"durations": [0.5, None, 0.7]}
    whole, parts = through("SEQUENCE", config, *real), by_parts("SEQUENCE", config, *real)
    assert whole.clip.picture.pix_fmt == "yuv420p"
    assert all(np.array_equal(a, b) for a, b in zip(pictures(whole), pictures(parts), strict=True))
    assert np.array_equal(samples(whole), samples(parts))


@pytest.mark.parametrize("kind", ["crossfade", "fade", "wipe", "slide"])
def test_pictures_outside_of_transitions_are_those_of_the_clips(real: list[Path], kind: str) -> None:
    one, other = (frames_of(path, "yuv420p") for path in (real[0], real[0]))
    found = pictures(sequence(real[0], real[0], transition={"type": kind, "duration": 0.2}))
    assert all(np.array_equal(a, b) for a, b in zip(found[:24], one[:24], strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(found[30:], other[6:], strict=True))
    for number in range(6):
        assert not np.array_equal(found[24 + number], one[24 + number])
    if kind == "crossfade":
        shares = [(6 - number, number + 1) for number in range(6)]
        for number, (leaving, coming) in enumerate(shares):
            mixed = (one[24 + number].astype(int) * leaving + other[number].astype(int) * coming) / 7
            assert np.array_equal(found[24 + number], np.floor(mixed + 0.5))
