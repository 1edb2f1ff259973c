"""Where the server is: the URL, fit to be shown, and what a connection is opened with."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionPool, parse_url
from redis.exceptions import RedisError
from redis.retry import Retry

from artcelery.core.errors import UsageError
from artcelery.core.state.redis.allowance import Allowance, timed

__all__ = ["connections", "shown"]

_CONNECT_TIMEOUT_S = 1.5
_ANSWER_TIMEOUT_S = 2.5
_HEALTH_CHECK_S = 30
_MOST_CONNECTIONS = 10_000


def shown(url: str) -> str:
    """The URL without user, password and options."""
    try:
        parts = urlsplit(url)
        place = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the URL of the Redis server"
    place = f"[{place}]" if ":" in place else place
    return f"{parts.scheme}://{place}{port}{parts.path}" if parts.scheme else "the URL of the Redis server"


def connections(url: str, allowance: Allowance) -> ConnectionPool:
    """Connections to the server, none of which is open yet; each process and thread uses its own.

    What the URL says of times comes before what is meant here; it never decides how answers are read.
    """
    try:
        _check_number(urlsplit(url))
        pool = ConnectionPool(**_options(url, allowance))
        pool.connection_class(**pool.connection_kwargs)  # refuses options that it does not know
    except (ValueError, TypeError, AttributeError, RedisError) as error:
        raise UsageError(
            f"{shown(url)} is no address of a Redis server; set ARTCELERY_REDIS_URL to redis://HOST:PORT/NUMBER,"
            " rediss://HOST:PORT/NUMBER or unix:///PATH?db=NUMBER"
        ) from error
    return pool


def _options(url: str, allowance: Allowance) -> dict[str, Any]:
    meant: dict[str, Any] = {
        "socket_connect_timeout": _CONNECT_TIMEOUT_S,
        "socket_timeout": _ANSWER_TIMEOUT_S,
        "health_check_interval": _HEALTH_CHECK_S,
        "max_connections": _MOST_CONNECTIONS,
        "driver_info": None,  # two answers less to wait for
    }
    if not url.startswith("unix:"):
        meant["socket_keepalive"] = True
    given = dict(parse_url(url))  # type: ignore[no-untyped-call]
    kind = timed(given.pop("connection_class", Connection), allowance)
    held = {"decode_responses": False, "protocol": 2, "retry": Retry(NoBackoff(), 0), "connection_class": kind}
    return {**meant, **given, **held}


def _check_number(parts: SplitResult) -> None:
    number = parts.path.strip("/")
    if parts.scheme != "unix" and number and not number.isdecimal():
        raise ValueError(f"{number!r} is no number of a database")
