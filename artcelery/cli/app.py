"""The program: its commands, and how errors become exit codes."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn, TypeGuard

import typer

from artcelery.cli.engine import choose_server
from artcelery.cli.lazy import TYPER_OPTIONS, LazyGroup
from artcelery.core import errors

__all__ = ["EXIT_CODES", "app", "exit_code", "main"]

EXIT_CODES: dict[type[errors.ArtceleryError], int] = {
    errors.ArtceleryError: 1,
    errors.UsageError: 2,
    errors.NotFoundError: 2,
    errors.ConfigError: 3,
    errors.NotAllowedError: 4,
    errors.UnreachableError: 5,
    errors.CancelledError: 130,
}
"""Exit codes by error class; a class that is not named here has that of its parent."""

app = typer.Typer(
    name="artcelery",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    **{**TYPER_OPTIONS, "add_completion": True},
)


def _version(wanted: bool) -> None:
    if wanted:
        from artcelery import __version__

        typer.echo(f"artcelery {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    server: Annotated[
        str | None, typer.Option("--server", metavar="URL", help="Work with this server instead of here.")
    ] = None,
) -> None:
    """Describe a picture, a film or a sound as a graph; it is rendered once, in one pass, with its papers."""
    choose_server(server)


def exit_code(error: errors.ArtceleryError) -> int:
    """The exit code of an error: that of the nearest class that has one."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def main() -> NoReturn:
    """Run the program; every error becomes one message on stderr and an exit code."""
    _open_closed_streams()
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(100_000)  # what is made while modules load is no garbage; looking for it takes time
    sys.setswitchinterval(0.0005)  # threads of a pass hold the interpreter for moments; 5 ms is long to wait for it
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    try:
        _run()
    except errors.ArtceleryError as error:
        _say(error)
        code = exit_code(error)
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        _print_no_more()
        code = 1
    except Exception as error:
        if os.environ.get("ARTCELERY_DEBUG"):
            raise
        print(f"artcelery: {_unexpected(error)}", file=sys.stderr)
        if _is_of_output(error):
            _print_no_more()
        code = 1
    sys.exit(code)


def _run() -> NoReturn:
    """Typer's own main: a wrong call is said and ends with 2, an interrupt with 130."""
    try:
        app()
    finally:
        sys.stdout.flush()
    raise AssertionError("typer ends the process")


def _open_closed_streams() -> None:
    """Have standard streams that are closed lead nowhere: else the next file that is opened takes their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode))


def _print_no_more() -> None:
    """Have what is left to be printed lead nowhere: else it is tried once more when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_of_output(error: Exception) -> TypeGuard[OSError]:
    """Whether the disk behind stdout is full, which is no fault of ours."""
    return isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None


def _unexpected(error: Exception) -> str:
    """What is said of an error that nobody foresaw."""
    if _is_of_output(error):
        return f"what it prints cannot be written: {error.strerror}"
    return f"this should not have happened ({type(error).__name__}: {error}); ARTCELERY_DEBUG=1 shows where"


def _say(error: errors.ArtceleryError) -> None:
    located = isinstance(error, errors.ConfigError)
    print(error.message if located else f"artcelery: {error.message}", file=sys.stderr)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
