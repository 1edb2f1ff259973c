"""One pass -> one result: idempotent, and what a worker calls.

A pass holds a lease on its key while it renders, so that two runs that need one key render it once. The lease saves
work, and nothing else depends on it: where one is lost (the machine slept, the state did not answer) both holders go on
to the end, and the first result to be recorded stands. The file is made in a folder of its own, then put into the
store, and only then is the result recorded.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from artcelery.core.effect import FileContext
from artcelery.core.errors import ArtceleryError, CancelledError, RenderError
from artcelery.core.events import Listener, PassFinished, PassProgress, PassStarted, ignore
from artcelery.core.graph import Graph, Node
from artcelery.core.media.clip import Clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import Encoding
from artcelery.core.ops.op import InferError
from artcelery.core.plan import AS_IS, Pass
from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Result
from artcelery.core.store.protocol import Store

if TYPE_CHECKING:
    from artcelery.core.media.stream import Streams

__all__ = ["Workshop", "execute_pass", "present"]

_WAIT_S = 0.05
_REPORT_S = 0.1


@dataclass(frozen=True)
class Workshop:
    """Where passes are executed: the store, the state, the limits, and who is told."""

    store: Store
    state: State
    limits: Limits
    lease_s: float = 30.0
    listener: Listener = ignore
    cancelled: Callable[[], bool] = bool


def present(store: Store, results: Iterator[Result] | list[Result]) -> list[Result]:
    """Those results whose file is there, whole."""
    return [result for result in results if store.find(result.content_hash, result.size_bytes) is not None]


def execute_pass(item: Pass, graph: Graph, shop: Workshop, run_id: str) -> Result:
    """Render a pass, or wait for whoever renders it already; its result, stored and recorded."""
    with _lease(item, shop) as found:
        if found is not None:
            shop.listener(PassFinished(run_id, item.node, found.content_hash, 0.0, reused=True))
            return found
        began = time.monotonic()
        shop.listener(PassStarted(run_id, item.node, item.frames))
        with shop.store.work_dir() as folder:
            made = _render(item, graph, shop, folder, _Reporter(item, shop, run_id, began))
            blob = shop.store.put(made, consume=True)
        seconds = time.monotonic() - began
        result = Result(
            item.key, item.encoding_id, blob.content_hash, blob.size_bytes, round(seconds, 6), _now(), run_id
        )
        result = _recorded(result, shop)
        shop.listener(PassFinished(run_id, item.node, result.content_hash, seconds))
        return result


def _recorded(result: Result, shop: Workshop) -> Result:
    """Record a result; one that stands but has lost its file gives way."""
    standing = shop.state.results.put(result)
    if standing != result and not present(shop.store, [standing]):
        shop.state.results.forget(standing.content_hash)
        standing = shop.state.results.put(result)
    return standing


def _render(item: Pass, graph: Graph, shop: Workshop, folder: Path, reporter: _Reporter) -> Path:
    files = {name: _file(shop, key, encoding) for name, (key, encoding) in item.needs.items()}
    if item.encoding is None:
        return _render_files(item, graph, files, folder)
    output = folder / f"result{item.encoding.suffix}"
    _render_streams(item, item.encoding, graph, files, output, shop.limits, reporter)
    return output


def _render_streams(
    item: Pass,
    encoding: Encoding,
    graph: Graph,
    files: dict[str, Path],
    output: Path,
    limits: Limits,
    progress: Callable[[int], None],
) -> None:
    """Files in, streams through the ops, one file out."""
    from artcelery.core.media.files import open_file, write_clip
    from artcelery.core.media.regular import call

    called = {name: call(path, _known_as(graph, name)) for name, path in files.items()}
    streams: dict[str, Streams] = {name: open_file(path, limits) for name, path in called.items()}
    for node in (graph.nodes[name] for name in item.nodes):
        inputs = [streams[name] for name in node.inputs]
        streams[node.id] = node.op.streams(_clip(node, inputs), *inputs)
    write_clip(output, streams[item.node], encoding, progress)


def _clip(node: Node, inputs: list[Streams]) -> Clip:
    """What comes out of a node, as its inputs turned out to be: what whole files become is only guessed before."""
    try:
        return node.op.infer(*(item.clip for item in inputs))
    except InferError as error:
        raise RenderError(f"node {node.id!r} ({node.type}): {error.message}") from error


def _known_as(graph: Graph, node: str) -> str:
    """What the user calls the file of a node: the name of a blob says nothing."""
    source = graph.sources.get(node)
    return source.name if source and source.name else f"the file of node {node}"


def _render_files(item: Pass, graph: Graph, files: dict[str, Path], folder: Path) -> Path:
    node = graph.nodes[item.node]
    work = folder / "work"
    work.mkdir()
    output = folder / "result"
    made = node.op.render_files([files[name] for name in node.inputs], output, FileContext(work))
    if not made.is_file() or made.stat().st_size == 0:
        raise RenderError(f"node {node.id!r} ({node.type}) wrote no file")
    return made


def _file(shop: Workshop, key: str, encoding: str) -> Path:
    """The file of a need: a source by its content hash, or the result of an earlier pass."""
    if encoding == AS_IS and (path := shop.store.find(key)):
        return path
    result = shop.state.results.get(key, encoding)
    path = shop.store.find(result.content_hash, result.size_bytes) if result else None
    if path is None:
        raise RenderError(f"the file of {key[:12]} is gone from the cache; run it again, or import it again")
    return path


class _Reporter:
    """Reports frames, at most ten times a second, and stops the pass when it is cancelled."""

    def __init__(self, item: Pass, shop: Workshop, run_id: str, began: float) -> None:
        self.item, self.shop, self.run_id, self.began = item, shop, run_id, began
        self.reported = began

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self.reported < _REPORT_S:
            return
        self.reported = now
        if self.shop.cancelled():
            raise CancelledError("the run was cancelled")
        self.shop.listener(PassProgress(self.run_id, self.item.node, done, self.item.frames, now - self.began))


@contextmanager
def _lease(item: Pass, shop: Workshop) -> Iterator[Result | None]:
    """Hold the lease of a pass, or give the result that somebody else has made meanwhile."""
    name = f"{item.key}:{item.encoding_id}"
    token = None
    while token is None:
        if shop.cancelled():
            raise CancelledError("the run was cancelled")
        token = shop.state.leases.acquire(name, holder_id(), shop.lease_s)
        if token is None:
            if found := _found(item, shop):
                yield found
                return
            time.sleep(_WAIT_S)
    try:
        with _heartbeat(name, token, shop):
            yield _found(item, shop)
    finally:
        # A lease that is not released lapses; what ended the pass must not be hidden behind that.
        with suppress(ArtceleryError):
            shop.state.leases.release(name, token)


def _found(item: Pass, shop: Workshop) -> Result | None:
    result = shop.state.results.get(item.key, item.encoding_id)
    return result if result and present(shop.store, [result]) else None


@contextmanager
def _heartbeat(name: str, token: str, shop: Workshop) -> Iterator[None]:
    """Renew the lease from a thread, three times in its life, until it is somebody else's.

    A state that does not answer may answer the next time.
    """
    done = threading.Event()

    def beat() -> None:
        held = True
        while held and not done.wait(shop.lease_s / 3):
            with suppress(ArtceleryError):
                held = shop.state.leases.renew(name, token, shop.lease_s)

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
