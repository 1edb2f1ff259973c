"""One node of a run, looked at more closely."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artcelery.core.state.records import NodeRecord, RunRecord
from artcelery.server.pages.run_files import Shown
from artcelery.server.pages.run_states import Standing, type_of

__all__ = ["Chosen", "Setting", "chosen_of", "settings_of"]

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Setting:
    """A name and a value, as they are read."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A node: what it is, how it stands and why, its settings, what it cost, and its file where one is kept."""

    id: str
    type: str
    effect: str
    state: str
    why: str
    key: str
    inputs: Sequence[str]
    settings: Sequence[Setting]
    seconds: float | None
    cost_s: float | None
    file: Shown | None


def chosen_of(
    run: RunRecord, node_id: str | None, stand: Mapping[str, Standing], shown: Callable[[str, str], Shown]
) -> Chosen | None:
    """The node of an id, None where there is none."""
    node = next((item for item in run.nodes if item.id == node_id), None)
    if node is None:
        return None
    stands = stand[node.id]
    return Chosen(
        id=node.id,
        type=type_of(node),
        effect=node.effect["name"] if node.effect else "",
        state=stands.state,
        why=stands.why,
        key=node.key,
        inputs=node.inputs,
        settings=_settings_of_node(node),
        seconds=node.seconds,
        cost_s=node.cost_s,
        file=shown(stands.content_hash, node.id) if stands.content_hash else None,
    )


def settings_of(values: Mapping[str, Any]) -> Sequence[Setting]:
    """Values by name, as they are read."""
    return [Setting(name, _text(value)) for name, value in values.items()]


def _settings_of_node(node: NodeRecord) -> Sequence[Setting]:
    """The config of a node; that of an effect is its parameters."""
    if node.effect:
        return settings_of(node.config.get("params", {}))
    return settings_of({name: value for name, value in node.config.items() if value is not None})


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
