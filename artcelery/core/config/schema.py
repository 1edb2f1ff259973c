"""The JSON Schema of configs, made from the ops and effects that are installed; editors complete and check with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from artcelery.core.config.params import ParamType
from artcelery.core.effect import Effect, Param
from artcelery.core.media.profiles import FORMATS
from artcelery.core.ops import OPS

__all__ = ["config_schema"]

_TEXT = {"type": "string"}
_REFERENCE = {"type": "string", "pattern": r"\$\{[^}]+\}"}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_PIN = {
    "type": "object",
    "properties": {"hash": _HASH, "path": _TEXT, "url": _TEXT},
    "additionalProperties": False,
}
_TYPES = {"float": "number", "int": "integer", "bool": "boolean"}


def config_schema(effects: Iterable[Effect]) -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of a config that uses these effects."""
    known = list(effects)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "artcelery config",
        "type": "object",
        "required": ["name", "dag"],
        "additionalProperties": False,
        "properties": {
            "name": {**_TEXT, "description": "What the config is called."},
            "version": {"type": ["string", "number"]},
            "description": _TEXT,
            "owner": _TEXT,
            "author": _TEXT,
            "params": {"type": "object", "additionalProperties": _param()},
            "registry": _registry(known),
            "output_profile": _profile(),
            "dag": _dag(known),
        },
    }


def _registry(effects: list[Effect]) -> dict[str, Any]:
    pins = {"type": "object", "additionalProperties": _PIN}
    named = {**pins, "propertyNames": {"examples": [effect.name for effect in effects]}}
    return {"type": "object", "properties": {"assets": pins, "effects": named}, "additionalProperties": False}


def _param() -> dict[str, Any]:
    number = {"type": ["number", "string"]}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "type": {"enum": list(get_args(ParamType))},
            "default": {},
            "min": number,
            "max": number,
            "choices": {"type": "array", "items": _TEXT},
            "description": _TEXT,
        },
    }


def _profile() -> dict[str, Any]:
    name = {"enum": sorted(FORMATS)}
    full = {"format": name, "quality": {"type": "integer"}, "codec": _TEXT}
    return {"anyOf": [name, {"type": "object", "properties": full, "additionalProperties": False}]}


def _dag(effects: list[Effect]) -> dict[str, Any]:
    nodes = {"type": "array", "minItems": 1, "items": _node(effects)}
    properties = {"nodes": nodes, "output": {**_TEXT, "description": "The id of the node that is the result."}}
    return {"type": "object", "required": ["nodes", "output"], "properties": properties, "additionalProperties": False}


def _node(effects: list[Effect]) -> dict[str, Any]:
    inputs = [_TEXT, {"type": "array", "items": _TEXT}, {"type": "object", "additionalProperties": _TEXT}]
    return {
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": False,
        "properties": {
            "id": _TEXT,
            "type": {"enum": sorted(OPS)},
            "config": {"type": "object"},
            "inputs": {"anyOf": inputs, "description": "Ids of nodes: one, several in order, or by role."},
        },
        "allOf": [*(_op(name) for name in sorted(OPS)), *(_effect(effect) for effect in effects)],
    }


def _op(name: str) -> dict[str, Any]:
    schema = _referring(OPS[name].config_model.model_json_schema())
    return {
        "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
        "then": {"properties": {"config": schema}},
    }


def _effect(effect: Effect) -> dict[str, Any]:
    params = {
        param.name: {"anyOf": [_value(param), _REFERENCE], "description": param.description} for param in effect.params
    }
    uses = {"properties": {"config": {"properties": {"effect": {"const": effect.name}}, "required": ["effect"]}}}
    allowed = {"type": "object", "properties": params, "additionalProperties": False}
    return {
        "if": {"allOf": [{"properties": {"type": {"const": "EFFECT"}}}, uses], "required": ["type", "config"]},
        "then": {"properties": {"config": {"properties": {"params": allowed}}}},
    }


def _value(param: Param) -> dict[str, Any]:
    if param.choices:
        return {"enum": list(param.choices)}
    bounds = {"minimum": param.minimum, "maximum": param.maximum}
    kind = _TYPES.get(param.type)
    if kind is None:
        return {"type": ["string", "number"] if param.type == "time" else "string"}
    return {"type": kind, **{key: value for key, value in bounds.items() if value is not None and kind != "boolean"}}


def _referring(schema: Any) -> Any:
    """A model's schema with its definitions in place, where every value may also be `${parameter}`."""
    return _inlined(schema, schema.get("$defs", {}))


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    found = {key: _inlined(value, definitions) for key, value in schema.items() if key not in ("$defs", "title")}
    if "properties" in found:
        found["properties"] = {key: {"anyOf": [value, _REFERENCE]} for key, value in found["properties"].items()}
    return found
