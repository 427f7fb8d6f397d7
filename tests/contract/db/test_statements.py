"""No statement for each row: as many for fifty as for two."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

import pytest

from db.store import SqlStore
from server.domain.entities import Addition, Conversation, ConversationKind, Overwrite, RelationKind
from server.domain.ids import AdditionId, ChannelId, GroupId, RoleId, Snowflake, UserId
from server.ports import EVERYONE_ID, Ping, Reader
from tests.support.rows import ANNA, channel, found_group, me, member, message, message_id, role, user
from tests.support.statements import counted

MANY = 50
USERS = [UserId(Snowflake(10_000 + number)) for number in range(MANY)]
GROUPS = [GroupId(Snowflake(20_000 + number)) for number in range(MANY)]
CHANNELS = [ChannelId(Snowflake(30_000 + number)) for number in range(MANY)]
CONVERSATIONS = [ChannelId(Snowflake(50_000 + number)) for number in range(MANY)]
ROLES = [RoleId(Snowflake(40_000 + number)) for number in range(MANY)]

Query = Callable[[Reader, int], Awaitable[object]]


@pytest.fixture
async def crowd(store: SqlStore) -> SqlStore:
    """Fifty people in each of fifty groups of Anna's, each group with a channel, a role that all have, and a message."""
    async with store.write() as uow:
        await uow.users.add(me(ANNA, "anna"), "anna", "hash")
        for user_id in USERS:
            await uow.users.add(me(user_id, f"u{user_id}"), f"u{user_id}", "hash")
        for group_id, channel_id, role_id, user_id in zip(GROUPS, CHANNELS, ROLES, USERS, strict=True):
            await found_group(uow, group_id, ANNA)
            await uow.roles.add(role(role_id, group_id=group_id))
            overwrites = tuple(Overwrite(target="role", target_id=id_, allow=1) for id_ in (group_id, role_id))
            await uow.channels.add(channel(channel_id, group_id=group_id, overwrites=overwrites))
            await uow.messages.add(message(1, channel_id=channel_id, author_id=user_id))
            await uow.pings.add(channel_id, message_id(1), [Ping(EVERYONE_ID, EVERYONE_ID)])
            await uow.members.put_role(group_id, ANNA, role_id)
            addition = Addition(
                id=AdditionId(Snowflake(int(group_id))),
                group_id=group_id,
                group_name="",
                inviter=user(ANNA, "anna"),
                user_id=USERS[0],
            )
            await uow.additions.add(addition)
        for channel_id, user_id in zip(CONVERSATIONS, USERS, strict=True):
            direct = Conversation(id=channel_id, kind=ConversationKind.DIRECT, member_ids=(ANNA, user_id))
            await uow.conversations.add(direct)
            await uow.relations.put(ANNA, user_id, RelationKind.FRIEND, 1)
            await uow.relations.put(user_id, ANNA, RelationKind.BLOCKED, 1)
        for user_id in USERS:
            await uow.members.add(member(user_id, group_id=GROUPS[0], role_ids=(ROLES[0],)))
        for number in range(2, MANY + 2):
            await uow.messages.add(message(number, channel_id=CHANNELS[0]))
    return store


QUERIES: dict[str, tuple[int, Query]] = {
    "users.by_ids": (1, lambda reader, many: reader.users.by_ids(USERS[:many])),
    "users.direct_from": (1, lambda reader, many: reader.users.direct_from(USERS[:many])),
    "groups.by_ids": (1, lambda reader, many: reader.groups.by_ids(GROUPS[:many])),
    "roles.of_groups": (1, lambda reader, many: reader.roles.of_groups(GROUPS[:many])),
    "channels.of_groups": (2, lambda reader, many: reader.channels.of_groups(GROUPS[:many])),
    "members.by_users": (2, lambda reader, many: reader.members.by_users(GROUPS[0], USERS[:many])),
    "members.page": (2, lambda reader, many: reader.members.page(GROUPS[0], None, many)),
    "members.counts": (1, lambda reader, many: reader.members.counts(GROUPS[:many])),
    "messages.page": (2, lambda reader, many: reader.messages.page(CHANNELS[0], limit=many)),
    "members.sharing": (1, lambda reader, many: reader.members.sharing(ANNA, USERS[:many])),
    "messages.newest": (2, lambda reader, many: reader.messages.newest(CHANNELS[:many])),
    "conversations.sharing": (1, lambda reader, many: reader.conversations.sharing(ANNA, USERS[:many])),
    "conversations.counts": (
        1,
        lambda reader, many: reader.conversations.counts(USERS[:many], ConversationKind.DIRECT),
    ),
    "relations.ties": (2, lambda reader, many: reader.relations.ties(ANNA, USERS[:many])),
    "relations.blockers": (1, lambda reader, many: reader.relations.blockers(ANNA, USERS[:many])),
    "cursors.of_user": (1, lambda reader, many: reader.cursors.of_user(ANNA, CHANNELS[:many])),
    "cursors.of_readers": (7, lambda reader, many: reader.cursors.of_readers(CHANNELS[0], USERS[:many])),
    "cursors.counted": (1, lambda reader, many: reader.cursors.counted(ANNA, CHANNELS[:many])),
    "members.by_roles": (2, lambda reader, many: reader.members.by_roles(GROUPS[0], ROLES[:1])),
    "members.in_groups": (2, lambda reader, many: reader.members.in_groups(GROUPS[:many], [ANNA])),
    "messages.pinging": (2, lambda reader, many: reader.messages.pinging(ANNA, CHANNELS[:many], None, many)),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_lists_take_a_constant_number_of_statements(crowd: SqlStore, name: str) -> None:
    expected, query = QUERIES[name]
    async with crowd.write() as uow:
        for channel_id in CHANNELS:
            await uow.cursors.set(ANNA, channel_id, message_id(1))
    for many in (2, MANY):
        with counted(crowd) as statements:
            async with crowd.read() as reader:
                found = await query(reader, many)
        assert isinstance(found, Collection)
        assert len(found) >= many
        assert len(statements) == expected, statements


async def test_all_of_ones_own(crowd: SqlStore) -> None:
    with counted(crowd) as statements:
        async with crowd.read() as reader:
            assert len(await reader.members.of_user(ANNA)) == MANY
            assert len(await reader.additions.of_user(USERS[0])) == MANY
            assert len(await reader.conversations.of_user(ANNA)) == MANY
            assert len(await reader.conversations.partners(ANNA)) == MANY
            assert len(await reader.relations.of_user(ANNA)) == MANY
            assert len(await reader.relations.having(ANNA)) == MANY
    assert len(statements) == 8, statements


async def test_a_send_is_ten_statements(crowd: SqlStore) -> None:
    with counted(crowd) as statements:
        async with crowd.write() as uow:
            await uow.desks.of_writer(CHANNELS[0], ANNA, "n")
            await uow.messages.add(message(99, channel_id=CHANNELS[0], nonce="n"))
            await uow.cursors.set(ANNA, CHANNELS[0], message_id(99))
    assert len([sql for sql in statements if "FOR UPDATE" not in sql]) == 10, statements


async def test_a_channel_with_many_overwrites_is_two_inserts(crowd: SqlStore) -> None:
    overwrites = tuple(Overwrite(target="member", target_id=user_id, allow=1) for user_id in USERS)
    new = channel(ChannelId(Snowflake(39_999)), group_id=GROUPS[0], overwrites=overwrites)
    with counted(crowd) as statements:
        async with crowd.write() as uow:
            await uow.channels.add(new)
    assert len(statements) == 2, statements
