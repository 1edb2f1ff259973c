"""Signing in and out as a browser sees it: what is one user's is nobody else's, and ends with their sign-in."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, expect
from playwright.sync_api import TimeoutError as TooLate

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.browser.browsing import launched, open_tab
from tests.browser.conftest import OpenTab
from tests.browser.people import House, Person, elsewhere, federated, forget, known_to_l2, sign_in
from tests.server.l2_server import reference_l2

SignIn = Callable[[str], Person]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>document.title="ran"</script></svg>'
HTML = b'<!doctype html><title>ran</title><script>document.title="ran";fetch("/logout",{method:"POST"})</script>'


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with reference_l2() as l2, federated(tmp_path_factory.mktemp("house"), l2) as house:
        yield house


@pytest.fixture
def come(house: House, new_tab: OpenTab) -> SignIn:
    """Somebody signs in."""
    return lambda name: sign_in(house, new_tab, name)


@dataclass(frozen=True)
class Things:
    """What somebody has on the server."""

    file: str
    run: str
    recipe: str
    words: tuple[str, ...]


def picture(colour: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, "PNG")
    return made.getvalue()


def things_of(person: Person) -> Things:
    """One of each, named after its owner."""
    name = f"{person.name}s-secret"
    told = [
        person.ask("POST", f"/cache/upload?name={name}.png", data=picture("teal")),
        person.ask("POST", "/configs/upload", EXAMPLE.replace("small-dog", f"{name}-recipe")),
    ]
    file, recipe = (json.loads(text) for _, text in told)
    order = json.dumps({"inputs": [file["content_hash"]]})
    status, run = person.ask("POST", f"/configs/{recipe['id']}/run", order, **{"Content-Type": "application/json"})
    assert status == 202, run
    return Things(
        file["content_hash"],
        json.loads(run)["id"],
        recipe["id"],
        (name, person.name, file["content_hash"], json.loads(run)["id"], recipe["id"]),
    )


def test_two_users_do_not_see_what_is_the_others(house: House, come: SignIn) -> None:
    quill, bob = come("quill"), come("bob")
    theirs = things_of(quill)
    lists = ["/", "/runs", "/media", "/recipes", "/effects"]
    for path in lists:
        bob.tab.open(path)
        shown = bob.tab.page.content()
        assert not [word for word in theirs.words if word in shown], path
    for path in (f"/run/{theirs.run}", f"/media/{theirs.file}", f"/recipe/{theirs.recipe}", f"/cache/{theirs.file}"):
        assert bob.tab.open(path).status == 404, path
    quill.tab.open("/recipes")
    expect(quill.tab.page.get_by_role("link", name="quills-secret-recipe", exact=True)).to_be_visible()
    assert quill.tab.open(f"/run/{theirs.run}").status == 200


def test_no_script_and_no_other_site_gets_the_cookie(house: House, come: SignIn) -> None:
    quill = come("quill")
    cookies = {cookie["name"]: cookie for cookie in quill.tab.page.context.cookies(house.url)}
    session = cookies["artcelery_session"]
    assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Lax", "/")
    assert quill.tab.page.evaluate("document.cookie") == ""
    assert set(cookies) == {"artcelery_session"}


def test_the_token_stays_in_no_address_and_serves_once(house: House, come: SignIn, new_tab: OpenTab) -> None:
    seen: list[str] = []
    tab = new_tab(url=house.url)
    tab.page.on("request", lambda request: seen.append(request.url))
    known_to_l2(house, tab, "quill")
    tab.open("/")
    tab.page.get_by_role("link", name="Sign in with").click()
    tab.page.wait_for_url(f"{house.url}/")
    expect(tab.page.get_by_role("button", name="Sign out")).to_be_visible()
    used = next(url for url in seen if "auth_token=" in url)
    assert tab.page.evaluate("[location.href, document.referrer].join()").count("auth_token") == 0
    other = new_tab(url=house.url)
    assert other.page.goto(used).status == 401  # type: ignore[union-attr]
    expect(other.page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    forget(tab, house.l2.origin)


def test_a_sign_in_that_was_not_begun_here_is_asked_about(house: House, new_tab: OpenTab) -> None:
    tab = new_tab(url=house.url)
    token = house.l2.give("token-unasked-for", "mallory", house.url)
    tab.open(f"/auth?auth_token={token}")
    assert tab.page.url == f"{house.url}/auth/confirm"
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(f"Sign in as {house.user('mallory')}?")
    tab.assert_accessible()
    tab.page.get_by_role("link", name="Cancel").click()
    expect(tab.page.get_by_role("link", name="Sign in with")).to_be_visible()
    tab.open("/auth/confirm")
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_text(house.user("mallory"), exact=True)).to_be_visible()


@pytest.mark.parametrize("given", [{}, {"java_script_enabled": False}], ids=["with-scripts", "without"])
def test_who_followed_a_link_signs_in_and_is_there(house: House, new_tab: OpenTab, given: dict[str, bool]) -> None:
    tab = new_tab(url=house.url, **given)
    known_to_l2(house, tab, "quill")
    seen: list[str] = []
    tab.page.on("request", lambda request: seen.append(request.url))
    wanted = f"{house.url}/runs?status=failed&name=two+words"
    assert tab.open(wanted.removeprefix(house.url)).status == 401
    tab.page.get_by_role("link", name="Sign in with").click()
    expect(tab.page).to_have_url(wanted)
    expect(tab.page.get_by_text(house.user("quill"), exact=True)).to_be_visible()
    at_l2 = [url for url in seen if url.startswith(house.l2.origin)]
    assert len(at_l2) == 1
    assert "failed" not in at_l2[0]
    assert {cookie["name"] for cookie in tab.page.context.cookies(house.url)} == {"artcelery_session"}
    forget(tab, house.l2.origin)


def test_a_sign_in_that_is_asked_about_leads_to_the_page_that_was_wanted(house: House, new_tab: OpenTab) -> None:
    tab = new_tab(url=house.url)
    tab.open("/recipes/new?example=1")
    address = tab.page.get_by_role("link", name="Sign in with").get_attribute("href")
    tab.page.context.request.get(f"{house.url}{address}", max_redirects=0)  # which does not say from where it comes
    token = house.l2.give("token-for-the-asked", "quill", house.url)
    tab.open(f"/auth?auth_token={token}")
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page).to_have_url(f"{house.url}/recipes/new?example=1")
    expect(tab.page.get_by_text(house.user("quill"), exact=True)).to_be_visible()


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "https://evil.example/", "/logout"])
def test_a_link_that_was_made_elsewhere_leads_to_no_other_place(house: House, new_tab: OpenTab, to: str) -> None:
    tab = new_tab(url=house.url)
    known_to_l2(house, tab, "quill")
    tab.page.goto(f"{house.url}/auth/begin?{urlencode({'to': to})}")
    expect(tab.page).to_have_url(f"{house.url}/")
    expect(tab.page.get_by_text(house.user("quill"), exact=True)).to_be_visible()
    forget(tab, house.l2.origin)


def test_after_signing_out_the_way_back_shows_nothing(house: House, browser: Browser, new_tab: OpenTab) -> None:
    # A browser that keeps whole pages for the way back, as people's browsers do.
    keeping = launched(browser.browser_type, ignore_default_args=["--disable-back-forward-cache"])
    with keeping as other, open_tab(other, house.url) as tab:
        quill = sign_in(house, lambda **given: tab, "quill")
        theirs = things_of(quill)
        tab.open("/recipes")
        expect(tab.page.get_by_role("link", name="quills-secret-recipe", exact=True)).to_be_visible()
        tab.page.get_by_role("button", name="Sign out").click()
        expect(tab.page.get_by_role("link", name="Sign in with")).to_be_visible()
        tab.page.go_back()
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
        assert not [word for word in theirs.words if word in tab.page.content()]


def test_signing_out_asks_first_and_needs_no_script(house: House, new_tab: OpenTab) -> None:
    quill = sign_in(house, new_tab, "quill", java_script_enabled=False)
    page = quill.tab.page
    quill.tab.open("/logout")
    expect(page.get_by_text(f"You are signed in as {house.user('quill')}.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in with")).to_be_visible()
    assert page.context.cookies(house.url) == []


def test_a_page_that_is_open_hears_no_more_when_its_user_is_revoked(house: House, come: SignIn) -> None:
    # Whether a stream's user is still signed in is asked every five seconds, and browsers come back after three.
    quill = come("quill")
    page = quill.tab.page
    quill.tab.open("/runs")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    house.l2.revoke_user("quill")
    with house.served.client() as client:
        said = client.post("/auth/revoke-user", json={"username": "quill", "l2_server": house.l2.origin})
        assert said.status_code == 200
        program = {"Authorization": f"Bearer {house.l2.give('token-of-a-program', 'quill', house.url)}"}
        runs = list(runs_until_told(quill, client, program))
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    assert runs[-1] not in page.content()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    expect(page.get_by_role("link", name="Sign in with")).to_be_visible()
    forget(quill.tab, "401")


def runs_until_told(person: Person, client: httpx.Client, program: dict[str, str]) -> Iterator[str]:
    """Runs that are begun one after another, until the page of a person says that they are signed out."""
    told = person.tab.page.get_by_text("You are signed out")
    for _ in range(60):
        run = client.post("/runs", json={"recipe": "identity", "inputs": ["cat"]}, headers=program).json()
        yield run["id"]
        try:
            told.wait_for(timeout=500)
        except TooLate:
            continue
        return


def test_what_is_done_after_a_revocation_leads_to_the_way_in(house: House, come: SignIn) -> None:
    nora = come("nora")  # L2 is asked about a user once in ten seconds
    page = nora.tab.page
    nora.tab.open("/recipes/new?example=1")
    house.l2.revoke_user("nora")
    with house.served.client() as client:
        client.post("/auth/revoke-user", json={"username": "nora", "l2_server": house.l2.origin})
    page.get_by_role("button", name="Check and keep it").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    expect(page.get_by_role("heading", level=1)).to_have_text("New recipe")  # what was entered is not lost
    forget(nora.tab, "401: ")
    page.get_by_role("navigation").get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    page.get_by_role("main").get_by_role("link", name="Sign in with").click()
    expect(page.get_by_text(house.user("nora"), exact=True)).to_be_visible()
    forget(nora.tab, house.l2.origin)


FORMS = """<!doctype html><title>elsewhere</title>
<form method="post" action="{url}/do/recipes" enctype="multipart/form-data"><textarea name="text">{text}</textarea>
<button>recipe</button></form>
<form method="post" action="{url}/do/order" enctype="multipart/form-data"><input name="recipe" value="dog">
<input name="input.input" value="cat"><button>order</button></form>
<form method="post" action="{url}/logout"><button>logout</button></form>
<form method="post" action="{url}/sign-in"><input name="token" value="a guess"><button>sign-in</button></form>
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_forms_of_other_origins_change_nothing(house: House, come: SignIn, host: str) -> None:
    quill = come("quill")
    tab, page = quill.tab, quill.tab.page
    name = f"foreign-{host}"
    with elsewhere(FORMS.format(url=house.url, text=EXAMPLE.replace("small-dog", name))) as other:
        before = quill.ask("GET", "/runs")[1]
        for button in ("recipe", "order", "logout", "sign-in"):
            page.goto(other.at(host))
            with page.expect_navigation() as come_to:
                page.get_by_role("button", name=button).click()
            assert come_to.value.status == 403, button
            expect(page.get_by_role("heading", level=1)).to_have_text("That is not allowed")
        forget(tab, other.at(host))
    tab.open("/recipes")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert name not in page.content()
    assert quill.ask("GET", "/runs")[1] == before


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_page_elsewhere_holds_a_page_of_ours_in_a_frame(house: House, come: SignIn, host: str) -> None:
    quill = come("quill")
    page = quill.tab.page
    with elsewhere(f'<!doctype html><title>elsewhere</title><iframe src="{house.url}/recipes"></iframe>') as other:
        page.goto(other.at(host))
        inner = page.frame_locator("iframe").locator("body")
        expect(inner).not_to_contain_text("Recipes")
        assert all(frame.url.startswith(("chrome-error:", other.at(host))) for frame in page.frames)
    forget(quill.tab, other.at(host), "frame-ancestors", "X-Frame-Options", "ERR_BLOCKED_BY_RESPONSE", "chrome-error")


