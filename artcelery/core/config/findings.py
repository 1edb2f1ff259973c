"""What a check of a config finds, gathered so that all of it can be reported at once."""

from __future__ import annotations

from artcelery.core.config.composing import MOST_FOUND
from artcelery.core.config.document import Document
from artcelery.core.errors import ConfigError, Problem

__all__ = ["MOST_REPORTED", "Findings", "Path"]

MOST_REPORTED = 100
_LONGEST = 500

Path = tuple[str | int, ...]


class Findings:
    """Problems and warnings about one document."""

    def __init__(self, document: Document, file: str) -> None:
        self._document, self._file = document, file
        self._problems: list[Problem] = list(document.problems)
        self._warnings: list[Problem] = []

    def problem(self, path: Path, message: str) -> None:
        """Something at `path` is wrong; ConfigError at once when so much is wrong that the rest can wait."""
        self._problems.append(self._located(path, message))
        if len(self._problems) >= MOST_FOUND:
            self.raise_problems()

    def warn(self, path: Path, message: str) -> None:
        """Something at `path` is right and yet hardly meant."""
        self._warnings.append(self._located(path, message))

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of what is at `path`."""
        return self._document.locate(path)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings in the order of the file."""
        return tuple(_first(self._warnings, "warning"))

    @property
    def found(self) -> int:
        """How many problems there are."""
        return len(self._problems)

    @property
    def paths(self) -> set[Path]:
        """Where something is wrong."""
        return {problem.path for problem in self._problems}

    def raise_problems(self) -> None:
        """ConfigError with all problems in the order of the file, when there are any."""
        if self._problems:
            raise ConfigError(_first(self._problems, "problem"), self._file)

    def _located(self, path: Path, message: str) -> Problem:
        line, column = self._document.locate(path)
        if not message.isprintable():  # what the file says is part of it
            message = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in message)
        if len(message) > _LONGEST:
            message = f"{message[: _LONGEST // 2]} ... {message[-_LONGEST // 2 :]}"
        return Problem(message, line, column, path)


def _first(found: list[Problem], kind: str) -> list[Problem]:
    """In the order of the file, with the rest counted at the place where it begins."""
    ordered = sorted(found, key=lambda problem: (problem.line, problem.column))
    rest = ordered[MOST_REPORTED:]
    if rest:
        count = f"{len(rest):,} more {kind}{'s' if len(rest) > 1 else ''}"
        least = "at least " if len(found) >= MOST_FOUND else ""
        ordered[MOST_REPORTED:] = [Problem(f"and {least}{count} from here on", rest[0].line, rest[0].column)]
    return ordered
