"""Results, in every state."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from artcelery.core.state.protocol import State
from artcelery.core.state.records import Result
from tests.core.state.conftest import FACTORIES, Open
from tests.core.state.making import a_result, digest


def test_a_result_is_found_by_key_and_encoding(open_state: Open) -> None:
    result = open_state().results.put(a_result())
    results = open_state().results
    assert result == a_result()
    assert results.get(result.key, "png") == result
    assert results.get(result.key, "jpeg") is None
    assert results.get(digest("other"), "png") is None


def test_the_first_result_of_a_key_stands(state: State) -> None:
    first = state.results.put(a_result(content="first"))
    assert state.results.put(a_result(content="second")) == first
    assert state.results.get(first.key, "png") == first
    other_encoding = a_result(content="second", encoding="jpeg")
    assert state.results.put(other_encoding) == other_encoding


def test_results_of_a_file_are_forgotten_together(state: State) -> None:
    same = [state.results.put(a_result(key, "same", encoding=encoding)) for key in "ab" for encoding in ("e", "f")]
    other = state.results.put(a_result("c", "other"))
    found = state.results.of_content(digest("same"))
    assert sorted(found, key=repr) == sorted(same, key=repr)
    assert state.results.forget(digest("same")) == 4
    assert state.results.forget(digest("same")) == 0
    assert state.results.of_content(digest("same")) == []
    assert state.results.get(other.key, "png") == other


def test_a_forgotten_result_makes_room_for_another(state: State) -> None:
    state.results.put(a_result(content="lost"))
    state.results.forget(digest("lost"))
    again = a_result(content="again")
    assert state.results.put(again) == again


def test_twenty_thousand_pairs_are_looked_up_at_once(state: State) -> None:
    known = {(r.key, r.encoding): r for r in (state.results.put(a_result(key, key)) for key in range(300))}
    unknown = [(digest(key), encoding) for key in range(300, 10_150) for encoding in ("png", "jpeg")]
    began = time.thread_time()
    assert state.results.get_many([*known, *unknown]) == known
    assert time.thread_time() - began < 2
    assert state.results.get_many([]) == {}


STEPS = st.lists(
    st.one_of(
        st.builds(a_result, st.integers(0, 4), st.integers(0, 3), encoding=st.sampled_from(["png", "jpeg"])),
        st.integers(0, 3).map(digest),
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_results_behave_like_a_dictionary_whose_first_entry_stands(steps: list[Result | str]) -> None:
    for factory in FACTORIES.values():
        with tempfile.TemporaryDirectory() as folder:
            state, model = factory(Path(folder)), dict[tuple[str, str], Result]()
            for step in steps:
                if isinstance(step, Result):
                    assert state.results.put(step) == model.setdefault((step.key, step.encoding), step)
                else:
                    gone = [pair for pair, result in model.items() if result.content_hash == step]
                    assert state.results.forget(step) == len(gone)
                    model = {pair: result for pair, result in model.items() if pair not in gone}
            assert state.results.get_many([(digest(k), e) for k in range(5) for e in ("png", "jpeg")]) == model
            state.close()
