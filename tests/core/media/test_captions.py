"""SubRip and WebVTT: what real files hold, and what is said about damaged ones."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from artcelery.core.errors import LimitError, MediaError
from artcelery.core.media.clip import clip_from_json, clip_to_json
from artcelery.core.media.letters.captions import CaptionError, Cue, Place, parse_captions
from artcelery.core.media.letters.markup import Span, plain_lines, spans_of, unshaped
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.documents import read_captions
from artcelery.core.media.probing.probe import probe

SRT = """1
00:00:01,500 --> 00:00:03,000
Hello <i>world</i>

2
00:00:04,000 --> 00:01:00,250
Two
lines
"""


def words(cue: Cue) -> list[str]:
    return ["".join(span.text for span in line) for line in cue.lines]


def only(text: str) -> Cue:
    (cue,) = parse_captions(text).cues
    return cue


def test_subrip_has_times_lines_and_styles() -> None:
    first, second = parse_captions(SRT).cues
    assert (first.start, first.end) == (Fraction(3, 2), 3)
    assert first.lines == ((Span("Hello "), Span("world", italic=True)),)
    assert (second.start, second.end, words(second)) == (4, Fraction(241, 4), ["Two", "lines"])


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_all_line_endings_are_read(ending: str) -> None:
    assert parse_captions(SRT.replace("\n", ending)) == parse_captions(SRT)


def test_subrip_as_it_is_found_in_the_wild_is_read() -> None:
    loose = "\ufeff\n1\n0:00:01.5-->0:00:02,25 X1:10 Y1:20\nOne\n2\n00:00:03,000 --> 00:00:04,000\n\n\nTwo\n\n\n\n"
    one, two = parse_captions(loose).cues
    assert (one.start, one.end, words(one)) == (Fraction(3, 2), Fraction(9, 4), ["One"])
    assert words(two) == ["Two"]


def test_a_line_of_digits_is_text_where_it_does_not_number_a_caption() -> None:
    first, second = parse_captions(
        "1\n00:00:01,000 --> 00:00:02,000\nIn\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\nB"
    ).cues
    assert (words(first), words(second)) == (["In", "1984"], ["B"])
    unnumbered = "00:00:01,000 --> 00:00:02,000\nIn\n1984\n00:00:03,000 --> 00:00:04,000\nB"
    assert words(parse_captions(unnumbered).cues[0]) == ["In", "1984"]


def test_cues_come_by_their_start_whatever_their_order_in_the_file() -> None:
    text = "1\n00:00:05,000 --> 00:00:06,000\nlate\n\n2\n00:00:01,000 --> 00:00:02,000\nearly\n"
    assert [words(cue) for cue in parse_captions(text).cues] == [["early"], ["late"]]


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (2, Place("center", Fraction(1, 2), Fraction(1, 2))),
        (8, Place("center", Fraction(1, 2), Fraction(1, 2), line=0)),
        (4, Place("left", Fraction(0), Fraction(0), Fraction(1, 2), Fraction(1, 2))),
        (9, Place("right", Fraction(1), Fraction(1), line=0)),
    ],
)
def test_a_place_may_be_a_digit_of_the_number_pad(number: int, place: Place) -> None:
    cue = only(f"1\n00:00:01,000 --> 00:00:02,000\n{{\\an{number}}}Up {{\\b1}}here\n")
    assert (cue.place, words(cue)) == (place, ["Up here"])


def test_tags_are_styles_or_left_out_and_what_is_no_tag_is_text() -> None:
    assert spans_of("<B>a<i>b</B></i>c", "srt") == (
        (Span("a", bold=True), Span("b", bold=True, italic=True), Span("c")),
    )
    assert spans_of("<u>1 < 2</u> and <3 &amp;", "srt") == ((Span("1 < 2", underline=True), Span(" and <3 &amp;")),)
    assert spans_of("</i></i><i>x", "srt") == ((Span("x", italic=True),),)


def test_a_style_goes_on_over_the_end_of_a_line() -> None:
    assert spans_of("<i>one\ntwo</i>", "srt") == ((Span("one", italic=True),), (Span("two", italic=True),))


def test_controls_and_joiners_are_no_letters_and_accents_are_composed() -> None:
    assert plain_lines("a\x00\u200bb\te\u0301") == ((Span("ab é"),),)


WEBVTT = """WEBVTT - about it
X-TIMESTAMP-MAP=LOCAL:00:00:00.000

STYLE
::cue { color: red }

NOTE
not --> this

intro
00:01.000 --> 00:02.500 line:0 align:start
<v Fred>Hi &amp; <c.loud>bye &lt;3</c>

