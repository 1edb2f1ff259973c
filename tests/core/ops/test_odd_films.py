"""Films at the edges: of one short picture, with pictures at uneven times, with sound that ends long before them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.core.ops.films import by_parts, grey, greys, numbered, samples, through
from tests.core.ops.rendering import write_frames
from tests.media_files import make_sound, samples_of

MILLISECOND = Fraction(1, 1000)


def uneven(path: Path, times: Sequence[int]) -> Path:
    """A film whose picture k is of the grey 100 + k and is shown at these milliseconds."""
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv444p"
        stream.codec_context.time_base = MILLISECOND
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(grey(100 + number), format="yuv444p")
            frame.pts, frame.time_base = time, MILLISECOND
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Ten pictures, two a second."""
    return numbered(tmp_path / "slow.mkv", 20, 10, rate=2)


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    """One picture for a 25th of a second."""
    return numbered(tmp_path / "brief.mkv", 200, 1)


def test_a_film_shorter_than_half_a_picture_of_the_others_is_seen_for_one(slow: Path, brief: Path) -> None:
    assert greys(through("SEQUENCE", {}, slow, brief, slow)) == [*range(20, 30), 200, *range(20, 30)]
    assert greys(by_parts("SEQUENCE", {}, slow, brief)) == [*range(20, 30), 200]
    layers = [{}, {"start": 1}]
    assert greys(through("LAYER", {"layers": layers}, slow, brief)) == [20, 21, 200, *range(23, 30)]
    assert greys(through("SWITCH", {"cuts": [{"at": 0, "input": 1}]}, slow, brief)) == [200]


def test_a_stretch_of_an_uneven_film_shows_what_is_on_the_screen_then(tmp_path: Path, slow: Path) -> None:
    camera = uneven(tmp_path / "camera.mkv", [0, 40, 80, 1700, 3600, 4900])
    cuts = {"cuts": [{"at": 1, "input": 1}, {"at": 1.5, "input": 0}, {"at": 2, "input": 1}]}
    switched = [20, 21, 102, 23, *(103, 103, 103, 104, 104, 104)]
    assert greys(through("SWITCH", cuts, slow, camera)) == switched
    assert greys(by_parts("SWITCH", cuts, slow, camera)) == switched


@pytest.mark.parametrize("last", [360, 400, 440])
def test_the_last_picture_of_an_uneven_stretch_lasts_to_its_end(tmp_path: Path, slow: Path, last: int) -> None:
    camera = uneven(tmp_path / "camera.mkv", [0, 40, last, 3000])
    part = through("SEGMENT", {"duration": 2}, camera)
    film = greys(through("SEQUENCE", {"fps": 10}, part, slow))[:20]
    first = film.index(102)
    assert first == round(last / 100)
    assert film[first:] == [102] * (20 - first)


def test_a_part_of_a_film_may_go_on_after_its_sound(tmp_path: Path) -> None:
    pictures = [grey(100 + number) for number in range(50)]
    film = write_frames(tmp_path / "film.mkv", pictures, "yuv444p", sound=np.full(19200, 0.25))
    part = through("SEGMENT", {"offset": 0.2, "duration": 1.6}, film)
    assert greys(part) == list(range(105, 145))
    assert part.audio is not None
    assert sum(block.samples for block in part.audio.blocks()) == 9600


@pytest.mark.parametrize("offset", ["0.0001", "0.0005", "0.001", "0.0963", "0.1929"])
def test_cut_sound_begins_at_its_sample_however_near_a_block_begins(tmp_path: Path, offset: str) -> None:
    path = make_sound(tmp_path / "sound.flac", 1, "mono")
    whole = samples_of(path)[0] * 32768
    first = round(Fraction(offset) * 48000)
    part = samples(through("SEGMENT", {"offset": float(offset), "duration": 0.5}, path))
    assert np.array_equal(part / 32768, whole[first : first + 24000])


def test_a_film_that_counts_coarsely_is_cut_between_two_of_its_ticks(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film.gif"), "w") as output:
        stream: Any = output.add_stream("gif", rate=100)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "rgb8"
        stream.codec_context.time_base = Fraction(1, 100)
        for number, time in enumerate((0, 10, 13, 15, 17, 40)):
            frame = av.VideoFrame.from_ndarray(np.full((16, 16), 37 * number, np.uint8), format="rgb8")
            frame.pts, frame.time_base = time, Fraction(1, 100)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    part = through("SEGMENT", {"offset": 0.115, "duration": 0.2}, tmp_path / "film.gif")
    assert part.video is not None
    times = [(frame.pts or 0) * (frame.time_base or 0) for frame in part.video.frames()]
    assert times == [0, Fraction(15, 1000), Fraction(35, 1000), Fraction(55, 1000)]
