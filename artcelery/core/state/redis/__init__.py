"""All facts in one Redis server; docs/state.md says under which keys."""

from artcelery.core.state.redis.state import RedisState

__all__ = ["RedisState"]
