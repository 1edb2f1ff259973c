"""artcelery renders media graphs: describe a picture, a film or a sound in YAML or Python, and render it once.

>>> from artcelery import open_engine
>>> with open_engine() as engine:
...     run = engine.render("dog", "cat")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from artcelery.core.config import Config, GraphBuilder, load_config
    from artcelery.core.engine import Engine, Order, open_engine
    from artcelery.core.errors import ArtceleryError
    from artcelery.core.settings import Settings, load_settings

__all__ = [
    "ArtceleryError",
    "Config",
    "Engine",
    "GraphBuilder",
    "Order",
    "Settings",
    "__version__",
    "load_config",
    "load_settings",
    "open_engine",
]

_HOMES = {
    "ArtceleryError": "artcelery.core.errors",
    "Config": "artcelery.core.config",
    "Engine": "artcelery.core.engine",
    "GraphBuilder": "artcelery.core.config",
    "Order": "artcelery.core.engine",
    "Settings": "artcelery.core.settings",
    "load_config": "artcelery.core.config",
    "load_settings": "artcelery.core.settings",
    "open_engine": "artcelery.core.engine",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
