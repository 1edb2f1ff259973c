"""Graphs, drawn on the server: layered from left to right, with what is alike folded, and a table beside it."""

from artcelery.server.pages.graphs.drawing import draw
from artcelery.server.pages.graphs.drawn import Drawn, DrawnNode, NodeState
from artcelery.server.pages.graphs.shapes import Box, Drawing, Row

__all__ = ["Box", "Drawing", "Drawn", "DrawnNode", "NodeState", "Row", "draw"]
