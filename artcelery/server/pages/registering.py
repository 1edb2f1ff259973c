"""The pages of an application."""

from __future__ import annotations

from fastapi import FastAPI

from artcelery.server.pages import home, runs, statics, workers
from artcelery.server.pages.problem_pages import Dressed
from artcelery.server.pages.representations import Represented

__all__ = ["add_pages", "dress_problems"]

_ROOMS = (home, runs, workers)


def add_pages(app: FastAPI) -> None:
    """Have an application show pages; to be called before the routes of the API are added, which come after them."""
    app.include_router(statics.router)
    for room in _ROOMS:
        app.include_router(room.router)
    app.add_middleware(Represented, pairs=[pair for room in _ROOMS for pair in room.router.pairs])


def dress_problems(app: FastAPI) -> None:
    """Show problems as pages where pages are wanted; to be called last, so that whoever refuses is dressed too."""
    app.add_middleware(Dressed)
