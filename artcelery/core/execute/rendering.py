"""What a pass does: files in, streams through the ops, one file out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from artcelery.core.effect import FileContext, Filter
from artcelery.core.errors import RenderError
from artcelery.core.execute.parts import Parts
from artcelery.core.execute.workshop import Workshop
from artcelery.core.graph import Graph, Node
from artcelery.core.hashing import canonical
from artcelery.core.media.clip import Clip
from artcelery.core.media.profiles import KEPT, Encoding
from artcelery.core.ops.op import DocumentOp, FileOp, InferError, StreamOp
from artcelery.core.ops.parts import JoinOp
from artcelery.core.plan import Join, Pass

if TYPE_CHECKING:
    from artcelery.core.media.stream import Audio, Streams, Video

__all__ = ["Costs", "render_pass"]

Costs = dict[str, float]


class Progress(Protocol):
    """Who is told how far a pass is, and may raise to stop it."""

    def __call__(self, done: int) -> None:
        """So many frames are encoded."""

    def read(self) -> None:
        """One more frame, or block of sound, was read from a file."""


def render_pass(item: Pass, graph: Graph, shop: Workshop, folder: Path, progress: Progress) -> tuple[Path, Costs]:
    """The file that the pass makes, somewhere in `folder`; and what nodes in it cost, in processor seconds."""
    if item.encoding is None:
        return _render_files(item, graph, shop, folder), {}
    output = folder / f"result{item.encoding.suffix}"
    flow = _Flow(item, graph, shop, progress.read)
    if item.encoding.kind == "data":
        output.write_bytes(canonical(flow.document()))
    else:
        _write(output, flow.streams(), item.encoding, progress)
    return output, flow.costs()


def _write(output: Path, streams: Streams, encoding: Encoding, progress: Progress) -> None:
    from artcelery.core.media.files import write_clip

    write_clip(output, streams, encoding, progress)


class _Flow:
    """The streams of a pass, node by node."""

    def __init__(self, item: Pass, graph: Graph, shop: Workshop, read: Callable[[], None]) -> None:
        self.item, self.graph, self.shop, self.read = item, graph, shop, read
        self.made: dict[str, Streams] = {}
        self.by_key: dict[str, Streams] = {}
        self.readers = _readers(item, graph)
        self.flowing: dict[str, Streams] = {}
        for name in item.needs:
            self._flows(name, self._opened(name))

    def streams(self) -> Streams:
        """What flows out of the last node, or the part of it that is to be rendered."""
        self._flow(self.item.nodes)
        if self.item.part is None:
            return self.flowing[self.item.node]
        node, part = self.graph.nodes[self.item.node], self.item.part
        assert isinstance(node.op, JoinOp)
        return node.op.part(part, node.clip, self.flowing[node.inputs[part.input]])

    def document(self) -> dict[str, object]:
        """What the node finds out whose document this is."""
        nodes = self.graph.nodes
        self._flow(tuple(name for name in self.item.nodes if nodes[name].key != self.item.key))
        node = self.graph.origin(nodes[self.item.node])
        inputs = [self.flowing[name] for name in node.inputs]
        self._clip(node, inputs)
        assert isinstance(node.op, DocumentOp)
        return node.op.document(*inputs)

    def costs(self) -> Costs:
        """What the nodes cost that were measured: those that call a function for each frame."""
        from artcelery.core.media.frames import AppliedFrames

        origins = {name: streams.video.origin for name, streams in self.made.items() if streams.video}
        return {name: round(at.spent_s, 3) for name, at in origins.items() if isinstance(at, AppliedFrames)}

    def _flow(self, names: tuple[str, ...]) -> None:
        for node in (self.graph.nodes[name] for name in names):
            join = self.item.join
            if join and join.node == node.id:
                self.flowing[node.id] = self._joined(node, join)
            elif node.key in self.by_key:
                self.flowing[node.id] = self.by_key[node.key]
            else:
                inputs = [self.flowing[name] for name in node.inputs]
                assert isinstance(node.op, StreamOp)
                self._flows(node.id, node.op.streams(self._clip(node, inputs), *inputs))

    def _flows(self, name: str, streams: Streams) -> None:
        """What flows out of a node; pictures that several nodes look at are made once."""
        self.made[name] = streams
        if name not in self.item.needs:
            streams = _closed(streams)
        key = self.graph.nodes[name].key
        if self.readers[key] > 1 and streams.video is not None and not _is_copied(streams.video):
            from artcelery.core.media.sharing import shared

            streams = replace(streams, video=shared(streams.video))
        self.by_key[key] = self.flowing[name] = streams

    def _joined(self, node: Node, join: Join) -> Streams:
        """The film of parts that are rendered: its pictures are packets to copy, its sound is made anew of theirs."""
        from artcelery.core.media.packets import packets_of

        parts = Parts(join, node.clip, self.shop, self._sound_made_by)
        heard = [self.flowing[name] for name in join.heard]
        assert isinstance(node.op, JoinOp)
        film = node.op.joined(node.clip, *parts.streams(), *heard)
        return replace(film, video=packets_of(parts.paths, join.frames, node.clip, self.shop.limits))

    def _sound_made_by(self, item: Pass) -> Audio:
        """The sound that another pass is about to write, made here as well."""
        audio = _Flow(item, self.graph, self.shop, self.read).streams().audio
        assert audio is not None
        return audio

    def _opened(self, name: str) -> Streams:
        """The file of a need, as streams; of what was kept they are those that were written."""
        from artcelery.core.media.files import open_file
        from artcelery.core.media.kept import open_kept
        from artcelery.core.media.packets import copied
        from artcelery.core.media.probing.regular import call
        from artcelery.core.media.watching import watched

        file = self.item.needs[name]
        path = call(self.shop.path(file), self._known_as(name))
        kept = file[1] == KEPT["film"].id
        streams, join = (open_kept if kept else open_file)(path, self.shop.limits), self.item.join
        if join and join.node == name and join.encoding is None:
            return copied(streams, path, self.shop.limits)
        return watched(streams, self.read)

    def _known_as(self, name: str) -> str:
        """What the user calls the file of a node: the name of a blob says nothing."""
        source = self.graph.sources.get(name)
        return source.name if source and source.name else f"the file of node {name}"

    def _clip(self, node: Node, inputs: list[Streams]) -> Clip:
        """What comes out of a node, as its inputs turned out to be: what whole files become is only guessed before."""
        try:
            return node.op.infer(*(item.clip for item in inputs))
        except InferError as error:
            raise RenderError(f"node {node.id!r} ({node.type}): {error.message}") from error


def _readers(item: Pass, graph: Graph) -> Counter[str]:
    """How many nodes of the pass read what has a key: nodes of one key are one."""
    nodes = {graph.nodes[name].key: graph.nodes[name] for name in item.nodes}
    return Counter(graph.nodes[name].key for node in nodes.values() for name in node.inputs)


def _closed(streams: Streams) -> Streams:
    """The same streams, whose filters are not merged with those of the next node, and which are cut exactly.

    What flows out of a node is then the same whether it flows on or is kept: where filters of two nodes meet, pictures
    are transparent in the usual way and not premultiplied, and samples are what the first node makes of them.
    """
    from artcelery.core.media.filtering import transparent
    from artcelery.core.media.precise import precisely

    video, audio = streams.video, streams.audio
    if video is not None and video.chain:
        picture = video.picture
        formats = (transparent(picture.depth),) if picture.alpha else ()
        matrix: dict[str, str | float] = {} if picture.matrix == "rgb" else {"colorspace": picture.matrix}
        video = video.filter(*formats, Filter("setparams", **matrix), alpha="none")
    if audio is not None and audio.chain:
        audio = audio.filter(Filter("aresample"))
    return precisely(replace(streams, video=video, audio=audio))


def _is_copied(video: Video) -> bool:
    from artcelery.core.media.packets import PacketSource

    return isinstance(video.origin, PacketSource)


def _render_files(item: Pass, graph: Graph, shop: Workshop, folder: Path) -> Path:
    node = graph.origin(graph.nodes[item.node])
    files = {name: shop.path(file) for name, file in item.needs.items()}
    work = folder / "work"
    work.mkdir()
    assert isinstance(node.op, FileOp)
    made = node.op.render_files([files[name] for name in node.inputs], folder / "result", FileContext(work))
    if not made.is_file() or made.stat().st_size == 0:
        raise RenderError(f"node {node.id!r} ({node.type}) wrote no file")
    return made
