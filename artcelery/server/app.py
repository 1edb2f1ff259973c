"""The application: `create_app(settings)`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI

from artcelery import __version__
from artcelery.core.settings import Settings, load_settings
from artcelery.server.description import describe, operation_id
from artcelery.server.docs_page import add_docs
from artcelery.server.following import Followings
from artcelery.server.metrics.metrics import measure
from artcelery.server.pages.registering import add_pages, dress_problems
from artcelery.server.problems import add_problems
from artcelery.server.routes import assets, auth, cache, configs, download, effects, health, info, runs, workers
from artcelery.server.security.guarding import guard
from artcelery.server.services import open_services

__all__ = ["app_of_environment", "create_app"]

_ABOUT = """\
Describe a picture, a film or a sound as a graph of operations; it is rendered once, in one pass, with its papers.

Every error is a problem as RFC 9457 has it, with a stable `code` and a `detail` that says what to do next.
"""


def create_app(settings: Settings) -> FastAPI:
    """A server with these settings; it opens its state when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as opened:
            app.state.services = opened.enter_context(open_services(settings))
            app.state.followings = Followings(app.state.services.engine.state)
            yield

    app = FastAPI(
        title="artcelery",
        version=__version__,
        description=_ABOUT,
        lifespan=lifespan,
        redoc_url=None,
        docs_url=None,
        redirect_slashes=False,  # such a redirect would repeat the query, which may hold a token
        generate_unique_id_function=operation_id,
    )
    app.state.settings = settings
    add_problems(app)
    add_pages(app)
    for room in (info, runs, cache, assets, configs, effects, auth, download, workers, health):
        app.include_router(room.router)
    describe(app)
    add_docs(app)
    guard(app, settings)
    dress_problems(app)
    measure(app)
    return app


def app_of_environment() -> FastAPI:
    """A server with the settings of the environment, for processes that are started by others."""
    return create_app(load_settings())
