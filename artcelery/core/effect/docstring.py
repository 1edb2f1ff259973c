"""The `@effect`, `@version`, `@param` ... tags of an effect file's docstring."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import dedent

from artcelery.core.effect.declaration import Declaration, ParamDraft, did_you_mean
from artcelery.core.errors import Problem

__all__ = ["KNOWN_TAGS", "read_docstring"]

_TAG = re.compile(r"\s*@([A-Za-z]+)(?:\s+(.*))?$")
_TEXTS = ("version", "author")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_OF_PARAM = ("range", "default", "choices")
KNOWN_TAGS = ("effect", *_TEXTS, "temporal", "alpha", "identity", "description", "param", "example", *_OF_PARAM)


def read_docstring(text: str, first_line: int, problems: list[Problem]) -> Declaration:
    """What the tags say; a docstring without `@description` is described by the text before its tags."""
    return _Reader(first_line, problems).read(text)


class _Reader:
    def __init__(self, first_line: int, problems: list[Problem]) -> None:
        self.line = first_line
        self.problems = problems
        self.declaration = Declaration(first_line)
        self.texts: dict[str, list[str]] = {"": []}
        self.open = ""  # what lines of text belong to
        self.param: ParamDraft | None = None
        self.seen: set[str] = set()

    def read(self, text: str) -> Declaration:
        for line in text.split("\n"):
            match = _TAG.match(line)
            if not (match and self._tag(match[1], (match[2] or "").strip())):
                self.texts.setdefault(self.open, []).append(line)
            self.line += 1
        self._close()
        return self.declaration

    def _tag(self, tag: str, rest: str) -> bool:
        """Whether this line is a tag; one that is nearly a known tag is a mistake, any other is text."""
        if tag not in KNOWN_TAGS:
            hint = "" if self.open == "example" else did_you_mean(tag, KNOWN_TAGS, 0.75)
            if hint:
                self._problem(f"the unknown tag @{tag};{hint}")
            return bool(hint)
        if tag in _OF_PARAM:
            self._of_param(tag, rest)
        else:
            self._top(tag, rest)
        return True

    def _top(self, tag: str, rest: str) -> None:
        self.open = tag
        if tag == "param":
            return self._param(rest)
        self.param = None
        if tag == "example":
            return None
        if tag in self.seen:
            self._problem(f"the tag @{tag} is there twice")
        self.seen.add(tag)
        if tag == "description":
            self.texts["description"] = [rest]
        elif tag in ("temporal", "identity"):
            self._truth(tag, rest)
        else:
            self._word(tag, rest)
        return None

    def _word(self, tag: str, rest: str) -> None:
        if not rest:
            self._problem(f"@{tag} says nothing; write it on the same line")
        elif tag == "alpha" and rest not in ("keep", "through"):
            self._problem(f"@alpha must be keep or through; it is {rest!r}")
        elif tag == "effect":
            self.declaration.name, self.declaration.line = rest, self.line
        else:
            setattr(self.declaration, tag, rest)

    def _truth(self, tag: str, rest: str) -> None:
        if rest.lower() not in _TRUTH:
            return self._problem(f"@{tag} must be true or false; it is {rest!r}")
        return setattr(self.declaration, tag, _TRUTH[rest.lower()])

    def _param(self, rest: str) -> None:
        words = rest.split(None, 2)
        self.param = ParamDraft(words[0] if words else "", self.line)
        self.open = f"param {self.line}"
        if len(words) < 2:
            return self._problem("write a parameter as `@param NAME TYPE`")
        self.param.type = words[1]
        self.texts[self.open] = words[2:]
        if self.declaration.params is None:
            self.declaration.params = []
        self.declaration.params.append(self.param)
        return None

    def _of_param(self, tag: str, rest: str) -> None:
        if self.param is None:
            return self._problem(f"@{tag} belongs under a @param")
        if not rest and tag != "default":
            return self._problem(f"@{tag} of {self.param.name} says nothing")
        readers: dict[str, Callable[[ParamDraft, str], None]] = {
            "range": self._range,
            "default": self._default,
            "choices": self._choices,
        }
        return readers[tag](self.param, rest)

    def _range(self, param: ParamDraft, rest: str) -> None:
        words = rest.strip("[]()").replace(",", " ").split()
        try:
            low, high = (float(word) for word in words)
        except ValueError:
            return self._problem(f"write the range of {param.name} as two numbers: `@range 0 1`; it is {rest!r}")
        param.range = (low, high)
        return None

    def _default(self, param: ParamDraft, rest: str) -> None:
        quoted = len(rest) >= 2 and rest[0] == rest[-1] and rest[0] in "\"'"
        param.default_text = rest[1:-1] if quoted else rest

    def _choices(self, param: ParamDraft, rest: str) -> None:
        param.choices = tuple(rest.replace(",", " ").split())

    def _close(self) -> None:
        """Give the texts to what they describe."""
        described = "description" if "description" in self.seen else ""
        self.declaration.description = _paragraphs(self.texts[described]) or None
        for param in self.declaration.params or ():
            words = " ".join(self.texts.get(f"param {param.line}", ())).split()
            param.description = " ".join(words) or None

    def _problem(self, message: str) -> None:
        self.problems.append(Problem(message, self.line))


def _paragraphs(lines: list[str]) -> str:
    return (lines[0] + "\n" + dedent("\n".join(lines[1:]))).strip() if lines else ""
