"""References in a node's config replaced by what they mean in a scope, as far as that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from artcelery.core.config.findings import Path
from artcelery.core.config.references import Mention, substitute
from artcelery.core.config.scopes import Scope, Unknown
from artcelery.core.config.suggest import shown
from artcelery.core.config.weighing import Scales

__all__ = ["Replaced", "Replacer"]

_STAND_IN = 1


@dataclass
class Replaced:
    """A config whose references are replaced.

    `stand_ins` are the paths that hold no real value yet, `waits` the analyses that they wait for, and `wrong` what
    cannot be replaced, and why. `origins` says of each value that is no parameter's where it comes from.
    """

    config: Any
    stand_ins: list[Path] = field(default_factory=list)
    waits: frozenset[str] = frozenset()
    wrong: list[tuple[Path, str]] = field(default_factory=list)
    origins: list[tuple[Path, str]] = field(default_factory=list)

    def add(self, mention: Mention, value: Any, scope: Scope) -> None:
        """Take note of what a mention's value, or the reason why there is none, means for the config."""
        reference = mention.reference
        if isinstance(value, Unknown):
            self.stand_ins.append(mention.path)
            if value.analysis is not None:
                self.waits |= {value.analysis}
        elif isinstance(value, ValueError):
            self.wrong.append((mention.path, str(value)))
        elif not mention.whole and not isinstance(value, (str, int, float)):
            self.wrong.append((mention.path, f"{reference.text} is {shown(value)}, which cannot stand inside a text"))
        elif value is None and reference.steps and not scope.level.is_value(reference.name):
            self.wrong.append((mention.path, f"{reference.text} is null, so the analysis found none"))
        elif reference.steps or scope.level.is_value(reference.name):
            self.origins.append((mention.path, f"{reference.text} is {shown(value)}"))


class Replacer:
    """Replaces references of many nodes, until too much comes of them."""

    def __init__(self) -> None:
        self._scales = Scales()

    def replaced(self, config: Any, mentions: Sequence[Mention], scope: Scope) -> Replaced:
        """A config with what its mentions mean in a scope."""
        values = self._values(mentions, scope)
        found = Replaced(config)
        for mention in mentions:
            found.add(mention, values.get(mention.reference.text), scope)
        if not self._scales.tipped:
            try:
                found.config = substitute(config, {text: _stand_in(value) for text, value in values.items()})
                self._scales.bear(found.config)
            except ValueError as error:
                found.wrong.append(((), str(error)))
        if self._scales.tipped:
            found.wrong = [((), "too much comes of the references of all nodes together")]
        return found

    def _values(self, mentions: Sequence[Mention], scope: Scope) -> dict[str, Any]:
        """The value of each reference, by its text, or why there is none."""
        values: dict[str, Any] = {}
        for mention in mentions:
            text = mention.reference.text
            if text in values or self._scales.tipped:
                continue
            try:
                values[text] = scope.value(mention.reference)
                self._scales.bear(values[text])
            except (Unknown, ValueError) as error:
                values[text] = error
        return values


def _stand_in(value: Any) -> Any:
    """The value, or another in the place of one that is not there."""
    if isinstance(value, Unknown):
        return value.stand_in
    return _STAND_IN if isinstance(value, ValueError) else value
