"""What a server replies when something is wrong, as the errors that the same call raises here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from artcelery.core import errors

if TYPE_CHECKING:
    import httpx

__all__ = ["error_of"]

_BUSY = frozenset({429, 502, 503, 504})
_OF_OTHER_VERSIONS = frozenset({405, 415})


def error_of(response: httpx.Response, url: str, method: str = "GET") -> errors.ArtceleryError:
    """The error that a reply to a method tells of; the body was read."""
    status = response.status_code
    if 300 <= status < 400:
        where = response.headers.get("Location", "elsewhere")
        return errors.UsageError(f"{url} has moved to {where!r}; give that with --server or in ARTCELERY_SERVER")
    problem = _problem(response)
    if status == 401:
        return errors.SignInError(f"{url} wants to know who asks; sign in: `artcelery login --server {url}`")
    if status == 404 and method == "HEAD":  # which has no body to say more
        return errors.NotFoundError(f"{url} has nothing there")
    if problem is None:
        said = f"{status} {response.reason_phrase}".strip()
        why = "does not answer" if status in _BUSY else "does not answer as an artcelery server does"
        return errors.UnreachableError(f"{url} {why} ({said}); check that it runs, and the URL")
    if status == 408:  # it heard nothing for long: something on the way stands still
        return errors.UnreachableError(f"{url}: {_printable(problem['detail'])}")
    return _of_problem(problem, status, url)


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    """The problem (RFC 9457) that a reply holds; None when it holds none."""
    try:
        found = response.json()
    except ValueError:
        return None
    is_one = isinstance(found, dict) and isinstance(found.get("code"), str) and isinstance(found.get("detail"), str)
    return found if is_one else None


def _of_problem(problem: dict[str, Any], status: int, url: str) -> errors.ArtceleryError:
    code, detail = problem["code"], _printable(problem["detail"])
    if code == errors.ConfigError.code and problem.get("problems"):
        return errors.ConfigError(map(_located, problem["problems"]))
    kind = next((kind for kind in _kinds(errors.ArtceleryError) if kind.code == code), None)
    if kind is not None and kind is not errors.ConfigError:
        return kind(detail)
    if status in _OF_OTHER_VERSIONS:
        return errors.UsageError(f"{url} does not know this request ({detail}); is it of another version?")
    return errors.UsageError(detail) if 400 <= status < 500 else errors.ArtceleryError(f"{url}: {detail}")


def _located(said: dict[str, Any]) -> errors.Problem:
    path = tuple(said.get("path") or ())
    return errors.Problem(
        _printable(str(said.get("message", ""))), int(said.get("line", 0)), int(said.get("column", 0)), path
    )


def _printable(text: str) -> str:
    """The text as a terminal may have it: what would steer one comes out escaped."""
    return "".join(letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text)


def _kinds(kind: type[errors.ArtceleryError]) -> Iterator[type[errors.ArtceleryError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _kinds(inner)
