"""Errors as HTTP has them."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi import FastAPI

from artcelery.core import errors
from artcelery.server.problems import PROBLEM_TYPE, add_problems, problem_of, status_of
from tests.server.running import running_server, server_settings

KINDS = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]


def made(kind: type[errors.ArtceleryError]) -> errors.ArtceleryError:
    problems = [errors.Problem("a fault", 3, 7, ("dag", 0))]
    return errors.ConfigError(problems, "film.yaml") if kind is errors.ConfigError else kind("what to do next")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_class_is_a_problem_with_a_status_of_its_own(kind: type[errors.ArtceleryError]) -> None:
    reply = problem_of(made(kind))
    said = json.loads(bytes(reply.body))
    assert reply.media_type == PROBLEM_TYPE
    assert reply.status_code == status_of(made(kind)) == said["status"]
    assert said["title"] == HTTPStatus(reply.status_code).phrase
    assert said["code"] == kind.code
    # What is the caller's fault is no failure of the server's.
    failures = {errors.ArtceleryError, errors.StateError, errors.StoreError}
    assert (reply.status_code == 500) == (kind in failures)


def test_every_fault_of_a_config_is_told_with_its_place() -> None:
    said = json.loads(bytes(problem_of(made(errors.ConfigError)).body))
    assert said["problems"] == [{"message": "a fault", "line": 3, "column": 7, "path": ["dag", 0]}]
    assert said["detail"] == "film.yaml:3:7: a fault"


def test_codes_of_errors_are_told_apart() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes))


STORE = "https://store.internal:9000/films"


def _refused() -> None:
    raise errors.NotAllowedError(f"{STORE} refuses (403); check ARTCELERY_STORE_TOKEN")


def _away() -> None:
    raise errors.UnreachableError(f"the remote store {STORE} does not answer: refused; try again")


@pytest.mark.parametrize("l2_urls", ["https://l2.example", ""])
def test_users_of_an_l2_do_not_hear_where_the_store_is_and_its_operator_does(tmp_path: Path, l2_urls: str) -> None:
    settings = server_settings(tmp_path, l2_urls=l2_urls, public_url="https://l1.example", store_url=f"{STORE}/")
    app = FastAPI()
    app.add_api_route("/refused", _refused)
    app.add_api_route("/away", _away)
    add_problems(app)
    app.state.settings = settings
    with running_server(settings, app=app) as server, server.client() as client:
        replies = [client.get("/refused"), client.get("/away")]
    assert [reply.status_code for reply in replies] == [409, 503]
    assert [STORE in reply.text for reply in replies] == [not l2_urls] * 2
