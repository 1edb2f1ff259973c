"""What was perhaps meant: fast enough for files with thousands of names and thousands of faults."""

from __future__ import annotations

from collections.abc import Collection, Iterator

__all__ = ["Suggester", "choices", "quote_hint", "shown"]

_MOST_COMPARED = 200
_LONGEST = 64


class Suggester:
    """Finds the name that a wrong one was meant to be, among `names`.

    Few names are compared one by one; many are found by the words that come of leaving out one letter, so that one
    wrong letter, one missing, one too many or two swapped are seen through, in a time that does not grow with them.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._by_letters: dict[str, str] | None = None
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
            return self._by_one_letter(word)
        from difflib import get_close_matches

        lowered = {name.lower(): name for name in self._names}
        near = get_close_matches(word.lower(), lowered, 1)
        return lowered[near[0]] if near else None

    def _by_one_letter(self, word: str) -> str | None:
        if self._by_letters is None:
            names = (name for name in self._names if len(name) <= _LONGEST)
            self._by_letters = {less: name for name in names for less in _without_a_letter(name)}
        return next((self._by_letters[less] for less in _without_a_letter(word) if less in self._by_letters), None)


def _without_a_letter(word: str) -> Iterator[str]:
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


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
