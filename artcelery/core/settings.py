"""Settings: one frozen object, built at the edge, passed in.

Precedence: what the caller gives > `ARTCELERY_*` environment > `artcelery.toml` of the project (this folder or the
nearest above it) > `artcelery.toml` in the home of artcelery > default.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from artcelery.core.errors import UsageError
from artcelery.core.values import parse_bytes

__all__ = ["FILE_NAME", "Settings", "load_settings"]

FILE_NAME = "artcelery.toml"


def _default_actor() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "nobody"
    return f"@{user}@{socket.gethostname()}"


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def _size_bytes(given: Any) -> Any:
    """Bytes from `20GB`, `500M` or `1.5GiB`; what is no text is left to the type."""
    return parse_bytes(given) if isinstance(given, str) else given


def _words(given: Any) -> Any:
    """Words of a text, between blanks or commas; what is no text is left to the type."""
    return given.replace(",", " ").split() if isinstance(given, str) else given


class Settings(BaseModel):
    """Where artcelery keeps things, who renders, and how large an input may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(default=Path("~/.artdag"), description="Where artcelery keeps its state and its cache.")
    cache_dir: Path | None = Field(default=None, description="Where files are kept by hash; HOME/cache when unset.")
    actor: str = Field(default_factory=_default_actor, description="Who renders, as provenance records say it.")
    effects_path: tuple[Path, ...] = Field(default=(), description="More folders with effect files.")
    max_pixels: int = Field(default=2**26, gt=0, description="The largest picture that is read, in pixels.")
    max_duration_s: float = Field(default=12 * 3600.0, gt=0, description="The longest film or sound that is read.")
    jobs: int = Field(
        default_factory=_cores, ge=1, le=256, description="How many passes of a run are rendered side by side."
    )
    lease_s: float = Field(default=30.0, gt=0, description="How long a pass may go without a heartbeat.")
    redis_url: SecretStr | None = Field(
        default=None, description="The Redis server that keeps the state, redis://HOST:PORT/NUMBER; a file when unset."
    )
    store_url: str | None = Field(default=None, description="The remote store that machines share; none when unset.")
    store_token: SecretStr | None = Field(default=None, description="What the remote store asks for; never shown.")
    cache_max_size: Annotated[int, BeforeValidator(_size_bytes), Field(gt=0)] | None = Field(
        default=None, description="How large the cache in front of the remote store may be, such as 20GB."
    )

    server: str | None = Field(default=None, description="The artcelery server that commands ask; none when unset.")
    token: SecretStr | None = Field(
        default=None, description="The token for that server, instead of what `artcelery login` keeps; never shown."
    )
    host: str = Field(default="127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(default=8100, ge=0, le=65535, description="The port that `serve` listens on; 0 for a free one.")
    public_url: str | None = Field(default=None, description="The URL by which users and L2 know the server.")
    l2_urls: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(), description="The L2 registries whose users may sign in; local mode when unset."
    )
    api_token: SecretStr | None = Field(default=None, description="The operator's token for the server; never shown.")
    allowed_hosts: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(), description="More names by which the server may be asked, beside that of its public URL."
    )
    import_roots: tuple[Path, ...] = Field(default=(), description="Folders of which the server may import files.")
    upload_max_size: Annotated[int, BeforeValidator(_size_bytes), Field(gt=0)] = Field(
        default=10 * 1000**3, description="The largest file that may be uploaded, such as 10GB."
    )
    quota_size: Annotated[int, BeforeValidator(_size_bytes), Field(gt=0)] | None = Field(
        default=None, description="How many bytes a user of L2 may have, such as 50GB; no limit when unset."
    )
    quota_runs: int = Field(default=100, ge=1, description="How many runs of a user of L2 may wait or run at once.")
    silence_s: float = Field(
        default=60.0, gt=0, description="How long a client of the server may send or take nothing of a file."
    )
    min_rate: Annotated[int, BeforeValidator(_size_bytes), Field(ge=0)] = Field(
        default=1000, description="How many bytes of a file a client sends or takes a second, at least on average."
    )
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(), description="Addresses of proxies whose X-Forwarded headers count, such as 127.0.0.1."
    )
    accel_redirect: str | None = Field(
        default=None, description="Where nginx serves the cache internally, such as /_cache/; none when unset."
    )

    @property
    def home_dir(self) -> Path:
        """The home as an absolute path."""
        return Path(os.path.abspath(self.home.expanduser()))

    @property
    def cache(self) -> Path:
        """The folder of the store."""
        return Path(os.path.abspath(self.cache_dir.expanduser())) if self.cache_dir else self.home_dir / "cache"

    @property
    def state_file(self) -> Path:
        """The file of the embedded state."""
        return self.home_dir / "state.db"


def load_settings(**given: Any) -> Settings:
    """The settings; UsageError names each value that is wrong, and where it may stand."""
    flags = {key: value for key, value in given.items() if value is not None}
    try:
        return Settings.model_validate(
            {**_from_file(_user_file()), **_from_file(_project_file()), **_from_environ(os.environ), **flags}
        )
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise UsageError("a setting is wrong: " + "; ".join(lines) + f" ({_places()})") from error


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    """`ARTCELERY_*` variables that are settings and not empty; folders are separated as in PATH."""
    found = {name: environ.get(f"ARTCELERY_{name.upper()}") for name in Settings.model_fields}
    texts: dict[str, Any] = {name: text for name, text in found.items() if text}
    if "public_url" not in texts and (url := environ.get("L1_PUBLIC_URL")):
        texts["public_url"] = url
    for name in ("effects_path", "import_roots"):
        if name in texts:
            texts[name] = [folder for folder in texts[name].split(os.pathsep) if folder]
    return texts


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings file {str(path)!r} is not TOML: {error}") from error
    except OSError as error:
        raise UsageError(f"the settings file {str(path)!r} cannot be read: {error.strerror}") from error


def _places() -> str:
    files = [str(path) for path in (_project_file(), _user_file()) if path is not None]
    return "look at " + " and ".join(["the ARTCELERY_* environment", *files])


def _user_file() -> Path | None:
    home = Path(os.environ.get("ARTCELERY_HOME") or "~/.artdag").expanduser()
    return _present(home / FILE_NAME)


def _project_file() -> Path | None:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return None
    return next((found for folder in (here, *here.parents) if (found := _present(folder / FILE_NAME))), None)


def _present(path: Path) -> Path | None:
    try:
        return path if path.is_file() else None
    except OSError:
        return None
