"""Which runs made a file and which need it, as far as they are somebody's."""

from __future__ import annotations

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.file_facts import FileUses, Made
from artcelery.core.engine.people.who import Who

__all__ = ["names_of", "runs_using", "uses_of"]

_MOST_LOOKED_AT = 1000
_MOST_NAMED = 100


def uses_of(context: Context, who: Who, content_hash: str) -> FileUses:
    """Who made a file, which runs need it, and what it is called, as far as that is theirs."""
    made = tuple(
        Made(result.run_id, result.seconds, result.created_at)
        for result in context.state.results.of_content(content_hash)[:_MOST_LOOKED_AT]
        if result.run_id and _is_theirs(context, who, result.run_id)
    )
    return FileUses(made, runs_using(context, who, content_hash), names_of(context, who, content_hash))


def runs_using(context: Context, who: Who, content_hash: str) -> tuple[str, ...]:
    """The runs of theirs that need a file as an input or output, or for their papers; of many, the first hundred."""
    using = context.state.runs.using(content_hash, None if who.is_operator else who.user)
    return tuple(using[:_MOST_NAMED])


def names_of(context: Context, who: Who, content_hash: str) -> tuple[str, ...]:
    """What they call a file."""
    assets = context.state.belongings(who.user).assets.all()
    return tuple(asset.name for asset in assets if asset.content_hash == content_hash)


def _is_theirs(context: Context, who: Who, run_id: str) -> bool:
    run = context.state.runs.get(run_id)
    return run is not None and (who.is_operator or run.member == who.user)
