"""The service layer: everything that the command line and the server can do is one call here."""

from artcelery.core.engine.engine import Engine, open_engine
from artcelery.core.engine.order import Order

__all__ = ["Engine", "Order", "open_engine"]
