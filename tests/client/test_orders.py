"""What is asked of a server for an order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from artcelery.client.orders import EffectOrder, StoredOrder, request_of
from artcelery.core.config import load_config
from artcelery.core.engine import Order
from artcelery.core.errors import UsageError

TEXT = "name: one\ndag:\n  nodes:\n    - {id: cat, type: SOURCE, config: {asset: cat}}\n  output: cat\n"
CONFIG = load_config(TEXT)


def test_a_config_of_this_machine_goes_as_its_text_and_a_stored_one_as_its_id() -> None:
    here = request_of(Order(CONFIG, params={"width": 3}, quality=5))
    assert here == {"config": TEXT, "params": {"width": 3}, "quality": 5}
    stored = request_of(StoredOrder(CONFIG))
    assert stored == {"recipe": CONFIG.id, "params": {}}


def test_an_effect_goes_by_its_name_with_its_own_parameters() -> None:
    asked = request_of(EffectOrder(CONFIG, effect="dog", values={"acuity": "0.5"}))
    assert asked == {"recipe": "dog", "params": {"acuity": "0.5"}}


@pytest.mark.parametrize(
    ("output", "format", "name", "asked"),
    [
        ("folder/film.webm", None, "film.webm", "webm"),
        ("photo.JPG", None, "photo.JPG", "jpeg"),
        ("photo.jpg", "png", "photo.jpg", "png"),
        (".hidden.png", None, "hidden.png", "png"),
        ("back\\slash.png", None, "back_slash.png", "png"),
        (os.fsdecode(b"caf\xe9.png"), None, "caf_xe9.png", "png"),
        ("x" * 240 + ".png", None, "x" * 196 + ".png", "png"),
    ],
)
def test_a_file_here_says_how_the_result_is_called_and_written(
    output: str, format: str | None, name: str, asked: str
) -> None:
    found = request_of(Order(CONFIG, output=Path(output), format=format))
    assert (found["output_name"], found["format"]) == (name, asked)


def test_what_can_be_written_in_no_format_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match=r"ends in \.xyz"):
        request_of(Order(CONFIG, output=Path("x.xyz")))
