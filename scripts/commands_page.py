"""Writes docs/commands.md: the help of every command, as the program prints it.

python scripts/commands_page.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from artcelery.cli.app import app

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """\
# Commands

Results go to stdout, everything else to stderr; `--json` prints facts as JSON on every command that prints facts.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | a render failed, or a file is not what its record says |
| 2 | the call itself is wrong |
| 3 | the config is invalid |
| 4 | not allowed: something still needs it, or who asks may not |
| 5 | a service does not answer |
| 130 | interrupted |

No colours and no bars are printed into a pipe, nor with `NO_COLOR`. `artcelery --install-completion` teaches bash, zsh,
fish and PowerShell the names of commands, options, effects, assets and configs.

Settings come, each before the next, from options, from `ARTCELERY_*` in the environment, from `artcelery.toml` in this
folder or one above it, and from `artcelery.toml` in the home of artcelery (`~/.artdag`, moved by `ARTCELERY_HOME`).
"""


def main() -> None:
    PAGE.write_text(page())


def page() -> str:
    """The text of docs/commands.md."""
    sections = (f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps(get_command(app), "artcelery", None))
    return "\n".join([HEAD, *sections])


def helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    """Each command with its help, 100 columns wide."""
    context = command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=100, max_content_width=100
    )
    yield context.command_path, command.get_help(context)
    for inner in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from helps(command.get_command(context, inner), inner, context)


if __name__ == "__main__":
    main()
