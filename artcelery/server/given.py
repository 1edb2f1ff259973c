"""What routes are given: the services of their server, who asks, and what that member can do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from artcelery.core.engine.people import Member, Who
from artcelery.core.engine.people.files import VISITOR
from artcelery.core.errors import ForbiddenError, SignInError
from artcelery.server.auth.asking import who_asks
from artcelery.server.services import Services

__all__ = ["Asker", "MemberGiven", "Operator", "ServicesGiven", "Share", "services_of"]


def services_of(request: Request) -> Services:
    """The services of the server that this request came to."""
    services: Services = request.app.state.services
    return services


ServicesGiven = Annotated[Services, Depends(services_of)]


def _asker(request: Request, services: ServicesGiven) -> Who | None:
    """Who asks, None when nobody is signed in; SignInError when a token or a session does not count (any more)."""
    request.state.who = who_asks(request, services)
    who: Who | None = request.state.who
    return who


Asker = Annotated[Who | None, Depends(_asker)]


def _member(who: Asker, services: ServicesGiven) -> Member:
    if who is None:
        raise SignInError("sign in first: in a browser at `/sign-in`, elsewhere with `artcelery login`")
    return services.member(who)


MemberGiven = Annotated[Member, Depends(_member)]


def _operator(member: MemberGiven) -> Member:
    if not member.who.is_operator:
        raise ForbiddenError("only who operates this server may do that")
    return member


Operator = Annotated[Member, Depends(_operator)]


async def _share(who: Asker, services: ServicesGiven) -> AsyncIterator[None]:
    async with services.shares.of(who or VISITOR):
        yield


Share = Depends(_share, scope="function")
"""For routes that take long: they take a place in the share of who asks until the reply is there."""
