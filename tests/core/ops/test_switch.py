"""SWITCH: which input is seen, and which is heard, when."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.ops import InferError
from tests.core.ops.films import (
    Count,
    by_parts,
    clips_of,
    counted,
    greys,
    numbered,
    op_of,
    opened,
    pictures,
    samples,
    through,
)
from tests.media_files import make_film, make_sound, make_still

NTSC = Fraction(30000, 1001)
FRAME = 1920


def switch(cuts: Any, *inputs: Any, **config: Any) -> Any:
    return through("SWITCH", {"cuts": cuts, **config}, *inputs)


def infer(cuts: Any, *paths: Path, **config: Any) -> Any:
    return op_of("SWITCH", {"cuts": cuts, **config}).infer(*clips_of(opened(*paths)))


@pytest.fixture
def cameras(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Three films of 25 a second: 20 pictures from 20 on, 25 from 80 on, 20 from 140 on; the last without sound."""
    return (
        numbered(tmp_path / "a.mkv", 20, 20, level=8000),
        numbered(tmp_path / "b.mkv", 80, 25, level=-4000),
        numbered(tmp_path / "c.mkv", 140, 20),
    )


def test_each_input_is_seen_and_heard_at_its_own_time(cameras: tuple[Path, ...]) -> None:
    film = switch([{"at": 0.2, "input": 1}, {"at": "400ms", "input": 2}, {"at": 0.6, "input": 0}], *cameras)
    assert greys(film) == [*range(20, 25), *range(85, 90), *range(150, 155), *range(35, 40)]
    expected = np.repeat([8000.0, -4000.0, 0.0, 8000.0], 5 * FRAME)
    assert np.array_equal(samples(film), expected)
    assert film.clip.notes == (
        "input 3: silence for the sound it lacks",
        "input 2 is cut off at 0.8 s; it would last to 1 s",
    )


def test_a_cut_at_0_says_what_is_seen_first(cameras: tuple[Path, ...]) -> None:
    film = switch([{"at": 0, "input": 2}, {"at": 0.2, "input": 0}], *cameras)
    assert greys(film) == [*range(140, 145), *range(25, 40)]
    assert greys(switch([], *cameras)) == [*range(20, 40)]


def test_the_input_that_is_heard_is_heard_though_its_pictures_have_ended(
    cameras: tuple[Path, ...], tmp_path: Path
) -> None:
    short = numbered(tmp_path / "short.mkv", 20, 10, level=8000)
    long = make_film(tmp_path / "long.mkv", (32, 16), 25, 0.4, audio="aevalsrc=0.5", layout="mono", sound_seconds=0.72)
    film = switch({"at": [0.2], "order": [0, 1]}, cameras[0], cameras[1], long, audio=2, duration="longest")
    heard = samples(film)
    assert film.clip.duration == 1
    assert np.array_equal(np.flatnonzero(heard), np.arange(round(0.72 * 48000)))
    both = switch({"at": [0.2]}, short, long, audio=1)
    assert both.clip.notes[-1] == "input 2 is cut off at 0.4 s; it would last to 0.72 s"


def test_times_alone_show_the_inputs_in_turn(cameras: tuple[Path, ...]) -> None:
    every = switch({"at": [0.2, 0.4, 0.6]}, *cameras)
    assert greys(every) == [*range(20, 25), *range(85, 90), *range(150, 155), *range(35, 40)]
    assert greys(switch({"at": [0, 0.2, 0.4, 0.6]}, *cameras)) == greys(every)
    assert greys(switch({"at": [0.2, 0.4, 0.6], "order": [2, 0]}, *cameras)) == [
        *range(140, 145),
        *range(25, 30),
        *range(150, 155),
        *range(35, 40),
    ]


def test_one_input_may_be_heard_all_the_time(cameras: tuple[Path, ...], tmp_path: Path) -> None:
    film = switch({"at": [0.2, 0.4]}, *cameras, audio=1)
    assert np.array_equal(samples(film), np.full(20 * FRAME, -4000.0))
    assert film.clip.notes == ("input 2 is cut off at 0.8 s; it would last to 1 s",)
    recorder = make_sound(tmp_path / "recorder.wav", 0.5, audio="aevalsrc=t", layout="mono")
    film = switch({"at": [0.2, 0.4], "order": [0, 1]}, *cameras, recorder, audio=3)
    assert greys(film)[:6] == [20, 21, 22, 23, 24, 85]
    expected = np.concatenate([np.arange(24000) / 48000 * 32768, np.zeros(20 * FRAME - 24000)])
    assert np.abs(samples(film) - expected).max() <= 1


