"""Who holds something, and who is certainly gone."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from artcelery.core.state.holder import holder_id, holder_is_dead, holder_is_here
from tests.core.store.children import finished, kill, ready, start, until_ready


def tell_and_wait() -> None:
    """In a child: say who it is, and stay."""
    ready()
    print(holder_id(), flush=True)
    time.sleep(60)


def changed(holder: str, **fields: str) -> str:
    names = ["host", "machine", "boot", "namespace", "pid", "started"]
    parts = dict(zip(names, holder.split(":"), strict=True)) | fields
    return ":".join(parts[name] for name in names)


def test_this_process_is_alive_and_always_the_same() -> None:
    assert holder_id() == holder_id()
    assert f":{os.getpid()}:" in holder_id()
    assert holder_is_here(holder_id())
    assert not holder_is_dead(holder_id())


def test_a_killed_process_is_dead_even_before_its_parent_looks() -> None:
    child = until_ready(start(tell_and_wait))
    assert child.stdout is not None
    holder = child.stdout.readline().strip()
    assert not holder_is_dead(holder)
    child.kill()
    deadline = time.monotonic() + 5
    while not holder_is_dead(holder) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert holder_is_dead(holder)
    kill(child)
    assert holder_is_dead(holder)


def test_a_process_that_has_the_number_of_a_dead_one_is_another() -> None:
    assert holder_is_dead(changed(holder_id(), started="1"))


@pytest.mark.parametrize("field", ["host", "machine", "namespace"])
def test_nobody_is_dead_who_cannot_be_seen_from_here(field: str) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    elsewhere = changed(holder_id(), pid=str(gone.pid), **{field: "other"})
    assert not holder_is_here(elsewhere)
    assert not holder_is_dead(elsewhere)


@pytest.mark.parametrize("holder", ["", "host", "host:1:2", "a:b:c:d:e:f", ":::::", "a:b:c:d:-1:f"])
def test_what_is_no_holder_is_not_dead(holder: str) -> None:
    assert not holder_is_dead(holder)


def test_an_earlier_start_of_this_machine_is_over_but_that_of_a_container_may_be_another_machine() -> None:
    on_a_machine = holder_id().split(":")[1] != "-" and holder_id().split(":")[3] == "4026531836"
    assert holder_is_dead(changed(holder_id(), boot="earlier")) == on_a_machine
    assert not holder_is_dead(changed(holder_id(), boot="earlier", namespace="4026532000"))


def look_from_a_container(holder: str) -> None:
    """In a child with processes of its own: what it says about a holder outside."""
    print(holder_is_here(holder), holder_is_dead(holder))


def test_a_process_outside_of_a_container_is_not_dead_to_those_inside() -> None:
    under = ["unshare", "-pf" if os.geteuid() == 0 else "-rpf", "--mount-proc"]
    if subprocess.run([*under, "true"], capture_output=True, check=False).returncode and not os.environ.get("CI"):
        pytest.skip("no process namespace can be made here")
    assert finished(start(look_from_a_container, holder_id(), under=under)) == "False False"
