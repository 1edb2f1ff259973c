"""What users of L2 are told of a run that went wrong names no place of the server."""

from __future__ import annotations

import pytest

from artcelery.core.engine.people.run_words import told_of
from tests.core.state.making import a_run

STORE = "https://store.internal:9000/films/"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("it failed (/srv/effects/breaks.py:12)", "it failed (breaks.py:12)"),
        (f"the remote store {STORE[:-1]} does not answer", "the remote store … does not answer"),
        ("Redis at redis://:secret@10.0.0.1:6379/5 does not answer", "Redis at … does not answer"),
        ("there is no bucket at s3://films; check it", "there is no bucket at …; check it"),
        ("see https://docs.example/grain for what it takes", "see https://docs.example/grain for what it takes"),
    ],
)
def test_a_user_is_told_what_went_wrong_and_not_where(message: str, told: str) -> None:
    assert told_of(a_run(asked={"member": "@quill@studio.example"}), message, STORE) == told
    assert told_of(a_run(asked={}), message, STORE) == message
