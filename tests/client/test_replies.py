"""What a server says is wrong is the error that the same call raises here."""

from __future__ import annotations

import httpx
import pytest

from artcelery.client.replies import error_of
from artcelery.core import errors
from artcelery.server.problems import STATUSES, problem_of, status_of

URL = "https://art.example"


def reply(status: int, text: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, text=text, headers=headers)


@pytest.mark.parametrize("kind", [kind for kind in STATUSES if kind not in (errors.ConfigError, errors.SignInError)])
def test_an_error_comes_back_as_it_left(kind: type[errors.ArtceleryError]) -> None:
    sent = problem_of(kind("something is wrong; do this"))
    came = error_of(httpx.Response(status_of(kind("")), content=bytes(sent.body)), URL)
    assert (type(came), came.message) == (kind, "something is wrong; do this")


def test_the_problems_of_a_config_come_with_their_places() -> None:
    problem = errors.Problem("no such effect", 3, 5, ("dag", "nodes", 0))
    sent = problem_of(errors.ConfigError([problem], "film.yaml"))
    came = error_of(httpx.Response(422, content=bytes(sent.body)), URL)
    assert isinstance(came, errors.ConfigError)
    assert came.problems == (problem,)


def test_who_is_not_known_is_told_how_to_sign_in() -> None:
    for text in ("", bytes(problem_of(errors.SignInError("who?")).body).decode()):
        came = error_of(reply(401, text), URL)
        assert isinstance(came, errors.SignInError)
        assert f"artcelery login --server {URL}" in came.message


@pytest.mark.parametrize(
    ("response", "kind", "said"),
    [
        (reply(302, Location="https://else.example"), errors.UsageError, "moved to 'https://else.example'"),
        (reply(503, "<html>"), errors.UnreachableError, "does not answer"),
        (reply(200 + 204, "<html>"), errors.UnreachableError, "as an artcelery server"),
        (reply(500, '{"code": "internal", "detail": "oops"}'), errors.ArtceleryError, "oops"),
        (reply(408, '{"code": "http", "detail": "nothing came"}'), errors.UnreachableError, "nothing came"),
        (reply(405, '{"code": "method-not-allowed", "detail": "no"}'), errors.UsageError, "another version"),
        (reply(422, '{"code": "request-invalid", "detail": "wrong"}'), errors.UsageError, "wrong"),
        (reply(422, '["code"]'), errors.UnreachableError, "as an artcelery server"),
    ],
)
def test_any_other_answer_is_an_error_that_says_what_to_do(
    response: httpx.Response, kind: type[errors.ArtceleryError], said: str
) -> None:
    came = error_of(response, URL)
    assert type(came) is kind
    assert said in came.message
