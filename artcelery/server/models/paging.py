"""Lists that come page by page."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = ["NextPage"]

NextPage = Annotated[str | None, Field(description="Where the next page begins; null at the end.")]
"""The cursor of the page that follows one."""
