from __future__ import annotations

from typing import Final

from sqlalchemy import update

from db.store import SqlStore
from db.tables.accounts import users
from server.domain.entities import ProfileField, UserKind
from server.ports import Portrait
from tests.support.rows import ANNA, BEN

PICTURES: Final = [f"{number:032x}" for number in range(4)]
PORTRAIT: Final = Portrait(banner=PICTURES[1], bio="Größe\n🌹", fields=(ProfileField(name="pronouns", value="they"),))


async def test_what_people_say_of_themselves(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.portraits.get(ANNA) == Portrait()
        await uow.portraits.put(ANNA, PORTRAIT)
        await uow.portraits.put(BEN, Portrait(bio="hello"))
    async with world.write() as uow:
        assert await uow.portraits.get(ANNA) == PORTRAIT
        await uow.portraits.put(ANNA, Portrait())
        assert await uow.portraits.get(ANNA) == Portrait()
        assert await uow.portraits.get(BEN) == Portrait(bio="hello")


async def test_an_avatar_is_seen_wherever_the_user_is(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.portraits.set_avatar(ANNA, PICTURES[0])
        me = await uow.users.me(ANNA)
        assert me is not None
        assert me.avatar == PICTURES[0]
        await uow.users.update(me)
        assert {user.id: user.avatar for user in (await uow.users.by_ids([ANNA, BEN])).values()} == {
            ANNA: PICTURES[0],
            BEN: None,
        }
        await uow.portraits.set_avatar(ANNA, None)
        assert (await uow.users.by_ids([ANNA]))[ANNA].avatar is None


async def test_pictures_that_nobody_shows(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, picture_id in enumerate(PICTURES):
            await uow.portraits.add_picture(picture_id, ANNA, 10 * number)
        await uow.portraits.set_avatar(ANNA, PICTURES[0])
        await uow.portraits.set_avatar(BEN, PICTURES[2])
        await uow.portraits.put(ANNA, PORTRAIT)
        assert await uow.portraits.abandoned(30, 9) == [PICTURES[2]]
        assert await uow.portraits.abandoned(31, 9) == PICTURES[2:]
        assert await uow.portraits.abandoned(31, 1) == [PICTURES[2]]
        await uow.portraits.delete_pictures(PICTURES[2:3])
        await uow.portraits.delete_pictures([])
        assert await uow.portraits.abandoned(31, 9) == [PICTURES[3]]


async def test_whoever_is_gone_has_no_picture_any_more(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.portraits.add_picture(PICTURES[0], ANNA, 1)
        await uow.portraits.set_avatar(ANNA, PICTURES[0])
    async with world.write() as uow:
        gone = update(users).where(users.c.id == ANNA).values(account_kind=UserKind.DELETED.value)
        await uow.portraits._change(gone)
        assert (await uow.users.by_ids([ANNA]))[ANNA].avatar is None
        assert await uow.portraits.abandoned(9, 9) == [PICTURES[0]]
