"""Records to test with, and calls at the same moment."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from artcelery.core.state.records import FileFact, NodeRecord, Result, RunRecord


def digest(name: object) -> str:
    """A content hash or key that stands for `name`."""
    return hashlib.sha3_256(str(name).encode("utf-8", "surrogatepass")).hexdigest()


def a_result(key: object = "key", content: object = "content", *, encoding: str = "png", **more: Any) -> Result:
    values: dict[str, Any] = {
        "size_bytes": 7,
        "seconds": 1.5,
        "created_at": "2026-01-07T10:00:00.000Z",
        "run_id": "run",
    } | more
    return Result(key=digest(key), encoding=encoding, content_hash=digest(content), **values)


def a_node(name: str, **more: Any) -> NodeRecord:
    values = {"type": "RESIZE", "config": {"width": 1280}, "inputs": ("a", "b"), "effect": {"name": "dog"}} | more
    return NodeRecord(id=name, key=digest(name), status="rendered", reason="never rendered", seconds=0.5, **values)


def a_run(run_id: str = "run-0001", **more: Any) -> RunRecord:
    values: dict[str, Any] = {
        "status": "running",
        "config_id": digest("config"),
        "config_name": "film",
        "created_at": "2026-01-07T10:00:00.000Z",
        "inputs": {"picture": digest("cat")},
        "params": {"colour": 0.5, "deep": [1, None, {"a": "ü"}]},
        "encoding": {"container": "mp4"},
        "user": "@giles",
        "asked": {"member": more.get("user", "@giles")},
        "output_name": "out.mp4",
        "nodes": (a_node("one"), a_node("two", inputs=())),
        "hashes": (digest("effect"), digest("another")),
        "holder": "host:1:2",
    }
    return RunRecord(id=run_id, **(values | more))


def a_file(path: str = "/films/cat.mp4", /, **more: Any) -> FileFact:
    values = {"device": 1, "inode": 2, "size_bytes": 3, "mtime_ns": 10**18, "ctime_ns": 10**18 + 1} | more
    return FileFact(path=path, content_hash=digest("cat"), **values)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What the calls give that begin at the same moment."""
    gate = threading.Barrier(count)

    def one(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
