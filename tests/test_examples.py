"""Every example is rendered, and what it makes is what its first lines say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from jsonschema import Draft202012Validator
from PIL import Image

from artcelery import Engine
from artcelery.core.config.document import read_document
from scripts.gallery_page import CONFIGS as FOLDER
from scripts.gallery_page import DOCS, PICTURES, examples
from scripts.gallery_page import page as gallery_page
from tests.media_files import frames_of, make_film, make_still, samples_of

CONFIGS = sorted(FOLDER.glob("*.yaml"))
CAT = FOLDER.parents[1] / "artcelery" / "assets" / "cat.png"
COLORS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "gray": (128, 128, 128)}
NEAR = 12
"""By how much colours differ after a lossy encoding."""

Pixels = np.ndarray[Any, Any]


def rendered(
    engine: Engine, name: str, inputs: Mapping[str, Path | str], format: str | None = None, **params: object
) -> Path:
    """What an example makes of these inputs."""
    run = engine.run(engine.order(FOLDER / f"{name}.yaml", inputs, params, format=format))
    assert run.status == "completed"
    return engine.output_path(run)


def plain_film(path: Path, color: str, seconds: float, audio: str | None = "sine") -> Path:
    """A film of one colour, with a tone."""
    return make_film(path, size=(160, 90), seconds=seconds, source=f"color=c={color}", audio=audio)


def pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def film_pixels(path: Path) -> list[Pixels]:
    return [frame.astype(int) for frame in frames_of(path)]


def is_color(part: Pixels, color: str | tuple[int, int, int]) -> bool:
    """Whether a pixel, or the mean of a part of a picture, has about that colour."""
    wanted = COLORS[color] if isinstance(color, str) else color
    return bool((abs(part.reshape(-1, 3).mean(axis=0) - wanted) < NEAR).all())


def named(part: Pixels) -> str:
    """The colour that a picture is of."""
    return next((name for name in COLORS if is_color(part, name)), "another")


def level(samples: Pixels) -> float:
    return float(np.sqrt(np.mean(samples.astype(float) ** 2)))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_an_example_is_right_and_agrees_with_the_schema(path: Path, engine: Engine) -> None:
    assert engine.configs.load(path).warnings == ()
    Draft202012Validator(engine.configs.schema()).validate(
        json.loads(json.dumps(read_document(path.read_bytes()).value))
    )


def test_every_example_is_rendered_by_a_test_here_and_shown_in_the_gallery() -> None:
    names = {path.stem for path in CONFIGS}
    assert len(names) >= 12
    assert set(re.findall(r'rendered\(engine, "([a-z-]+)"', Path(__file__).read_text())) == names
    assert {name for name, _ in examples()} == names
    assert (DOCS / "gallery.md").read_text() == gallery_page(), "run python -m scripts.gallery_page"


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_an_example_has_a_picture_that_is_small_and_not_blank(path: Path) -> None:
    picture = PICTURES / f"{path.stem}.webp"
    assert picture.stat().st_size < 60_000
    assert pixels(picture).std() > 10
    assert {file.stem for file in PICTURES.iterdir()} == {path.stem for path in CONFIGS}


def test_a_dog_hardly_tells_red_from_green(engine: Engine) -> None:
    before, after = pixels(CAT), pixels(rendered(engine, "dog", {"input_image": "cat"}))
    assert after.shape == before.shape == (300, 451, 3)
    apart = [abs(picture[..., 0] - picture[..., 1]).mean() for picture in (before, after)]
    assert apart[1] < apart[0] / 2


@pytest.mark.parametrize("levels", [4, 3])
def test_a_poster_has_as_many_tones_as_it_is_told_the_darkest_being_the_ink(engine: Engine, levels: int) -> None:
    poster = pixels(rendered(engine, "poster", {}, format="png", levels=levels, ink="#102030"))
    assert poster.shape == (532, 800, 3)
    tones = {tuple(color) for color in np.unique(poster.reshape(-1, 3), axis=0).tolist()}
    assert len(tones) == levels
    assert min(tones) == (16, 32, 48)


def test_a_thumbnail_is_square_on_its_ground(engine: Engine) -> None:
    thumbnail = pixels(rendered(engine, "thumbnail", {"picture": "cat"}))
    assert thumbnail.shape == (256, 256, 3)
    assert is_color(thumbnail[:40], (0x1D, 0x35, 0x57))
    assert is_color(thumbnail[-40:], (0x1D, 0x35, 0x57))
    assert thumbnail[60:200].std() > 30


def test_a_trailer_is_two_upright_seconds(engine: Engine, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(160, 90), seconds=2.5)
    frames = frames_of(rendered(engine, "trailer", {"film": film}, **{"from": 0.5}))
    assert (len(frames), frames[0].shape) == (60, (480, 270, 3))


def test_before_and_after_stand_side_by_side(engine: Engine) -> None:
    sheet = pixels(rendered(engine, "before-after", {"picture": "cat"}, look="invert"))
    before, between, after = sheet[:, :360], sheet[:, 360:366], sheet[:, 366:]
    assert sheet.shape == (240, 726, 3)
    assert (between == 255).all()
    assert abs(before[:200] + after[:200] - 255).max() <= 1
    for side in (before, after):
        words = side[200:232, 12:80]
        assert (words.min(), words.max()) < (60, 256)
        assert (words > 240).all(axis=2).sum() > 50


def test_a_small_picture_comes_into_the_corner_of_a_large_one(engine: Engine, tmp_path: Path) -> None:
    film = plain_film(tmp_path / "film.mp4", "red", 2)
    camera = plain_film(tmp_path / "camera.mp4", "blue", 2.5, audio=None)
    made = rendered(engine, "picture-in-picture", {"film": film, "camera": camera})
    frames = film_pixels(made)
    assert (len(frames), frames[0].shape) == (60, (180, 320, 3))
    corner = np.s_[118:166, 218:304]
    assert [named(frame[corner]) for frame in (frames[0], frames[29], frames[30], frames[59])] == [
        "red",
        "red",
        "blue",
        "blue",
    ]
    assert frames[45][113:115, 214:308].mean() > 220
    assert named(frames[45][:100]) == named(frames[45][:, :200]) == "red"
    assert level(samples_of(made)) == pytest.approx(level(samples_of(film)), rel=0.02)


def test_a_slideshow_fades_from_picture_to_picture_with_music_to_the_end(engine: Engine, tmp_path: Path) -> None:
    names = {"first": "red", "second": "lime", "third": "blue"}
    inputs: dict[str, Path | str] = {
        key: make_still(tmp_path / f"{key}.png", np.full((90, 160, 3), COLORS[color], np.uint8))
        for key, color in names.items()
    }
    inputs["music"] = make_film(tmp_path / "music.mkv", size=(16, 16), seconds=1)
    made = rendered(engine, "slideshow", inputs, time=1.2)
    frames = film_pixels(made)
    assert len(frames) == 3 * 30 - 2 * 12
    sound = samples_of(made)[0]
    assert sound.size / 48_000 == pytest.approx(66 / 25, abs=0.05)
    assert level(sound[:24_000]) == pytest.approx(level(sound[72_000:96_000]), rel=0.1)
    assert level(sound[118_000:126_000]) < 0.4 * level(sound[:24_000])
    assert [named(frames[number]) for number in (17, 30, 35, 48)] == ["red", "lime", "lime", "blue"]
    assert is_color(frames[23], (round(255 * 7 / 13), round(255 * 6 / 13), 0))


def test_clips_are_cut_on_the_beats_of_the_track(engine: Engine, tmp_path: Path) -> None:
    beats = [0.25 + 0.5 * number for number in range(16)]
    song = click_track(tmp_path / "song.wav", beats)
    clips = {"one": "red", "two": "lime", "three": "blue"}
    inputs: dict[str, Path | str] = {key: plain_film(tmp_path / f"{key}.mp4", color, 3) for key, color in clips.items()}
    order = engine.order(FOLDER / "beat-cuts.yaml", {"song": song, **inputs})
    assert engine.plan(order).waiting == ("track",)
    made = rendered(engine, "beat-cuts", {"song": song, **inputs})
    shown = [named(frame) for frame in film_pixels(made)]
    cuts = [number for number in range(1, len(shown)) if shown[number] != shown[number - 1]]
    assert len(cuts) >= 6
    assert [min(abs(cut / 30 - beat) for beat in beats) <= 1 / 30 + 1e-9 for cut in cuts] == [True] * len(cuts)
    assert {later - earlier for earlier, later in pairwise(cuts)} <= {29, 30, 31}
    order_shown = [shown[0], *(shown[cut] for cut in cuts)]
    assert order_shown == [("red", "lime", "blue")[turn % 3] for turn in range(len(order_shown))]
    heard, track = samples_of(made)[0], samples_of(song)[0]
    assert np.corrcoef(abs(heard[: 2 * 48_000]), abs(track[: 2 * 48_000]))[0, 1] > 0.9


def click_track(path: Path, beats: list[float]) -> Path:
    """Short tones at these times."""
    samples = np.zeros(round((beats[-1] + 0.5) * 48_000))
    burst = np.sin(2 * np.pi * 1000 * np.arange(1920) / 48_000) * np.hanning(3840)[1920:]
    for beat in beats:
        samples[round(beat * 48_000) :][: burst.size] += 0.5 * burst
    with av.open(str(path), "w") as output:
        track = output.add_stream("pcm_s16le", rate=48_000, layout="mono")
        block = av.AudioFrame.from_ndarray((samples[None] * 32767).astype(np.int16), format="s16", layout="mono")
        block.sample_rate = 48_000
        output.mux(track.encode(block))
        output.mux(track.encode(None))
    return path


def test_cameras_change_when_they_are_told_and_the_first_is_heard(engine: Engine, tmp_path: Path) -> None:
    cameras: dict[str, Path | str] = {
        "wide": plain_film(tmp_path / "wide.mp4", "red", 4),
        "singer": plain_film(tmp_path / "singer.mp4", "lime", 4, audio=None),
        "drums": plain_film(tmp_path / "drums.mp4", "blue", 4, audio=None),
    }
    made = rendered(engine, "multi-camera", cameras)
    shown = [named(frame) for frame in film_pixels(made)]
    assert shown == ["red"] * 30 + ["lime"] * 36 + ["blue"] * 36 + ["red"] * 18
    whole = level(samples_of(Path(cameras["wide"])))
    seconds = np.array_split(samples_of(made)[0][: 4 * 48_000], 4)
    assert [level(part) for part in seconds] == [pytest.approx(whole, rel=0.05)] * 4


def test_a_name_comes_over_the_lower_third_and_goes(engine: Engine, tmp_path: Path) -> None:
    film = plain_film(tmp_path / "film.mp4", "gray", 4)
    frames = film_pixels(rendered(engine, "lower-third", {"film": film}, person="Ada", role="Poet"))
    assert (len(frames), frames[0].shape) == (120, (180, 320, 3))
    orange = (0xE7, 0x6F, 0x51)
    seen = [bool((abs(frame[115:140, 10:60] - orange) < NEAR).all(axis=2).sum() > 100) for frame in frames]
    assert not any(seen[:16])
    assert all(seen[30:94])
    assert not any(seen[106:])
    assert named(frames[60][:110]) == named(frames[60][:, 160:]) == named(frames[115]) == "gray"


def test_captions_are_seen_when_they_are_said(engine: Engine, tmp_path: Path) -> None:
    film = plain_film(tmp_path / "film.mp4", "gray", 2)
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,500 --> 00:00:01,500\nWhat a day!\n")
    frames = film_pixels(rendered(engine, "captions", {"film": film, "words": words}))
    white = [int((frame > 230).all(axis=2).sum()) for frame in frames]
    assert [number for number, count in enumerate(white) if count > 50] == list(range(15, 45))
    rows = np.flatnonzero((frames[30] > 230).all(axis=2).any(axis=1))
    assert rows.min() > 120
    assert rows.max() < 180


def test_what_is_grey_and_without_outlines_becomes_the_evening(engine: Engine, tmp_path: Path) -> None:
    grey = make_still(tmp_path / "grey.png", np.full((32, 48, 3), 128, np.uint8))
    plain = pixels(rendered(engine, "double-exposure", {"picture": grey}))
    assert plain.shape == (320, 480, 3)
    assert is_color(plain[:2, :2], (0x3D, 0x17, 0x66))
    assert is_color(plain[-2:, -2:], (0xFF, 0xD1, 0x66))
    portrait = pixels(rendered(engine, "double-exposure", {"picture": "cat"}))
    with Image.open(CAT) as cat:
        light = np.asarray(cat.convert("L").resize((480, 320))).astype(float)
    darkened = portrait.sum(axis=2) / plain.sum(axis=2)
    assert np.corrcoef(darkened.ravel(), light.ravel())[0, 1] > 0.7


def test_an_episode_has_its_loudness_and_music_makes_room_for_the_voice(engine: Engine, tmp_path: Path) -> None:
    voice = make_film(tmp_path / "voice.mkv", size=(16, 16), seconds=3)
    music = make_film(tmp_path / "music.mkv", size=(16, 16), seconds=6, audio="sine=frequency=1000")
    made = rendered(engine, "podcast", {"voice": voice, "music": music})
    assert measured_loudness(made) == pytest.approx(-16, abs=0.5)
    sound = samples_of(made)[0]
    assert sound.size == 6 * 48_000
    assert abs(sound).max() <= 10 ** (-1 / 20)
    alone, under, after = (strength(sound[round(at * 48_000) :][:24_000], 1000) for at in (0.2, 2.5, 5.3))
    assert 20 * np.log10(under / alone) == pytest.approx(-12, abs=0.5)
    assert 20 * np.log10(after / alone) == pytest.approx(0, abs=0.5)


def strength(samples: Pixels, frequency: float) -> float:
    """How strong a frequency is in half a second."""
    turns = np.exp(-2j * np.pi * frequency * np.arange(samples.size) / 48_000)
    return float(abs((samples * turns).sum()))


def measured_loudness(path: Path) -> float:
    """The integrated loudness by FFmpeg's meter (EBU R 128), in LUFS."""
    command = [get_ffmpeg_exe(), "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-[0-9.]+) LUFS", said)[-1])


