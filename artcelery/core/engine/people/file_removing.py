"""Letting go of a file: what runs need and what is published stays, and nobody loses what somebody else lets go of."""

from __future__ import annotations

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.cache import Cache
from artcelery.core.engine.context import Context
from artcelery.core.engine.keeping import MEMBERS, alone_with
from artcelery.core.engine.people.file_uses import names_of, runs_using
from artcelery.core.engine.people.who import Publication, Who
from artcelery.core.errors import NotAllowedError, NotFoundError

__all__ = ["remove_file"]


def remove_file(context: Context, who: Who, publication: Publication, content_hash: str) -> None:
    """Let go of somebody's file, and remove it when nobody else has it.

    NotAllowedError when it is needed or published, UnreachableError when nobody can say whether it is published.
    """
    with alone_with(context, f"file:{content_hash}"):
        _refuse_if_needed(context, who, content_hash)
        if publication.is_published(content_hash):
            raise NotAllowedError(f"{content_hash[:12]} is published; what is published stays")
        if who.is_operator:
            _remove(context, content_hash)
            return
        context.state.belongings(who.user).files.remove(content_hash)
        if _is_nobodys(context, content_hash):
            _remove(context, content_hash)


def _refuse_if_needed(context: Context, who: Who, content_hash: str) -> None:
    runs = runs_using(context, who, content_hash)
    if runs:
        more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
        raise NotAllowedError(
            f"{content_hash[:12]} is needed by run {', '.join(runs[:3])}{more}, as an input or output; remove the run"
            " first"
        )
    if names := names_of(context, who, content_hash):
        raise NotAllowedError(f"{content_hash[:12]} is the asset {names[0]!r}; remove that name first")
    if who.is_operator and (holders := context.state.holders(content_hash)):
        raise NotAllowedError(f"{content_hash[:12]} belongs to {len(holders)} users; only they can let go of it")


def _is_nobodys(context: Context, content_hash: str) -> bool:
    """Whether only members brought it, and none of them, no run, no name and no result needs it."""
    state = context.state
    fact = state.media.get(content_hash)
    needed = state.runs.using(content_hash) or state.results.of_content(content_hash)
    named = any(asset.content_hash == content_hash for asset in state.assets.all())
    brought = fact is not None and fact.origin == MEMBERS
    return brought and not needed and not named and not state.holders(content_hash)


def _remove(context: Context, content_hash: str) -> None:
    cache = Cache(context, Assets(context))
    try:
        cache.remove_alone(cache.find(content_hash))
    except NotFoundError:  # the bytes were lost before
        context.state.media.remove(content_hash)
