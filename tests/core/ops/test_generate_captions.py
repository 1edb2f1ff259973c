"""GENERATE captions: which frames show which cue, and where each stands."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artcelery import Engine
from artcelery.core.errors import MediaError, RenderError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.ops import InferError
from tests.core.ops.generating import Pixels, arrays, generate, streams, video, written
from tests.core.ops.test_generate_text import ink

DOCUMENT = Clip("data", duration=Fraction(5))
SIZE = {"width": 320, "height": 180, "fps": 10}
SOLID = {"box": {"opacity": 1.0, "color": "#0000ff", "padding": 4}, "outline": {"width": 0}, "margin": 10}


def captions(folder: Path, *cues: tuple[str, str, str], name: str = "subs.srt") -> Path:
    """A SubRip document of (start, end, text)."""
    path = folder / name
    cue = "{}\n00:00:{} --> 00:00:{}\n{}\n"
    path.write_text("\n".join(cue.format(at, *item) for at, item in enumerate(cues, 1)), encoding="utf-8")
    return path


def vtt(folder: Path, *cues: tuple[str, str]) -> Path:
    """A WebVTT document of (times and settings, text)."""
    path = folder / "subs.vtt"
    path.write_text("WEBVTT\n\n" + "\n\n".join("\n".join(cue) for cue in cues), encoding="utf-8")
    return path


def drawn(document: Path, **config: Any) -> list[Pixels]:
    return arrays(video("captions", document, **{**SIZE, **config}))


def shows(picture: Pixels) -> bool:
    return bool(picture[..., 3].any())


def test_a_caption_is_on_the_frames_whose_time_is_from_its_start_to_before_its_end(tmp_path: Path) -> None:
    pictures = drawn(captions(tmp_path, ("00,300", "00,700", "A"), ("00,950", "01,010", "B")))
    assert [shows(picture) for picture in pictures] == [
        *([False] * 3),
        *([True] * 4),
        *([False] * 3),  # 1.01 s is past the last frame that the document lasts for
    ]
    later = drawn(captions(tmp_path, ("00,300", "00,700", "A"), ("00,950", "01,010", "B")), duration=1.5)
    assert [index for index, picture in enumerate(later) if shows(picture)] == [3, 4, 5, 6, 10]


def test_captions_have_the_size_rate_and_length_of_their_film() -> None:
    film = Clip(
        "film", Picture(720, 576, "yuv420p", Fraction(25), sar=Fraction(16, 15)), duration=Fraction(8), frames=200
    )
    out = generate("captions").infer(DOCUMENT, film)
    assert out == Clip("film", Picture(768, 576, "rgba", Fraction(25), alpha=True), duration=Fraction(8), frames=200)
    mine = generate("captions", width=640, height=360, fps=50, duration=2).infer(DOCUMENT, film)
    assert mine.picture == Picture(640, 360, "rgba", Fraction(50), alpha=True)
    assert (mine.duration, mine.frames) == (2, 100)


def test_alone_captions_last_until_the_last_of_them_ends() -> None:
    out = generate("titles").infer(DOCUMENT)
    assert out.picture == Picture(1920, 1080, "rgba", Fraction(30), alpha=True)
    assert (out.duration, out.frames) == (5, 150)


def test_notes_of_the_document_are_notes_of_its_captions() -> None:
    assert generate("captions").infer(DOCUMENT.noting("colours are left out")).notes == ("colours are left out",)


@pytest.mark.parametrize(
    ("clips", "words"),
    [
        ([], "captions need a SubRip"),
        ([Clip("still", Picture(8, 8, "rgb24"))], "the first input is a still"),
        ([Clip("data")], "captions need a SubRip"),
        (
            [DOCUMENT, Clip("sound", sound=Sound(48000, "mono", 1), duration=Fraction(3))],
            "the second input of captions",
        ),
        ([DOCUMENT, Clip("still", Picture(8, 8, "rgb24"))], "the second input of captions"),
        ([Clip("data", duration=Fraction(0))], "there are no captions in the document"),
    ],
)
def test_inputs_that_do_not_fit_are_named(clips: list[Clip], words: str) -> None:
    with pytest.raises(InferError, match=words):
        generate("captions").infer(*clips)


def test_captions_stand_at_the_bottom_inside_the_margin(tmp_path: Path) -> None:
    picture = drawn(captions(tmp_path, ("00,000", "01,000", "Hello")), **SOLID)[0]
    left, _, right, bottom = ink(picture)
    assert bottom == 170
    assert abs(left + right - 320) <= 1
    moved = drawn(captions(tmp_path, ("00,000", "01,000", "Hello")), **SOLID, position="top-right")[0]
    assert (ink(moved)[1], ink(moved)[2]) == (10, 310)


def test_captions_at_one_time_are_stacked_and_keep_their_places(tmp_path: Path) -> None:
    cues = [("00,000", "00,600", "first"), ("00,200", "01,000", "second"), ("00,700", "01,000", "third")]
    pictures = drawn(captions(tmp_path, *cues), **SOLID)
    alone, both, left_over, filled = (ink(pictures[at]) for at in (0, 3, 6, 8))
    height = alone[3] - alone[1]
    assert (both[1], both[3]) == (alone[1] - height, alone[3])
    assert (left_over[1], left_over[3]) == (alone[1] - height, alone[1])
    assert filled[3] == alone[3]
    assert (pictures[3][alone[1] :] == pictures[0][alone[1] :]).all()


def test_captions_at_the_top_are_stacked_downwards(tmp_path: Path) -> None:
    cues = [("00,000", "00,600", "{\\an8}first"), ("00,200", "01,000", "{\\an8}second")]
    pictures = drawn(captions(tmp_path, *cues), **SOLID)
    alone, both = ink(pictures[0]), ink(pictures[3])
    assert alone[1] == both[1] == 10
    assert both[3] == alone[3] + (alone[3] - alone[1])


@pytest.mark.parametrize(
    ("settings", "edges"),
    [
        ("line:0", (None, 10, None, None)),
        ("line:-1", (None, None, None, 170)),
        ("line:50%", (None, 90, None, None)),
        ("line:50%,end", (None, None, None, 90)),
        ("align:start", (10, None, None, 170)),
        ("align:end", (None, None, 310, 170)),
        ("position:50%,line-left line:0", (160, 10, None, None)),
        ("position:100%,line-left", (None, None, 310, None)),
        ("line:400", (None, None, None, 170)),
    ],
)
def test_webvtt_says_where_a_cue_stands(tmp_path: Path, settings: str, edges: tuple[int | None, ...]) -> None:
    picture = drawn(vtt(tmp_path, (f"00:00.000 --> 00:01.000 {settings}", "Hello")), **SOLID)[0]
    assert all(edge is None or edge == found for edge, found in zip(edges, ink(picture), strict=True))


def test_lines_of_webvtt_are_lines_of_captions(tmp_path: Path) -> None:
    first, third = (
        ink(drawn(vtt(tmp_path, (f"00:00.000 --> 00:01.000 line:{line}", "Hello")), **SOLID)[0]) for line in (0, 2)
    )
    assert third[1] - first[1] == 2 * 13  # 6 % of 180 are 11 pixels, and lines are 1.2 of them apart


def test_bold_italic_and_underlined_words_look_so(tmp_path: Path) -> None:
    looks = [
        drawn(captions(tmp_path, ("00,000", "00,100", text)), size=40)[0]
        for text in ("word", "<b>word</b>", "<i>word</i>", "<u>word</u>", "<b><i>word</i></b>")
    ]
    assert all((one != other).any() for at, one in enumerate(looks) for other in looks[at + 1 :])
    plain, underlined = looks[0], looks[3]
    assert (plain[: ink(plain)[3] - 4] == underlined[: ink(plain)[3] - 4]).all()
    assert ink(underlined)[3] > ink(plain)[3]


def test_a_part_of_captions_looks_as_it_does_in_the_whole(tmp_path: Path) -> None:
    cues = [("00,000", "00,600", "first"), ("00,200", "01,200", "second"), ("01,500", "02,000", "third")]
    document = captions(tmp_path, *cues)
    whole = drawn(document)
    for begin, end in ((7, 17), (3, 9), (12, 20)):
        part = video("captions", document, **SIZE).cut(Fraction(begin, 10), Fraction(end, 10))
        pictures = [frame.to_ndarray() for frame in part.frames()]
        assert len(pictures) == end - begin
        assert all((one == two).all() for one, two in zip(pictures, whole[begin:end], strict=True))


def test_an_hour_of_a_caption_is_drawn_once(tmp_path: Path) -> None:
    document = vtt(tmp_path, ("00:00.000 --> 01:00:00.000", "still here"))
    frames = video("captions", document, width=64, height=64, fps=1, size=10).frames()
    assert len({frame.planes[0].buffer_ptr for frame in frames}) == 1


def test_captions_that_find_no_room_are_named(tmp_path: Path) -> None:
    cues = [("00,000", "01,000", f"caption {at}") for at in range(12)]
    with pytest.raises(RenderError, match=r"the caption in line \d+ finds no room in 320x180, with \d+ others there"):
        drawn(captions(tmp_path, *cues), size=20)
    with pytest.raises(RenderError, match="the caption in line 2: text with Hebrew cannot be set"):
        drawn(captions(tmp_path, ("00,000", "01,000", "\u05e9\u05dc\u05d5\u05dd")))


def test_what_is_no_caption_document_is_refused_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InferError, match="captions need a SubRip"):
        streams("captions", tmp_path / "x.json")
    with pytest.raises(MediaError, match="line 2: the caption ends before it starts"):
        streams("captions", captions(tmp_path, ("01,000", "00,500", "a")))


def test_captions_are_written_with_their_transparency(tmp_path: Path) -> None:
    flow = streams("captions", captions(tmp_path, ("00,200", "00,800", "Hello")), **SIZE, duration=1)
    written(flow, tmp_path / "out.mkv")
    found = open_file(tmp_path / "out.mkv", Limits())
    assert found.clip.frames == 10
    assert found.video is not None
    assert found.video.picture.alpha
    assert flow.video is not None
    for frame, picture in zip(found.video.frames(), arrays(flow.video), strict=True):
        alpha = frame.reformat(format="rgba").to_ndarray()[..., 3].astype(int)
        assert np.abs(alpha - picture[..., 3]).max() == 0


CONFIG = """\
name: captioned
dag:
  nodes:
    - {id: subs, type: SOURCE, config: {input: true}}
    - {id: card, type: GENERATE, config: {kind: testsrc, width: 160, height: 90, duration: 1, fps: 10}}
    - {id: words, type: GENERATE, config: {kind: captions}, inputs: [subs, card]}
  output: words
"""


def test_a_config_takes_a_file_of_captions_and_renders_it_once(engine: Engine, tmp_path: Path) -> None:
    document = captions(tmp_path, ("00,200", "00,800", "Hello"))
    assert engine.assets.add(document).clip["kind"] == "data"  # type: ignore[index]
    (tmp_path / "config.yaml").write_text(CONFIG)
    run = engine.run(engine.order(tmp_path / "config.yaml", {"subs": document}, output=tmp_path / "words.mkv"))
    found = open_file(tmp_path / "words.mkv", Limits())
    assert found.video is not None
    alphas = [frame.reformat(format="rgba").to_ndarray()[..., 3] for frame in found.video.frames()]
    assert [bool(alpha.any()) for alpha in alphas] == [False] * 2 + [True] * 6 + [False] * 2
    again = engine.run(engine.order(tmp_path / "config.yaml", {"subs": document}, output=tmp_path / "again.mkv"))
    assert {node.status for node in again.nodes} == {"known"}
    assert again.output_hash == run.output_hash
