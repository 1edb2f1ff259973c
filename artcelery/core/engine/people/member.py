"""A member: one who asks, and the services that reach what is theirs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.who import Publication, Who

if TYPE_CHECKING:
    from artcelery.core.engine.people.configs import MemberConfigs
    from artcelery.core.engine.people.files import MemberFiles
    from artcelery.core.engine.people.names import MemberNames
    from artcelery.core.engine.people.runs import MemberRuns

__all__ = ["Member"]


class Member:
    """What one person can do here. What is not theirs is not there: NotFoundError, in the same words."""

    def __init__(self, context: Context, who: Who, publication: Publication) -> None:
        self.context, self.who, self.publication = context, who, publication

    @cached_property
    def files(self) -> MemberFiles:
        """The files they may read."""
        from artcelery.core.engine.people.files import MemberFiles

        return MemberFiles(self)

    @cached_property
    def names(self) -> MemberNames:
        """Their names of files."""
        from artcelery.core.engine.people.names import MemberNames

        return MemberNames(self)

    @cached_property
    def configs(self) -> MemberConfigs:
        """Their stored configs."""
        from artcelery.core.engine.people.configs import MemberConfigs

        return MemberConfigs(self)

    @cached_property
    def runs(self) -> MemberRuns:
        """Their runs."""
        from artcelery.core.engine.people.runs import MemberRuns

        return MemberRuns(self)
