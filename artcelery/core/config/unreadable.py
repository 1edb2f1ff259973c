"""Why a text is no YAML, in plain words."""

from __future__ import annotations

import codecs
import re

from yaml import MarkedYAMLError, YAMLError

from artcelery.core.errors import Problem

__all__ = ["parse_problem", "text_problem"]

# YAML 1.2.2, section 5.1: what a stream may hold unescaped.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOM = re.compile("(?<=.)\ufeff", re.DOTALL)
# Where libyaml begins a new line.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_TOKEN = "that cannot start any token"
_NO_COLON = "could not find expected ':'"
_NO_END = "found unexpected end of stream"
_UNCLOSED = (_NO_END, "did not find expected ',' or ']'", "did not find expected ',' or '}'")


def text_problem(data: bytes, max_bytes: int) -> Problem | None:
    """What is wrong with a text before any of it is parsed."""
    if len(data) > max_bytes:
        return Problem(f"the config is larger than {max_bytes >> 20} MB, the most that is read", 1, 1)
    if data.startswith(_UTF_16):
        return Problem("the config is UTF-16; save it as UTF-8", 1, 1)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode())
        return Problem(f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8", line, column)
    found = _UNPRINTABLE.search(text) or _BOM.search(text)
    if found is None:
        return None
    line, column = _place(text[: found.start()])
    return Problem(f"the character U+{ord(found[0]):04X} cannot stand in YAML; write it as an escape", line, column)


def _place(before: str) -> tuple[int, int]:
    lines = _BREAK.split(before.removeprefix("\ufeff"))
    return len(lines), len(lines[-1]) + 1


def parse_problem(error: YAMLError, data: bytes) -> Problem:
    """What the parser found wrong, and where."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Problem(f"this is not YAML: {error}", 1, 1)
    mark, said = error.problem_mark, error.problem or "it cannot be read"
    if error.context_mark is not None and said in (*_UNCLOSED, _NO_COLON):
        mark = error.context_mark  # where it begins says more than where it was given up
    lines = _BREAK.split(data.decode("utf-8-sig"))
    line, column = mark.line, mark.column
    if line >= len(lines):  # the parser counts a line after the last one
        line, column = len(lines) - 1, len(lines[-1])
    return Problem(f"this is not YAML: {_plainly(said, lines[line][column : column + 1])}", line + 1, column + 1)


def _plainly(said: str, character: str) -> str:
    if said == _NO_END:
        return "the quote that opens here is never closed"
    if said in _UNCLOSED:
        return f"what opens here is not closed, or lacks a comma ({said.removeprefix('did not find ')})"
    if _NO_TOKEN in said:
        if character == "\t":
            return "a tab cannot indent; use spaces"
        return f"nothing can begin with {character!r}; quote the text" if character else said
    if said.startswith("mapping values are not allowed"):
        return "a `key: value` cannot stand here; look at the indentation, or quote text that holds `: `"
    if said == "did not find expected key" or said.startswith("expected <block end>"):
        return "a key was expected here; look at the indentation"
    if said == "did not find expected node content":
        return "a value was expected here"
    if said == _NO_COLON:
        return "this is no `key: value`; look for a missing `:`"
    return said
