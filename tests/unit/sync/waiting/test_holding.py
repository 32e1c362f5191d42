"""A client is held until there is something to tell it, and told nothing it may not know."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

import pytest

from sync.server.waiting.asks import Ask, Turned
from sync.server.waiting.door import CannotLook, Door
from sync.server.waiting.holding import Ending, Held, hold
from sync.server.waiting.room import Room, RoomIsFull, TooManyOfOne
from tests.loops import run_to_end
from tests.unit.sync.waiting.looking import ALICE, BOB, HOLIDAYS, WORK, Books

LONG = 30.0


class House:
    """A room with its door, and clients that are held in it."""

    def __init__(self, books: Books, *, most: int = 10, most_of_one: int = 5) -> None:
        self.room = Room(most=most, most_of_one=most_of_one)
        self.door = Door(books.look)

    def client(
        self,
        *,
        digest="a",
        folder=HOLIDAYS,
        since=5,
        seconds=LONG,
        gone: Awaitable[None] | None = None,
    ) -> asyncio.Task[Held | Turned]:
        return asyncio.create_task(
            hold(
                Ask(digest, folder, since),
                room=self.room,
                door=self.door,
                seconds=seconds,
                gone=gone or for_ever(),
            )
        )


async def until(event: asyncio.Event) -> None:
    await event.wait()


async def for_ever() -> None:
    await until(asyncio.Event())


async def settled() -> None:
    """Let everything happen that can happen by itself."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_who_knows_less_than_there_is_is_told_at_once():
    async def scene():
        return await House(Books()).client(since=4)

    assert run_to_end(scene()) == Held(Ending.NEWS, 5)


def test_who_knows_of_more_than_there_is_is_told_at_once_too():
    async def scene():
        return await House(Books()).client(since=6)

    assert run_to_end(scene()) == Held(Ending.NEWS, 5)


def test_who_knows_everything_waits_until_the_folder_changes():
    async def scene():
        books = Books()
        house = House(books)
        client, other = house.client(), house.client(folder=WORK, since=3)
        await settled()
        assert not client.done()

        books.heads[HOLIDAYS] = 6
        house.room.wake(HOLIDAYS, 6)
        told = await client

        assert not other.done()
        other.cancel()
        return told

    assert run_to_end(scene()) == Held(Ending.NEWS, 6)


def test_a_change_while_it_is_asked_about_is_not_slept_through():
    async def scene():
        books = Books()
        house = House(books)

        async def look(asks):
            verdicts = await books.look(asks)
            if len(books.asked) == 1:
                books.heads[HOLIDAYS] = 6
                house.room.wake(HOLIDAYS, 6)
            return verdicts

        house.door = Door(look)
        return await house.client()

    assert run_to_end(scene()) == Held(Ending.NEWS, 6)


def test_who_is_roused_for_nothing_waits_on():
    async def scene():
        house = House(Books())
        client = house.client()
        await settled()

        house.room.wake(HOLIDAYS, 5)
        for waiter in house.room:
            waiter.rouse()
        await settled()

        assert not client.done()
        client.cancel()

    run_to_end(scene())


def test_when_the_time_is_up_there_is_nothing_new():
    async def scene():
        return await House(Books()).client(seconds=0.01)

    assert run_to_end(scene()) == Held(Ending.NOTHING, 5)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda books: books.tokens.clear(), Turned.UNKNOWN),
        (lambda books: books.heads.pop(HOLIDAYS), Turned.NO_MEMBER),
    ],
    ids=["its token is revoked", "it is no member any more"],
)
def test_news_is_not_for_who_may_not_know_it_any_more(change, verdict):
    async def scene():
        books = Books()
        house = House(books)
        client = house.client()
        await settled()

        change(books)
        house.room.wake(HOLIDAYS, 6)
        return await client

    assert run_to_end(scene()) == verdict


def test_who_leaves_makes_room():
    async def scene():
        house = House(Books(), most=1)
        leaving = asyncio.Event()
        client = house.client(gone=until(leaving))
        await settled()
        with pytest.raises(RoomIsFull):
            await house.client(digest="b")

        leaving.set()
        assert await client == Held(Ending.GONE, 5)
        assert len(house.room) == 0

        return await house.client(digest="b", since=4)

    assert run_to_end(scene()) == Held(Ending.NEWS, 5)


def test_one_person_cannot_take_all_the_places():
    async def scene():
        house = House(Books(), most_of_one=2)
        held = [house.client(), house.client(folder=WORK, since=3)]
        await settled()

        with pytest.raises(TooManyOfOne):
            await house.client()
        bobs = house.client(digest="b")
        await settled()
        assert not bobs.done()

        held[0].cancel()
        with suppress(asyncio.CancelledError):
            await held[0]
        again = house.client()
        await settled()
        assert not again.done()
        assert len(house.room) == 3

    run_to_end(scene())


def test_a_room_that_closes_answers_everybody_and_lets_nobody_in():
    async def scene():
        house = House(Books())
        clients = [house.client(digest=digest) for digest in "aabb"]
        await settled()

        house.room.close()
        told = await asyncio.gather(*clients)
        with pytest.raises(RoomIsFull):
            await house.client()
        return told

    assert run_to_end(scene()) == [Held(Ending.CLOSING, 5)] * 4


def test_many_who_come_at_once_are_asked_about_together():
    async def scene():
        books = Books()
        house = House(books, most=1000, most_of_one=1000)
        clients = [house.client(since=4) for _ in range(700)]
        await asyncio.gather(*clients)
        return books.asked

    assert run_to_end(scene()) == [500, 200]


def test_when_nothing_can_be_asked_all_are_told_and_the_next_are_asked_about_again():
    async def scene():
        books = Books(trouble=CannotLook("the database is away"))
        house = House(books)
        told = await asyncio.gather(house.client(), house.client(), return_exceptions=True)
        assert [type(error) for error in told] == [CannotLook, CannotLook]
        assert len(house.room) == 0

        books.trouble = None
        return await house.client(since=4)

    assert run_to_end(scene()) == Held(Ending.NEWS, 5)


def test_who_is_not_asked_about_again_is_counted_once():
    async def scene():
        house = House(Books(), most_of_one=1)
        with house.room.place(Ask("a", HOLIDAYS, 5)) as waiter:
            house.room.belongs(waiter, ALICE)
            house.room.belongs(waiter, ALICE)
            with house.room.place(Ask("b", HOLIDAYS, 5)) as other:
                house.room.belongs(other, BOB)
        with house.room.place(Ask("a", HOLIDAYS, 5)) as again:
            house.room.belongs(again, ALICE)
        return len(house.room)

    assert run_to_end(scene()) == 0
