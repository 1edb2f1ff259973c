"""The description of the API is complete: every operation has its name, its words, its replies and its errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from artcelery.core.settings import Settings
from artcelery.server.app import create_app
from artcelery.server.description import TAGS
from tests.server.running import running_server, server_settings

Operation = dict[str, Any]
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
OPEN = frozenset({"/", "/healthz", "/readyz", "/download/client", "/download/client/{file}", "OPTIONS /cache/uploads"})
"""Where nobody is asked who they are, beside what belongs to signing in."""

SCHEMA: dict[str, Any] = create_app(Settings(home=Path("unused"))).openapi()


def operations() -> Iterator[tuple[str, str, Operation]]:
    for path, methods in SCHEMA["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


ALL = [pytest.param(*item, id=f"{item[0]} {item[1]}") for item in operations()]


def test_every_name_of_an_operation_is_one_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names) >= 5
    assert all(name.isidentifier() and name == name.lower() for name in names)


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_an_operation_says_what_it_is(method: str, path: str, operation: Operation) -> None:
    assert operation["summary"] or operation["description"]
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in TAGS
    for parameter in operation.get("parameters", ()):
        assert parameter["schema"]
        assert parameter["in"] == "path" or parameter.get("description"), parameter["name"]


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_every_error_is_a_problem(method: str, path: str, operation: Operation) -> None:
    errors = {status: reply for status, reply in operation["responses"].items() if status >= "400"}
    for status, reply in errors.items():
        assert reply["content"] == {"application/problem+json": PROBLEM}, status
        assert reply["description"]
    if operation.get("parameters") or operation.get("requestBody"):
        assert errors.keys() & {"404", "422"}


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_a_success_says_what_comes(method: str, path: str, operation: Operation) -> None:
    successes = {status: reply for status, reply in operation["responses"].items() if status < "400"}
    assert successes
    for status, reply in successes.items():
        assert reply["description"]
        bodiless = method == "HEAD" or status in ("201", "204", "303", "304")  # 201 says by Location what came of it
        assert bodiless or reply.get("content"), status
        for kind, content in reply.get("content", {}).items():
            if kind == "application/json":
                assert content["schema"], f"{status} is any JSON"


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_what_is_json_has_an_example_that_fits(method: str, path: str, operation: Operation) -> None:
    contents = [reply.get("content", {}) for status, reply in operation["responses"].items() if status < "400"]
    contents.append(operation.get("requestBody", {}).get("content", {}))
    for content in contents:
        if "application/json" in content:
            schema = content["application/json"]["schema"]
            model = SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            validator = Draft202012Validator({**schema, "components": SCHEMA["components"]})
            assert [error.message for error in validator.iter_errors(model["example"])] == []


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_an_operation_says_whether_to_sign_in(method: str, path: str, operation: Operation) -> None:
    if {path, f"{method} {path}"} & OPEN or operation["tags"] == ["auth"]:
        return
    assert operation["security"] == [{"token": []}, {"session": []}]
    assert "401" in operation["responses"]


def test_everything_that_is_referred_to_is_there() -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(found := value.get("$ref"), str):
                yield found
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    found = set(references(SCHEMA))
    assert found
    for reference in found:
        place: Any = SCHEMA
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]
    assert "HTTPValidationError" not in SCHEMA["components"]["schemas"]


def test_every_model_and_every_field_says_what_it_is() -> None:
    for name, schema in SCHEMA["components"]["schemas"].items():
        assert schema.get("description"), name
    for name, schema in SCHEMA["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            assert said.get("description") or "$ref" in said, f"{name}.{field}"


def test_the_description_is_served(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        assert client.get("/openapi.json").json() == SCHEMA
