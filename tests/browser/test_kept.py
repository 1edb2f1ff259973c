"""What was entered is not lost: a form that would not be taken stays as it is, and says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.browser.conftest import OpenTab
from tests.browser.people import House, federated, forget, sign_in
from tests.server.l2_server import reference_l2

SIGNED_OUT = "You are signed out. What you entered is still here. Sign in in another tab, then send it again."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with reference_l2() as l2, federated(tmp_path_factory.mktemp("house"), l2) as house:
        yield house


def write(page: Page, name: str) -> None:
    page.locator("#text").fill(EXAMPLE.replace("small-dog", name))
    send(page)


def send(page: Page) -> None:
    page.get_by_role("button", name="Check and keep it").click()


def test_who_is_signed_out_while_writing_signs_in_elsewhere_and_sends_it(house: House, new_tab: OpenTab) -> None:
    quill = sign_in(house, new_tab, "quill")
    quill.tab.open("/recipes/new")
    quill.ask("POST", "/logout")
    write(quill.tab.page, "kept")
    expect(quill.tab.page.locator("#said")).to_have_text(SIGNED_OUT)
    beside = quill.tab.page.context.new_page()
    beside.goto(house.url)
    beside.get_by_role("link", name="Sign in with").click()
    beside.wait_for_url(f"{house.url}/")
    send(quill.tab.page)
    expect(quill.tab.page).to_have_url(re.compile("/recipe/[0-9a-f]{64}$"))
    forget(quill.tab, house.l2.origin, "401")


def test_what_is_sent_while_nobody_answers_stays_to_be_sent_again(house: House, new_tab: OpenTab) -> None:
    quill = sign_in(house, new_tab, "quill")
    page = quill.tab.page
    quill.tab.open("/order?recipe=dog")
    page.get_by_label("Acuity", exact=True).fill("0.25")
    page.context.set_offline(True)
    page.get_by_role("button", name="Render").click()
    expect(page.locator("#said")).to_contain_text("The server does not answer. What you entered is still here.")
    page.context.set_offline(False)
    expect(page.get_by_label("Acuity", exact=True)).to_have_value("0.25")
    page.get_by_role("button", name="Render").click()
    page.wait_for_url(f"{house.url}/run/*")
    expect(page.get_by_text("0.25").first).to_be_attached()
    forget(quill.tab, house.l2.origin, "ERR_INTERNET_DISCONNECTED")
