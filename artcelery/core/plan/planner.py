"""From the output towards the sources: which files are needed, and which passes make those that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from artcelery.core.graph import Graph, Node
from artcelery.core.media.profiles import FORMATS, KEPT, Encoding
from artcelery.core.ops.op import FileOp
from artcelery.core.plan.films import Film
from artcelery.core.plan.model import AS_IS, File, Join, Pass
from artcelery.core.state.records import Result

__all__ = ["Planner", "asked_for"]

_LOSSLESS = {"film": "mkv", "still": "png", "sound": "flac", "data": "json"}
"""What operations on whole files are given: formats that any tool reads."""


def asked_for(graph: Graph, encoding: Encoding | None, film: Film | None) -> Iterator[File]:
    """Every file that could serve, to be looked up at once."""
    if graph.output in graph.nodes:
        yield graph.target.key, encoding.id if encoding else AS_IS
    yield from film.files if film else ()
    for node in graph.nodes.values():
        if graph.is_document(node) or node.cache:
            yield node.key, KEPT[node.clip.kind].id
        if isinstance(node.op, FileOp):
            yield node.key, AS_IS
            inputs = (graph.nodes[name] for name in node.inputs)
            yield from ((item.key, FORMATS[_LOSSLESS[item.clip.kind]].id) for item in inputs)


class Planner:
    """Gathers passes, each after those that make what it reads, and stops at what is a file already."""

    def __init__(self, graph: Graph, results: Mapping[File, Result], film: Film | None = None) -> None:
        self.graph, self.results, self.film = graph, results, film
        self.passes: list[Pass] = []
        self.rendered: set[str] = set()
        self.taken: set[str] = set()
        self.planned: set[File] = set()

    def result(self, node: Node, encoding: Encoding | None) -> Result | None:
        """The file that holds a node's value in that encoding, when it is known."""
        if encoding is None and (source := self.graph.source_of(node)):
            self.taken.add(source.id)
            return Result(source.key, AS_IS, source.key, 0, 0.0, "")
        found = self.results.get((node.key, encoding.id if encoding else AS_IS))
        if found:
            self.taken.add(node.id)
        return found

    def render(self, node: Node, encoding: Encoding | None) -> None:
        """Plan the pass that makes this node, after the passes that make the files it needs."""
        made = (node.key, encoding.id if encoding else AS_IS)
        if made in self.planned:
            return
        self.planned.add(made)
        join: Join | None = None
        if encoding is None:
            nodes, needs = self._handed_on(node), self._whole_files(self.graph.origin(node))
        elif self.film and node.id == self.graph.output:
            join = self._join(self.film)
            nodes, needs = self._stream(node, node, join)
        else:
            nodes, needs = self._stream(node, node)
        self.rendered.update(nodes)
        self.passes.append(Pass(node.id, nodes, node.key, encoding, node.clip.frames, needs, join=join))

    def _join(self, film: Film) -> Join:
        """The parts that are not known are planned first."""
        if not film.parts:
            node = film.node
            return Join(node.id, ((node.key, AS_IS),), (node.clip.frames,), None)
        for number, file in enumerate(film.files):
            if file not in self.results and file not in self.planned:
                self._render_part(film, number)
        return Join(film.node.id, film.files, tuple(part.frames for part in film.parts), film.encoding, film.heard)

    def _render_part(self, film: Film, number: int) -> None:
        part, (key, _) = film.parts[number], film.files[number]
        self.planned.add(film.files[number])
        nodes, needs = self._stream(self.graph.nodes[film.node.inputs[part.input]])
        self.rendered.update((*nodes, film.node.id))
        self.passes.append(
            Pass(
                film.node.id,
                nodes,
                key,
                film.encoding,
                part.frames,
                needs,
                part=part,
                number=number + 1,
                parts=len(film.parts),
            )
        )

    def _stream(
        self, last: Node, made: Node | None = None, join: Join | None = None
    ) -> tuple[tuple[str, ...], dict[str, File]]:
        """The nodes that flow into one encode up to `last`, inputs first, and the files where they begin.

        What is `made` is not read from a file, though others read it from there.
        """
        needs: dict[str, File] = {}
        seen: set[str] = set()
        waiting = [last]
        while waiting:
            item = waiting.pop()
            if item.id in seen or item.id in needs:
                continue
            if _is_file(item) or (self._is_kept(item) and (made is None or item.key != made.key)):
                needs[item.id] = self._file(item, KEPT[item.clip.kind])
                continue
            seen.add(item.id)
            inputs = join.heard if join and join.node == item.id else item.inputs
            waiting += [self.graph.nodes[name] for name in inputs]
        return tuple(name for name in self.graph.nodes if name in seen), needs

    def _is_kept(self, node: Node) -> bool:
        """Whether a node's value is written into a file for those that follow."""
        return self.graph.is_document(node) or node.cache

    def _handed_on(self, node: Node) -> tuple[str, ...]:
        """The node that makes a value, and those by which `identity` hands it on, up to this one."""
        names = [node.id]
        while names[-1] != node.origin:
            names += self.graph.nodes[names[-1]].inputs
        return tuple(reversed(names))

    def _whole_files(self, node: Node) -> dict[str, File]:
        inputs = (self.graph.nodes[name] for name in node.inputs)
        return {item.id: self._file(item, FORMATS[_LOSSLESS[item.clip.kind]]) for item in inputs}

    def _file(self, node: Node, encoding: Encoding | None) -> File:
        """The file that holds a node's value, planned when it is not known yet."""
        if self.graph.is_as_it_is(node):
            encoding = None
        found = self.result(node, encoding)
        if found is None:
            self.render(node, encoding)
        elif found.encoding == AS_IS and self.graph.source_of(node):
            return found.key, AS_IS
        return node.key, encoding.id if encoding else AS_IS


def _is_file(node: Node) -> bool:
    """Whether a node is a file by itself."""
    return node.type == "SOURCE" or isinstance(node.op, FileOp)
