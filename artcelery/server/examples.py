"""Examples of replies that are made of others, or too long to stand beside their models."""

from __future__ import annotations

from typing import Any

__all__ = ["exemplify"]

_CAT = "047187ee24e261bd44db59180cc6239d7a7f748228ceab081b52a2804c012326"
_DOG = "d433e733991355c8fd5cbac8a99353cae41de701f01a5290ec75ebac34b41599"
_MADE = "701fc775ef193b1b7d60129fa4cf7aba4d44022b1a246b360a60168d564d198d"
_OTHER = "2ed02aac5ae12cb44046cf871d262220a394ea5365ab0a05a45e45a49f95903c"
_PNG = {"v": 1, "format": "png", "container": "png", "still": {"compress_level": 6, "alpha": True}}
_NODES = [
    {"id": "input", "type": "SOURCE", "status": "known", "reason": "a file"},
    {"id": "apply_dog", "type": "EFFECT", "status": "render", "reason": "never rendered"},
]
_EXAMPLES: dict[str, Any] = {
    "EntriesReply": {
        "entries": [
            {"number": 1, "at": 1795627160.1, "kind": "started", "data": {"pass": "apply_dog", "worker": "server@vm"}},
            {"number": 2, "at": 1795627160.6, "kind": "completed", "data": {}},
        ],
        "cursor": None,
    },
    "PlanReply": {
        "config": "dog",
        "output": {"node": "apply_dog", "key": _DOG, "clip": "still 451x300"},
        "encoding": _PNG,
        "known": None,
        "waiting": [],
        "parts": {"all": 0, "known": 0},
        "seconds": 0.5,
        "passes": [{"node": "apply_dog", "nodes": ["apply_dog"], "frames": 1, "makes": "still", "copies": False}],
        "nodes": _NODES,
        "notes": [],
        "advice": [],
    },
    "WholeConfigReply": {
        "id": _OTHER,
        "name": "small",
        "created_at": "2026-11-25T16:20:00.123Z",
        "file_name": "small.yaml",
        "version": "1.0",
        "description": "A picture, smaller.",
        "inputs": [{"name": "photo", "node": "photo", "description": "Any picture."}],
        "params": [
            {
                "name": "width",
                "type": "int",
                "default": 100,
                "minimum": 1,
                "maximum": 1000,
                "choices": [],
                "description": "How wide.",
                "required": False,
            }
        ],
        "nodes": [
            {"id": "photo", "type": "SOURCE", "config": {"input": True}, "inputs": [], "path": [], "cache": False},
            {
                "id": "smaller",
                "type": "RESIZE",
                "config": {"width": "${width}"},
                "inputs": ["photo"],
                "path": [],
                "cache": False,
            },
        ],
        "output": "smaller",
        "text": "name: small\nparams: ...\n",
    },
    "RunPlanReply": {
        "id": "01k8m3v0rs8c5e3w9q6y4t2n1a",
        "status": "completed",
        "config_name": "dog",
        "whole": True,
        "nodes": [_NODES[0], {**_NODES[1], "status": "rendered"}],
        "passes": [],
    },
    "ProvenanceReply": {
        "task_id": "01k8m3v0rs8c5e3w9q6y4t2n1a",
        "rendered_at": "2026-11-25T16:20:01.000Z",
        "rendered_by": "@ada@l2.example",
        "output": {"name": "cat-dog.png", "content_hash": _MADE},
        "inputs": [{"name": "cat", "content_hash": _CAT}],
        "effects": [{"name": "dog", "content_hash": _OTHER, "version": "1.0.0"}],
        "infrastructure": {
            "software": {"name": "infra:artcelery", "content_hash": _OTHER},
            "hardware": {"name": "infra:vm", "content_hash": _OTHER},
        },
        "config": {"name": "dog", "content_hash": _OTHER, "params": {}},
        "nodes": [
            {"id": "input", "type": "SOURCE", "key": _CAT, "status": "reused"},
            {"id": "apply_dog", "type": "EFFECT", "key": _DOG, "status": "rendered"},
        ],
        "encoding": _PNG,
        "notes": [],
        "passes": [{"node": "apply_dog", "content_hash": _MADE, "seconds": 0.46}],
        "versions": {"artcelery": "0.1.0", "python": "3.13.1"},
    },
}


def exemplify(models: dict[str, Any]) -> None:
    """Give an example to each model of an OpenAPI description that has none here or there: lists show one item."""
    for name, model in models.items():
        given = model.pop("examples", [model.get("example")])[0]
        if example := _EXAMPLES.get(name, given):
            model["example"] = example
    for model in models.values():
        if example := model.get("example") or _list_of_one(model, models):
            model["example"] = _with_nulls(example, model, models)


def _with_nulls(value: Any, schema: dict[str, Any], models: dict[str, Any]) -> Any:
    """An example with what is null in it: FastAPI leaves that out of descriptions."""
    schema = models.get(schema.get("$ref", "").rpartition("/")[2], schema)
    if isinstance(value, list):
        return [_with_nulls(item, schema.get("items", {}), models) for item in value]
    if not isinstance(value, dict):
        return value
    if choices := schema.get("anyOf"):
        return _with_nulls(value, choices[0], models)
    fields = schema.get("properties", {})
    given = {name: _with_nulls(item, fields.get(name, {}), models) for name, item in value.items()}
    left_out = {name: None for name in schema.get("required", ()) if name not in given}
    whole = {**left_out, **given}
    return {name: whole[name] for name in sorted(whole, key=[*fields, *whole].index)}


def _list_of_one(model: dict[str, Any], models: dict[str, Any]) -> dict[str, Any] | None:
    """The example of a page, None when the model is none or its items have no example."""
    fields = model.get("properties", {})
    if "cursor" not in fields or len(fields) != 2:
        return None
    name = next(field for field in fields if field != "cursor")
    item = models.get(fields[name].get("items", {}).get("$ref", "").rpartition("/")[2], {})
    return {name: [item["example"]], "cursor": None} if "example" in item else None
