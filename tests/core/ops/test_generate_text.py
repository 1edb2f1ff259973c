"""GENERATE text: where letters stand, what surrounds them, how they come and go."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.ops import InferError
from tests.core.ops.generating import Pixels, arrays, generate, video
from tests.core.ops.test_generate import problems
from tests.media_files import make_film

SIZE = {"width": 320, "height": 180}


def drawn(text: str = "Hxg", **config: Any) -> Pixels:
    """The one picture of a text."""
    (picture,) = arrays(video("text", text=text, **{**SIZE, **config}))
    return picture


def ink(picture: Pixels, least: int = 1) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (past the last) of what is not clear."""
    rows, columns = (np.flatnonzero((picture[..., 3] >= least).any(axis=axis)) for axis in (1, 0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def test_a_text_is_white_letters_on_clear_ground() -> None:
    picture = drawn()
    assert picture.shape == (180, 320, 4)
    assert (picture[picture[..., 3] > 0][:, :3] == 255).all()
    assert set(np.unique(picture[..., 3])) >= {0, 255}
    assert picture[0, 0, 3] == 0


def test_the_size_is_that_of_the_em_in_pixels_or_of_the_height() -> None:
    left, top, right, bottom = ink(drawn("H", size=100))
    assert bottom - top == 73  # capitals of DejaVu Sans are 1493/2048 of the em
    assert 0.5 < (right - left) / 73 < 1
    assert (drawn("H", size="50%") == drawn("H", size=90)).all()


@pytest.mark.parametrize(
    ("position", "across", "down"),
    [
        ("center", 0.5, 0.5),
        ("top-left", 0, 0),
        ("top", 0.5, 0),
        ("bottom-right", 1, 1),
        ("left", 0, 0.5),
    ],
)
def test_a_named_place_is_inside_the_margin(position: str, across: float, down: float) -> None:
    picture = drawn("HHH", size=40, position=position, margin=10, box={"opacity": 1.0, "padding": 12})
    left, top, right, bottom = ink(picture)
    assert left == 10 + round(across * (300 - (right - left)))
    assert top == 10 + round(down * (160 - (bottom - top)))


def test_a_place_may_be_in_pixels_or_in_shares_of_the_free_room() -> None:
    box = {"opacity": 1.0, "padding": 12}
    assert ink(drawn("H", size=40, position=[7, 90], box=box))[:2] == (7, 90)
    _, top, right, bottom = ink(drawn("H", size=40, position=["100%", "25%"], box=box))
    assert (right, top) == (320, round((180 - (bottom - top)) / 4))
    assert ink(drawn("H", size=40, position=[-9, "0%"], box=box))[:2] == (0, 0)


def test_the_padding_of_a_box_is_the_same_on_all_sides_of_capitals() -> None:
    picture = drawn("HH", size=60, box={"color": "#0000ff", "opacity": 1.0, "padding": 30}, color="#ff0000")
    left, top, right, bottom = ink(picture)
    letters = np.where((picture[..., 0] > 0)[..., None], picture, 0)
    inner = ink(letters)
    gaps = [inner[0] - left, inner[1] - top, right - inner[2], bottom - inner[3]]
    assert gaps[1] == gaps[3] == 30
    assert all(30 <= gap <= 36 for gap in (gaps[0], gaps[2]))  # beside an H its own bearings are free, too
    assert abs(gaps[0] - gaps[2]) <= 1
    assert picture[top, left].tolist() == [0, 0, 255, 255]


def test_a_box_holds_what_reaches_below_the_line_however_small_its_padding() -> None:
    picture = drawn("Àgjp", size=60, box={"color": "#0000ff", "opacity": 1.0, "padding": 0}, color="#ff0000")
    box = np.flatnonzero((picture[..., 2] > 0).any(axis=1))
    letters = np.flatnonzero((picture[..., 0] > 0).any(axis=1))
    assert letters[0] >= box[0]
    assert letters[-1] <= box[-1]


def test_the_opacity_of_a_box_is_exact() -> None:
    picture = drawn("H", box={"color": "#102030", "opacity": 0.4})
    left, top, _, _ = ink(picture)
    assert picture[top, left].tolist() == [16, 32, 48, 102]


def test_an_outline_goes_round_the_letters_and_under_them() -> None:
    plain = drawn("O", size=80)
    lined = drawn("O", size=80, outline={"color": "#ff0000", "width": 4})
    one, other = ink(plain), ink(lined)
    grown = [one[0] - other[0], one[1] - other[1], other[2] - one[2], other[3] - one[3]]
    assert all(3 <= pixels <= 5 for pixels in grown)
    solid = plain[..., 3] == 255
    assert (lined[solid] == 255).all()  # where the letters are, they are as before
    assert (lined[~solid & (plain[..., 3] == 0) & (lined[..., 3] > 0)][:, 1] == 0).all()


def test_a_shadow_lies_to_the_lower_right() -> None:
    hard = {"offset": 5, "blur": 0, "opacity": 1.0, "color": "#00ff00"}
    plain, shaded = drawn("H", size=80), drawn("H", size=80, shadow=hard)
    moved = np.roll(plain[..., 3], (5, 5), (0, 1))
    only = plain[..., 3] == 0
    assert (shaded[only][:, 3] == moved[only]).all()
    soft = drawn("H", size=80, shadow={**hard, "blur": 4})
    assert ink(soft)[2] > ink(shaded)[2]


def test_a_long_line_is_broken_where_words_end_into_rows_of_much_the_same_width() -> None:
    style = {"size": 18, "align": "left", "position": "top-left", "margin": 16}
    picture = drawn("one two three four five six seven eight", **style)
    assert (picture == drawn("one two three four\nfive six seven eight", **style)).all()
    assert ink(drawn("one two three four five six", **style))[2] > ink(picture)[2]  # more would have fitted


def test_a_word_that_fits_nowhere_is_cut_and_nothing_leaves_the_margin() -> None:
    left, _, right, _ = ink(drawn("W" * 30, size=30, margin=20))
    assert left >= 20
    assert right <= 300


def test_lines_end_where_the_text_says_so_and_empty_ones_stay() -> None:
    def distance(text: str) -> int:
        _, top, _, bottom = ink(drawn(text, size=20))
        return int(bottom - top)

    assert distance("H\nH") == distance("H") + 24  # 1.2 of the em
    assert distance("H\n\nH") == distance("H") + 48


@pytest.mark.parametrize(("align", "edge"), [("left", 0), ("right", 2)])
def test_lines_stand_at_one_side(align: str, edge: int) -> None:
    picture = drawn("HHHH\nH", size=40, align=align)
    _, top, _, _ = ink(picture)
    upper, lower = ink(picture[top : top + 29]), ink(picture[top + 48 : top + 77])
    assert upper[edge] == lower[edge]


def test_cuts_of_the_font_differ() -> None:
    looks = [drawn("Rag", size=60, font=f"sans{cut}") for cut in ("", "-bold", "-oblique", "-bold-oblique")]
    assert all((one != other).any() for at, one in enumerate(looks) for other in looks[at + 1 :])
    assert (looks[1][..., 3] > 0).sum() > (looks[0][..., 3] > 0).sum()


def test_a_text_comes_and_goes_by_its_opacity_alone() -> None:
    film = video("text", text="H", duration=2, fps=10, fade=["400ms", 1], **SIZE)
    pictures = arrays(film)
    steady = pictures[6]
    shares = [*(Fraction(2 * at + 1, 8) for at in range(4)), *[Fraction(1)] * 6]
    shares += [Fraction(2 * (10 - at) - 1, 20) for at in range(10)]
    for picture, share in zip(pictures, shares, strict=True):
        assert (picture[..., :3] == steady[..., :3]).all()
        assert np.abs(picture[..., 3] - steady[..., 3] * float(share)).max() <= 0.5
    for begin in (0, 3, 12):
        cut = [frame.to_ndarray() for frame in film.cut(Fraction(begin, 10), Fraction(begin + 4, 10)).frames()]
        assert all((one == two).all() for one, two in zip(cut, pictures[begin : begin + 4], strict=True))


def test_a_text_that_does_not_move_is_drawn_once() -> None:
    frames = list(video("text", text="H", duration=1, fps=8, **SIZE).frames())
    places = {frame.planes[0].buffer_ptr for frame in frames}
    assert len(frames) == 8
    assert len(places) == 1


def test_a_text_that_is_higher_than_the_picture_is_refused() -> None:
    with pytest.raises(RenderError, match=r"GENERATE: the text takes \d+x\d+ pixels and the picture has 320x180"):
        drawn("line\n" * 20, size=20)


def test_letters_that_cannot_be_set_are_named() -> None:
    with pytest.raises(InferError, match="text with Arabic letters cannot be set"):
        generate("text", text="\u0633\u0644\u0627\u0645").infer()
    with pytest.raises(RenderError, match=r"DejaVu Sans has no '漢' \(CJK UNIFIED IDEOGRAPH-6F22\)"):
        drawn("漢")
    assert ink(drawn("Привет Ελλάδα ☂ ½ “é”", size=16))


FILM = Clip(
    "film",
    Picture(720, 576, "yuv420p", Fraction(25), sar=Fraction(16, 15)),
    Sound(48000, "stereo", 2),
    Fraction(8),
    frames=200,
)


def test_a_text_has_the_size_rate_and_length_of_the_film_that_it_is_laid_over() -> None:
    out = generate("text", text="x", fade=1).infer(FILM)
    assert out == Clip("film", Picture(768, 576, "rgba", Fraction(25), alpha=True), duration=Fraction(8), frames=200)
    mine = generate("text", text="x", width=640, height=360, fps=50, duration=2).infer(FILM)
    assert mine.picture == Picture(640, 360, "rgba", Fraction(50), alpha=True)
    assert (mine.duration, mine.frames) == (2, 100)
    still = generate("text", text="x").infer(Clip("still", Picture(300, 200, "rgb24"), frames=1))
    assert still == Clip("still", Picture(300, 200, "rgba", alpha=True), frames=1)
    assert generate("text", text="x").infer().picture == Picture(1920, 1080, "rgba", alpha=True)


def test_letters_over_a_film_are_those_over_a_picture_of_its_size(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv", (320, 180), 10, 1, audio=None)
    over = arrays(video("text", film, text="Hxg", fade=[0, 0.5]))
    alone = arrays(video("text", text="Hxg", fade=[0, 0.5], duration=1, fps=10, **SIZE))
    assert len(over) == 10
    assert all((one == two).all() for one, two in zip(over, alone, strict=True))


@pytest.mark.parametrize(
    ("config", "clips", "field", "words"),
    [
        ({"fade": 1}, [], "fade", "a text without `duration` is a still and has no `fade`; give it one, or as input"),
        ({"fps": 25}, [Clip("still", Picture(300, 200, "rgb24"), frames=1)], "fps", "is a still and has no `fps`"),
        ({"fade": 5}, [FILM], "fade", "the fades take longer than the 8 s of the text"),
        ({}, [FILM, FILM], "inputs", "a text takes one input at most: the film that it is laid over"),
        ({}, [Clip("data")], "inputs", "the input of a text is the film that it is laid over; it has no picture"),
    ],
)
def test_what_a_text_cannot_be_laid_over_is_refused(
    config: dict[str, Any], clips: list[Clip], field: str, words: str
) -> None:
    with pytest.raises(InferError, match=re.escape(words)) as caught:
        generate("text", text="x", **config).infer(*clips)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("config", "key", "words"),
    [
        ({}, "", "the kind text needs a key 'text'"),
        ({"text": ""}, "text", "must not be empty"),
        ({"text": "x", "position": "middle"}, "position", "write top-left, top, top-right"),
        ({"text": "x", "position": [1, "2px"]}, "position", "'2px' is no place"),
        ({"text": "x", "box": {"colour": "red"}}, "box.colour", "did you mean 'color'?"),
        (
            {"text": "x", "fade": [1, 2, 3], "duration": 9},
            "fade",
            "a fade is one time for both ends, [in, out], or {in: ",
        ),
        ({"text": "x", "fade": [1, "x"], "duration": 9}, "fade", "'x' is not a time"),
        ({"text": "x", "fade": 1, "duration": 1}, "", "the fades take longer than the 1 s"),
        ({"text": "x", "font": "Arial"}, "font", "must be one of sans, sans-bold"),
        ({"text": "x", "size": 0}, "size", "is not a size"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(config: dict[str, Any], key: str, words: str) -> None:
    assert words in problems(kind="text", **config)[key]
