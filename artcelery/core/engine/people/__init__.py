"""What people of a server can do: each has calls of the engine's that reach only what is theirs."""

from artcelery.core.engine.people.member import Member
from artcelery.core.engine.people.who import OPERATOR, Publication, Who

__all__ = ["OPERATOR", "Member", "Publication", "Who"]