01:00:00.000 --> 01:00:01.000 position:10%,line-left line:75%,end align:right
x <00:00:01.000>y
"""


def test_webvtt_has_identifiers_settings_voices_classes_and_escapes() -> None:
    captions = parse_captions(WEBVTT)
    first, second = captions.cues
    assert (first.start, first.end, words(first)) == (1, Fraction(5, 2), ["Hi & bye <3"])
    assert first.place == Place("left", Fraction(0), Fraction(0), line=0)
    assert (second.start, words(second)) == (3600, ["x y"])
    assert second.place == Place("right", Fraction(1, 10), Fraction(0), Fraction(3, 4), Fraction(1))
    assert captions.notes == ("styles and regions of the captions are left out",)
    assert captions.duration == 3601


def test_what_of_webvtt_is_left_out_is_noted() -> None:
    notes = parse_captions("WEBVTT\n\n00:01.000 --> 00:02.000 vertical:rl size:40%\nx\n").notes
    assert [note.split()[0] for note in notes] == ["vertical", "the"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\n00:00:0x,000 --> 00:00:02,000\na", "line 2: '00:00:0x,000 --> 00:00:02,000' is no time span"),
        ("1\n00:00:03,000 --> 00:00:02,000\na", "line 2: the caption ends before it starts"),
        ("1\n00:00:01,000 --> 00:99:02,000\na", "line 2: minutes and seconds go to 59"),
        ("Title\n1\n00:00:01,000 --> 00:00:02,000\na", "line 1: 'Title' is no caption"),
        ("1\nno times\n", "line 1: there are no captions"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "a" * 2001, "line 2: the caption has 2,001 characters"),
        ("WEBVTT\n\nid\n00:01.000 -> 00:02.000\na", "line 4: '00:01.000 -> 00:02.000' does not say when"),
        ("WEBVTT\n\n00:01.000 --> soon\na", "line 3: '00:01.000 --> soon' is no time span"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 line:top\na", "line 3: line:top is neither"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 position:120%\na", "line 3: '120%' is no percentage"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 align:up\na", "line 3: align:up is not known"),
    ],
)
def test_what_is_damaged_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(CaptionError) as error:
        parse_captions(text)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_captions_is_a_document_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "subs.bin"  # the name does not matter
    path.write_bytes(SRT.replace("Hello", "Größe").encode(encoding))
    clip = probe(path)
    assert (clip.kind, clip.duration) == ("data", Fraction(241, 4))
    assert words(read_captions(path).cues[0]) == ["Größe world"]
    assert clip.notes == (
        ("the captions are no UTF-8; they are read as Latin-1 (Windows-1252)",) if encoding == "cp1252" else ()
    )
    assert clip_from_json(clip_to_json(clip)) == clip


def test_json_is_a_document_without_a_duration(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"beats": [0.5, 1.0]}))
    clip = probe(path)
    assert (clip.kind, clip.duration) == ("data", None)
    with pytest.raises(MediaError, match="holds no captions"):
        read_captions(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"beats": [1, 2', "is no JSON: .*line 1 column"),
        (b"[" * 100_000, "is no JSON that can be read"),
        (b'{"\xff": 1}', "is no JSON that can be read"),
        (b"1\n00:00:03,000 --> 00:00:02,000\na", "line 2: the caption ends"),
        (b"\xff\xfe1\x00\n\x000\x000\x00:\x000\x000\x00:\x000\x000\x00,\x000\x00-\x00-\x00>\x00\x00\xd8", "UTF-16"),
        (b"[section]\nkey=value\n", "is a text file"),
        (b"just words\n", "is a text file"),
    ],
)
def test_a_damaged_document_is_refused_in_words(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(data)
    with pytest.raises(MediaError, match=message):
        probe(path)


def test_documents_have_limits(tmp_path: Path) -> None:
    path = tmp_path / "endless.srt"
    path.write_text(SRT + "\n" * (2 * 2**20))
    with pytest.raises(LimitError, match="larger than 2 MB"):
        probe(path)
    path.write_text(SRT)
    with pytest.raises(LimitError, match="captions until 60 s"):
        probe(path, Limits(max_duration_s=60))


def test_scripts_that_would_be_set_wrong_are_named() -> None:
    assert unshaped("Привет, Ελλάδα, Příliš, 12 – “x”") is None
    assert unshaped("abc \u05e9\u05dc\u05d5\u05dd") == "Hebrew"
    assert unshaped("\u0633\u0644\u0627\u0645") == "Arabic"
    assert unshaped("\u0928\u092e\u0938") == "Devanagari"
