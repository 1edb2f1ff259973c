"""YAML as pages show it: coloured, with numbers before its lines, and what is wrong with it at its lines."""

from artcelery.server.pages.yaml_text.excerpts import Excerpt, excerpts
from artcelery.server.pages.yaml_text.lines import Line, lines_of

__all__ = ["Excerpt", "Line", "excerpts", "lines_of"]
