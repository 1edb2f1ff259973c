"""Files in a browser: the grid, one file, two beside one another; uploaded, named, deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from artcelery.core.hashing import hash_bytes
from artcelery.core.media.clip import Clip, clip_to_json
from artcelery.core.state.records import MediaFact
from artcelery.core.state.sqlite import SqliteState
from tests.browser.browsing import Tab, becomes, open_tab
from tests.browser.conftest import OpenTab
from tests.media_files import make_film, make_sound, make_still, picture_array
from tests.server.running import running_server, server_settings
from tests.server.serving.program import Serve

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
CLIP, DAY = clip_to_json(Clip("data")), "2026-01-07T10:00:00."
KNOWN = """player => new Promise((known) => {
  if (player.readyState) known(player.duration);
  else player.addEventListener("loadedmetadata", () => known(player.duration), { once: true });
})"""
SOUGHT = """player => new Promise((sought) => {
  if (!player.seeking) sought(player.currentTime);
  else player.addEventListener("seeked", () => sought(player.currentTime), { once: true });
})"""
MOVED = """player => new Promise((moved) => {
  if (player.currentTime > 0) moved();
  else player.addEventListener("timeupdate", () => moved(), { once: true });
})"""
LIE_ON_ONE_ANOTHER = """(main) => {
  const [a, b] = [".is-a .mat", ".is-b .mat"].map((mat) => main.querySelector(mat).getBoundingClientRect());
  return a.width > 0 && JSON.stringify(a) === JSON.stringify(b);
}"""
HOSTILE = {
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.top.ran = 1</script></svg>',
    "page.html": b"<!doctype html><script>window.top.ran = 1</script>",
}


@pytest.fixture(scope="module")
def client(site: Serve) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of each kind."""
    made = tmp_path_factory.mktemp("media")
    make_still(made / "picture.png", picture_array(640, 480))
    make_still(made / "tall.png", picture_array(200, 900))
    make_film(made / "film.webm", seconds=3)
    make_sound(made / "sound.flac", seconds=6)
    (made / "words.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    return made


@pytest.fixture(scope="module")
def files(client: httpx.Client, folder: Path) -> dict[str, str]:
    """The content hash of each file, uploaded."""
    return {path.name: upload(client, path) for path in sorted(folder.iterdir())}


def upload(client: httpx.Client, path: Path) -> str:
    reply = client.post("/cache/upload", params={"name": path.name}, content=path.read_bytes())
    assert reply.status_code == 201, reply.text
    return str(reply.json()["content_hash"])


def new_picture(folder: Path, name: str, seed: int) -> Path:
    """A picture that no other test has."""
    return make_still(folder / name, np.random.default_rng(seed).integers(0, 256, (40, 60, 3), np.uint8))


def test_each_kind_is_seen_in_small_and_large(tab: Tab, files: dict[str, str]) -> None:
    tab.open("/media")
    for name in ("picture.png", "tall.png", "film.webm", "sound.flac"):
        expect(tab.page.locator(".media-tile", has_text=name).locator("img.is-there")).to_have_count(1)
    expect(tab.page.locator(".media-tile", has_text="words.srt").locator("img")).to_have_count(0)
    tab.assert_accessible()
    for name, shown in {"picture.png": "img", "film.webm": "video", "sound.flac": "audio", "words.srt": "svg"}.items():
        tab.open(f"/media/{files[name]}")
        expect(tab.page.locator(f".large-look {shown}")).to_be_visible()
        tab.assert_accessible()


@pytest.mark.parametrize("javascript", [True, False])
def test_pages_of_files_fit_a_phone(new_tab: OpenTab, files: dict[str, str], javascript: bool) -> None:
    phone = new_tab(java_script_enabled=javascript, **PHONE)
    both = f"/media/compare?a={files['picture.png']}&b={files['tall.png']}"
    for address in ("/media", "/media?name=x&origin=upload", both, *(f"/media/{found}" for found in files.values())):
        phone.open(address)
        expect(phone.page.locator("h1")).to_be_visible()
        if javascript:
            phone.assert_fits()


def test_a_thumbnail_that_is_being_made_comes_by_itself(tab: Tab, client: httpx.Client, tmp_path: Path) -> None:
    found = upload(client, make_sound(tmp_path / "long.flac", seconds=600, layout="mono", sample_rate=8000))
    tab.open("/media?name=nothing-is-called-so")
    tab.page.evaluate(
        "address => document.querySelector('main').append(Object.assign(new Image(), { src: address, alt: '' }))",
        f"/cache/{found}/thumbnail?size=256&wait=0",
    )
    picture = tab.page.locator("main > img")
    expect(picture).to_have_class("is-there", timeout=60_000)
    expect(picture).to_have_attribute("data-tries", re.compile("[1-9]"))
    assert picture.evaluate("image => image.naturalWidth") == 256


def test_a_waveform_that_is_being_made_comes_by_itself_and_leads_through_the_sound(
    tab: Tab, client: httpx.Client, tmp_path: Path
) -> None:
    found = upload(client, make_sound(tmp_path / "other.flac", seconds=300, layout="mono", sample_rate=8000))
    tab.open(f"/media/{found}")
    wave = tab.page.locator(".waveform svg")
    expect(wave).to_be_visible(timeout=60_000)
    expect(wave.locator("line")).to_have_count(1)
    sound = tab.page.locator("audio")
    assert sound.evaluate(KNOWN) > 290
    box = wave.bounding_box()
    assert box
    wave.click(position={"x": box["width"] / 2, "y": 10})
    assert abs(sound.evaluate(SOUGHT) - 150) < 3


def test_what_cannot_be_decoded_is_a_plain_tile(tab: Tab, client: httpx.Client, folder: Path, tmp_path: Path) -> None:
    data = bytearray((folder / "sound.flac").read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    (tmp_path / "cut.flac").write_bytes(data)
    found = upload(client, tmp_path / "cut.flac")
    tab.open("/media?name=cut.flac")
    expect(tab.page.locator(".media-tile img.is-broken")).to_have_count(1)
    expect(tab.page.locator(".media-tile img")).to_be_hidden()
    assert tab.troubles == [f"422: {tab.page.locator('.media-tile img').evaluate('image => image.currentSrc')}"]
    assert found in tab.troubles[0]
    tab.troubles.clear()
    assert client.delete(f"/cache/{found}").status_code == 200


def test_a_film_plays_while_it_is_pointed_at_and_without_sound(new_tab: OpenTab, files: dict[str, str]) -> None:
    tab = new_tab()
    tab.open("/media?name=film.webm")
    film = tab.page.locator(".media-tile video")
    tab.page.locator(".media-tile").hover()
    expect(tab.page.locator(".small-look.plays video")).to_have_count(1)
    assert film.evaluate("film => film.muted && !film.paused")
    tab.page.locator("h1").hover()
    expect(film).to_have_count(0)
    tab.page.locator(".tile-link").focus()
    expect(tab.page.locator(".small-look.plays video")).to_have_count(1)
    tab.assert_accessible()


def test_no_film_plays_for_who_wants_less_motion(new_tab: OpenTab, files: dict[str, str]) -> None:
    tab = new_tab(reduced_motion="reduce")
    tab.open("/media?name=film.webm")
    tab.page.locator(".media-tile").hover()
    expect(tab.page.locator("img.is-there")).to_have_count(1)
    tab.page.locator(".tile-link").focus()
    tab.page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    expect(tab.page.locator(".media-tile video")).to_have_count(0)


def test_a_film_that_cannot_be_played_says_so(tab: Tab, client: httpx.Client, tmp_path: Path) -> None:
    found = upload(client, make_film(tmp_path / "old.mp4", seconds=1, codec="mpeg4"))
    tab.open(f"/media/{found}")
    expect(tab.page.get_by_text("This browser does not play this format")).to_be_visible()
    tab.assert_accessible()


def test_a_film_is_sought_in(tab: Tab, files: dict[str, str]) -> None:
    tab.open(f"/media/{files['film.webm']}")
    film = tab.page.locator("video")
    assert film.evaluate(KNOWN) > 2.9
    film.evaluate("film => { film.currentTime = 2.5; }")
    assert film.evaluate(SOUGHT) == 2.5


def test_files_are_chosen_and_sent_and_the_page_of_one_follows(tab: Tab, tmp_path: Path) -> None:
    tab.open("/media")
    tab.page.get_by_label("Add a picture, a film or a sound").set_input_files(new_picture(tmp_path, "chosen.png", 1))
    tab.page.get_by_role("button", name="Upload").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("chosen.png")


def test_several_files_are_dropped_anywhere_and_what_is_refused_says_why(
    tab: Tab, folder: Path, tmp_path: Path
) -> None:
    tab.open("/media")
    good = new_picture(tmp_path, "dropped.png", 2)
    drop(tab.page, {"dropped.png": good.read_bytes(), **HOSTILE})
    uploads = tab.page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(uploads).to_have_count(3)
    expect(uploads.nth(0)).to_contain_text("is here")
    for number, name in enumerate(HOSTILE, 1):
        expect(uploads.nth(number)).to_contain_text(f"'{name}' is ")
    tab.assert_accessible()
    assert all(trouble.startswith("422: ") for trouble in tab.troubles)
    assert len(tab.troubles) == 2
    tab.troubles.clear()


def test_a_file_that_is_too_large_is_not_even_sent(browser: Browser, tmp_path: Path) -> None:
    settings = server_settings(tmp_path, upload_max_size=1000)
    with running_server(settings) as server, open_tab(browser, server.url) as tab:
        tab.open("/media")
        drop(tab.page, {"large.png": bytes(1001)})
        said = tab.page.get_by_role("list", name="Uploads").get_by_role("listitem")
        expect(said).to_contain_text("large.png is larger than 1.0 kB, the most that is taken here")


def drop(page: Page, files: dict[str, bytes]) -> None:
    """Drop files on the page, as from the desktop."""
    given = [[name, list(data)] for name, data in files.items()]
    page.evaluate(
        """(files) => {
          const dataTransfer = new DataTransfer();
          for (const [name, data] of files) dataTransfer.items.add(new File([new Uint8Array(data)], name));
          for (const kind of ["dragover", "drop"])
            document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        given,
    )


def test_without_scripts_a_file_is_uploaded_named_compared_and_deleted(
    new_tab: OpenTab, files: dict[str, str], tmp_path: Path
) -> None:
    plain = new_tab(java_script_enabled=False)
    page = plain.page
    plain.open("/media")
    page.get_by_label("Add a picture, a film or a sound").set_input_files(new_picture(tmp_path, "plain.png", 3))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("plain.png")
    page.get_by_label("New name").fill("plain")
    page.get_by_role("button", name="Name it").click()
    expect(page.get_by_text("It has a name. Forget the name first.")).to_be_visible()
    page.get_by_role("button", name="Forget the name plain").click()
    page.get_by_text("Delete this picture").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page).to_have_url(f"{plain.url}/media")
    expect(page.locator(".media-tile", has_text="plain.png")).to_have_count(0)
    for name in ("picture.png", "tall.png"):
        page.get_by_label(f"Compare {name}").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("figure img")).to_have_count(2)


def test_two_pictures_are_compared_beside_and_over_one_another(tab: Tab, files: dict[str, str]) -> None:
    page = tab.page
    tab.open("/media")
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    for name in ("sound.flac", "picture.png", "tall.png"):
        page.get_by_label(f"Compare {name}").check()
    expect(page.get_by_label("Compare sound.flac")).not_to_be_checked()
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(f"{tab.url}/media/compare?a={files['picture.png']}&b={files['tall.png']}")
    tab.assert_accessible()
    page.get_by_role("button", name="Wipe").click()
    slider = page.get_by_role("slider", name="How much of A is seen")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".is-a .mat")).to_have_css("clip-path", "inset(0px 100% 0px 0px)")
    becomes(page.locator("main"), LIE_ON_ONE_ANOTHER)
    tab.assert_accessible()
    page.get_by_role("link", name="Swap A and B").click()
    expect(page.locator("figure").first).to_contain_text("tall.png")


def test_a_file_that_a_run_needs_says_so_instead_of_being_deleted(
    tab: Tab, client: httpx.Client, tmp_path: Path
) -> None:
    found = upload(client, new_picture(tmp_path, "needed.png", 4))
    run_id = client.post("/runs", json={"recipe": "sepia", "inputs": [found]}).json()["id"]
    tab.open(f"/media/{found}")
    expect(tab.page.get_by_text("A run needs it. Delete that first.")).to_be_visible()
    expect(tab.page.get_by_role("link", name=f"Run {run_id[:12]}")).to_have_attribute("href", f"/run/{run_id}")
    tab.assert_accessible()


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that has sixty pictures."""
    folder = tmp_path_factory.mktemp("sixty")
    with running_server(server_settings(folder)) as server:
        with server.client() as client:
            for number in range(60):
                upload(client, new_picture(folder, f"many-{number}.png", 1000 + number))
        yield server.url


def test_the_list_goes_on_as_it_is_scrolled_and_no_file_comes_twice(new_tab: OpenTab, sixty: str) -> None:
    tab = new_tab(url=sixty)
    tab.open("/media?name=many-")
    tiles = tab.page.locator(".media-tile")
    expect(tiles).to_have_count(48)
    tab.page.mouse.wheel(0, 20_000)
    expect(tiles).to_have_count(60)
    names = tab.page.locator(".tile-link").evaluate_all("links => links.map((link) => link.title)")
    assert names == [f"many-{number}.png" for number in reversed(range(60))]
    expect(tab.page.locator(".more")).to_have_count(0)


def record(folder: Path, count: int) -> None:
    """Tell a server of many files that are only facts."""
    facts = [
        MediaFact(hash_bytes(str(number).encode()), number, {**CLIP}, f"paper {number}", "upload", f"{DAY}{number:06}Z")
        for number in range(count)
    ]
    state = SqliteState.open(folder / "home" / "state.db")
    rows = [(fact.content_hash, json.dumps(asdict(fact))) for fact in facts]
    with state._database.write() as connection:
        connection.executemany("INSERT INTO media (content_hash, fact) VALUES (?, ?)", rows)
    state.close()


def test_ten_thousand_files_are_a_page_like_any_other(browser: Browser, tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server:
        record(tmp_path, 10_000)
        with open_tab(browser, server.url) as tab:
            tab.open("/media")
            expect(tab.page.get_by_text("10\u202f000 files")).to_be_visible()
            expect(tab.page.locator(".media-tile")).to_have_count(48)
            tab.page.keyboard.press("j")
            expect(tab.page.locator(".tile-link").first).to_be_focused()
            tab.page.mouse.wheel(0, 20_000)
            expect(tab.page.locator(".media-tile")).to_have_count(96)
            tab.page.get_by_label("Part of a name").fill("paper 77")
            tab.page.get_by_role("button", name="Find").click()
            expect(tab.page.locator(".tile-link").first).to_have_attribute("title", "paper 7799")
            tab.open("/media?max_size=2B")
            expect(tab.page.locator(".tile-link")).to_have_count(3)


def test_who_comes_back_to_a_long_list_finds_it_where_it_was_left(new_tab: OpenTab, sixty: str) -> None:
    tab = new_tab(url=sixty)
    page = tab.page
    tab.open("/media?name=many-")
    page.mouse.wheel(0, 20_000)
    expect(page.locator(".media-tile")).to_have_count(60)
    link = page.get_by_role("link", name="many-5.png")
    link.scroll_into_view_if_needed()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("many-5.png")
    expect(page.get_by_role("link", name="Media").last).to_have_attribute("href", "/media?name=many-")
    page.keyboard.press("Escape")
    expect(link).to_be_in_viewport()


def test_two_films_are_played_together(tab: Tab, client: httpx.Client, tmp_path: Path) -> None:
    a, b = (
        upload(client, make_film(tmp_path / f"{name}.webm", (64, 48), 10, seconds=60, audio=None, source=source))
        for name, source in (("a", "testsrc2"), ("b", "testsrc"))
    )
    tab.open(f"/media/compare?a={a}&b={b}")
    tab.page.get_by_role("button", name="Play both together").click()
    films = tab.page.locator("video")
    for number in range(2):
        films.nth(number).evaluate(MOVED)
    tab.page.get_by_role("button", name="Pause both").click()
    expect(tab.page.get_by_role("button", name="Play both together")).to_be_visible()
    assert films.evaluate_all("films => films.every((film) => film.paused)")
    tab.assert_accessible()


def test_the_grid_is_walked_with_keys(tab: Tab, files: dict[str, str]) -> None:
    page = tab.page
    tab.open("/media?origin=upload")
    links = page.locator(".tile-link")
    for key, number in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(number)).to_be_focused()
    name = links.nth(1).get_attribute("title")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(str(name))
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{tab.url}/media?origin=upload")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_script_runs_of_what_is_kept_that_is_no_media(tab: Tab, client: httpx.Client, name: str) -> None:
    found = hash_bytes(HOSTILE[name])
    assert client.put(f"/cache/{found}", content=HOSTILE[name]).status_code == 201
    tab.open("/media?name=nothing-is-called-so")
    with tab.page.expect_download() as saved:
        tab.page.evaluate(f"location.assign('/cache/{found}')")
    assert Path(saved.value.path()).read_bytes() == HOSTILE[name]
    tab.open(f"/media/{found}")
    expect(tab.page.get_by_text("What is in it is not shown here")).to_be_visible()
    assert tab.page.evaluate("window.ran") is None


def test_an_empty_list_says_what_to_do(tab: Tab) -> None:
    tab.open("/media?name=nothing-is-called-so")
    expect(tab.page.get_by_role("heading", name="No file is like that")).to_be_visible()
    tab.assert_accessible()
    tab.page.get_by_role("link", name="Show all files").click()
    expect(tab.page).to_have_url(f"{tab.url}/media")
