"""Configs and effects over HTTP: what is wrong is said with its place, and no path of the machine is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from artcelery.core.effect.library import BUILTIN
from artcelery.core.hashing import hash_bytes
from tests.server.running import RunningServer
from tests.server.runs.asking import CUTS, orders, upload

TYPO = CUTS.replace("duration: 0.4}, inputs: film}\n    - {id: cut", "durations: 0.4}, inputs: film}\n    - {id: cut")
POSTER = """\
name: poster
version: "1.0"
description: On a wall
params:
  width: {type: int, default: 640, min: 16, max: 4096, description: How wide}
  height: {type: int, min: 16}
dag:
  nodes:
    - {id: picture, type: SOURCE, config: {input: true, description: What is seen}}
    - {id: sized, type: RESIZE, config: {width: "${width}", height: "${height}"}, inputs: picture}
  output: sized
"""


def sent(client: httpx.Client, text: bytes, how: str) -> httpx.Response:
    """A config sent as a form, as a body with its type, or as one without."""
    if how == "form":
        return client.post("/configs/upload", files={"file": ("../films/film.yaml", text)})
    headers = {"Content-Type": "application/yaml"} if how == "typed" else {}
    return client.post("/configs/upload?name=film.yaml", content=text, headers=headers)


@pytest.mark.parametrize("how", ["form", "typed", "plain"])
def test_a_config_is_kept_however_it_is_sent(client: httpx.Client, how: str) -> None:
    reply = sent(client, CUTS.encode(), how)
    wanted = hash_bytes(CUTS.encode())
    assert (reply.status_code, reply.headers["Location"]) == (201, f"/configs/{wanted}")
    kept = reply.json()
    assert (kept["id"], kept["name"], kept["file_name"], kept["warnings"]) == (wanted, "cuts", "film.yaml", [])
    assert [item["id"] for item in client.get("/configs").json()["configs"]].count(wanted) == 1


@pytest.mark.parametrize("how", ["form", "typed", "plain"])
def test_a_typo_has_its_line_and_column(client: httpx.Client, how: str) -> None:
    refused = sent(client, TYPO.encode(), how)
    assert refused.status_code == 422
    problem = refused.json()
    line = next(number for number, text in enumerate(TYPO.splitlines(), 1) if "durations" in text)
    column = TYPO.splitlines()[line - 1].index("durations") + 1
    assert (problem["code"], len(problem["problems"])) == ("config-invalid", 1)
    found = problem["problems"][0]
    assert (found["line"], found["column"], found["path"]) == (line, column, ["dag", "nodes", 2, "config", "durations"])
    assert "did you mean 'duration'?" in found["message"]
    assert problem["detail"] == f"film.yaml:{line}:{column}: {found['message']}"
    assert client.get(f"/configs/{hash_bytes(TYPO.encode())}").status_code == 404


@pytest.mark.parametrize("how", ["form", "typed", "plain"])
def test_what_is_too_much_is_refused_while_it_arrives(client: httpx.Client, how: str) -> None:
    refused = sent(client, CUTS.encode() + b"#" * 1_100_000, how)
    assert (refused.status_code, refused.json()["code"]) == (413, "too-large")


def test_an_order_that_is_too_much_is_refused(client: httpx.Client) -> None:
    refused = client.post("/configs/poster/run", json={"inputs": ["x" * 100] * 50_000})
    assert refused.status_code == 413


@pytest.mark.parametrize(
    ("body", "type"),
    [
        (b"", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n', "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_without_a_file_is_refused(client: httpx.Client, body: bytes, type: str) -> None:
    refused = client.post("/configs/upload", content=body, headers={"Content-Type": type})
    assert (refused.status_code, refused.json()["code"]) == (400, "usage")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\0", b"name: [", b"- 1", b"name: \xed\xa0\x80"])
def test_what_is_no_config_is_a_problem_with_a_place(client: httpx.Client, body: bytes) -> None:
    refused = client.post("/configs/upload", content=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "config-invalid")
    assert refused.json()["problems"][0]["line"] == 1


def test_a_config_says_what_it_asks_for(client: httpx.Client) -> None:
    kept = upload(client, POSTER, "poster.yaml")
    for said in (kept["id"], "poster"):
        shown = client.get(f"/configs/{said}").json()
        assert shown["text"] == POSTER
    assert {key: shown[key] for key in ("name", "version", "description", "output")} == {
        "name": "poster",
        "version": "1.0",
        "description": "On a wall",
        "output": "sized",
    }
    assert shown["inputs"] == [{"name": "picture", "node": "picture", "description": "What is seen"}]
    width, height = shown["params"]
    assert (width["type"], width["default"], width["minimum"], width["maximum"]) == ("int", 640, 16, 4096)
    assert (height["name"], height["required"], height["default"]) == ("height", True, None)
    assert [(node["id"], node["config"]) for node in shown["nodes"]][1] == (
        "sized",
        {"width": "${width}", "height": "${height}"},
    )


def test_a_config_is_run_by_its_name_and_stays_while_a_run_needs_it(client: httpx.Client) -> None:
    kept = upload(client, POSTER.replace("poster", "needed"))
    order: dict[str, Any] = {"inputs": ["cat"], "params": {"width": 32, "height": 32}, "output_name": "cat"}
    started = client.post("/configs/needed/run", json=order, headers={"Idempotency-Key": "poster"})
    assert (started.status_code, started.json()["config_id"]) == (202, kept["id"])
    again = client.post(f"/configs/{kept['id']}/run", json=order, headers={"Idempotency-Key": "poster"})
    assert again.json()["id"] == started.json()["id"]
    refused = client.delete("/configs/needed")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed")
    assert started.json()["id"] in refused.json()["detail"]
    client.post(f"/runs/{started.json()['id']}/cancel")
    client.delete(f"/runs/{started.json()['id']}")
    assert client.delete("/configs/needed").json()["id"] == kept["id"]
    gone = client.get("/configs/needed")
    assert (gone.status_code, gone.json()["code"]) == (404, "not-found")


def test_an_effect_wins_over_a_config_of_its_name_which_its_id_still_means(client: httpx.Client) -> None:
    kept = upload(client, POSTER.replace("poster", "dog"))
    assert [node["type"] for node in orders(client, recipe="dog", inputs=["cat"])["nodes"]] == ["SOURCE", "EFFECT"]
    by_id = orders(client, recipe=kept["id"], inputs=["cat"], params={"height": 64})
    assert [node["type"] for node in by_id["nodes"]] == ["SOURCE", "RESIZE"]


def test_configs_are_listed_page_by_page(client: httpx.Client) -> None:
    names = [upload(client, POSTER.replace("poster", f"listed-{n}"))["name"] for n in range(3)]
    seen: list[str] = []
    params: dict[str, str] = {"limit": "2"}
    while True:
        page = client.get("/configs", params=params).json()
        seen += [item["name"] for item in page["configs"]]
        if page["cursor"] is None:
            break
        params["cursor"] = page["cursor"]
    assert [name for name in seen if name in names] == names
    assert seen == sorted(seen)


def test_effects_say_what_they_take_and_never_where_they_lie(client: httpx.Client, server: RunningServer) -> None:
    library = server.settings.home_dir / "effects"
    library.mkdir(exist_ok=True)
    (library / "mine.py").write_text((BUILTIN / "invert.py").read_text().replace("@effect invert", "@effect mine"))
    (library / "wrong.py").write_text('"""Wrong.\n\n@effect wrong\n"""\n')
    reply = client.get("/effects")
    assert str(library) not in reply.text
    assert str(BUILTIN) not in reply.text
    effects = {item["name"]: item for item in reply.json()["effects"]}
    assert {name for name, item in effects.items() if item["origin"] == "operator"} == {"mine"}
    assert effects["dog"]["origin"] == "built-in"
    assert effects["dog"]["content_hash"] == hash_bytes((BUILTIN / "dog.py").read_bytes())
    acuity = next(param for param in effects["dog"]["params"] if param["name"] == "acuity")
    assert (acuity["type"], acuity["default"], acuity["minimum"], acuity["maximum"]) == ("float", 1, 0, 1)
    assert client.get("/effects/dog").json() == effects["dog"]
    for name in ("wrong", "nothing", "..%2fdog", "%00"):
        refused = client.get(f"/effects/{name}")
        assert (refused.status_code, str(Path(server.settings.home_dir)) in refused.text) == (404, False), name
    assert client.post("/effects", content=b"").status_code == 405
