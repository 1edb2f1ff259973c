"""SEGMENT with `still`: one picture of a film, to be looked at or to stay on the screen."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from artcelery import Engine
from artcelery.core.config import load_config
from artcelery.core.errors import UsageError
from artcelery.core.media.profiles import choose_encoding
from artcelery.core.ops.op import InferError
from tests.core.ops.composing import colours, composed, make, rgb_film, rgb_of
from tests.core.ops.rendering import pixels
from tests.media_files import frames_of, make_film

KEPT = """\
name: kept
dag:
  nodes:
    - {{id: film, type: SOURCE, config: {{input: true}}}}
    - {{id: picture, type: SEGMENT, config: {{offset: 0.5, still: true}}, inputs: film, cache: {cache}}}
    - {{id: turned, type: TRANSFORM, config: {{effects: {{flip: both}}}}, inputs: picture}}
  output: turned
"""


@pytest.mark.parametrize(("offset", "number"), [(0, 0), (0.04, 1), (0.079, 1), (0.08, 2), (0.235, 5)])
def test_it_is_the_picture_that_is_shown_at_that_time(tmp_path: Path, offset: float, number: int) -> None:
    film = rgb_film(tmp_path / "film", colours(*range(0, 240, 40)))
    made = composed("SEGMENT", film, offset=offset, still=True)
    assert made.clip.describe() == "still 16x12"
    assert made.audio is None
    (found,) = rgb_of(made)
    assert (found == 40 * number).all()


def test_of_a_film_with_uneven_times_it_is_the_one_on_the_screen(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", seconds=1, variable=True, audio=None)
    with av.open(str(film)) as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    shown = frames_of(film)
    for at in (times[3], (times[3] + times[4]) / 2, times[-1] + 0.001):
        number = max(index for index, time in enumerate(times) if time <= at + 1e-9)
        (found,) = rgb_of(composed("SEGMENT", film, offset=round(at, 6), still=True))
        assert np.argmin([np.abs(found.astype(int) - frame).mean() for frame in shown]) == number


def test_it_stays_on_the_screen_in_a_sequence(tmp_path: Path) -> None:
    film = rgb_film(tmp_path / "film", colours(10, 90, 170))
    last = composed("SEGMENT", film, offset=0.1, still=True)
    made = composed("SEQUENCE", film, last, durations=[None, 0.2])
    assert [int(frame.mean()) for frame in rgb_of(made)] == [10, 90, 170] + [170] * 5


def test_it_comes_after_what_was_done_to_the_film(tmp_path: Path) -> None:
    film = rgb_film(tmp_path / "film", colours(*range(0, 240, 20)))
    faster = composed("TRANSFORM", film, effects={"speed": 2, "flip": "horizontal"})
    (found,) = rgb_of(composed("SEGMENT", faster, offset=0.04, still=True))
    wanted = rgb_of(composed("SEGMENT", faster, offset=0.04, duration=0.04))
    assert (found == wanted[0]).all()


@pytest.mark.parametrize("cache", ["true", "false"])
def test_it_is_written_and_kept_as_other_stills_are(engine: Engine, tmp_path: Path, cache: str) -> None:
    film = make_film(tmp_path / "film.mp4", size=(64, 48), seconds=1)
    output = tmp_path / "turned.png"
    run = engine.run(engine.order(load_config(KEPT.format(cache=cache)), {"film": film}, output=output))
    assert run.status == "completed"
    found = pixels(output)[::-1, ::-1].astype(int)
    assert np.argmin([np.abs(found - frame).mean() for frame in frames_of(film)]) == 15


def test_who_wants_a_picture_of_a_film_is_told_how() -> None:
    film = composed("GENERATE", kind="testsrc", width=16, height=16, duration=1)
    with pytest.raises(UsageError, match="one picture of it is a SEGMENT with `still: true`"):
        choose_encoding(film.clip, "jpeg")
    assert choose_encoding(make("SEGMENT", still=True).infer(film.clip), "jpeg").format == "jpeg"


def test_what_has_no_such_picture_gives_none() -> None:
    sound = composed("GENERATE", kind="tone", duration=1)
    with pytest.raises(InferError, match="a sound has no pictures; `still` needs a film"):
        make("SEGMENT", still=True).infer(sound.clip)
    with pytest.raises(ValueError, match="`still: true` is one picture; leave `duration` and `end` out"):
        make("SEGMENT", still=True, end=3)
    film = composed("GENERATE", kind="testsrc", width=16, height=16, duration=1)
    assert make("SEGMENT", still=True, offset=0.999).infer(film.clip).is_still
    with pytest.raises(InferError, match="the segment begins at 1 s, but its clip ends at 1 s"):
        make("SEGMENT", still=True, offset=1).infer(film.clip)
