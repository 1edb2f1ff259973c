"""The interactive documentation at `/docs`: everything it loads comes from this server.

`files` holds a copy of what is needed of the npm package swagger-ui-dist, unchanged; `vendored.json` says which.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

__all__ = ["add_docs"]

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}


def add_docs(app: FastAPI) -> None:
    """Have an application show its own description at `/docs`."""

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        """The page."""
        return HTMLResponse((_HERE / "docs.html").read_text("utf-8"), headers=_HEADERS)

    app.mount("/docs/files", StaticFiles(directory=_HERE / "files"), name="docs")
