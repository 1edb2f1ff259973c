"""What was perhaps meant: fast enough for files with thousands of names and thousands of faults."""

from __future__ import annotations

from collections.abc import Collection, Iterator

__all__ = ["Suggester", "choices", "quote_hint", "shown"]

_MOST_COMPARED = 200
_MOST_LETTERS = 200
_LONGEST = 64


class Suggester:
    """Finds the name that a wrong one was meant to be, among `names`.

    Few names are compared one by one. Among many, the words are looked for that are one wrong letter away, one missing,
    one too many or two swapped: that takes a time that does not grow with them.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._letters: list[str] | None = None
        self._asked: dict[str, str | None] = {}

    def close(self, word: str) -> str | None:
        """The nearest name, or None when nothing is near."""
        if len(word) > _LONGEST:
            return None
        if word not in self._asked and len(self._asked) < _MOST_COMPARED:
            self._asked[word] = self._find(word)
        return self._asked.get(word)

    def hint(self, word: str) -> str:
        """`; did you mean 'cat'?`, or nothing."""
        found = self.close(word)
        return f"; did you mean {found!r}?" if found else ""

    def _find(self, word: str) -> str | None:
        if len(self._names) > _MOST_COMPARED:
            return next((near for near in self._one_letter_away(word) if near in self._names), None)
        from difflib import get_close_matches

        lowered = {name.lower(): name for name in self._names}
        near = get_close_matches(word.lower(), lowered, 1)
        return lowered[near[0]] if near else None

    def _one_letter_away(self, word: str) -> Iterator[str]:
        if self._letters is None:
            self._letters = sorted(set().union(*self._names))[:_MOST_LETTERS]
        for at in range(len(word) + 1):
            before, after = word[:at], word[at:]
            if after:
                yield before + after[1:]
                yield before + after[1:2] + after[0] + after[2:]
                yield from (before + letter + after[1:] for letter in self._letters)
            yield from (before + letter + after for letter in self._letters)


def choices(names: Collection[str]) -> str:
    """The names in a row, the first dozen when there are more."""
    first = list(names)[:12]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(first) + more


def quote_hint(value: object) -> str:
    """What to do where text is wanted and YAML reads something else: `; quote it`, or nothing."""
    return "; quote it" if isinstance(value, (bool, int, float)) else ""


def shown(value: object) -> str:
    """A value of the file as a message shows it: short, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    if isinstance(value, str):
        value = value[:61]
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
