"""The PEP 723 block of an effect file: what it depends on, and what `[tool.artcelery]` says."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import Any

from artcelery.core.effect.declaration import Declaration
from artcelery.core.errors import Problem

__all__ = ["ScriptBlock", "read_script_block"]

# The expression of PEP 723.
_BLOCK = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
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
    if "# /// script" not in text:
        return ScriptBlock()
    found = [match for match in _BLOCK.finditer(text) if match["type"] == "script"]
    if len(found) != 1:
        line = text[: text.index("# /// script")].count("\n") + 1
        wrong = "has no closing `# ///`, or a line without `#`" if not found else "is there more than once"
        problems.append(Problem(f"the `# /// script` block {wrong}", line))
        return ScriptBlock()
    line = text.count("\n", 0, found[0].start()) + 1
    table = _toml(found[0]["content"], line, problems)
    return _block(table, line, problems)


def _toml(content: str, line: int, problems: list[Problem]) -> dict[str, Any]:
    import tomllib

    lines = [row[2:] if row.startswith("# ") else row[1:] for row in content.splitlines()]
    try:
        return tomllib.loads("\n".join(lines) + "\n")
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
