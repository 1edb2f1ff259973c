"""The pages of an application."""

from __future__ import annotations

from fastapi import FastAPI

from artcelery.server.pages import (
    effects,
    home,
    looks,
    media,
    media_compare,
    media_doing,
    media_file,
    order,
    recipe,
    recipes,
    run,
    run_doing,
    runs,
    sign_in,
    statics,
    waveforms,
    workers,
)
from artcelery.server.pages.problem_pages import Dressed
from artcelery.server.pages.representations import Represented
from artcelery.server.pages.targets import Targets
from artcelery.server.pages.turns import Turns

__all__ = ["PAIRS", "add_pages", "dress_problems"]

# Of two addresses that might be the same, the room that knows the narrower one comes first.
_ROOMS = (
    *(home, runs, run, run_doing, media, media_compare, waveforms, media_file, media_doing, recipes, recipe),
    *(order, looks, effects, workers, sign_in),
)

PAIRS = tuple(pair for room in _ROOMS for pair in room.router.pairs)
"""What is a page and JSON."""


def add_pages(app: FastAPI) -> None:
    """Have an application show pages; to be called before the routes of the API are added, which come after them."""
    app.state.turns = Turns()
    app.state.targets = Targets(path for room in _ROOMS for path in room.router.paths)
    app.include_router(statics.router)
    for room in _ROOMS:
        app.include_router(room.router)
    app.add_middleware(Represented, pairs=PAIRS)


def dress_problems(app: FastAPI) -> None:
    """Show problems as pages where pages are wanted; to be called last, so that whoever refuses is dressed too."""
    app.add_middleware(Dressed)
