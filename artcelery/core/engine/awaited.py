"""Which files runs that are not over may read yet: what they and others made on the way, which no record names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.order import order_of
from artcelery.core.engine.planning import Planning
from artcelery.core.errors import ArtceleryError
from artcelery.core.plan import File
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import RunRecord, RunStatus

__all__ = ["awaited_files"]

_PAGE = 1000
_OPEN: tuple[RunStatus, ...] = ("pending", "running")


def awaited_files(context: Context, assets: Assets) -> set[str]:
    """The content hashes of the results of all passes that runs which are not over may have."""
    files: set[File] = set()
    for run in _open_runs(context):
        files |= {(item.key, item.encoding) for item in context.state.passes.of_run(run.id) if item.name}
        with suppress(ArtceleryError):  # such a run fails by itself
            files |= set(Planning(context, assets, order_of(run, context)).passes())
    return {result.content_hash for result in context.state.results.get_many(files).values()}


def _open_runs(context: Context) -> Iterator[RunRecord]:
    runs = context.state.runs
    for status in _OPEN:
        only = RunFilter(status=status)
        page = runs.page(limit=_PAGE, only=only)
        while True:
            yield from (run for stub in page.runs if (run := runs.get(stub.id)))
            if page.cursor is None:
                break
            page = runs.page(limit=_PAGE, cursor=page.cursor, only=only)