def test_the_film_ends_with_the_first_input_or_with_the_last(cameras: tuple[Path, ...]) -> None:
    cuts = [{"at": 0.6, "input": 1}]
    assert infer(cuts, *cameras).frames == 20
    film = switch(cuts, *cameras, duration="longest")
    assert greys(film) == [*range(20, 35), *range(95, 105)]
    with pytest.raises(
        InferError,
        match=r"input 1 \(`0` in the config\) is shown from 0\.4 s to 1 s, and ends at 0\.8 s; cut to another",
    ):
        infer([{"at": 0.2, "input": 1}, {"at": 0.4, "input": 0}], *cameras, duration="longest")


@pytest.mark.parametrize("rate", [24, NTSC, 60, Fraction(24000, 1001)])
@pytest.mark.parametrize("cut", [1, 3, 4, 7, 10])
def test_an_input_of_another_rate_shows_what_it_shows_when_it_runs_alone(
    tmp_path: Path, rate: Fraction | int, cut: int
) -> None:
    """A cut between two of its pictures begins with the one that is on the screen, for as long as it still is."""
    one, other = numbered(tmp_path / "a.mkv", 20, 20), numbered(tmp_path / "b.mkv", 100, 48, rate)
    alone = greys(through("SEQUENCE", {"fps": 25}, other))
    film = switch([{"at": cut / 25, "input": 1}, {"at": (cut + 7) / 25, "input": 0}], one, other)
    assert greys(film) == [*range(20, 20 + cut), *alone[cut : cut + 7], *range(27 + cut, 40)]


def test_sound_is_cut_at_the_time_and_not_at_a_picture_of_its_own(tmp_path: Path) -> None:
    """The second film has 24 pictures a second, and sample n of the value n: at 0.2 s that is 9600."""
    one = numbered(tmp_path / "a.mkv", 20, 20, level=0)
    ramp = make_film(tmp_path / "ramp.mkv", (32, 16), 24, 1, audio="aevalsrc=t", layout="mono")
    heard = samples(switch([{"at": 0.2, "input": 1}, {"at": 0.32, "input": 0}], one, ramp))
    found = heard[5 * FRAME : 8 * FRAME]
    assert np.abs(found - np.arange(5 * FRAME, 8 * FRAME) / 48000 * 32768).max() <= 1
    assert not heard[: 5 * FRAME].any()
    assert not heard[8 * FRAME :].any()


def test_a_still_can_be_shown_at_any_time(cameras: tuple[Path, ...], tmp_path: Path) -> None:
    still = make_still(tmp_path / "white.png", np.full((16, 32, 3), 255, np.uint8))
    film = switch([{"at": 0.2, "input": 1}, {"at": 0.4, "input": 0}], cameras[0], still)
    assert greys(film) == [*range(20, 25), *[235] * 5, *range(30, 40)]
    with pytest.raises(InferError, match="needs a film"):
        infer([], still, still)


@pytest.mark.parametrize("audio", ["follow", 0])
@pytest.mark.parametrize("fps", [None, "30000/1001"])
def test_a_film_of_parts_is_the_film_in_one_go(cameras: tuple[Path, ...], audio: Any, fps: str | None) -> None:
    config = {"cuts": {"at": [0.12, 0.4, 0.6]}, "audio": audio, "fps": fps}
    whole, parts = through("SWITCH", config, *cameras), by_parts("SWITCH", config, *cameras)
    assert whole.clip == parts.clip
    assert all(np.array_equal(a, b) for a, b in zip(pictures(whole), pictures(parts), strict=True))
    assert np.array_equal(samples(whole), samples(parts))


def test_parts_are_the_same_wherever_else_the_film_is_cut(cameras: tuple[Path, ...]) -> None:
    def parts(cuts: Any, **config: Any) -> Any:
        op, clips = op_of("SWITCH", {"cuts": cuts, **config}), clips_of(opened(*cameras))
        return op.parts(op.infer(*clips), *clips)

    cuts = [{"at": 0.2, "input": 1}, {"at": 0.4, "input": 0}, {"at": 0.6, "input": 1}]
    before = parts(cuts)
    after = parts([*cuts[:2], {"at": 0.6, "input": 2}])
    assert before[:3] == after[:3]
    assert (before[1].input, before[1].frames, before[1].begin) == (1, 5, Fraction(1, 5))
    again = [{"at": 0.2, "input": 1}, {"at": 0.3, "input": 1}, {"at": 0.4, "input": 0}, {"at": 0.6, "input": 1}]
    assert parts(again) == before


