"""Files that come from members: hashed while they arrive, looked at apart, and theirs only when they are media."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from artcelery.core.engine.context import Context
from artcelery.core.engine.keeping import MEMBERS, alone_with
from artcelery.core.engine.people.file_facts import StoredFile, stored_file
from artcelery.core.engine.people.file_importing import open_below
from artcelery.core.engine.people.upload_room import Room, refuse_beyond_quota, room_of
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import CorruptError
from artcelery.core.media.apart import Probed
from artcelery.core.media.clip import clip_to_json
from artcelery.core.runs import now
from artcelery.core.state.protocol import Files
from artcelery.core.state.records import Holding, MediaFact
from artcelery.core.store.arriving import Arriving
from artcelery.core.store.protocol import Incoming
from artcelery.core.store.streaming import Digest, copy_and_hash

__all__ = ["Arrival", "PeerArrival", "Taking", "arriving", "arriving_from_peer", "import_path", "plain_name"]

_MOST_NAME_BYTES = 200


def plain_name(said: str) -> str:
    """What a file is called, of what its sender calls it: no folders, nothing unprintable, and not too long."""
    last = said.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in last if letter.isprintable()).strip().lstrip(".")
    return name.encode()[:_MOST_NAME_BYTES].decode(errors="ignore")


class Taking:
    """Makes files that have come somebody's."""

    def __init__(self, context: Context, who: Who) -> None:
        self._context, self._who = context, who

    def take(self, incoming: Incoming, digest: Digest, name: str, origin: str = "upload") -> StoredFile:
        """Keep a file that is wholly there; MediaError, and nothing kept, when it is no media."""
        name = plain_name(name)
        probed = self._context.apart.probe(incoming.path, name or "the file")
        holding = Holding(digest.content_hash, digest.size_bytes, probed.clip.kind, name, origin, now())
        with alone_with(self._context, f"file:{digest.content_hash}"), self._granted(holding):
            self._context.store.keep(incoming, digest)
            fact = self._remember(digest, probed, name, origin)
        return stored_file(self._files.get(digest.content_hash) or holding, fact)

    @contextmanager
    def _granted(self, holding: Holding) -> Iterator[None]:
        """It is theirs, unless it is too much with all that others of theirs brought meanwhile, or is not kept."""
        if self._who.is_operator:  # whose files are all that the state knows of
            yield
            return
        is_new = self._files.get(holding.content_hash) is None
        self._files.put(holding)
        try:
            if is_new:
                refuse_beyond_quota(self._context, self._who, holding.size_bytes)
            yield
        except BaseException:
            if is_new:
                self._files.remove(holding.content_hash)
            raise

    def _remember(self, digest: Digest, probed: Probed, name: str, origin: str) -> MediaFact:
        """What the file is; who else brings it does not change what it is called, unless that is the operator."""
        media = self._context.state.media
        known = media.get(digest.content_hash)
        fact = MediaFact(digest.content_hash, digest.size_bytes, clip_to_json(probed.clip), format=probed.format or "-")
        if self._who.is_operator:
            fact = replace(fact, name=name, origin=origin, created_at="" if known else now())
        elif known is None:
            fact = replace(fact, name=name, origin=MEMBERS, created_at=now())
        media.put(fact)
        return fact

    @property
    def _files(self) -> Files:
        return self._context.state.belongings(self._who.user).files


class Arrival:
    """A file on its way to somebody: `write` and `hash` what comes, in threads of their own perhaps, then `take` it."""

    def __init__(self, arriving: Arriving, room: Room, taking: Taking) -> None:
        self._arriving, self._room, self._taking = arriving, room, taking
        self.hash = arriving.hash

    def write(self, block: memoryview) -> None:
        """Add the next bytes; TooLargeError as soon as they are too many."""
        self._room.check(self._arriving.size_bytes + len(block))
        self._arriving.write(block)

    def take(self, name: str) -> StoredFile:
        """The file, which is theirs now; MediaError when it is no media."""
        return self._taking.take(self._arriving.incoming, self._arriving.digest(), name)


@contextmanager
def arriving(context: Context, who: Who, size_bytes: int | None, about_bytes: int = 0) -> Iterator[Arrival]:
    """A file that begins to arrive, of so many bytes where that is known; nothing is left of one that is not taken."""
    room = room_of(context, who)
    room.check(size_bytes or 0)
    with context.store.receiving(size_bytes or 0) as incoming:
        yield Arrival(Arriving(incoming, size_bytes or about_bytes), room, Taking(context, who))


def import_path(context: Context, who: Who, path: str) -> StoredFile:
    """Take in a file of this machine's disk; ForbiddenError unless it lies below a folder that may be imported from."""
    room = room_of(context, who)
    with open_below(context.settings.import_roots, path) as source:
        room.check(source.stat.st_size)
        with context.store.receiving(source.stat.st_size) as incoming:
            digest = copy_and_hash(source, incoming.descriptor)
            source.check_unchanged(digest.size_bytes)
            return Taking(context, who).take(incoming, digest, path, "import")


class PeerArrival:
    """A file that another store sends by its hash; whatever it is, it is kept when it hashes to that."""

    def __init__(self, arriving: Arriving, context: Context, content_hash: str) -> None:
        self.write, self.hash = arriving.write, arriving.hash
        self._arriving, self._context, self._wanted = arriving, context, content_hash

    def keep(self) -> None:
        """Keep it; CorruptError when it is something else."""
        digest = self._arriving.digest()
        if digest.content_hash != self._wanted:
            raise CorruptError(
                f"what came are {digest.size_bytes} bytes that hash to {digest.content_hash}; nothing was kept, send"
                " the file again"
            )
        with alone_with(self._context, f"file:{self._wanted}"):
            self._context.store.keep(self._arriving.incoming, digest)


@contextmanager
def arriving_from_peer(context: Context, content_hash: str, size_bytes: int | None) -> Iterator[PeerArrival]:
    """A file that begins to arrive under its hash; nothing is left of one that is not kept."""
    with context.store.receiving(size_bytes or 0) as incoming:
        yield PeerArrival(Arriving(incoming, size_bytes or 0), context, content_hash)
