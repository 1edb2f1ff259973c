"""Pictures for several readers: made once when they keep step, the same for each in any case."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.editing.conforming import retime
from artcelery.core.media.editing.fitting import Box
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.media.sharing import shared
from artcelery.core.media.stream import Video
from tests.media_files import make_film

COUNT = 100


class Counted:
    """Numbered grey pictures, and how often each was made."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.open = 0

    def frames(self) -> Iterator[av.VideoFrame]:
        self.open += 1
        try:
            for number in range(COUNT):
                self.made.append(number)
                frame = av.VideoFrame.from_ndarray(np.full((16, 16), number, np.uint8), format="gray")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                yield frame
        finally:
            self.open -= 1

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Counted:
        raise AssertionError


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def video(counted: Counted) -> Video:
    picture = Picture(16, 16, "gray", Fraction(25), matrix="smpte170m")
    return shared(Video(Clip("film", picture, duration=Fraction(4), frames=COUNT), counted))


def numbers(frames: Iterator[av.VideoFrame]) -> list[int]:
    return [int(frame.to_ndarray()[0, 0]) for frame in frames]


def test_readers_in_step_share_what_is_made_once(counted: Counted, video: Video) -> None:
    pairs = list(zip(video.frames(), video.frames(), strict=True))
    assert [int(one.to_ndarray()[0, 0]) for one, _ in pairs] == list(range(COUNT))
    assert [int(two.to_ndarray()[0, 0]) for _, two in pairs] == list(range(COUNT))
    assert counted.made == list(range(COUNT))
    assert counted.open == 0


def test_a_reader_may_change_its_frame_and_no_other_sees_it(video: Video) -> None:
    one, two = video.frames(), video.frames()
    changed = next(one)
    changed.pts = 77
    assert next(two).pts == 0


def test_a_reader_that_falls_behind_gets_the_same_pictures_anew(counted: Counted, video: Video) -> None:
    late = video.frames()
    begun = numbers(islice(late, 3))
    assert numbers(video.frames()) == list(range(COUNT))
    assert begun + numbers(late) == list(range(COUNT))
    assert counted.made.count(50) == 2
    assert counted.open == 0


def test_a_reader_that_comes_later_begins_at_the_beginning(counted: Counted, video: Video) -> None:
    early = video.frames()
    assert numbers(islice(early, 40)) == list(range(40))
    assert numbers(video.frames()) == list(range(COUNT))
    assert numbers(early) == list(range(40, COUNT))
    assert counted.open == 0


def test_no_more_is_kept_than_readers_in_step_need(counted: Counted, video: Video) -> None:
    late = video.frames()
    next(late)
    shared_by: Any = video.origin
    for _ in islice(video.frames(), 60):
        assert len(shared_by.frames_kept) <= 25


def test_readers_in_threads_of_their_own_get_all_pictures(counted: Counted, video: Video) -> None:
    got: dict[int, list[int]] = {}
    threads = [threading.Thread(target=lambda at=at: got.update({at: numbers(video.frames())})) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {at: list(range(COUNT)) for at in range(4)}
    assert counted.open == 0


def test_readers_that_stop_early_close_what_is_read(counted: Counted, video: Video) -> None:
    one, two = video.frames(), video.frames()
    next(one), next(two)
    one.close()  # type: ignore[attr-defined]
    assert counted.open == 1
    two.close()  # type: ignore[attr-defined]
    assert counted.open == 0


def test_a_stretch_of_a_film_is_made_without_the_rest_of_it(counted: Counted) -> None:
    picture = Picture(16, 16, "gray", Fraction(25), matrix="smpte170m")
    film = Video(Clip("film", picture, duration=Fraction(4), frames=COUNT), counted)
    assert len(list(retime(film, Fraction(25), 10).frames())) == 10
    assert len(counted.made) < 15
    assert counted.open == 0


def test_the_last_picture_is_shown_though_frames_do_not_say_how_long_they_last(counted: Counted) -> None:
    picture = Picture(16, 16, "gray", Fraction(25), matrix="smpte170m")
    film = Video(Clip("film", picture, duration=Fraction(4), frames=COUNT), counted)
    assert numbers(retime(film, Fraction(25), COUNT + 2).frames())[-4:] == [98, 99, 99, 99]


def test_a_stretch_of_what_is_shared_went_through_its_filters(film: Path) -> None:
    whole = open_file(film, Limits()).video
    assert whole is not None
    small = shared(whole.into(Box((32, 24), (32, 24))))
    frames = list(small.cut(Fraction(1, 2), Fraction(1)).cut(Fraction(1, 4), None).frames())
    assert [(frame.width, frame.height) for frame in frames] == [(32, 24)] * 6
    expected = list(small.frames())[18:24]
    for one, other in zip(frames, expected, strict=True):
        assert np.array_equal(one.to_ndarray(), other.to_ndarray())


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "film.mp4", size=(64, 48), rate=24, seconds=1)
