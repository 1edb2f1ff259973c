"""What was entered is not lost: a form that would not be taken stays as it is, and says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.browser.conftest import OpenTab
from tests.browser.people import House, Person, federated, forget, sign_in
from tests.media_files import make_still, picture_array
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


def signed_in_beside(house: House, page: Page) -> Page:
    """Another tab of the same browser, in which its user has signed in."""
    beside = page.context.new_page()
    beside.goto(house.url)
    beside.get_by_role("link", name="Sign in with").click()
    beside.wait_for_url(f"{house.url}/")
    return beside


def sign_out_beside(person: Person) -> None:
    """In another tab of the same browser."""
    beside = person.tab.page.context.new_page()
    beside.goto(f"{person.tab.url}/logout")
    beside.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(beside.get_by_role("link", name="Sign in with")).to_be_visible()
    beside.close()


def test_who_is_signed_out_while_writing_signs_in_elsewhere_and_sends_it(house: House, new_tab: OpenTab) -> None:
    quill = sign_in(house, new_tab, "quill")
    quill.tab.open("/recipes/new")
    quill.ask("POST", "/logout")
    write(quill.tab.page, "kept")
    expect(quill.tab.page.locator("#said")).to_have_text(SIGNED_OUT)
    signed_in_beside(house, quill.tab.page)
    send(quill.tab.page)
    expect(quill.tab.page).to_have_url(re.compile("/recipe/[0-9a-f]{64}$"))
    forget(quill.tab, house.l2.origin, "401")


def test_on_the_first_page_too_what_is_entered_stays_when_a_sign_in_ends(house: House, new_tab: OpenTab) -> None:
    sue = sign_in(house, new_tab, "sue")
    page = sue.tab.page
    page.get_by_label("Acuity", exact=True).fill("0.375")
    sue.ask("POST", "/logout")
    expect(page.locator("#said")).to_have_text(SIGNED_OUT)  # the page finds that out by itself
    with page.expect_response("**/glance") as again:
        pass
    assert again.value.status == 401
    expect(page.locator("#said")).to_have_text(SIGNED_OUT)
    page.locator(".order-choice .pick").filter(has=page.get_by_text("sepia", exact=True)).click()
    page.locator(".order-choice .pick").filter(has=page.get_by_text("dog", exact=True)).click()
    expect(page.get_by_label("Acuity", exact=True)).to_have_value("0.375")
    beside = signed_in_beside(house, page)
    expect(page.locator("#said")).to_be_empty()
    beside.close()
    expect(page.get_by_label("Acuity", exact=True)).to_have_value("0.375")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when a reader comes back to a tab
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    page.get_by_role("button", name="Render").click()
    page.wait_for_url(f"{house.url}/run/*")
    expect(page.get_by_text("0.375").first).to_be_attached()
    forget(sue.tab, house.l2.origin, "401")


@pytest.mark.parametrize("path", ["/order?recipe=dog", "/recipe/{recipe}"])
def test_what_is_entered_stays_when_something_else_of_its_page_is_refused(
    house: House, new_tab: OpenTab, path: str
) -> None:
    quill = sign_in(house, new_tab, "quill")
    page = quill.tab.page
    kept = json.loads(quill.ask("POST", "/configs/upload", EXAMPLE)[1])["id"]
    quill.tab.open(path.format(recipe=kept))
    page.get_by_label("Name", exact=True).evaluate("field => { field.closest('details').open = true }")
    page.get_by_label("Name", exact=True).fill("half of a name")
    quill.ask("POST", "/logout")
    with page.expect_response(lambda reply: reply.status == 401):
        page.evaluate("htmx.ajax('GET', '/glance', { target: '#said', swap: 'none' })")
    expect(page.locator("#said")).to_have_text(SIGNED_OUT)
    expect(page.get_by_label("Name", exact=True)).to_have_value("half of a name")
    forget(quill.tab, house.l2.origin, "401")


def test_without_scripts_the_page_that_refuses_a_form_holds_it(house: House, new_tab: OpenTab, tmp_path: Path) -> None:
    photo = make_still(tmp_path / "my photo.png", picture_array(60, 40))
    rita = sign_in(house, new_tab, "rita", java_script_enabled=False)
    page = rita.tab.page
    rita.tab.open("/order?recipe=dog")
    page.get_by_label("Send a file").set_input_files(photo)
    page.get_by_label("Acuity", exact=True).fill("0.625")
    sign_out_beside(rita)
    page.get_by_role("button", name="Render").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    page.get_by_text("What you entered", exact=True).click()
    expect(page.get_by_label("Acuity", exact=True)).to_have_value("0.625")
    rita.tab.assert_fits()
    with page.expect_popup() as beside:
        page.get_by_role("link", name="Sign in with").click()
    expect(beside.value).to_have_url(f"{house.url}/order?recipe=dog")
    beside.value.close()
    page.get_by_label("my photo.png, again").set_input_files(photo)
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url(f"{house.url}/run/*")
    expect(page.get_by_role("main")).to_contain_text("my photo.png")
    expect(page.get_by_text("0.625").first).to_be_attached()
    forget(rita.tab, house.l2.origin)


def test_the_page_that_holds_a_form_can_be_read_by_all(house: House, new_tab: OpenTab) -> None:
    for given in ({}, {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}):
        quill = sign_in(house, new_tab, "quill", **given)
        page = quill.tab.page
        quill.tab.open("/recipes/new?example=1")
        quill.ask("POST", "/logout")
        page.evaluate("document.querySelector('.recipe-form').submit()")  # as where no script asks first
        page.get_by_text("What you entered", exact=True).click()
        expect(page.get_by_label("Text", exact=True)).to_be_visible()
        quill.tab.assert_fits()
        quill.tab.assert_accessible()
        forget(quill.tab, house.l2.origin)


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
