"""Files on pages: what is whose, what forms do, and how they say no."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from artcelery.core.hashing import hash_bytes
from artcelery.core.media.peaks import Peaks
from artcelery.core.state.records import PAPERS
from artcelery.server.pages import media_kinds
from artcelery.server.pages.waveforms import Drawn
from tests.media_files import make_sound
from tests.server.files.people import UNKNOWN, People, new_picture, uploaded

PAGE = {"Accept": "text/html"}
FORM = {**PAGE, "Sec-Fetch-Site": "same-origin"}


def shown(client: httpx.Client, address: str, status: int = 200) -> str:
    """The text of a page."""
    reply = client.get(address, headers=PAGE)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8"), reply.text
    return reply.text


def hashes_on(text: str) -> list[str]:
    """The files that a list shows, in their order."""
    return re.findall(r'class="tile-link" href="/media/([0-9a-f]{64})"', text)


def test_the_page_of_files_and_its_json_are_at_one_address(client: httpx.Client) -> None:
    found = uploaded(client, new_picture(), "here.png")
    listed = client.get("/media", params={"name": "here"})
    assert [item["content_hash"] for item in listed.json()["files"]] == [found]
    assert listed.json() == client.get("/media.json?name=here").json() == client.get("/cache?name=here").json()
    assert client.get(f"/media/{found}").json() == client.get(f"/cache/{found}/meta").json()
    assert hashes_on(shown(client, "/media?name=here")) == [found]
    assert "here.png" in shown(client, f"/media/{found}")
    sent = client.get("/cache?name=here", headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/media?name=here")
    assert client.get(f"/cache/{found}", headers=PAGE).headers["content-type"] == "image/png"


def test_all_files_come_page_by_page_and_each_once(people: People) -> None:
    alice = people.client("alice")
    files = {uploaded(alice, new_picture(), f"{number}.png") for number in range(100)}
    address, seen = "/media", list[str]()
    while address:
        text = shown(alice, address)
        seen += hashes_on(text)
        more = re.search(r'<li class="more"><a class="button" href="([^"]+)"', text)
        address = more[1].replace("&amp;", "&") if more else ""
    assert (len(seen), set(seen)) == (100, files)
    assert "100 files" in shown(alice, "/media")


def test_papers_are_a_choice_of_their_own_and_what_is_one_of_them_has_a_word() -> None:
    assert set(media_kinds.PAPERS) == PAPERS


def test_a_filter_is_in_the_address_and_what_was_left_empty_is_not(client: httpx.Client) -> None:
    sent = client.get("/media?name=x+y&origin=&kind=still&user=", headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/media?kind=still&name=x+y")
    text = shown(client, "/media?name=no-such-name")
    assert "No file is like that" in text
    assert 'value="no-such-name"' in text
    assert client.get("/media?kind=nothing", headers=PAGE).status_code == 422


@pytest.mark.parametrize("path", ["/media", "/cache"])
def test_files_are_found_by_size_and_time_on_pages_and_by_programs(people: People, path: str) -> None:
    alice = people.client("alice")
    small, large = uploaded(alice, new_picture()), uploaded(alice, new_picture(40_000))
    headers = PAGE if path == "/media" else {}

    def found(**asked: str) -> set[str]:
        reply = alice.get(path, params=asked, headers=headers)
        assert reply.status_code == 200, reply.text
        if path == "/media":
            return set(hashes_on(reply.text))
        return {item["content_hash"] for item in reply.json()["files"]}

    assert found(min_size="20 kB") == {large}
    assert found(max_size="0.02MB") == {small}
    assert found(min_size="20kB", max_size="30kB") == set()
    assert found(since="2020-01-01", before="2999-01-01") == {small, large}
    assert found(before="2020-01-01") == found(since="2999-01-01T00:00:00Z") == set()


@pytest.mark.parametrize(
    "asked", ["min_size=large", "min_size=-1", "max_size=9e9", "since=yesterday", "min_size=9999999TB"]
)
def test_a_filter_that_makes_no_sense_is_refused(client: httpx.Client, asked: str) -> None:
    assert client.get(f"/cache?{asked}").status_code == 422
    assert client.get(f"/media?{asked}", headers=PAGE).status_code == 422


def test_the_operator_sees_all_files_and_those_of_a_user(people: People) -> None:
    alice, bob, operator = people.client("alice"), people.client("bob"), people.operator()
    theirs = {uploaded(alice, new_picture(), "alices.png"), uploaded(alice, new_picture(), "alices.png")}
    other = uploaded(bob, new_picture(), "bobs.png")
    (name,) = people.server.services.engine.state.holders(min(theirs))
    assert set(hashes_on(shown(operator, f"/media?user={name}"))) == theirs
    assert {*theirs, other} <= set(hashes_on(shown(operator, "/media")))
    assert "Whose" in shown(operator, "/media")
    for client in (bob, alice):
        assert "Whose" not in shown(client, "/media")
    assert bob.get(f"/cache?user={name}").status_code == 403
    assert bob.get(f"/media?user={name}", headers=PAGE).status_code == 403
    assert alice.get(f"/cache?user={name}").status_code == 200


@pytest.mark.parametrize("address", ["/media/{}", "/media/{}/waveform", "/media/compare?a={}&b={}"])
def test_a_page_of_anothers_file_is_that_of_one_that_is_not_there(people: People, address: str) -> None:
    alice, bob, visitor = people.client("alice"), people.client("bob"), people.client()
    found = uploaded(alice, new_picture(), "secret name.png")
    for client, status in ((bob, 404), (visitor, 401)):
        theirs, none = (shown(client, address.format(name, name), status) for name in (found, UNKNOWN))
        assert theirs.replace(found, "?") == none.replace(UNKNOWN, "?")
        assert "secret" not in theirs


@pytest.mark.parametrize("what", ["delete", "name", "forget-name"])
def test_nobody_changes_anothers_file_and_no_other_site_changes_any(people: People, what: str) -> None:
    alice, bob, visitor = people.client("alice"), people.client("bob"), people.client()
    found = uploaded(alice, new_picture(), "mine.png")
    alice.put("/assets/mine", json={"content_hash": found})
    for client, status in ((bob, 404), (visitor, 401)):
        reply = client.post(f"/do/media/{found}/{what}", data={"name": "mine"}, headers=FORM)
        assert reply.status_code == status
    foreign = {**PAGE, "Sec-Fetch-Site": "cross-site"}
    assert alice.post(f"/do/media/{found}/{what}", data={"name": "mine"}, headers=foreign).status_code == 403
    meta = alice.get(f"/cache/{found}/meta").json()
    assert (meta["name"], meta["names"]) == ("mine.png", ["mine"])


def test_a_published_file_is_shown_to_all_and_only_its_owner_may_name_it(people: People) -> None:
    alice, visitor = people.client("alice"), people.client()
    found = uploaded(alice, new_picture(), "secret name.png")
    people.l2.publish(found)
    text = shown(visitor, f"/media/{found}")
    assert "secret" not in text
    assert "/do/media" not in text
    refused = alice.post(f"/do/media/{found}/delete", headers=FORM)
    assert refused.status_code == 409
    assert "is published; what is published stays" in refused.text
    assert alice.get(f"/cache/{found}").status_code == 200


def test_an_upload_by_a_plain_form_leads_to_its_page(client: httpx.Client) -> None:
    data = new_picture(5_000_000)
    reply = client.post("/do/media/upload", files={"file": ("by form.png", data)}, headers=FORM)
    assert (reply.status_code, reply.headers["location"]) == (303, f"/media/{hash_bytes(data)}")
    assert "by form.png" in shown(client, reply.headers["location"])


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"file": ("page.html", b"<script>alert(1)</script>")}, 422, "page.html"),
        ({"file": ("", b"")}, 400, ""),
        ({"file": ("empty.png", b"")}, 422, "empty"),
    ],
)
def test_an_upload_that_is_refused_says_why_on_a_page(
    client: httpx.Client, sent: dict[str, tuple[str, bytes]], status: int, words: str
) -> None:
    reply = client.post("/do/media/upload", files=sent, headers=FORM)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert words in reply.text
    assert "<script>alert" not in reply.text


def test_a_file_is_named_and_its_name_forgotten(client: httpx.Client) -> None:
    found = uploaded(client, new_picture())
    reply = client.post(f"/do/media/{found}/name", data={"name": " my-picture "}, headers=FORM)
    assert (reply.status_code, reply.headers["location"]) == (303, f"/media/{found}")
    assert "<code>my-picture</code>" in shown(client, f"/media/{found}")
    assert client.post(f"/do/media/{found}/forget-name", data={"name": "my-picture"}, headers=FORM).status_code == 303
    assert client.get(f"/cache/{found}/meta").json()["names"] == []


@pytest.mark.parametrize("name", ["", "a/b", ".hidden", UNKNOWN])
def test_a_name_that_cannot_be_is_said_at_its_field_with_what_was_entered(client: httpx.Client, name: str) -> None:
    found = uploaded(client, new_picture())
    reply = client.post(f"/do/media/{found}/name", data={"name": name}, headers=FORM)
    assert reply.status_code == 400
    assert 'aria-invalid="true"' in reply.text
    assert f'value="{name}"' in reply.text
    assert "cannot be the name of an asset" in reply.text


def test_a_file_is_deleted_unless_something_needs_it(client: httpx.Client) -> None:
    found = uploaded(client, new_picture())
    client.put("/assets/needed", json={"content_hash": found})
    assert "It has a name. Forget the name first." in shown(client, f"/media/{found}")
    refused = client.post(f"/do/media/{found}/delete", headers=FORM)
    assert refused.status_code == 409
    assert "needed" in refused.text
    client.delete("/assets/needed")
    gone = client.post(f"/do/media/{found}/delete", headers=FORM)
    assert (gone.status_code, gone.headers["location"]) == (303, "/media")
    assert shown(client, f"/media/{found}", 404)


def test_a_picture_leads_to_what_can_be_rendered_of_it_and_a_sound_does_not(
    client: httpx.Client, samples: Path
) -> None:
    for name, leads in {"picture.png": True, "film.mp4": True, "sound.flac": False}.items():
        found = uploaded(client, (samples / name).read_bytes(), name)
        way = f"/order?input.input={found}"
        assert (way in shown(client, f"/media/{found}")) is leads
        assert found in shown(client, way)


def test_the_way_back_is_the_list_that_one_came_from(client: httpx.Client) -> None:
    found = uploaded(client, new_picture())
    base = str(client.base_url).rstrip("/")
    for referer, way in {
        f"{base}/media?kind=still&cursor=x": "/media?kind=still",
        f"{base}/runs?kind=still": "/media",
        "https://elsewhere.example/media?kind=still": "/media",
        "": "/media",
        "nonsense": "/media",
    }.items():
        page = client.get(f"/media/{found}", headers={**PAGE, "Referer": referer}).text
        assert f'<a href="{way}" data-keys="up">' in page


def test_two_picked_files_are_compared_and_any_other_number_is_not(client: httpx.Client) -> None:
    one, other = uploaded(client, new_picture(), "one.png"), uploaded(client, new_picture(), "other.png")
    sent = client.get("/media/compare", params={"pick": [one, other]}, headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/media/compare?a={one}&b={other}")
    text = shown(client, sent.headers["location"])
    assert text.index("one.png") < text.index("other.png")
    for pick in ([one], [one, other, one]):
        assert client.get("/media/compare", params={"pick": pick}, headers=PAGE).status_code == 400
    assert shown(client, "/media/compare", 400)


def test_a_waveform_comes_as_a_part_of_a_page_and_stands_in_it_once_it_is_made(
    client: httpx.Client, samples: Path
) -> None:
    found = uploaded(client, (samples / "sound.flac").read_bytes(), "sound.flac")
    part = shown(client, f"/media/{found}/waveform")
    while "is-coming" in part:
        part = shown(client, f"/media/{found}/waveform")
    assert part.count("<path") == 1
    assert "<html" not in part
    path = re.search(r' d="(M[^"]+Z)"', part)
    assert path
    assert path[1] in shown(client, f"/media/{found}")


def test_a_sound_that_cannot_be_decoded_says_so_and_not_what_others_call_it(people: People, tmp_path: Path) -> None:
    data = bytearray(make_sound(tmp_path / "sound.flac", seconds=20, sample_rate=8000).read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    for client, name in ((people.client("alice"), "secret.flac"), (people.client("bob"), "cut.flac")):
        found = uploaded(client, bytes(data), name)
        part = shown(client, f"/media/{found}/waveform")
        while "is-coming" in part:
            part = shown(client, f"/media/{found}/waveform")
        assert "There is no waveform: &#39;the file&#39; cannot be decoded" in part
        assert "secret" not in client.get(f"/cache/{found}/thumbnail").text


def test_a_drawn_waveform_is_as_high_as_its_box_and_never_empty() -> None:
    drawn = Drawn.of(Peaks(8000, 1, (0, -64, 0), (0, 32, 0)))
    assert drawn.path == "M0 99.5L1 50.0L2 99.5L2 100.5L1 200.0L0 100.5Z"
    assert (drawn.width, drawn.height) == (2, 200)
    assert Drawn.of(Peaks(8000, 1, (), ())).path == ""
