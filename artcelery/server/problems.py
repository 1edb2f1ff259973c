"""Errors as HTTP has them: one shape (RFC 9457), with the status and the stable code of each class."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from artcelery.core import errors

__all__ = ["PROBLEM_TYPE", "STATUSES", "Problem", "add_problems", "problem", "problem_of", "responses", "status_of"]

PROBLEM_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)
_PLACE = re.compile(r"'/|\b(rediss?|unix)://")
"""Where something lies on the machines of a server: nothing for its users, who can do nothing about it."""

_INSTEAD = {
    500: "something is wrong with the server, not with the request; who operates it finds it in its log",
    503: "the server cannot reach what it knows just now; try again in a moment",
    507: "the disk of the server is full; who operates it has to make room, try again then",
}
STATUSES: dict[type[errors.ArtceleryError], int] = {
    errors.ArtceleryError: 500,
    errors.UsageError: 400,
    errors.ConflictError: 409,
    errors.NotFoundError: 404,
    errors.ConfigError: 422,
    errors.MediaError: 422,
    errors.RenderError: 422,
    errors.CancelledError: 409,
    errors.NotAllowedError: 409,
    errors.ForbiddenError: 403,
    errors.SignInError: 401,
    errors.QuotaError: 429,
    errors.TooLargeError: 413,
    errors.StoreError: 500,
    errors.StoreFullError: 507,
    errors.CorruptError: 422,
    errors.VerifyError: 422,
    errors.StateError: 500,
    errors.UnreachableError: 503,
}
"""Statuses by error class; a class that is not named here has that of its parent."""


class Located(BaseModel):
    """One thing that is wrong or hardly meant, and where: lines and columns count from 1, 0 when there is no text."""

    model_config = ConfigDict(from_attributes=True)

    message: str
    line: int = 0
    column: int = 0
    path: list[str | int] = []


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field("about:blank", description="What kind of problem it is; `code` says it more exactly.")
    title: str = Field(description="The name of the status.")
    status: int = Field(description="The status of the reply.")
    detail: str = Field(description="What went wrong, and what to do next.")
    code: str = Field(description="A stable code of the kind of error.")
    problems: list[Located] | None = Field(None, description="Everything that is wrong with a config or a request.")


def status_of(error: errors.ArtceleryError) -> int:
    """The status of an error: that of the nearest class that has one."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(
    status: int,
    detail: str,
    code: str,
    *,
    problems: list[Located] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A reply that says what went wrong."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, problems=problems)
    content = body.model_dump(exclude_none=True)
    return JSONResponse(content, status, {"Cache-Control": "no-store", **(headers or {})}, PROBLEM_TYPE)


def problem_of(error: errors.ArtceleryError) -> JSONResponse:
    """The reply for an error of ours."""
    status = status_of(error)
    problems = error.problems if isinstance(error, errors.ConfigError) else None
    located = None if problems is None else [Located.model_validate(item) for item in problems]
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}, 429: {"Retry-After": "30"}}
    return problem(status, error.message, error.code, problems=located, headers=headers.get(status))


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route may reply beside success, for its OpenAPI description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def add_problems(app: FastAPI) -> None:
    """Have every error of an application become a problem; the cause of what should not happen is only logged."""
    app.add_exception_handler(errors.ArtceleryError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.ArtceleryError)
    settings = request.app.state.settings
    instead = _instead(error, settings.store_url) if settings.l2_urls else None
    if instead is None:
        return problem_of(error)
    _log.warning("%s", error.message)
    return problem_of(type(error)(instead))


def _instead(error: errors.ArtceleryError, store_url: str | None) -> str | None:
    """What users are told where an error says where something lies, None where it does not."""
    status = status_of(error)
    if store_url and store_url.rstrip("/") in error.message and not isinstance(error, errors.ConfigError):
        return _INSTEAD.get(status, _INSTEAD[500])
    return _INSTEAD.get(status) if _PLACE.search(error.message) else None


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = [Located(message=str(item["msg"]), path=list(item["loc"])) for item in error.errors()]
    said = "; ".join(f"{'.'.join(map(str, item.path))}: {item.message}" for item in found)
    return problem(422, f"the request is wrong: {said}", "request-invalid", problems=found)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == 404:
        detail = f"there is nothing at {request.url.path}; /docs shows what there is"
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(error.status_code, "http")
    return problem(error.status_code, detail, code, headers=error.headers)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    return problem(500, "this should not have happened; the server's log says more", "internal")
