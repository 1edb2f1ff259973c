"""The same run as a command and as a request, to be copied, and as a form, to be changed: each makes the same order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any
from urllib.parse import urlencode

from artcelery.core.engine.people import Member
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.records import NodeRecord, RunRecord
from artcelery.server.pages.ordering.entered import input_field, param_field

__all__ = ["Again", "again"]

_LONGEST_QUERY = 4000
_EFFECT_INPUT = "input"  # the one input of a config that is written for an effect


@dataclass(frozen=True, slots=True)
class Again:
    """A command line and a request, both ready for a POSIX shell; and whether it is an effect that they ask for.

    `address` is that of the form with all of it filled in; empty where there would be too much for an address.
    """

    command: str
    request: str
    address: str
    is_effect: bool


@dataclass(frozen=True, slots=True)
class _Order:
    recipe: str
    inputs: Mapping[str, str]
    params: Mapping[str, Any]
    is_effect: bool


def again(member: Member, run: RunRecord, url: str, *, needs_token: bool) -> Again:
    """How a run is ordered again, from the same files, at a server."""
    order = _order_of(member, run)
    return Again(_command(order, run), _request(order, run, url, needs_token), _address(order, run), order.is_effect)


def _order_of(member: Member, run: RunRecord) -> _Order:
    effect = _only_effect(run)
    if effect is not None and effect.effect is not None:
        return _Order(effect.effect["name"], run.inputs, dict(effect.config.get("params", {})), True)
    return _Order(run.config_id, _asked(member, run), run.params, False)


def _only_effect(run: RunRecord) -> NodeRecord | None:
    """The node of the effect, where that is all there is to a run: so it was ordered by the effect's name."""
    source, effect = (*run.nodes, None, None)[:2]
    if source is None or effect is None or len(run.nodes) > 2 or not effect.effect:
        return None
    name = effect.effect["name"]
    is_written = source.id == _EFFECT_INPUT and effect.id == f"apply_{name}" and run.config_name == name
    return effect if is_written else None


def _asked(member: Member, run: RunRecord) -> Mapping[str, str]:
    """The files of the inputs that the config asks for; those that it names itself need not be given."""
    try:
        config = member.configs.load(member.configs.get(run.config_id))
    except ArtceleryError:
        return run.inputs
    return {item.name: run.inputs[item.node] for item in config.inputs if item.node in run.inputs}


def _command(order: _Order, run: RunRecord) -> str:
    words = ["artcelery", "render" if order.is_effect else "run", order.recipe]
    if order.is_effect:
        words += order.inputs.values()
    else:
        words += [word for name, value in order.inputs.items() for word in ("-i", f"{name}={value}")]
    option = "-p" if order.is_effect else "--set"
    words += [word for name, value in order.params.items() for word in (option, f"{name}={_text(value)}")]
    return " ".join(map(_quoted, [*words, *_format_options(run)]))


def _format_options(run: RunRecord) -> list[str]:
    given = {"--format": run.asked.get("format"), "--quality": run.asked.get("quality")}
    return [word for option, value in given.items() if value is not None for word in (option, str(value))]


def _quoted(word: str) -> str:
    """A word for a shell. A terminal may take what cannot be printed for a key that is pressed: it is written out."""
    if word.replace("\n", "").isprintable():
        return quote(word)
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(letter if letter.isprintable() else _written_out(letter) for letter in escaped) + "'"


def _written_out(letter: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in letter.encode(errors="surrogatepass"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _address(order: _Order, run: RunRecord) -> str:
    said = {"recipe": order.recipe}
    said |= {input_field(name): value for name, value in order.inputs.items()}
    said |= {param_field(name): _text(value) for name, value in order.params.items()}
    said |= {name: str(run.asked[name]) for name in ("format", "quality") if run.asked.get(name) is not None}
    query = urlencode(said, errors="surrogatepass")
    return f"/order?{query}" if len(query) <= _LONGEST_QUERY else ""


def _request(order: _Order, run: RunRecord, url: str, needs_token: bool) -> str:
    body: dict[str, Any] = {"recipe": order.recipe, "inputs": dict(order.inputs), "params": dict(order.params)}
    body |= {name: run.asked[name] for name in ("format", "quality") if run.asked.get(name) is not None}
    if run.output_name:
        body["output_name"] = run.output_name
    token = ['-H "Authorization: Bearer $ARTCELERY_TOKEN"'] if needs_token else []
    lines = [
        f"curl -X POST {_quoted(f'{url}/runs')}",
        *token,
        "-H 'Content-Type: application/json'",
        f"-d {_quoted(json.dumps(body, ensure_ascii=False))}",
    ]
    return " \\\n  ".join(lines)
