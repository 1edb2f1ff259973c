"""The queue on Redis: Celery's own transport, except that a connection can be closed when Redis has gone.

Kombu's hands messages back then that nobody acknowledged. Where that finds no server, the error ends the whole worker;
and so does a message that is acknowledged when the connection is closed that brought it.
"""

from __future__ import annotations

from typing import Any

from celery.utils.log import get_logger
from kombu.transport import TRANSPORT_ALIASES, redis

__all__ = ["Channel", "QoS", "Transport", "use_for_redis"]

logger = get_logger("artcelery")


class QoS(redis.QoS):
    """What was delivered and not acknowledged yet."""

    def restore_unacked(self, client: Any = None) -> None:
        """Hand messages back, as far as that is possible: of those that get lost, the passes are due again."""
        try:
            super().restore_unacked(client)
        except Exception as error:
            logger.warning("messages are not handed back, Redis has gone (%s)", error)

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message, unless the connection is closed that brought it: then it was handed back."""
        if self.channel.connection is not None:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Refuse a message, unless the connection is closed that brought it."""
        if self.channel.connection is not None:
            super().reject(delivery_tag, requeue=requeue)


class Channel(redis.Channel):
    """A channel with these messages."""

    QoS = QoS


class Transport(redis.Transport):
    """The Redis transport with these channels."""

    Channel = Channel


def use_for_redis() -> None:
    """Make it the transport of all `redis:` addresses in this process."""
    name = f"{__name__}:{Transport.__name__}"
    TRANSPORT_ALIASES.update(redis=name, rediss=name)
