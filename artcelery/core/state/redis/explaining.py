"""What Redis's errors mean to the user, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ConnectionError,
    InvalidResponse,
    RedisError,
    ResponseError,
    TimeoutError,
)

from artcelery.core.errors import ArtceleryError, StateError, UnreachableError, UsageError

__all__ = ["explained"]

_START_IT = "start it, or unset ARTCELERY_REDIS_URL to keep the state in a file"
_REFUSED = "refuses this user or password ({error}); mend ARTCELERY_REDIS_URL: redis://USER:PASSWORD@HOST:PORT/NUMBER"
_CLUSTER = "is a cluster ({error}); artcelery needs a single Redis server"
# By what the error says or is called: the client takes the first word away from some.
_ADVICE = {
    "WRONGPASS|NOAUTH": _REFUSED,
    "NOPERM|NoPermission": "does not allow this user enough ({error}); allow it: ACL SETUSER NAME ~artdag:* +@all",
    "OOM|OutOfMemory": "has no memory left ({error}); raise maxmemory in redis.conf, or remove what else it keeps",
    "READONLY|ReadOnly": "is a replica that takes no writes ({error}); set ARTCELERY_REDIS_URL to the primary server",
    "MISCONF": "cannot save to its disk and takes no writes ({error}); free some room there, its log says why",
    "NOREPLICAS": "takes no writes while its replicas are away ({error}); start them, or lower min-replicas-to-write",
    "WRONGTYPE": "holds keys of another program under artdag: ({error}); give artcelery a database number of its own",
    "DB index": "has no database of that number ({error}); use a smaller one, or raise `databases` in redis.conf",
    "MOVED|cluster": _CLUSTER,
    "BUSY": "is busy with a script of another program ({error}); try again when that has ended",
}


@contextmanager
def explained(server: str) -> Iterator[None]:
    """Turn Redis's errors into ours; `server` is its address as it may be shown."""
    try:
        yield
    except (AuthenticationError, AuthorizationError) as error:
        raise StateError(f"{server} {_REFUSED.format(error=_said(error))}") from error
    except BusyLoadingError as error:
        raise UnreachableError(f"{server} still loads its data; try again in a moment") from error
    except (ConnectionError, TimeoutError, OSError) as error:
        raise UnreachableError(f"{server} does not answer ({_said(error)}); {_START_IT}") from error
    except InvalidResponse as error:
        raise StateError(f"{server} is no Redis server ({_said(error)}); mend ARTCELERY_REDIS_URL") from error
    except RedisError as error:
        raise _explanation(server, error) from error
    except UnicodeEncodeError as error:
        raise UsageError(f"{error.object!a} is not valid text; no run, result or file has such an id") from error


def _explanation(server: str, error: RedisError) -> ArtceleryError:
    text = f"{type(error).__name__} {error}"
    advice = next((advice for words, advice in _ADVICE.items() if re.search(words, text)), "cannot be used ({error})")
    return StateError(f"{server} {advice.format(error=_said(error))}")


def _said(error: Exception) -> str:
    """What the server said, without where in a script that was."""
    text = str(error).strip().rstrip(".")
    return text.partition(" script: ")[0] if isinstance(error, ResponseError) else text