def test_a_contact_sheet_has_a_tile_for_every_combination(engine: Engine) -> None:
    sheet = pixels(rendered(engine, "contact-sheet", {"picture": "cat"}))
    assert sheet.shape == (246, 738, 3)
    tiles = [sheet[126 * row :, 186 * column :][:120, :180] for row in range(2) for column in range(4)]
    assert (sheet[120:126] == 0x22).all()
    assert (sheet[:, 180:186] == 0x22).all()
    for tile, dots in zip(tiles[4:], (3, 5, 7, 9), strict=True):
        squares = [tile[y : y + dots, x : x + dots] for y in range(0, 80, dots) for x in range(0, 160, dots)]
        assert all((square == square[0, 0]).all() for square in squares)
        assert len({tuple(square[0, 0]) for square in squares}) > 50
    assert all(np.abs(one - other).mean() > 5 for one, other in pairwise(tiles))


def test_a_title_comes_and_goes(engine: Engine) -> None:
    frames = film_pixels(rendered(engine, "title-card", {}, title="Hello"))
    assert (len(frames), frames[0].shape) == (75, (180, 320, 3))
    lit = [int((frame[..., 0] > 180).sum()) for frame in frames]
    assert (lit[0], lit[-1]) == (0, 0)
    assert min(lit[25:55]) > 300


