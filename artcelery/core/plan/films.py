"""Films whose pictures need not be encoded as a whole: joined of parts, or passed on from a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from artcelery.core.graph import Graph, Node
from artcelery.core.hashing import node_key
from artcelery.core.media.clip import Picture, clip_to_json
from artcelery.core.media.profiles import DECODERS, FORMATS, JOINABLE, Encoding, part_encoding
from artcelery.core.ops.parts import JoinOp, Part
from artcelery.core.plan.model import File

__all__ = ["Film", "film_of"]


@dataclass(frozen=True)
class Film:
    """The node whose pictures are copied: its parts, or none of them where it is a SOURCE whose file is copied from.

    `heard` are the inputs whose sound it takes as it is.
    """

    node: Node
    parts: tuple[Part, ...] = ()
    keys: tuple[str, ...] = ()
    encoding: Encoding | None = None
    heard: tuple[str, ...] = ()

    @cached_property
    def files(self) -> tuple[File, ...]:
        """The files of the parts."""
        return tuple((key, self.encoding.id) for key in self.keys) if self.encoding else ()


def film_of(graph: Graph, encoding: Encoding | None) -> Film | None:
    """The film that the graph's output can be copied from, in that encoding; None where pictures must be encoded."""
    if encoding is None or encoding.video.get("codec") not in JOINABLE:
        return None
    node, frames, hops = graph.origin(graph.target), graph.target.clip.frames, 0
    while True:
        inputs = [graph.nodes[name] for name in node.inputs]
        clips = [item.clip for item in inputs]
        if isinstance(node.op, JoinOp) and (parts := tuple(_first(node.op.parts(node.clip, *clips), frames))):
            return _joined(graph, node, parts, tuple(node.inputs[number] for number in node.op.sound_inputs), encoding)
        if node.type == "SOURCE":
            return Film(node) if hops and _is_copyable(node, frames, encoding) else None
        number = node.op.passes_pictures(node.clip, *clips)
        if number is None:
            return None
        node, hops = graph.origin(inputs[number]), hops + 1


def _joined(graph: Graph, node: Node, parts: tuple[Part, ...], heard: tuple[str, ...], encoding: Encoding) -> Film:
    sounding = node.clip.sound is not None and not heard and node.id in _heard(graph)
    keys = tuple(_part_key(graph, node, part, sounding) for part in parts)
    return Film(node, parts, keys, part_encoding(encoding, sounding), heard)


def _part_key(graph: Graph, node: Node, part: Part, sounding: bool) -> str:
    """A part is decided by its input, the stretch of it, and the format it is brought to; not by its neighbours."""
    said = clip_to_json(node.clip)
    config: dict[str, Any] = {**dict(part.config), "begin": str(part.begin), "frames": part.frames}
    config |= {"picture": said["picture"], "sound": said["sound"] if sounding else None}
    return node_key("PART", 2, config, [graph.nodes[node.inputs[part.input]].key])


def _first(parts: tuple[Part, ...], frames: int) -> Iterator[Part]:
    """As many of the parts as hold the first `frames` pictures."""
    for part in parts:
        if frames <= 0:
            return
        yield replace(part, frames=min(part.frames, frames))
        frames -= part.frames


def _is_copyable(node: Node, frames: int, encoding: Encoding) -> bool:
    """Whether the packets of a source are what this encoding would hold, and all of them are wanted.

    Who asks for another quality than the usual one wants the pictures encoded.
    """
    clip = node.clip
    usual = FORMATS[encoding.format].video
    same = DECODERS.get(encoding.video["codec"]) == clip.codec and encoding.video.get("crf") == usual.get("crf")
    return clip.picture is not None and same and frames == clip.frames and _is_plain(clip.picture, encoding)


def _is_plain(picture: Picture, encoding: Encoding) -> bool:
    pix_fmt = encoding.video.get("pix_fmt")
    return not picture.alpha and (pix_fmt is None or picture.pix_fmt == pix_fmt)


def _heard(graph: Graph) -> set[str]:
    """The nodes whose sound goes into the output."""
    found: set[str] = set()
    waiting = [graph.output]
    while waiting:
        node = graph.nodes[waiting.pop()]
        if node.id not in found:
            found.add(node.id)
            waiting += [node.inputs[number] for number in node.op.heard(len(node.inputs))]
    return found
