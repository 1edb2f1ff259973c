"""What takes long is made beside the requests: once for all, in turns, and what was wanted last before the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import pytest

from artcelery.core.errors import LimitError, MediaError, UnreachableError
from artcelery.server.making import Makings

PATIENCE_S = 30


class Bench:
    """A maker of which one thing at a time is made, and nothing before `go` is set."""

    def __init__(self, still_wanted_s: float = PATIENCE_S) -> None:
        self.makings = Makings[str](1, still_wanted_s)
        self.made: list[str] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def make(self, name: str) -> Callable[[], str]:
        def make() -> str:
            self.begun.set()
            assert self.go.wait(PATIENCE_S)
            self.made.append(name)
            return name

        return make


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.go.set()
    bench.makings.close()


def test_the_newest_is_made_next_and_everybody_has_a_turn(bench: Bench) -> None:
    asked = [bench.makings.wanted("alice", "alice 0", bench.make("alice 0"))]
    assert bench.begun.wait(PATIENCE_S)
    for name in ("alice 1", "alice 2", "alice 3", "bob 1", "bob 2"):
        asked.append(bench.makings.wanted(name.split()[0], name, bench.make(name)))
    bench.makings.wanted("alice", "alice 1", bench.make("nothing"))
    bench.go.set()
    assert [item.result(PATIENCE_S) for item in asked] == ["alice 0", "alice 1", "alice 2", "alice 3", "bob 1", "bob 2"]
    assert bench.made == ["alice 0", "alice 1", "bob 2", "alice 3", "bob 1", "alice 2"]


def test_all_who_want_the_same_get_what_is_made_once(bench: Bench) -> None:
    asked = [bench.makings.wanted(user, "one", bench.make("one")) for user in ("alice", "bob", "alice", "carol")]
    assert bench.makings.is_wanted("one")
    bench.go.set()
    assert [item.result(PATIENCE_S) for item in asked] == ["one"] * 4
    assert not bench.makings.is_wanted("one")
    assert bench.makings.wanted("dave", "two", bench.make("two")).result(PATIENCE_S) == "two"
    assert bench.made == ["one", "two"]


def test_of_very_much_that_waits_the_oldest_is_put_off(bench: Bench) -> None:
    bench.makings.wanted("alice", "first", bench.make("first"))
    assert bench.begun.wait(PATIENCE_S)
    asked = [bench.makings.wanted("alice", str(number), bench.make(str(number))) for number in range(502)]
    assert [item.cancelled() for item in asked] == [True, True] + [False] * 500
    bench.go.set()
    assert asked[2].result(PATIENCE_S) == "2"
    assert bench.makings.wanted("alice", "0", bench.make("0")).result(PATIENCE_S) == "0"


def test_what_nobody_asks_for_any_more_is_not_made() -> None:
    bench = Bench(still_wanted_s=0)
    first = bench.makings.wanted("alice", "first", bench.make("first"))
    left = bench.makings.wanted("alice", "left", bench.make("left"))
    bench.go.set()
    for item in (first, left):
        with pytest.raises(CancelledError):
            item.result(PATIENCE_S)
    assert bench.made == []
    bench.makings.close()


@pytest.mark.parametrize(("error", "tries"), [(LimitError("too large"), 1), (UnreachableError("no answer"), 3)])
def test_what_fails_because_of_its_file_is_not_tried_again_soon(error: Exception, tries: int) -> None:
    makings = Makings[str](at_once=1)
    tried = []

    def fail() -> str:
        tried.append(1)
        raise error

    for _ in range(3):
        with pytest.raises(type(error), match=str(error)):
            makings.wanted("alice", "file", fail).result(PATIENCE_S)
    assert len(tried) == tries
    makings.close()


def test_when_it_is_closed_nothing_waits_any_more(bench: Bench) -> None:
    bench.makings.wanted("alice", "one", bench.make("one"))
    assert bench.begun.wait(PATIENCE_S)
    waiting = bench.makings.wanted("alice", "two", bench.make("two"))
    bench.makings.close()
    assert waiting.cancelled()
    assert issubclass(LimitError, MediaError)
