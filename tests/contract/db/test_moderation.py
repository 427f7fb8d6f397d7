from __future__ import annotations

import msgspec

from db.store import SqlStore
from server.domain.entities import Ban, FilterAction, Report, ReportState, Safety, WordFilter
from server.domain.ids import MAX_ID, ChannelId, FilterId, GroupId, MessageId, ReportId, Snowflake, UserId
from server.domain.sections import Text
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    GENERAL,
    GROUP,
    MODERATOR,
    OTHER_GROUP,
    RANDOM,
    message,
    message_id,
)


def ban(user_id: UserId, group_id: GroupId = GROUP) -> Ban:
    return Ban(group_id=group_id, user_id=user_id, moderator_id=ANNA, reason="Spam, päh", created_ms=5)


async def test_bans_come_and_go(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.bans.add(ban(CLEO))
        assert not await uow.bans.add(ban(CLEO))
        assert await uow.bans.add(ban(BEN))
        assert await uow.bans.add(ban(CLEO, OTHER_GROUP))
        assert await uow.bans.get(GROUP, CLEO) == ban(CLEO)
        assert await uow.bans.get(GROUP, ANNA) is None
        assert await uow.bans.page(GROUP, None, 1) == [ban(BEN)]
        assert await uow.bans.page(GROUP, BEN, 5) == [ban(CLEO)]
        assert await uow.bans.count(GROUP) == 2
        assert await uow.bans.remove(GROUP, CLEO)
        assert not await uow.bans.remove(GROUP, CLEO)
        assert await uow.bans.count(GROUP) == 1


async def test_a_group_that_set_nothing_holds_nobody_off(world: SqlStore) -> None:
    careful = Safety(group_id=GROUP, invites_paused_until_ms=7, joins_per_minute=3, minimum_account_age_s=60)
    async with world.write() as uow:
        assert await uow.safety.get(GROUP) == Safety(group_id=GROUP)
        await uow.safety.put(careful)
        assert await uow.safety.get(GROUP) == careful
        free = msgspec.structs.replace(careful, joins_per_minute=None, invites_paused_until_ms=None)
        await uow.safety.put(free)
        assert await uow.safety.get(GROUP) == free
        assert await uow.safety.get(OTHER_GROUP) == Safety(group_id=OTHER_GROUP)


async def test_who_came_in_lately_is_counted(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.members.joined_since(GROUP, 1_699_999_999_999) == 2
        assert await reader.members.joined_since(GROUP, 1_700_000_000_000) == 0


def word_filter(number: int, group_id: GroupId = GROUP) -> WordFilter:
    return WordFilter(
        id=FilterId(Snowflake(number)),
        group_id=group_id,
        name="rude",
        words=("böse", "two words"),
        action=FilterAction.TIME_OUT,
        time_out_s=90,
        exempt_role_ids=(MODERATOR,),
    )


async def test_filters_are_kept_as_they_are(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, group_id in ((1, GROUP), (2, GROUP), (3, OTHER_GROUP)):
            await uow.filters.add(word_filter(number, group_id))
        changed = msgspec.structs.replace(word_filter(1), words=("x",), action=FilterAction.REPORT)
        await uow.filters.update(changed)
        assert await uow.filters.of_group(GROUP) == [changed, word_filter(2)]
        assert not await uow.filters.delete(OTHER_GROUP, word_filter(1).id)
        assert await uow.filters.delete(GROUP, word_filter(1).id)
        assert await uow.filters.of_group(GROUP) == [word_filter(2)]


def report(number: int, channel_id: ChannelId = GENERAL, group_id: GroupId | None = GROUP) -> Report:
    return Report(
        id=ReportId(Snowflake(number)),
        group_id=group_id,
        channel_id=channel_id,
        message_id=MessageId(Snowflake(7)),
        author_id=BEN,
        reporter_id=ANNA,
        sections=(Text("rude"),),
        reason="look",
    )


async def test_reports_by_state_and_channel(world: SqlStore) -> None:
    nowhere = ChannelId(Snowflake(99))
    made = [report(1), report(2, RANDOM), report(3, nowhere), report(4, nowhere, None)]
    async with world.write() as uow:
        for one in made:
            await uow.reports.add(one)
        assert await uow.reports.get(made[3].id) == made[3]
        assert await uow.reports.get(ReportId(Snowflake(9))) is None
        ask = (ReportState.OPEN, MAX_ID, 10)
        assert await uow.reports.of_group(GROUP, None, *ask) == [made[2], made[1], made[0]]
        assert await uow.reports.of_group(GROUP, [GENERAL, RANDOM], *ask) == [made[1], made[0]]
        assert await uow.reports.of_group(GROUP, [], *ask) == []
        assert await uow.reports.of_group(GROUP, None, ReportState.OPEN, 3, 1) == [made[1]]
        assert await uow.reports.of_conversations(*ask) == [made[3]]
        assert await uow.reports.open_of(GENERAL, made[0].message_id, ANNA) == made[0]
        assert await uow.reports.open_of(GENERAL, made[0].message_id, BEN) is None


async def test_a_report_is_handled_once(world: SqlStore) -> None:
    handled = msgspec.structs.replace(
        report(1), state=ReportState.RESOLVED, handler_id=ANNA, note="talked", handled_ms=9
    )
    async with world.write() as uow:
        await uow.reports.add(report(1))
        assert await uow.reports.handle(handled)
        assert not await uow.reports.handle(handled)
        assert await uow.reports.get(handled.id) == handled
        assert await uow.reports.open_of(GENERAL, handled.message_id, ANNA) is None
        assert await uow.reports.of_group(GROUP, None, ReportState.RESOLVED, MAX_ID, 5) == [handled]


async def test_what_one_author_wrote_lately(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, author_id in ((1, BEN), (2, ANNA), (3, BEN), (4, BEN)):
            await uow.messages.add(message(number, author_id=author_id))
        assert await uow.messages.by_author(GENERAL, BEN, message_id(2), 10) == [3, 4]
        assert await uow.messages.by_author(GENERAL, BEN, message_id(1), 2) == [1, 3]
        assert await uow.messages.by_author(RANDOM, BEN, message_id(1), 2) == []


async def test_operators_are_listed(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.users.operators() == []
