"""Keys and hashes are promises: these vectors are published in docs/keys.md and may never change."""

from __future__ import annotations

from pathlib import Path

import pytest

from artcelery.core.hashing import canonical, content_hash, hash_bytes, hash_value, is_hash, node_key

CAT = "047187ee24e261bd44db59180cc6239d7a7f748228ceab081b52a2804c012326"
ASSETS = Path(__file__).parents[2] / "artcelery" / "assets"

RESIZE = {"width": 320, "height": None, "mode": "fit", "background": "#000000", "filter": "lanczos"}
VECTORS = [
    (
        ("RESIZE", 1, RESIZE, [CAT], None),
        '{"config":{"background":"#000000","filter":"lanczos","height":null,"mode":"fit","width":320},'
        f'"inputs":["{CAT}"],"op":"RESIZE","v":1}}',
    ),
    (
        ("SEGMENT", 1, {"offset": 2.5, "duration": None, "precise": True}, [CAT], None),
        f'{{"config":{{"duration":null,"offset":2.5,"precise":true}},"inputs":["{CAT}"],"op":"SEGMENT","v":1}}',
    ),
    (
        ("EFFECT", 1, {"effect": "dog", "params": {"acuity": 1.0, "colour": 1.0}}, [CAT], "ab" * 32),
        '{"config":{"effect":"dog","params":{"acuity":1,"colour":1}},"effect":"' + "ab" * 32 + '",'
        f'"inputs":["{CAT}"],"op":"EFFECT","v":1}}',
    ),
]


def test_the_cat_has_the_address_it_has_everywhere() -> None:
    assert content_hash(ASSETS / "cat.png") == CAT
    assert hash_bytes((ASSETS / "cat.png").read_bytes()) == CAT


def test_the_empty_file_is_that_of_the_standard() -> None:
    # FIPS 202 example values, SHA3-256 of the empty message
    assert hash_bytes(b"") == "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"


@pytest.mark.parametrize(("node", "text"), VECTORS)
def test_a_key_is_the_hash_of_the_canonical_text(node: tuple, text: str) -> None:  # type: ignore[type-arg]
    assert node_key(*node) == hash_bytes(text.encode())


def test_the_published_keys_stay_as_they_are() -> None:
    keys = [node_key(*node) for node, _ in VECTORS]
    page = (Path(__file__).parents[2] / "docs" / "keys.md").read_text()
    assert all(key in page for key in keys), keys


def test_the_order_of_inputs_matters() -> None:
    assert node_key("BLEND", 1, {}, ["a", "b"]) != node_key("BLEND", 1, {}, ["b", "a"])


def test_canonical_json_follows_rfc_8785() -> None:
    assert canonical({"b": 1.0, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'.encode()
    assert hash_value({"a": 1, "b": 2}) == hash_value({"b": 2, "a": 1})


@pytest.mark.parametrize(("text", "whole"), [(CAT, True), (CAT[:-1], False), (CAT.upper(), False), (CAT + "0", False)])
def test_only_64_lowercase_hex_digits_are_a_hash(text: str, whole: bool) -> None:
    assert is_hash(text) is whole
