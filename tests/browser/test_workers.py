"""The page of workers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.browsing import Tab


def test_the_worker_of_the_server_is_shown_as_it_comes(tab: Tab) -> None:
    tab.open("/workers")
    machine = tab.page.get_by_role("listitem").filter(has_text="at a time")
    expect(machine).to_have_count(1, timeout=30_000)
    expect(machine).to_contain_text("idle")
    expect(machine).to_contain_text("render")
    tab.assert_accessible()
