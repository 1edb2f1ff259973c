"""The PEP 723 block of an effect file: what it depends on, and what `[tool.artcelery]` says."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import Any

from artcelery.core.effect.declaration import Declaration
from artcelery.core.errors import Problem

__all__ = ["ScriptBlock", "read_script_block"]

_START, _END = "# /// script", "# ///"
_TEXTS = ("name", "version", "description", "author")
_COMPARISON = re.compile(r"(>=|<=|>|<)\s*(\d+(?:\.\d+)*)")


@dataclass(frozen=True, slots=True)
class ScriptBlock:
    """What the block says; empty when there is none."""

    dependencies: tuple[str, ...] = ()
    requires_python: str = ""
    declaration: Declaration = field(default_factory=Declaration)

    def refused_python(self) -> str | None:
        """The running Python's version when `requires-python` excludes it."""
        running = sys.version_info[:3]
        for sign, text in _COMPARISON.findall(self.requires_python):
            wanted = tuple(int(part) for part in text.split("."))
            have = running[: len(wanted)]
            if not {">=": have >= wanted, "<=": have <= wanted, ">": have > wanted, "<": have < wanted}[sign]:
                return ".".join(map(str, running))
        return None


def read_script_block(text: str, problems: list[Problem]) -> ScriptBlock:
    """The block of a source text; what is wrong with it goes into `problems`."""
    if _START not in text:
        return ScriptBlock()
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line == _START), None)
    if first is None:
        return ScriptBlock()
    last = _end(lines, first)
    if last is None:
        problems.append(Problem("the `# /// script` block has no closing `# ///`, or a line without `#`", first + 1))
        return ScriptBlock()
    if _START in lines[last:]:
        problems.append(Problem("there is a second `# /// script` block", lines.index(_START, last) + 1))
    return _block(_toml(lines[first + 1 : last], first + 1, problems), first + 1, problems)


def _end(lines: list[str], first: int) -> int | None:
    """The last `# ///` before the comment ends, as PEP 723 has it."""
    end = None
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if not (line == "#" or line.startswith("# ")):
            break
        if line == _END:
            end = number
    return end


def _toml(lines: list[str], line: int, problems: list[Problem]) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads("\n".join(row[2:] for row in lines) + "\n")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        inside = re.search(r"at line (\d+)", str(error))
        where = line + int(inside[1]) if inside else line
        problems.append(Problem(f"the `# /// script` block is not TOML: {error}", where))
        return {}


def _block(table: dict[str, Any], line: int, problems: list[Problem]) -> ScriptBlock:
    dependencies = table.get("dependencies", [])
    if not (isinstance(dependencies, list) and all(isinstance(item, str) for item in dependencies)):
        problems.append(Problem("`dependencies` of the script block must be a list of texts", line))
        dependencies = []
    python = table.get("requires-python", "")
    if not isinstance(python, str):
        problems.append(Problem("`requires-python` of the script block must be a text", line))
        python = ""
    tools = table.get("tool", {})
    said = {**_tool(tools, "artdag"), **_tool(tools, "artcelery")}
    return ScriptBlock(tuple(dependencies), python, _declaration(said, line, problems))


def _tool(tools: object, name: str) -> dict[str, Any]:
    table = tools.get(name) if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else {}


def _declaration(said: dict[str, Any], line: int, problems: list[Problem]) -> Declaration:
    declaration = Declaration(line)
    for name in _TEXTS:
        value = said.get(name)
        if isinstance(value, str):
            setattr(declaration, name, value)
        elif value is not None:
            problems.append(Problem(f"`{name}` of the script block must be a text in quotes", line))
    return declaration
