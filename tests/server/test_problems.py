"""Errors as HTTP has them."""

from __future__ import annotations

import json
from http import HTTPStatus

import pytest

from artcelery.core import errors
from artcelery.server.problems import PROBLEM_TYPE, problem_of, status_of

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
