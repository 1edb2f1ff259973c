"""The JSON Schema of configs, made from the ops and effects that are installed; editors complete and check with it.

It accepts all that the loader accepts, and refuses what a schema can: keys, types, ranges, numbers of inputs. How nodes
hang together, and what keys say together, is the loader's to check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from artcelery.core.config.nodes import MAX_NODES
from artcelery.core.config.params import NAME, PARAM_TYPES
from artcelery.core.config.section import LONGEST_NAME
from artcelery.core.config.types import find_type, type_names
from artcelery.core.effect import Effect, Param
from artcelery.core.media.profiles import FORMATS
from artcelery.core.ops.map import Map

__all__ = ["config_schema"]

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_REFERENCE: Schema = {
    "type": "string",
    "pattern": r"\$\{",
    "description": "A parameter: ${name}, or a result of an analysis: ${id.beats[0]}.",
}
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TIME: Schema = {"anyOf": [{"type": "number", "minimum": 0}, _TEXT]}
_NODES: Schema = {"type": "array", "minItems": 1, "maxItems": MAX_NODES, "items": {"$ref": "#/$defs/node"}}
_TYPES = {"float": "number", "int": "integer", "bool": "boolean"}


def config_schema(effects: Iterable[Effect]) -> Schema:
    """The schema (JSON Schema 2020-12) of a config that uses these effects."""
    known = list(effects)
    properties = {
        "name": {**_NAME, "description": "What the config is called."},
        "version": {**_TEXT, "description": "The config's own version, as text."},
        "description": {**_TEXT, "description": "What the config is for."},
        "owner": {**_TEXT, "description": "Whose config it is."},
        "author": {**_TEXT, "description": "The same as `owner`."},
        "params": _or_nothing(_params()),
        "registry": _or_nothing(_registry(known)),
        "output_profile": _or_nothing(_profile()),
        "dag": _dag(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "artcelery config",
        **_object(properties, required=["name", "dag"]),
        "$defs": {"node": _node(known)},
    }


def _object(properties: Schema, required: Iterable[str] = ()) -> Schema:
    needed = {"required": list(required)} if required else {}
    return {"type": "object", **needed, "additionalProperties": False, "properties": properties}


def _or_nothing(schema: Schema) -> Schema:
    """A key whose value may be left empty, as when all below it is commented out."""
    return {"anyOf": [schema, {"type": "null"}]}


def _registry(effects: list[Effect]) -> Schema:
    pin = _object({"hash": _HASH, "path": _TEXT, "url": _TEXT})
    asset = {**pin, "dependentRequired": {"url": ["hash"]}}
    effect = {**pin, "dependentRequired": {"url": ["hash"], "path": ["hash"]}}
    names = {"examples": [effect.name for effect in effects]}
    assets = {"type": "object", "additionalProperties": _or_nothing(asset)}
    pinned = {"type": "object", "additionalProperties": _or_nothing(effect), "propertyNames": names}
    return _object({"assets": _or_nothing(assets), "effects": _or_nothing(pinned)})


def _params() -> Schema:
    bound = {"type": ["number", "string"], "description": "A number; for times, gains and levels also as text."}
    properties = {
        "type": {"enum": list(PARAM_TYPES), "description": "What values it takes."},
        "default": {"type": ["number", "string", "boolean"], "description": "Without one, a value must be given."},
        "min": bound,
        "max": bound,
        "range": {"type": "array", "items": bound, "minItems": 2, "maxItems": 2, "description": "[lowest, highest]"},
        "choices": {"type": "array", "items": _TEXT, "minItems": 1, "description": "The texts it may be."},
        "description": _TEXT,
    }
    together = {"dependentSchemas": {"range": {"not": {"anyOf": [{"required": ["min"]}, {"required": ["max"]}]}}}}
    param = _or_nothing({**_object(properties), **together})
    return {"type": "object", "additionalProperties": param, "propertyNames": {"pattern": f"^{NAME.pattern}$"}}


def _profile() -> Schema:
    # A format may also be an alias (jpg) or in capitals: names are offered, and the rest is left to the loader.
    name = {"anyOf": [{"enum": sorted(FORMATS)}, {"type": "string", "pattern": "^[A-Za-z0-9]+$"}]}
    return {"anyOf": [name, _object({"format": name, "quality": {"type": "integer"}, "codec": _TEXT})]}


def _dag() -> Schema:
    output = {**_TEXT, "description": "The id of the node that is the result."}
    return _object({"nodes": _NODES, "output": output}, required=["nodes", "output"])


def _node(effects: list[Effect]) -> Schema:
    properties = {
        "id": {**_NAME, "description": "What other nodes call this one."},
        "type": {"enum": type_names()},
        "config": {"type": ["object", "null"]},
        "cache": {"type": "boolean", "description": "Whether the result is kept (false)."},
        "inputs": {"description": "Ids of nodes: one, several in order, or by role.", **_inputs(0, None)},
    }
    conditions = [*(_type(name) for name in type_names()), *(_effect(effect) for effect in effects)]
    return {**_object(properties, required=["id", "type"]), "allOf": conditions}


def _inputs(least: int, most: int | None) -> Schema:
    """As many inputs as an op takes: one id, a list, or a mapping of roles."""
    items, roles = {"minItems": least}, {"minProperties": least}
    if most is not None:
        items, roles = {**items, "maxItems": most}, {**roles, "maxProperties": most}
    forms: list[Schema] = [
        {"type": "array", "items": _TEXT, **items},
        {"type": "object", "additionalProperties": _TEXT, **roles},
    ]
    one = [_TEXT] if least <= 1 and most != 0 else []
    none: list[Schema] = [{"type": "null"}] if least == 0 else []
    return {"anyOf": [*one, *forms, *none]}


def _type(name: str) -> Schema:
    """What holds for nodes of one type."""
    found = find_type(name)
    assert found is not None
    config = _referring(found.config_model.model_json_schema())
    if found is Map:
        config["properties"] |= {"nodes": _NODES | {"description": "The nodes of the sub-graph."}, "output": _TEXT}
    needed = [*(["config"] if config.get("required") else []), *(["inputs"] if found.inputs[0] else [])]
    optional = config if config.get("required") else _or_nothing(config)
    return {
        "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
        "then": {"properties": {"config": optional, "inputs": _inputs(*found.inputs)}, "required": needed},
    }


def _effect(effect: Effect) -> Schema:
    """What holds for EFFECT nodes of one effect."""
    names = {"properties": {"effect": {"const": effect.name}}, "required": ["effect"]}
    properties = {"type": {"const": "EFFECT"}, "config": names}
    values = {param.name: _value(param) for param in effect.params}
    needed = [param.name for param in effect.params if param.required]
    params = _referable(_object(values, needed))
    config = {"properties": {"params": params}, "required": ["params"] if needed else []}
    return {
        "if": {"properties": properties, "required": ["type", "config"]},
        "then": {"properties": {"config": config}},
    }


def _value(param: Param) -> Schema:
    said = {"description": param.description} if param.description else {}
    if param.choices:
        return {"enum": list(param.choices), **said}
    if param.type == "time":
        return {**_TIME, **said}
    bounds = {"minimum": param.minimum, "maximum": param.maximum}
    limits = {key: value for key, value in bounds.items() if value is not None and param.type in ("float", "int")}
    return {"type": _TYPES.get(param.type, "string"), **limits, **said}


def _referring(schema: Any) -> Any:
    """A model's schema with its definitions in place, where every value may also be `${parameter}`."""
    return _inlined(schema, schema.get("$defs", {}))


def _inlined(schema: Any, definitions: Schema) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions), **beside}
    # Keys of a model may be called `title` or `$defs` too.
    found = {
        key: {name: _inlined(item, definitions) for name, item in value.items()}
        if key == "properties"
        else _inlined(value, definitions)
        for key, value in schema.items()
        if key not in ("$defs", "title")
    }
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _or_reference(found[key])
    if "prefixItems" in found:
        found["prefixItems"] = [_or_reference(item) for item in found["prefixItems"]]
    return _referable(found) if "properties" in found else found


def _referable(schema: Schema) -> Schema:
    """An object whose values may each be a text with `${parameter}` in it; what describes them stays outside."""
    return {**schema, "properties": {key: _or_reference(value) for key, value in schema["properties"].items()}}


def _or_reference(schema: Schema) -> Schema:
    outside: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    return {"anyOf": [{key: value for key, value in schema.items() if key not in outside}, _REFERENCE], **outside}
