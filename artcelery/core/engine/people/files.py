"""The files of a member: theirs, and what is published."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from artcelery.core.engine.people.file_facts import FileUses, StoredFile, stored_file
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import ArtceleryError, ForbiddenError, NotFoundError, SignInError
from artcelery.core.hashing import is_hash
from artcelery.core.state.protocol import FileFilter
from artcelery.core.state.records import Holding

if TYPE_CHECKING:
    from artcelery.core.engine.people.file_previews import Preview
    from artcelery.core.engine.people.member import Member
    from artcelery.core.engine.people.upload_parts import PartialUploads
    from artcelery.core.engine.people.uploads import Arrival, PeerArrival
    from artcelery.core.store.protocol import Blob

__all__ = ["VISITOR", "MemberFiles"]

VISITOR = Who("@")
"""Nobody in particular: nothing is theirs, and no user of L2 is called so."""


class MemberFiles:
    """What one who asks can do with files. Of what they may not read, nothing is said but that it is not there."""

    def __init__(self, member: Member) -> None:
        self._context, self._who, self._publication = member.context, member.who, member.publication
        self._belongings = member.context.state.belongings(member.who.user)

    def page(
        self, *, limit: int, cursor: str | None, only: FileFilter, user: str = ""
    ) -> tuple[list[StoredFile], str | None]:
        """Their files, newest first, and the cursor of what follows; who operates the server may ask for a user's."""
        if user and user != self._who.user and not self._who.is_operator:
            raise ForbiddenError("you may list your own files; who operates this server may list those of all")
        belongings = self._context.state.belongings(user) if user else self._belongings
        page = belongings.files.page(limit=limit, cursor=cursor, only=only)
        facts = self._context.state.media.get_many(item.content_hash for item in page.files)
        return [stored_file(item, facts.get(item.content_hash)) for item in page.files], page.cursor

    def total(self) -> tuple[int, int]:
        """How many files are theirs, and how many bytes; known without counting."""
        return self._belongings.files.total()

    def get(self, content_hash: str) -> StoredFile:
        """A file that they may read: theirs, or published; NotFoundError for any other, SignInError for a visitor."""
        holding = self._own(content_hash)
        if holding is not None:
            return stored_file(holding, self._context.state.media.get(content_hash))
        if self._who.is_operator or not is_hash(content_hash) or not self._publication.is_published(content_hash):
            raise self._unknown(content_hash)
        found = self._public(content_hash)
        if found is None:
            raise self._unknown(content_hash)
        return found

    def open(self, content_hash: str) -> tuple[StoredFile, Path]:
        """A file that they may read, and where it lies, fetched if need be."""
        file = self.get(content_hash)
        path = self._context.store.find(content_hash, file.size_bytes)
        if path is None:
            raise self._unknown(content_hash)
        return file, path

    def preview(self, content_hash: str, preview: Preview) -> tuple[StoredFile, Blob | None]:
        """A file that they may read, and its preview where that is made already; NotFoundError when there is none."""
        from artcelery.core.engine.people.file_previews import find_preview

        file = self.get(content_hash)
        return file, find_preview(self._context, file, preview)

    def make_preview(self, file: StoredFile, preview: Preview) -> Blob:
        """The preview of a file, made now unless somebody else makes it; MediaError when it cannot be."""
        from artcelery.core.engine.people.file_previews import make_preview

        return make_preview(self._context, file, preview)

    def path_of(self, blob: Blob) -> Path:
        """Where a preview lies."""
        path = self._context.store.find(blob.content_hash, blob.size_bytes)
        if path is None:
            raise NotFoundError("the preview has gone from the cache meanwhile; ask again")
        return path

    def meta(self, content_hash: str) -> tuple[StoredFile, FileUses]:
        """A file that they may read; who made it and which runs use it, of theirs; and what they call it."""
        from artcelery.core.engine.people.file_uses import uses_of

        return self.get(content_hash), uses_of(self._context, self._who, content_hash)

    def remove(self, content_hash: str) -> StoredFile:
        """Let go of a file of theirs; NotAllowedError says what needs it. Nobody else loses it."""
        from artcelery.core.engine.people.file_removing import remove_file

        holding = self._own(content_hash) or self._lost(content_hash)
        if holding is None:
            raise self._unknown(content_hash)
        file = stored_file(holding, self._context.state.media.get(content_hash))
        remove_file(self._context, self._who, self._publication, content_hash)
        return file

    def arriving(self, size_bytes: int | None, about_bytes: int = 0) -> AbstractContextManager[Arrival]:
        """A file that begins to arrive, of so many bytes where that is known; TooLargeError when there is no room."""
        from artcelery.core.engine.people.uploads import arriving

        return arriving(self._context, self._who, size_bytes, about_bytes)

    def arriving_from_peer(self, content_hash: str, size_bytes: int | None) -> AbstractContextManager[PeerArrival]:
        """A file that another store sends by its hash, whatever it is; only for who operates the server."""
        from artcelery.core.engine.people.uploads import arriving_from_peer

        if not is_hash(content_hash):
            raise self._unknown(content_hash)
        return arriving_from_peer(self._context, content_hash, size_bytes)

    @property
    def parts(self) -> PartialUploads:
        """Files of theirs that arrive in several parts."""
        from artcelery.core.engine.people.upload_parts import PartialUploads

        return PartialUploads(self._context, self._who)

    def import_path(self, path: str) -> StoredFile:
        """Take in a file of the server's own disk; ForbiddenError says how to allow its folder."""
        from artcelery.core.engine.people.uploads import import_path

        return import_path(self._context, self._who, path)

    def _own(self, content_hash: str) -> Holding | None:
        """What is recorded of a file of theirs that is there; whatever is stored is the operator's."""
        if not is_hash(content_hash):
            return None
        holding = self._belongings.files.get(content_hash)
        if holding is not None and self._context.store.has(content_hash, holding.size_bytes):
            return holding
        return self._stored(content_hash) if self._who.is_operator else None

    def _lost(self, content_hash: str) -> Holding | None:
        """What is recorded of a file of theirs that is not there (any more): it counts until they let go of it."""
        return self._belongings.files.get(content_hash) if is_hash(content_hash) else None

    def _stored(self, content_hash: str) -> Holding | None:
        path = self._context.store.find(content_hash)
        return Holding(content_hash, path.stat().st_size) if path else None

    def _public(self, content_hash: str) -> StoredFile | None:
        """A published file; what its owners call it is theirs."""
        holding = self._stored(content_hash)
        return stored_file(holding, self._context.state.media.get(content_hash), is_public=True) if holding else None

    def _unknown(self, content_hash: str) -> ArtceleryError:
        """The same words whether it is not there or not theirs."""
        if self._who == VISITOR:
            return SignInError("sign in first: in a browser at `/sign-in`, elsewhere with `artcelery login`")
        return NotFoundError(f"there is no file {content_hash!r}; `artcelery cache list` shows yours")
