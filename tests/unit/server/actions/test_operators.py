from __future__ import annotations

import pytest
import structlog

from server.actions.operators import (
    AccountsQuery,
    Announce,
    BanAccount,
    do_announce,
    do_ban_account,
    do_reset_account_factors,
    do_take_back_announcement,
    do_unban_account,
    get_accounts,
    get_storage,
)
from server.actions.snapshot import snapshot
from server.domain.entities import Announcement
from server.domain.errors import ParleyError
from server.domain.events import AnnouncementUpdate, Published, ToEveryone
from server.domain.ids import Snowflake, UserId
from tests.support.actions import House


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


async def names(house: House, user_id: UserId | None, query: AccountsQuery) -> tuple[list[str], bool]:
    page = await get_accounts(house.actions, user_id, query)
    return [one.user.username for one in page.accounts], page.has_more


async def test_accounts_by_pages(house: House) -> None:
    olga = await house.user("olga", operator=True)
    for name in ("anna", "anton", "boris"):
        await house.user(name)
    assert await names(house, olga, AccountsQuery(limit=2)) == (["anna", "anton"], True)
    assert await names(house, olga, AccountsQuery(limit=2, after="anton")) == (["boris", "olga"], False)
    assert await names(house, None, AccountsQuery(query=" AN")) == (["anna", "anton"], False)
    assert await names(house, olga, AccountsQuery(query="x" * 5000)) == ([], False)
    assert await refused(get_accounts(house.actions, olga, AccountsQuery(limit=101))) == "bad_request"
    assert await refused(get_accounts(house.actions, olga, AccountsQuery(limit=0))) == "bad_request"


async def test_only_operators(house: House) -> None:
    anna = await house.user("anna")
    ben = await house.user("ben")
    actions = house.actions
    for attempt in (
        get_accounts(actions, anna, AccountsQuery()),
        get_storage(actions, anna),
        do_ban_account(actions, anna, ben, BanAccount()),
        do_unban_account(actions, anna, ben),
        do_reset_account_factors(actions, anna, ben),
        do_announce(actions, anna, Announce(text="hello")),
        do_take_back_announcement(actions, anna),
    ):
        assert await refused(attempt) == "forbidden"
    assert (await snapshot(actions, ben)).announcement is None


async def test_a_ban_and_its_end_are_logged_without_names(house: House) -> None:
    olga, anna = await house.user("olga", operator=True), await house.user("anna")
    with structlog.testing.capture_logs() as lines:
        await do_ban_account(house.actions, olga, anna, BanAccount(reason="spam by mail"))
        page = await get_accounts(house.actions, olga, AccountsQuery(query="anna"))
        assert page.accounts[0].disabled_ms == house.clock.ms
        await do_unban_account(house.actions, None, anna)
    told = [(line["event"], line["by"], line["account"]) for line in lines]
    assert told == [
        ("operator.banned", int(olga), int(anna)),
        ("operator.unbanned", "the server itself", int(anna)),
    ]
    assert "spam" not in repr(lines)


async def test_a_second_factor_that_was_lost_is_taken_away(house: House) -> None:
    olga, anna = await house.user("olga", operator=True), await house.user("anna")
    oleg = await house.user("oleg", operator=True)
    with structlog.testing.capture_logs() as lines:
        await do_reset_account_factors(house.actions, olga, anna)
        await do_reset_account_factors(house.actions, None, oleg)
    assert [line["event"] for line in lines] == ["operator.reset_factors"] * 2
    assert await refused(do_reset_account_factors(house.actions, olga, oleg)) == "above_you"
    assert await refused(do_reset_account_factors(house.actions, olga, UserId(Snowflake(5)))) == "unknown_user"


async def test_an_announcement_is_in_every_snapshot_until_its_end(house: House) -> None:
    olga, anna = await house.user("olga", operator=True), await house.user("anna")
    house.bus.notices.clear()
    made = await do_announce(house.actions, olga, Announce(text="  Restart at noon ", until_ms=house.clock.ms + 10))
    assert made == Announcement(text="Restart at noon", made_ms=house.clock.ms, until_ms=house.clock.ms + 10)
    assert house.bus.notices == [Published(ToEveryone(), AnnouncementUpdate(announcement=made))]
    assert (await snapshot(house.actions, anna)).announcement == made
    house.clock.advance(1)
    assert (await snapshot(house.actions, anna)).announcement is None


async def test_an_announcement_is_taken_back(house: House) -> None:
    anna = await house.user("anna")
    await do_announce(house.actions, None, Announce(text="hello"))
    house.bus.notices.clear()
    await do_take_back_announcement(house.actions, None)
    assert house.bus.notices == [Published(ToEveryone(), AnnouncementUpdate(announcement=None))]
    assert (await snapshot(house.actions, anna)).announcement is None


async def test_what_cannot_be_announced(house: House) -> None:
    now_ms = house.clock.now_ms()
    for request, code in (
        (Announce(text=" "), "too_short"),
        (Announce(text="x" * 501), "too_long"),
        (Announce(text="x", until_ms=now_ms), "bad_request"),
    ):
        assert await refused(do_announce(house.actions, None, request)) == code


async def test_how_much_there_is(house: House) -> None:
    olga = await house.user("olga", operator=True)
    await house.group(olga)
    storage = await get_storage(house.actions, olga)
    assert (storage.totals.accounts, storage.totals.groups, storage.largest) == (1, 1, ())
