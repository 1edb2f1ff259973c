"""What the tests of pages share: a browser, a server of its own for each module, and tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import Tab, chromium, open_tab
from tests.browser.ordering import Orders
from tests.server.serving.program import Serve, serving

OpenTab = Callable[..., Tab]


# Not of the session: while it is there, nothing else of the process can run an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this module has its home."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def site(site_folder: Path) -> Iterator[Serve]:
    """`artcelery serve` with a home and a worker of this module's own."""
    with serving(site_folder) as served:
        yield served


@pytest.fixture(scope="module")
def orders(site: Serve) -> Iterator[Orders]:
    """What is asked of the server beside the pages."""
    with site.client() as client:
        yield Orders(client)


@pytest.fixture
def new_tab(browser: Browser, site: Serve) -> Iterator[OpenTab]:
    """Opens tabs, each with cookies of its own: `new_tab(java_script_enabled=False)`."""
    with ExitStack() as tabs:

        def opened(**given: Any) -> Tab:
            return tabs.enter_context(open_tab(browser, given.pop("url", site.url), **given))

        yield opened


@pytest.fixture
def tab(new_tab: OpenTab) -> Tab:
    """One tab."""
    return new_tab()