def test_a_wall_shows_one_film_in_four_ways_at_once(engine: Engine, tmp_path: Path) -> None:
    film = plain_film(tmp_path / "film.mp4", "blue", 1)
    frames = film_pixels(rendered(engine, "video-wall", {"film": film}))
    assert (len(frames), frames[0].shape) == (30, (184, 324, 3))
    mirrored, inverted = frames[10][10:80, 174:314], frames[10][104:174, 10:150]
    assert named(mirrored) == "blue"
    assert is_color(inverted, (255, 255, 0))


def test_a_film_is_seen_on_one_sheet(engine: Engine, tmp_path: Path) -> None:
    sheet = pixels(rendered(engine, "film-sheet", {"film": three_colours(tmp_path)}))
    assert sheet.shape == (276, 732, 3)
    corners = [sheet[141 * row + 5 :, 246 * column + 150 :][:80, :80] for row in range(2) for column in range(3)]
    assert [named(corner) for corner in corners] == ["red", "red", "lime", "lime", "lime", "blue"]
    words = [sheet[141 * row + 100 :, 246 * column :][:35, :90] for row in range(2) for column in range(3)]
    assert all((word.min(axis=2) > 180).sum() > 20 for word in words)


def test_an_upright_film_lies_before_itself_and_is_heard_once(engine: Engine, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(160, 90), seconds=1)
    made = rendered(engine, "vertical", {"film": film})
    frames, shown = film_pixels(made), film_pixels(film)
    assert (len(frames), frames[0].shape) == (30, (480, 270, 3))
    middle = np.asarray(Image.fromarray(shown[10].astype(np.uint8)).resize((270, 152))).astype(int)
    assert abs(frames[10][164:316] - middle).mean() < 15
    above, below = frames[10][:150], frames[10][330:]
    assert np.abs(np.diff(above, axis=0)).mean() < np.abs(np.diff(middle, axis=0)).mean() / 3
    assert (above.mean() + below.mean()) / 2 < middle.mean() - 20
    assert level(samples_of(made)) == pytest.approx(level(samples_of(film)), rel=0.02)


