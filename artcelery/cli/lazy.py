"""Commands that are loaded when they are called: making them all takes longer than most of them take to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command

__all__ = ["TYPER_OPTIONS", "LazyGroup"]

TYPER_OPTIONS: Mapping[str, Any] = {
    "add_completion": False,
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}
"""How every group of commands is made."""

_PASSING_OPTIONS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


class LazyGroup(TyperGroup):
    """The commands of the program: for each its home, a module of this package and a function or group in it."""

    homes: ClassVar[Mapping[str, str]] = {
        "render": "rendering:render",
        "run": "rendering:run",
        "config": "config:app",
        "effects": "effects:app",
        "assets": "assets:app",
        "runs": "runs:app",
        "cache": "cache:app",
        "verify": "verify:verify",
        "doctor": "verify:doctor",
        "serve": "service:serve",
        "login": "signing:login",
        "logout": "signing:logout",
        "worker": "worker:app",
    }

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the help."""
        return list(self.homes)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, or None when there is none of that name."""
        if cmd_name not in self.commands and cmd_name in self.homes:
            module, name = self.homes[cmd_name].split(":")
            self.commands[cmd_name] = _made(getattr(import_module(f"artcelery.cli.{module}"), name), cmd_name)
        return self.commands.get(cmd_name)


def _made(found: typer.Typer | Callable[..., Any], name: str) -> Any:
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(**TYPER_OPTIONS)
        alone.command(name, context_settings=_PASSING_OPTIONS_ON if name == "run" else None)(found)
        return get_command(alone)
    command = get_command(found)
    command.name = name
    return command
