"""What a check of a config finds, gathered so that all of it can be reported at once."""

from __future__ import annotations

from artcelery.core.config.document import Document
from artcelery.core.errors import ConfigError, Problem

__all__ = ["Findings", "Path"]

MOST_REPORTED = 100

Path = tuple[str | int, ...]


class Findings:
    """Problems and warnings about one document."""

    def __init__(self, document: Document, file: str) -> None:
        self._document, self._file = document, file
        self._problems: list[Problem] = list(document.problems)
        self._warnings: list[Problem] = []

    def problem(self, path: Path, message: str) -> None:
        """Something at `path` is wrong."""
        self._problems.append(self._located(path, message))

    def warn(self, path: Path, message: str) -> None:
        """Something at `path` is right and yet hardly meant."""
        self._warnings.append(self._located(path, message))

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of what is at `path`."""
        return self._document.locate(path)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings in the order of the file."""
        return tuple(sorted(self._warnings, key=_place))

    def raise_problems(self) -> None:
        """ConfigError with all problems in the order of the file, when there are any."""
        if not self._problems:
            return
        ordered = sorted(self._problems, key=_place)
        more = len(ordered) - MOST_REPORTED
        if more > 0:
            ordered[MOST_REPORTED:] = [Problem(f"and {more:,} more problem{'s' if more > 1 else ''}")]
        raise ConfigError(ordered, self._file)

    def _located(self, path: Path, message: str) -> Problem:
        line, column = self._document.locate(path)
        return Problem(message, line, column, path)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column