def test_a_score_makes_room_for_the_film_and_leaves_its_pictures_alone(engine: Engine, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(160, 90), seconds=5, audio="sine=frequency=440", sound_seconds=2)
    music = make_film(tmp_path / "music.mkv", size=(16, 16), seconds=8, audio="sine=frequency=1000")
    made = rendered(engine, "score", {"film": film, "music": music})
    assert all(np.array_equal(*pair) for pair in zip(frames_of(made), frames_of(film), strict=True))
    assert measured_loudness(made) == pytest.approx(-14, abs=0.5)
    sound = samples_of(made)[0]
    under, alone = (strength(sound[round(at * 48_000) :][:24_000], 1000) for at in (1.2, 2.9))
    assert 20 * np.log10(under / alone) == pytest.approx(-10, abs=1)
    assert level(sound[round(4.9 * 48_000) :][:4000]) < level(sound[3 * 48_000 :][:4000]) / 4


def test_highlights_are_joined_by_a_slide_and_a_wipe(engine: Engine, tmp_path: Path) -> None:
    film = three_colours(tmp_path)
    frames = film_pixels(rendered(engine, "highlights", {"film": film}))
    assert len(frames) == 3 * 30 - 2 * 12
    assert [named(frames[number]) for number in (0, 17)] == ["red", "red"]
    assert [named(frames[number]) for number in (30, 35)] == ["lime", "lime"]
    assert [named(frames[number]) for number in (48, 65)] == ["blue", "blue"]
    sliding, wiping = frames[23], frames[41]
    assert (named(sliding[:, :120]), named(sliding[:, 200:])) == ("red", "lime")
    assert (named(wiping[:70]), named(wiping[110:])) == ("lime", "blue")


def three_colours(folder: Path) -> Path:
    """A film that is red for 1.5 s, then lime, then blue."""
    path = folder / "film.mkv"
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "bgr0"
        for color in ("red", "lime", "blue"):
            for _ in range(45):
                picture = np.full((90, 160, 3), COLORS[color], np.uint8)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode(None))
    return path


def test_the_python_example_renders_what_changed_and_nothing_else(tmp_path: Path) -> None:
    environment = {**os.environ, "ARTCELERY_HOME": str(tmp_path / "home")}
    command = [sys.executable, str(FOLDER.parent / "one_graph_three_ways.py"), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    first, second, third = done.stdout.splitlines()
    assert first.startswith("5 tones: 1 of 4 nodes known")
    assert second.startswith("5 tones: 4 of 4 nodes known")
    assert third.startswith("3 tones: 1 of 4 nodes known")
    assert (tmp_path / "poster-3.png").is_file()
