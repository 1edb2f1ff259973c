"""YAML as pages show it: coloured without changing a letter, and with what is wrong at its lines."""

from __future__ import annotations

import html
import re

import pytest

from artcelery.core.errors import Problem
from artcelery.server.pages.yaml_text import excerpts, lines_of

TEXT = """\
# A note
name: "quoted # no note" # a note behind
about: |
  block ${ref}
  not # a note
list: [1, 2.5, true, ~, word, *alias, &anchor x]
long: plain
  and ${more} goes on
"""


def plain(line: object) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", str(line)))


def kinds(line: object) -> list[tuple[str, str]]:
    return [
        (kind, html.unescape(text)) for kind, text in re.findall(r'<span class="y-(\w+)">([^<]*)</span>', str(line))
    ]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "a: [1,\nb: 'open\n# z\n<script>${x}</script>",
        "\ufeffname: é😀 <b>&amp;\r\nb: 1\r\rc: 2\n\n",
        "? {a: b}\n: - x\n  - !!str 'it''s'\n%TAG ! x\n",
        "",
        "\t\x07\ud7ff",
    ],
)
def test_colours_change_no_letter_and_no_line(text: str) -> None:
    shown = [plain(line.html) for line in lines_of(text)]
    assert shown == re.sub("\r\n|\r", "\n", text.removeprefix("\ufeff")).removesuffix("\n").split("\n")


def test_parts_are_told_apart() -> None:
    lines = [kinds(line.html) for line in lines_of(TEXT)]
    assert lines[0] == [("note", "# A note")]
    assert lines[1] == [("key", "name"), ("text", '"quoted # no note"'), ("note", "# a note behind")]
    assert lines[3] == [("text", "  block "), ("reference", "${ref}")]
    assert lines[4] == [("text", "  not # a note")]
    assert lines[5][1:] == [
        ("value", "1"),
        ("value", "2.5"),
        ("value", "true"),
        ("value", "~"),
        ("mark", "*alias"),
        ("mark", "&anchor"),
    ]
    assert ("reference", "${more}") in lines[7]


def test_an_escaped_reference_is_none() -> None:
    assert "reference" not in str(lines_of("text: $${width}")[0].html)


def test_what_is_wrong_stands_at_its_line_and_marks_its_column() -> None:
    lines = lines_of("name: x\nwidht: 3\n", [Problem("unknown key 'widht'", 2, 1), Problem("and more", 2, 8)])
    assert not lines[0].faults
    assert [(fault.column, fault.message) for fault in lines[1].faults] == [(1, "unknown key 'widht'"), (8, "and more")]
    assert str(lines[1].html).count("<mark>") == 2
    assert re.search(r"<mark><span[^>]*>widht</span></mark>", str(lines[1].html))


def test_what_is_wrong_behind_the_end_stands_at_the_last_line() -> None:
    assert lines_of("a: 1\n", [Problem("missing", 9, 1)])[0].faults[0].message == "missing"


def test_only_what_surrounds_something_wrong_is_an_excerpt() -> None:
    text = "".join(f"k{number}: v\n" for number in range(100))
    shown = excerpts(lines_of(text, [Problem("one", 1, 1), Problem("two", 50, 1), Problem("three", 53, 1)]))
    assert [item.words for item in shown] == ["Lines 1 to 3", "Lines 48 to 55"]


def test_a_line_that_is_very_long_is_cut() -> None:
    line = lines_of("name: " + "x" * 5000)[0]
    assert len(plain(line.html)) == 1001
    assert plain(line.html).endswith("…")


def test_of_many_lines_the_first_are_shown() -> None:
    assert len(lines_of("a:\n" * 5000, most=2000)) == 2000


@pytest.mark.parametrize("text", ["name: " + "${" * 200_000, "name: '" + "$" * 400_000 + "'", "\n" * 400_000 + "a: [b"])
def test_a_text_that_is_made_to_be_slow_is_shown_like_any_other(text: str) -> None:
    shown = excerpts(lines_of(text, [Problem("wrong", 1, 1)]))
    assert shown[0].lines[0].faults[0].message == "wrong"
    assert sum(len(line.html) for line in shown[0].lines) < 2000
