"""The people of a server: what belongs to whom, who is signed in, and which of their requests were answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from artcelery.core.state.protocol.facts import Assets, Configs
from artcelery.core.state.records import Holding, Reply, Session

__all__ = ["Belongings", "FileFilter", "FilePage", "Files", "Replies", "Sessions", "Verdict"]


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which files of a list are meant: all that match everything that is given.

    `kind` is that of a clip; `name` is a part of the file's name, whatever its case. They came at `since` or later, and
    earlier than `before`. `papers` are those whose origin is one of `PAPERS`; False means all but these. What is asked
    for by name or by size is not read by index, but looked for file by file.
    """

    kind: str | None = None
    origin: str | None = None
    name: str | None = None
    since: str | None = None
    before: str | None = None
    least_bytes: int | None = None
    most_bytes: int | None = None
    papers: bool | None = None

    @property
    def is_looked_for(self) -> bool:
        """Whether no index says which files match."""
        return bool(self.name) or self.least_bytes is not None or self.most_bytes is not None


ANY_FILE = FileFilter()


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some files, newest first, and the cursor that the next page begins at (None at the end)."""

    files: tuple[Holding, ...]
    cursor: str | None


class Files(Protocol):
    """The files that somebody may read because they are theirs: uploaded, or used or made by their runs."""

    def put(self, holding: Holding) -> None:
        """Record a file as theirs; what was recorded of it before stands, but where it was empty.

        Of the user "", the kind of a file is that of its clip, which `Media` knows.
        """
        ...

    def get(self, content_hash: str) -> Holding | None:
        """What is recorded of the file, None when it is not theirs."""
        ...

    def page(self, *, limit: int = 50, cursor: str | None = None, only: FileFilter = ANY_FILE) -> FilePage:
        """Files, newest first, read by index, in memory that does not grow with their number.

        UsageError when the cursor is not one of ours.
        """
        ...

    def total(self) -> tuple[int, int]:
        """How many files there are, and how many bytes; known without counting."""
        ...

    def remove(self, content_hash: str) -> bool:
        """Let go of a file; whether it was theirs."""
        ...


class Belongings(Protocol):
    """What is one user's: names, configs and files. Those of the user "" are of the machine's own user."""

    @property
    def assets(self) -> Assets: ...
    @property
    def configs(self) -> Configs: ...
    @property
    def files(self) -> Files: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of who asks: the session, and when its user was last said to have signed out elsewhere.

    `suspected_at` is 0 when nobody said so. Both are seconds since 1970.
    """

    session: Session
    suspected_at: float = 0.0


class Sessions(Protocol):
    """Who is signed in. Tokens are known by their SHA3-256 only; each call is one transaction, one round trip.

    Each user has an epoch, which counts up when all that is theirs is revoked. A session counts only while its epoch is
    the user's, its token is not revoked, and it has not expired.
    """

    def epoch(self, user: str) -> int:
        """The user's epoch now; 0 of a user who was never heard of."""
        ...

    def spend(self, token_hash: str, ttl_s: float) -> bool:
        """Use a token to sign in with: whether nobody did before, for so long."""
        ...

    def begin(self, session: Session) -> bool:
        """Record a session, also among its user's tokens; whether it counts.

        It does not when its epoch has passed, its token is revoked, or it has expired.
        """
        ...

    def check(self, id_hash: str, now: float) -> Verdict | None:
        """The session of that id (the SHA3-256 of what the cookie holds), None when there is none that counts."""
        ...

    def verified(self, id_hash: str, at: float) -> bool:
        """Record that the token of a session was found valid again; False when the session is gone."""
        ...

    def suspect(self, user: str, at: float) -> None:
        """Record that somebody says that a user signed out: sessions verified before are to be verified again."""
        ...

    def may_ask(self, user: str, now: float, pause_s: float) -> bool:
        """Whether L2 may be asked about a user now; the next one who asks within `pause_s` may not."""
        ...

    def revoke(self, token_hash: str, ttl_s: float) -> bool:
        """Let no session of a token count any more, for so long; those that stand are forgotten. Whether some did.

        It lasts at least until they would have expired.
        """
        ...

    def relent(self, token_hash: str, ttl_s: float) -> None:
        """Forget in so long, at the latest, that a token was revoked."""
        ...

    def revoke_user(self, user: str, ttl_s: float) -> int:
        """Revoke all tokens of a user and count up the epoch; how many tokens there were."""
        ...

    def of_user(self, user: str) -> Sequence[Session]:
        """The sessions of a user that count."""
        ...

    def forget(self, id_hash: str) -> None:
        """End one session."""
        ...


class Replies(Protocol):
    """Which requests were answered already (`Idempotency-Key`). A run that is opened is recorded as an answer."""

    def find(self, user: str, key: str) -> Reply | None:
        """The reply to the request of a user's key; None when it was not answered, or that was too long ago."""
        ...
