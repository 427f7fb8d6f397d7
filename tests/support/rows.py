"""Entities with little to say, and a small world of them in a store."""

from __future__ import annotations

from server.domain.entities import Channel, ChannelKind, Group, Me, Member, Message, Overwrite, Role, User
from server.domain.ids import ChannelId, GroupId, MessageId, RoleId, Snowflake, UserId
from server.domain.sections import Section, Text
from server.ports import Store, UnitOfWork

ANNA, BEN, CLEO = (UserId(Snowflake(number)) for number in (1001, 1002, 1003))
GROUP, OTHER_GROUP = (GroupId(Snowflake(number)) for number in (2001, 2002))
GENERAL, RANDOM, VOICE, ELSEWHERE = (ChannelId(Snowflake(number)) for number in (3001, 3002, 3003, 3004))
MODERATOR, SILENT = (RoleId(Snowflake(number)) for number in (4001, 4002))


def user_id(number: int) -> UserId:
    return UserId(Snowflake(number))


def message_id(number: int) -> MessageId:
    return MessageId(Snowflake(number))


def me(id_: UserId, name: str, *, operator: bool = False) -> Me:
    return Me(id=id_, username=name, display_name=name.title(), operator=operator)


def user(id_: UserId, name: str) -> User:
    return User(id=id_, username=name, display_name=name.title())


def role(id_: RoleId, *, group_id: GroupId = GROUP, position: int = 1, permissions: int = 0) -> Role:
    return Role(id=id_, group_id=group_id, name=f"role {id_}", permissions=permissions, position=position)


def channel(
    id_: ChannelId,
    *,
    group_id: GroupId = GROUP,
    kind: ChannelKind = ChannelKind.TEXT,
    position: int = 0,
    category_id: ChannelId | None = None,
    overwrites: tuple[Overwrite, ...] = (),
) -> Channel:
    return Channel(
        id=id_,
        group_id=group_id,
        kind=kind,
        name=f"channel-{id_}",
        position=position,
        category_id=category_id,
        overwrites=overwrites,
    )


def member(
    user_id: UserId, *, group_id: GroupId = GROUP, role_ids: tuple[RoleId, ...] = (), nickname: str | None = None
) -> Member:
    return Member(group_id=group_id, user_id=user_id, nickname=nickname, role_ids=role_ids, joined_ms=1_700_000_000_000)


def message(
    number: int,
    *,
    channel_id: ChannelId = GENERAL,
    author_id: UserId = ANNA,
    nonce: str | None = None,
    sections: tuple[Section, ...] | None = None,
) -> Message:
    said = (Text(f"message {number}"),) if sections is None else sections
    return Message(id=message_id(number), channel_id=channel_id, author_id=author_id, sections=said, nonce=nonce)


async def found_group(uow: UnitOfWork, group_id: GroupId, owner_id: UserId) -> None:
    """A group with everyone's role and its owner in it."""
    await uow.groups.add(Group(id=group_id, name=f"group {group_id}", owner_id=owner_id))
    await uow.roles.add(role(RoleId(group_id), group_id=group_id, position=0, permissions=3))
    await uow.members.add(member(owner_id, group_id=group_id))


async def settle(store: Store) -> None:
    """Anna's group with Ben in it, two text channels, a voice channel and two roles; Cleo's group with one channel."""
    async with store.write() as uow:
        await settle_in(uow)


async def settle_in(uow: UnitOfWork) -> None:
    """As :func:`settle`."""
    for id_, name in ((ANNA, "anna"), (BEN, "ben"), (CLEO, "cleo")):
        await uow.users.add(me(id_, name), name, f"hash of {name}")
    await found_group(uow, GROUP, ANNA)
    await uow.members.add(member(BEN))
    await uow.roles.add(role(MODERATOR, position=2))
    await uow.roles.add(role(SILENT, position=1))
    await uow.channels.add(channel(GENERAL))
    await uow.channels.add(channel(RANDOM, position=1))
    await uow.channels.add(channel(VOICE, kind=ChannelKind.VOICE, position=2))
    await found_group(uow, OTHER_GROUP, CLEO)
    await uow.channels.add(channel(ELSEWHERE, group_id=OTHER_GROUP))