def test_only_what_is_shown_is_read(cameras: tuple[Path, ...]) -> None:
    """Each input is sought where it is shown, and read no further; two are open at most."""
    counts = [Count() for _ in cameras]
    together = Count()
    inputs = [counted(item, count, Count()) for item, count in zip(opened(*cameras), counts, strict=True)]
    inputs = [counted(item, together, Count()) for item in inputs]
    film = switch([{"at": 0.2, "input": 1}, {"at": 0.4, "input": 0}], *inputs)
    assert greys(film) == [*range(20, 25), *range(85, 90), *range(30, 40)]
    assert counts[0].cuts == [(0, Fraction(1, 5)), (Fraction(2, 5), Fraction(4, 5))]
    assert counts[1].cuts == [(Fraction(1, 5), Fraction(2, 5))]
    assert counts[2].cuts == []
    assert (together.most, together.open) == (2, 0)


def test_whose_sound_is_needed_is_known_before(cameras: tuple[Path, ...]) -> None:
    cuts = [{"at": 0.2, "input": 2}]
    follow, one = op_of("SWITCH", {"cuts": cuts}), op_of("SWITCH", {"cuts": cuts, "audio": 1})
    assert (tuple(follow.heard(3)), tuple(follow.sound_inputs)) == ((0, 2), ())
    assert (tuple(one.heard(3)), tuple(one.sound_inputs)) == ((1,), (1,))
    assert infer(cuts, *cameras).sound is not None
    assert infer([{"at": 0, "input": 2}], *cameras).sound is None
    clips = opened(*cameras)
    film = one.infer(*clips_of(clips))
    parts = one.parts(film, *clips_of(clips))
    assert one.part(parts[0], film, clips[0]).audio is None
    assert follow.part(parts[0], film, clips[0]).audio is not None


def test_cuts_that_cannot_be_are_refused(cameras: tuple[Path, ...], tmp_path: Path) -> None:
    sound = make_sound(tmp_path / "sound.wav", 1)
    for cuts, inputs, config, said, key in [
        (
            [{"at": 0.8, "input": 1}],
            cameras,
            {},
            r"the cut at 0\.8 s lies after the end of the film \(0\.8 s\); with `duration: longest` it ends",
            "cuts",
        ),
        (
            [{"at": 0.2, "input": 3}],
            cameras,
            {},
            "there is no input with the number 3; `cuts` counts from 0, so the last is 2",
            "cuts",
        ),
        ([], cameras, {"audio": 3}, "there is no input with the number 3; `audio`", "audio"),
        ([], cameras, {"audio": 2}, r"input 3 \(`2` in the config\) has no sound to be heard", "audio"),
        ([{"at": 0.01, "input": 1}], cameras, {}, "the cut at 0 s and the next fall on the same picture", "cuts"),
        ([], (*cameras, sound), {}, r"input 4 \(`3` in the config\) is a sound, which cannot be shown", "inputs"),
        (
            {"at": [0.2]},
            (cameras[0], sound),
            {"audio": 1},
            r"input 2 \(`1` in the config\) is a sound, which cannot",
            "inputs",
        ),
    ]:
        with pytest.raises(InferError, match=said) as caught:
            infer(cuts, *inputs, **config)
        assert caught.value.field == key


def test_cuts_that_say_nothing_are_refused() -> None:
    for cuts, said in [
        ([{"at": 2, "input": 0}, {"at": 1, "input": 1}], "number 2 is at 1 s, after 2 s"),
        ({"at": [1, 1]}, "cuts must come in order"),
        ({"at": [1], "turns": 3}, "a mapping has `at`"),
        ({"order": [1]}, "a mapping has `at`"),
        ({"at": [1], "order": []}, "`order` must not be empty"),
        ({"at": ["soon"]}, "is not a time"),
        ([{"at": 1}], "Field required"),
        ([{"at": 1, "input": -1}], "greater than or equal to 0"),
    ]:
        with pytest.raises(ValidationError, match=said):
            op_of("SWITCH", {"cuts": cuts})


def test_what_means_the_same_has_one_key() -> None:
    def key(cuts: Any) -> Any:
        return op_of("SWITCH", {"cuts": cuts}).key_config()

    long = [{"at": 0, "input": 1}, {"at": 2, "input": 0}, {"at": 3, "input": 1}]
    assert key(long) == key({"at": ["2s", 3], "order": [1, 0]}) == key([*long, {"at": 4, "input": 1}])
    assert key([]) == key([{"at": 0, "input": 0}])
    assert key({"at": [2]}) == key({"at": [0, 2]})
    assert key({"at": [2]}) != key({"at": [2], "order": [0, 1]})
