"""Files from strangers, looked at in processes that may do nothing else, and may die."""

from artcelery.core.media.apart.asking import Apart, Probed

__all__ = ["Apart", "Probed"]
