"""The OpenAPI description: what FastAPI makes of the routes, with one shape of errors and the ways to sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from artcelery.server.auth.cookies import SESSION
from artcelery.server.examples import exemplify
from artcelery.server.glossary import explain
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
_SAFE = ("get", "head", "options")
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
    for method, operation in _operations(schema):
        _say_what_it_is(operation)
        _say_what_comes(method, operation)
    explain(schema)
    exemplify(schemas)
    schema["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    return schema


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in schema.get("paths", {}).values():
        yield from ((method, item) for method, item in path.items() if isinstance(item, dict) and "responses" in item)


def _say_what_it_is(operation: dict[str, Any]) -> None:
    summary, _, more = operation.get("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".") or operation["summary"]
    operation["description"] = more.strip()
    if "401" in operation["responses"]:
        operation["security"] = [{"token": []}, {"session": []}]


def _say_what_comes(method: str, operation: dict[str, Any]) -> None:
    """Beside what a route says: the replies of the guards before all routes, and of what reads a request's body."""
    replies = operation["responses"]
    general = [421, *([] if method in _SAFE else [403])]
    if "requestBody" in operation:
        general.append(408)
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        general.append(400)
    for status, said in responses(*general).items():
        replies.setdefault(str(status), said)
    if "HTTPValidationError" in str(replies.get("422")):
        replies["422"] = responses(422)[422]
    operation["responses"] = dict(sorted(replies.items()))


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    inner = schema.pop("$defs", {})
    return {"Problem": schema, **inner}