@pytest.mark.parametrize(("name", "data"), [("drawing.svg", SVG), ("page.html", HTML)])
def test_drawings_and_pages_with_scripts_are_not_taken_in(come: SignIn, name: str, data: bytes) -> None:
    quill = come("quill")
    status, told = quill.ask("POST", f"/cache/upload?name={name}", data=data)
    assert status == 422
    assert name in json.loads(told)["detail"]
    forget(quill.tab, "422: ")


def test_a_recipe_that_is_a_page_with_a_script_is_saved_and_not_shown(house: House, come: SignIn) -> None:
    quill, bob = come("quill"), come("bob")
    status, told = quill.ask("POST", "/configs/upload?name=page.html", f"# {HTML.decode()}\n{EXAMPLE}")
    assert status == 201, told
    path = f"/cache/{json.loads(told)['id']}"
    house.l2.publish(json.loads(told)["id"])
    for person in (quill, bob):
        with person.tab.page.expect_download(), pytest.raises(Error, match=r"Download is starting|ERR_ABORTED"):
            person.tab.open(path)
        assert_is_at_peace(house, person)


@pytest.mark.parametrize("name", ["drawing.svg", "page.html"])
def test_a_picture_with_a_script_behind_it_is_a_picture_whatever_it_is_called(
    house: House, come: SignIn, name: str
) -> None:
    quill, bob = come("quill"), come("bob")
    status, told = quill.ask("POST", f"/cache/upload?name={name}", data=picture("olive") + SVG + HTML)
    assert status == 201, told
    content_hash = json.loads(told)["content_hash"]
    house.l2.publish(content_hash)
    for person in (quill, bob):
        reply = person.tab.open(f"/cache/{content_hash}")
        assert reply.header_value("content-type") == "image/png"
        assert_is_at_peace(house, person)
        # What the browser itself adds to a picture that is looked at alone is not let in either.
        forget(person.tab, "Applying inline style", "Blocked script execution")


def assert_is_at_peace(house: House, person: Person) -> None:
    """No script has run, and whoever was signed in still is."""
    assert "ran" not in person.tab.page.title()
    person.tab.open("/logout")
    expect(person.tab.page.get_by_text(f"You are signed in as {house.user(person.name)}.")).to_be_visible()
