"""What a worker must be able to do for a pass, and which queue the pass waits in."""

from __future__ import annotations

import re

from artcelery.core.graph import Graph, Node
from artcelery.core.media.profiles import AS_IT_FLOWS, Encoding
from artcelery.core.plan.model import Pass

__all__ = ["queue_of", "requirements"]

_PACKAGE = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_BASE_MB, _PICTURES, _PIXEL_BYTES = 300, 60, 4


def requirements(item: Pass, graph: Graph) -> tuple[str, ...]:
    """Abilities by name: `op:TYPE:VERSION`, `encoder:NAME`, `python:PACKAGE`; and `memory:MB`, about."""
    nodes = [graph.nodes[name] for name in item.nodes]
    found = {f"op:{node.type}:{node.op.version}" for node in nodes}
    found |= {f"python:{package}" for node in nodes for package in _packages(node)}
    if item.encoding:
        found |= {f"encoder:{codec}" for codec in _codecs(item.encoding)}
    return (*sorted(found), f"memory:{_memory_mb(nodes)}")


def queue_of(item: Pass, graph: Graph) -> str:
    """`probe` for what only looks, `effects` where effects of Python code run, else `render`."""
    if item.encoding and item.encoding.kind == "data":
        return "probe"
    effects = (graph.nodes[name].effect for name in item.nodes)
    return "effects" if any(effect and effect.kind in ("frames", "file") for effect in effects) else "render"


def _codecs(encoding: Encoding) -> list[str]:
    """The encoders it names; samples that are written as they are need none that could be missing."""
    named = (encoding.video.get("codec"), encoding.audio.get("codec"))
    return [codec for codec in named if codec and codec != AS_IT_FLOWS and not codec.startswith("pcm")]


def _packages(node: Node) -> list[str]:
    """The packages that the node's effect says it needs, normalised as in PEP 503."""
    if node.effect is None:
        return []
    from importlib.util import decode_source

    from artcelery.core.effect.script_block import read_script_block

    block = read_script_block(decode_source(node.effect.source), [])
    names = (match[1] for text in block.dependencies if (match := _PACKAGE.match(text)))
    return [re.sub(r"[-_.]+", "-", name).lower() for name in names]


def _memory_mb(nodes: list[Node]) -> int:
    """Measured: a film of 1080p takes about 700 MB, most of it pictures on their way between threads."""
    pictures = [node.clip.picture for node in nodes if node.clip.picture]
    largest = max((picture.width * picture.height for picture in pictures), default=0)
    return _BASE_MB + (largest * _PIXEL_BYTES * _PICTURES >> 20)
