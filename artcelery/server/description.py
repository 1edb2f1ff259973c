"""The OpenAPI description: what FastAPI makes of the routes, with one shape of errors and the ways to sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from artcelery.server.auth.cookies import SESSION
from artcelery.server.problems import Problem, responses

__all__ = ["TAGS", "describe", "operation_id"]

TAGS = {
    "info": "The server itself.",
    "runs": "Renderings: submit, follow, stop, begin again.",
    "cache": "Files by content hash: upload, download, look at.",
    "assets": "Names of files.",
    "configs": "Stored configs.",
    "effects": "The effects that are installed.",
    "auth": "Sign-in through L2.",
    "download": "The command line for this server.",
    "workers": "Who renders.",
    "health": "For whoever watches the server.",
}
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of L2, or the operator's own (`ARTCELERY_API_TOKEN`).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION.name,
        "description": "Who signed in in a browser; with https its name begins with `__Host-`.",
    },
}
_REPLACED = ("HTTPValidationError", "ValidationError")


def operation_id(route: APIRoute) -> str:
    """The stable name of an operation: that of its function."""
    return route.name


def describe(app: FastAPI) -> None:
    """Complete an application's description; in local mode, and where 401 is no reply, nobody needs to sign in."""
    made: Callable[[], dict[str, Any]] = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(made())
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]


def _completed(schema: dict[str, Any]) -> dict[str, Any]:
    components = schema.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    schemas = components.setdefault("schemas", {})
    for name in _REPLACED:
        schemas.pop(name, None)
    schemas.update(_problem_schemas())
    for operation in _operations(schema):
        _complete(operation)
    schema["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    return schema


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in schema.get("paths", {}).values():
        yield from (item for item in path.values() if isinstance(item, dict) and "responses" in item)


def _complete(operation: dict[str, Any]) -> None:
    summary, _, more = operation.get("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".") or operation["summary"]
    operation["description"] = more.strip() or summary
    replies = operation["responses"]
    if "HTTPValidationError" in str(replies.get("422")):
        replies["422"] = responses(422)[422]
    if "401" in replies:
        operation["security"] = [{"token": []}, {"session": []}]


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    inner = schema.pop("$defs", {})
    return {"Problem": schema, **inner}
