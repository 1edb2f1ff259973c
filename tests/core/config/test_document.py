"""YAML texts as values with places: YAML 1.2, within limits, and in plain words where they cannot be read."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from artcelery.core.config.document import MAX_BYTES, Document, read_document


def value_of(text: str) -> Any:
    document = read_document(text.encode())
    assert document.problems == ()
    return document.value


def problems_of(data: str | bytes) -> list[str]:
    document = read_document(data if isinstance(data, bytes) else data.encode())
    return [f"{found.line}:{found.column}: {found.message}" for found in document.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("true", True), ("True", True), ("TRUE", True), ("false", False), ("null", None), ("~", None), ("", None)),
        *((word, word) for word in ("yes", "no", "on", "off", "y", "n", "Yes", "NO", "tRUE", "None", "nil")),
        *((word, word) for word in ("1:30", "00:01:30", "1_000", "0b101", "2026-01-07", "0o8", "0xg", "-0o7", "1.2.3")),
        *((word, word) for word in ("=", "-1-", "+", ".", "..", "e5", "0x", "--1", "1e", "50%", "2.5s", "#rrggbb"[1:])),
        *(("12", 12), ("-12", -12), ("+12", 12), ("0777", 777), ("08", 8), ("0o17", 15), ("0x1F", 31), ("-0", 0)),
        *(("1.5", 1.5), ("-.5", -0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E-2", 0.01), ("+1.0", 1.0), ("0.1", 0.1)),
        *(("9007199254740991", 2**53 - 1), ("-9007199254740991", 1 - 2**53)),
        *(('"no"', "no"), ("'12'", "12"), ('"\\u00e9\\x41"', "éA"), ('"1:30"', "1:30"), ("'it''s'", "it's")),
    ],
)
def test_scalars_are_read_as_yaml_1_2_reads_them(written: str, value: object) -> None:
    read = value_of(f"key: {written}\n")["key"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (".inf", ".inf is not a finite number"),
        ("-.INF", "-.INF is not a finite number"),
        (".nan", ".nan is not a finite number"),
        ("1e999", "1e999 is too large a number; quote it if it is text"),
        (
            "9007199254740992",
            "9007199254740992 is too large a whole number (at most 9007199254740991); quote it if it is text",
        ),
        (
            "0xffffffffffffffffffff",
            "0xffffffffffffffffff... is too large a whole number (at most 9007199254740991); quote it if it is text",
        ),
        ("!!int 1.5", "'1.5' does not fit its tag !!int"),
        ("!!int true", "'true' does not fit its tag !!int"),
        ("!!bool yes", "'yes' does not fit its tag !!bool"),
        ("!secret x", "the tag !secret means nothing here; leave it out"),
        ("!!binary aGk=", "the tag !!binary means nothing here; leave it out"),
        (
            "!!python/object/apply:os.system [ls]",
            "the tag !!python/object/apply:os.system means nothing here; leave it out",
        ),
        ("!!seq {a: 1}", "the tag !!seq means nothing here; leave it out"),
        ("!!set {a}", "the tag !!set means nothing here; leave it out"),
    ],
)
def test_a_value_that_cannot_be_used_is_said_at_its_place(written: str, message: str) -> None:
    assert problems_of(f"key:  {written}\n") == [f"1:7: {message}"]


@pytest.mark.parametrize(
    ("written", "value"),
    [("!!str 12", "12"), ("! 12", "12"), ("!!float 2", 2.0), ("!!int 0x10", 16), ("!!null ''", None), ("!!map {}", {})],
)
def test_tags_of_the_core_schema_are_followed(written: str, value: object) -> None:
    read = value_of(f"key: {written}\n")["key"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\n\na: 3\n", "4:1: the key 'a' stands here twice; first in line 1"),
        ("a: {b: 1, b: 2}\n", "1:11: the key 'b' stands here twice; first in line 1"),
        ("1: a\n", '1:1: a key must be text; quote it: "1"'),
        ("no: a\ntrue: b\n", '2:1: a key must be text; quote it: "true"'),
        ("~: a\n", '1:1: a key must be text; quote it: "null"'),
        ("? [a, b]\n: c\n", "1:3: a key must be text"),
        ("a: &x {b: 1}\nc: {<<: *x}\n", "2:5: merge keys (<<) are not part of YAML 1.2; write the keys out"),
    ],
)
def test_a_key_is_text_and_stands_once(text: str, message: str) -> None:
    assert problems_of(text) == [message]


def test_what_stands_at_a_wrong_key_is_passed_over() -> None:
    document = read_document(b"? {a: {b: [1]}}\n: {c: [2, {d: 3}]}\nkey: value\n")
    assert document.value == {"key": "value"}
    assert document.locate(("key",)) == (3, 1)


def test_anchors_and_aliases_share_values() -> None:
    assert value_of("a: &x {b: [1, 2]}\nc: *x\nd: &y text\ne: [*y, *x]\n") == {
        "a": {"b": [1, 2]},
        "c": {"b": [1, 2]},
        "d": "text",
        "e": ["text", {"b": [1, 2]}],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: *x\n", "1:4: *x refers to no &x before it"),
        ("a: &x [1, *x]\n", "1:11: *x stands inside what it refers to"),
        ("a: &x\n  b:\n    - *x\n", "3:7: *x stands inside what it refers to"),
    ],
)
def test_an_alias_refers_to_something_before_it(text: str, message: str) -> None:
    assert problems_of(text) == [message]


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = problems_of("\n".join(lines))
    assert found == ["6:50: too much comes of this document; it has too many values, or its aliases multiply"]


def test_long_texts_are_weighed_too() -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 1000)}]\n"
    (found,) = problems_of(text)
    assert found.endswith("too much comes of this document; it has too many values, or its aliases multiply")


def test_depth_has_a_limit() -> None:
    assert value_of("a: " + "[" * 31 + "]" * 31)["a"]
    assert problems_of("a: " + "[" * 32 + "]" * 32) == ["1:35: this is nested deeper than 32 levels"]
    assert problems_of("a: " + "{b: " * 40) == ["1:128: this is nested deeper than 32 levels"]


def test_depth_counts_what_aliases_stand_for() -> None:
    chain = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} {'[' * 9}*a{n - 1}{']' * 9}\n" for n in range(1, 100))
    assert problems_of(chain) == ["5:18: this is nested deeper than 32 levels"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"name: a\x00b", "1:8: the character U+0000 cannot stand in YAML; write it as an escape"),
        (b"a: b\r\nc: \x1b[0m", "2:4: the character U+001B cannot stand in YAML; write it as an escape"),
        ("é: ü\n  \x07".encode(), "2:3: the character U+0007 cannot stand in YAML; write it as an escape"),
        ("a: b\ufeffc".encode(), "1:5: the character U+FEFF cannot stand in YAML; write it as an escape"),
        (b"\x89PNG\r\n\x1a\n", "1:1: the byte 0x89 is not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: caf\xe9\n", "2:7: the byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"a: \xed\xa0\x80", "1:4: the byte 0xed is not UTF-8; save the file as UTF-8"),
        ("name: a".encode("utf-16"), "1:1: the config is UTF-16; save it as UTF-8"),
        ("name: a".encode("utf-16-be"), "1:1: the character U+0000 cannot stand in YAML; write it as an escape"),
        (b"\xfe\xff\x00a", "1:1: the config is UTF-16; save it as UTF-8"),
        (b"x" * (MAX_BYTES + 1), "1:1: the config is larger than 4 MB, the most that is read"),
    ],
)
def test_what_is_no_text_of_utf_8_is_said_so(data: bytes, message: str) -> None:
    assert problems_of(data) == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\t- b\n", "2:1: this is not YAML: a tab cannot indent; use spaces"),
        ("a: @b\n", "1:4: this is not YAML: nothing can begin with '@'; quote the text"),
        ("a: %b\n", "1:4: this is not YAML: nothing can begin with '%'; quote the text"),
        (
            "a: b: c\n",
            "1:5: this is not YAML: a `key: value` cannot stand here; look at the indentation,"
            " or quote text that holds `: `",
        ),
        ('a: "b\nc: d\n', "1:4: this is not YAML: the quote that opens here is never closed"),
        (
            "a: [1, 2\nb: 3\n",
            "1:4: this is not YAML: what opens here is not closed, or lacks a comma (expected ',' or ']')",
        ),
        ("a: 1\nb\nc: 2\n", "2:1: this is not YAML: this is no `key: value`; look for a missing `:`"),
        ("a:\n  - b\n c: d\n", "3:2: this is not YAML: a key was expected here; look at the indentation"),
        ('a: "\\ud800"\n', "1:7: this is not YAML: found invalid Unicode character escape code"),
        ("...\n", "1:1: this is not YAML: a value was expected here"),
        ("%YAML 1.1\n---\na: 1\n", "1:1: a config is read as YAML 1.2; take the line %YAML 1.1 out"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here; a config is one document"),
        ("- a\n", "1:1: a config is a mapping of keys (name, dag, ...), not a list"),
    ],
)
def test_what_is_no_yaml_is_said_in_plain_words(text: str, message: str) -> None:
    assert problems_of(text) == [message]


def test_what_was_wrong_before_a_fault_of_grammar_is_reported_with_it() -> None:
    assert problems_of("1: a\nb: .inf\nc: [\n") == [
        '1:1: a key must be text; quote it: "1"',
        "2:4: .inf is not a finite number",
        "4:1: this is not YAML: a value was expected here",
    ]


def test_places_are_those_of_an_editor() -> None:
    text = "\ufeffné: {ü: [é, x]}\r\n# comment\r\nb:\r\n  - {c: 1}\r\n  -   d\r\n"
    document = read_document(text.encode())
    assert document.problems == ()
    places = {path: document.locate(path) for path in [("né",), ("né", "ü"), ("né", "ü", 1), ("b", 0, "c"), ("b", 1)]}
    assert places == {
        ("né",): (1, 1),
        ("né", "ü"): (1, 6),
        ("né", "ü", 1): (1, 13),
        ("b", 0, "c"): (4, 6),
        ("b", 1): (5, 7),
    }


def test_what_is_not_there_has_the_place_of_what_lacks_it() -> None:
    document = read_document(b"a:\n  - b: {c: 1}\n    d: text\n")
    assert document.locate(("a", 0, "b", "missing", 3)) == (2, 5)
    assert document.locate(("a", 0, "d", 0)) == (3, 5)
    assert document.locate(("a", 7)) == (1, 1)
    assert document.locate(()) == (1, 1)
    assert Document(None).locate(("a",)) == (1, 1)


HUGE = [
    "[" * MAX_BYTES,
    "a: " + "{a: " * (MAX_BYTES // 4 - 1),
    "? " * (MAX_BYTES // 2),
    "- " * (MAX_BYTES // 2),
    'a: "' + "x" * (MAX_BYTES - 5),
    "a: " + "1" * (MAX_BYTES - 4),
    "a: 0." + "1" * (MAX_BYTES - 6),
    "a: " + "1" * (MAX_BYTES - 12) + "e-999999",
    "a: [" + "a," * (MAX_BYTES // 2 - 3),
    "a: |\n" + " x\n" * (MAX_BYTES // 3 - 2),
    "#" * MAX_BYTES,
    "\n" * MAX_BYTES,
    "a: " + "!" * (MAX_BYTES - 4),
    "".join(f"&a{n} " for n in range(MAX_BYTES // 9)),
    "".join(f"{n}: 1\n" for n in range(MAX_BYTES // 11)),
]


@pytest.mark.parametrize("text", HUGE, ids=lambda text: text[:8].strip())
def test_nothing_of_4_mb_takes_long(text: str) -> None:
    assert len(text) <= MAX_BYTES
    began = time.process_time()
    read_document(text.encode())
    assert time.process_time() - began < 5


def test_any_bytes_are_read_or_refused() -> None:
    dice = random.Random(7)
    pieces = [
        b"a",
        b"b: ",
        b"- ",
        b"\n",
        b"\n  ",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b'"',
        b"'",
        b"&x ",
        b"*x",
        b"!!str ",
        b"| ",
    ]
    pieces += [
        b"%",
        b"\xff",
        b"\xc3\xa9",
        b"\0",
        b"---\n",
        b"? ",
        b": ",
        b"\t",
        b"#",
        b"1",
        b".5",
        b"~",
        b"<<",
        b"\xe2\x80\xa8",
    ]
    for _ in range(3000):
        data = b"".join(dice.choices(pieces, k=dice.randrange(1, 24)))
        lines = data.decode(errors="replace").splitlines() or [""]
        for found in read_document(data).problems:
            assert 1 <= found.line <= len(lines) + 1, data
            assert 1 <= found.column <= max(map(len, lines)) + 2, data
