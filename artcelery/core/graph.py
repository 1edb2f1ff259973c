"""Config + inputs -> Graph: nodes in order, their clips, and their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artcelery.core.errors import ConfigError, Problem
from artcelery.core.hashing import node_key
from artcelery.core.media.clip import Clip
from artcelery.core.ops.effect import EffectOp, IdentityOp
from artcelery.core.ops.op import DocumentOp, FileOp, InferError, Op

if TYPE_CHECKING:
    from typing import Any

    from artcelery.core.config import Bound, BoundNode, Config
    from artcelery.core.effect import Effect
    from artcelery.core.media.limits import Limits

__all__ = ["Graph", "Node", "SourceFile", "build_graph", "in_order"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file behind a SOURCE: its content hash, what it was found to be, its name and the format it is in."""

    content_hash: str
    clip: Clip
    name: str = ""
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One operation in a graph, with everything known about it before anything renders.

    `origin` is the node that makes its value: itself, or one whose value `identity` hands on.
    """

    id: str
    type: str
    op: Op[Any]
    inputs: tuple[str, ...]
    clip: Clip
    key: str
    origin: str
    cache: bool = False

    @property
    def effect(self) -> Effect | None:
        """The effect that an EFFECT node applies."""
        return self.op.effect if isinstance(self.op, EffectOp) else None


@dataclass(frozen=True)
class Graph:
    """A config with its inputs: nodes in an order in which inputs come first."""

    config: Config
    nodes: Mapping[str, Node]
    sources: Mapping[str, SourceFile]
    output: str

    @property
    def target(self) -> Node:
        """The output node."""
        return self.nodes[self.output]

    def origin(self, node: Node) -> Node:
        """The node that makes this node's value."""
        return self.nodes[node.origin]

    def source_of(self, node: Node) -> Node | None:
        """The SOURCE whose file is this node's value, if there is one."""
        origin = self.origin(node)
        return origin if origin.type == "SOURCE" else None

    def is_as_it_is(self, node: Node) -> bool:
        """Whether this node's value is a file that nobody encoded: that of a SOURCE, or of an op on whole files."""
        origin = self.origin(node)
        return origin.type == "SOURCE" or isinstance(origin.op, FileOp)

    def is_document(self, node: Node) -> bool:
        """Whether this node's value is what an op finds out about its inputs, written as JSON."""
        return isinstance(self.origin(node).op, DocumentOp)


def build_graph(config: Config, bound: Bound, sources: Mapping[str, SourceFile], limits: Limits | None = None) -> Graph:
    """The graph of a config's nodes (those that are ready), checked against what the inputs really are.

    `sources` maps ids of SOURCE nodes to their files. ConfigError holds every node that cannot work on its inputs, or
    makes of them what is larger than `limits` allow: it could not be read again.
    """
    nodes: dict[str, Node] = {}
    problems: list[Problem] = []
    for item in in_order(bound.nodes):
        inputs = [nodes[name] for name in item.inputs if name in nodes]
        if len(inputs) < len(item.inputs):
            continue
        try:
            made = _node(item, inputs, sources.get(item.id))
            _refuse_endless(made.clip, limits)
            nodes[item.id] = made
        except InferError as error:
            problems.append(_problem(config, item, error))
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: (problem.line, problem.column)), config.file)
    return Graph(config, nodes, sources, bound.output)


def in_order(bound: Sequence[BoundNode]) -> list[BoundNode]:
    """The nodes, each after its inputs; otherwise in the order of the file. The config has no cycles."""
    waiting = {item.id: len(set(item.inputs)) for item in bound}
    followers: dict[str, list[BoundNode]] = {}
    for item in bound:
        for name in set(item.inputs):
            followers.setdefault(name, []).append(item)
    ready = [item for item in bound if not item.inputs]
    for item in ready:
        for follower in followers.get(item.id, ()):
            waiting[follower.id] -= 1
            if waiting[follower.id] == 0:
                ready.append(follower)
    return ready


def _node(item: BoundNode, inputs: list[Node], source: SourceFile | None) -> Node:
    clips = [source.clip] if source else [node.clip for node in inputs]
    clip, key = item.op.infer(*clips), _key(item, inputs, source)
    origin = inputs[0].origin if isinstance(item.op, IdentityOp) else item.id
    return Node(item.id, item.type, item.op, item.inputs, clip, key, origin, item.cache)


def _refuse_endless(clip: Clip, limits: Limits | None) -> None:
    if limits is None:
        return
    picture, duration = clip.picture, clip.duration or 0
    if duration > limits.max_duration_s:
        raise InferError(f"it would last {float(duration):.6g} s; the limit is {limits.max_duration_s:g} s")
    if clip.frames > limits.max_frames:
        raise InferError(f"it would have {clip.frames} pictures; the limit is {limits.max_frames}")
    most = limits.max_pixels if clip.is_still else limits.max_film_pixels
    if picture and picture.width * picture.height > most:
        raise InferError(f"it would be {picture.width}x{picture.height} pixels; the limit for a {clip.kind} is {most}")


def _key(item: BoundNode, inputs: list[Node], source: SourceFile | None) -> str:
    if source:
        return source.content_hash
    if isinstance(item.op, IdentityOp):
        return inputs[0].key
    keys = [node.key for node in inputs]
    return node_key(item.type, item.op.version, item.op.key_config(), keys, item.op.outside_source)


def _problem(config: Config, item: BoundNode, error: InferError) -> Problem:
    path = item.path
    if error.field == "inputs":
        path = (*path, "inputs")
    elif error.field:
        path = (*path, "config", error.field)
    line, column = config.locate(path)
    return Problem(f"node {item.id!r} ({item.type}): {error.message}", line, column, path)
