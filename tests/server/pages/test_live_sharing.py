"""What is made for many listeners: once for those who ask at the same time, and never older than what they ask for."""

from __future__ import annotations

import asyncio

from artcelery.core.errors import NotFoundError
from artcelery.server.pages.live_sharing import Shared


class Making:
    """Makes numbers, each when it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Semaphore(0)

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await self.may_end.acquire()
        return number


async def until_begun(making: Making, number: int) -> None:
    async with asyncio.timeout(30):
        while making.begun < number:
            await asyncio.sleep(0)


def test_who_asks_while_it_is_made_gets_the_next_and_all_of_them_the_same() -> None:
    async def listen() -> tuple[list[int], int]:
        making = Making()
        shared = Shared(making)
        first = asyncio.create_task(shared.get())
        await until_begun(making, 1)
        later = [asyncio.create_task(shared.get()) for _ in range(20)]
        await asyncio.sleep(0)
        making.may_end.release()
        await until_begun(making, 2)
        making.may_end.release()
        return await asyncio.gather(first, *later), making.begun

    assert asyncio.run(listen()) == ([1, *[2] * 20], 2)


def test_one_who_goes_takes_nothing_from_the_others() -> None:
    async def listen() -> int:
        making = Making()
        shared = Shared(making)
        goes, stays = asyncio.create_task(shared.get()), asyncio.create_task(shared.get())
        await until_begun(making, 1)
        goes.cancel()
        making.may_end.release()
        return await stays

    assert asyncio.run(listen()) == 1


def test_what_goes_wrong_is_heard_by_all_and_tried_again_by_the_next() -> None:
    async def listen() -> list[BaseException | str]:
        answers = [NotFoundError("it was deleted"), None]

        async def make() -> str:
            if error := answers.pop(0):
                raise error
            return "there"

        shared = Shared(make)
        wrong = await asyncio.gather(shared.get(), shared.get(), return_exceptions=True)
        return [*wrong, await shared.get()]

    *wrong, right = asyncio.run(listen())
    assert [type(error) for error in wrong] == [NotFoundError, NotFoundError]
    assert right == "there"
