"""Who is in which group, with which roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Executable, Row, delete, func, insert, select, update

from db.connection import Step
from db.repos.base import Repository, among, given, portions, step
from db.tables.accounts import users
from db.tables.channels import channels, cursors, overwrites
from db.tables.groups import member_names, member_roles, members, time_outs
from server.domain.entities import Member
from server.domain.ids import GroupId, RoleId, Snowflake, UserId
from server.domain.names import name_key

_IN_GROUP = members.c.group_id == given("of_group")
_ROLES_IN_GROUP = member_roles.c.group_id == given("of_group")
_CHANNELS = select(channels.c.id).where(channels.c.group_id == given("of_group"))

_ADD_ROLES = insert(member_roles)
_SET = update(members).where(_IN_GROUP, members.c.user_id == given("of_user"))
_DELETE = delete(members).where(_IN_GROUP, members.c.user_id == given("of_user"))
_DELETE_OVERWRITES = delete(overwrites).where(
    overwrites.c.target == "member",
    overwrites.c.target_id == given("of_user"),
    overwrites.c.channel_id.in_(_CHANNELS),
)
_DELETE_CURSORS = delete(cursors).where(cursors.c.user_id == given("of_user"), cursors.c.channel_id.in_(_CHANNELS))
_DELETE_ROLE = delete(member_roles).where(
    _ROLES_IN_GROUP, member_roles.c.user_id == given("of_user"), member_roles.c.role_id == given("role_id")
)

_OF_USER = select(members).where(members.c.user_id == given("of_user")).order_by(members.c.group_id)
_ROLES_OF_USER = select(member_roles).where(member_roles.c.user_id == given("of_user"))
_BY_USERS = select(members).where(_IN_GROUP, among(members.c.user_id, "user_ids"))
_ROLES_BY_USERS = select(member_roles).where(_ROLES_IN_GROUP, among(member_roles.c.user_id, "user_ids"))
_HOLDERS = select(member_roles.c.user_id).where(_ROLES_IN_GROUP, among(member_roles.c.role_id, "role_ids"))
_BY_ROLES = select(members).where(_IN_GROUP, members.c.user_id.in_(_HOLDERS)).order_by(members.c.user_id)
_ROLES_OF_HOLDERS = select(member_roles).where(_ROLES_IN_GROUP, member_roles.c.user_id.in_(_HOLDERS))
_IN_GROUPS = (
    select(members)
    .where(among(members.c.group_id, "group_ids"), among(members.c.user_id, "user_ids"))
    .order_by(members.c.group_id, members.c.user_id)
)
_ROLES_IN_GROUPS = select(member_roles).where(
    among(member_roles.c.group_id, "group_ids"), among(member_roles.c.user_id, "user_ids")
)
_PAGE = (
    select(members)
    .where(_IN_GROUP, members.c.user_id > given("after"))
    .order_by(members.c.user_id)
    .limit(given("at_most"))
)
_ROLES_OF_PAGE = select(member_roles).where(
    _ROLES_IN_GROUP, member_roles.c.user_id >= given("first"), member_roles.c.user_id <= given("last")
)
_COUNTS = (
    select(members.c.group_id, func.count().label("number"))
    .where(among(members.c.group_id, "group_ids"))
    .group_by(members.c.group_id)
)
_MINE = members.alias("mine")
_SHARING = (
    select(members.c.user_id)
    .join(_MINE, _MINE.c.group_id == members.c.group_id)
    .where(
        _MINE.c.user_id == given("of_user"),
        among(members.c.user_id, "user_ids"),
        members.c.user_id != given("of_user"),
    )
    .distinct()
)
_LEFT = (time_outs.c.group_id == given("of_group"), time_outs.c.user_id == given("of_user"))
_TIME_OUT_LEFT = select(time_outs.c.until_ms).where(*_LEFT)
_FORGET_TIME_OUT = delete(time_outs).where(*_LEFT)
_JOINED = select(func.count()).where(_IN_GROUP, members.c.joined_ms > given("since_ms"))
_ADD_NAMES = insert(member_names)
_NAMES_OF_USER = select(users.c.username_key, users.c.display_name).where(users.c.id == given("of_user"))
_DELETE_NICKNAME = delete(member_names).where(
    member_names.c.group_id == given("of_group"),
    member_names.c.user_id == given("of_user"),
    member_names.c.kind == "nickname",
)
_NAMED = (
    select(member_names.c.user_id)
    .where(
        member_names.c.group_id == given("of_group"),
        member_names.c.name_key >= given("first"),
        member_names.c.name_key < given("beyond"),
    )
    .order_by(member_names.c.name_key, member_names.c.user_id)
    .limit(given("at_most"))
)
_KINDS: Final = 3
"""Of names: user name, display name, nickname."""
_IDS = select(members.c.user_id).where(_IN_GROUP).order_by(members.c.user_id)
_NEXT_IDS = _IDS.where(members.c.user_id > given("after")).limit(given("at_most"))


def _members(rows: Sequence[Row[Any]], roles: Sequence[Row[Any]]) -> list[Member]:
    of_member: defaultdict[tuple[Snowflake, Snowflake], list[RoleId]] = defaultdict(list)
    for row in roles:
        of_member[row.group_id, row.user_id].append(row.role_id)
    return [
        Member(
            group_id=row.group_id,
            user_id=row.user_id,
            nickname=row.nickname,
            role_ids=tuple(sorted(of_member[row.group_id, row.user_id])),
            joined_ms=row.joined_ms,
            timed_out_until_ms=row.timed_out_until_ms,
        )
        for row in rows
    ]


class SqlMembers(Repository):
    __slots__ = ()

    async def add(self, member: Member) -> bool:
        added = await self._insert_unless_there(
            members,
            ("group_id", "user_id"),
            group_id=member.group_id,
            user_id=member.user_id,
            joined_ms=member.joined_ms,
            timed_out_until_ms=member.timed_out_until_ms,
            nickname=member.nickname,
        )
        if added:
            rows = [{"group_id": member.group_id, "user_id": member.user_id, "role_id": id_} for id_ in member.role_ids]
            await self._insert_all(_ADD_ROLES, rows)
            await self._add_names(member)
        return added

    async def _add_names(self, member: Member) -> None:
        user = await self._first(_NAMES_OF_USER, of_user=member.user_id)
        names = {} if user is None else {"username": user.username_key, "display": user.display_name}
        if member.nickname is not None:
            names["nickname"] = member.nickname
        rows = [
            {"group_id": member.group_id, "user_id": member.user_id, "kind": kind, "name_key": name_key(name)}
            for kind, name in names.items()
        ]
        await self._insert_all(_ADD_NAMES, rows)

    async def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        if not await self._change(_DELETE, of_group=group_id, of_user=user_id):
            return False
        self._put_off(
            step(_DELETE_OVERWRITES, of_group=group_id, of_user=user_id),
            step(_DELETE_CURSORS, of_group=group_id, of_user=user_id),
        )
        return True

    async def get(self, group_id: GroupId, user_id: UserId) -> Member | None:
        found = await self.by_users(group_id, [user_id])
        return found[0] if found else None

    async def of_user(self, user_id: UserId) -> list[Member]:
        return await self._with_roles(_OF_USER, _ROLES_OF_USER, of_user=user_id)

    async def by_users(self, group_id: GroupId, user_ids: Collection[UserId]) -> list[Member]:
        found: list[Member] = []
        for some in portions(user_ids):
            found += await self._with_roles(_BY_USERS, _ROLES_BY_USERS, of_group=group_id, user_ids=some)
        return sorted(found, key=lambda member: member.user_id)

    async def by_roles(self, group_id: GroupId, role_ids: Collection[RoleId]) -> list[Member]:
        found: dict[UserId, Member] = {}
        for some in portions(role_ids):
            holders = await self._with_roles(_BY_ROLES, _ROLES_OF_HOLDERS, of_group=group_id, role_ids=some)
            found.update((member.user_id, member) for member in holders)
        return list(found.values())

    async def in_groups(self, group_ids: Collection[GroupId], user_ids: Collection[UserId]) -> list[Member]:
        found: list[Member] = []
        for some in portions(group_ids):
            for others in portions(user_ids):
                found += await self._with_roles(_IN_GROUPS, _ROLES_IN_GROUPS, group_ids=some, user_ids=others)
        return found

    async def page(self, group_id: GroupId, after: UserId | None, limit: int) -> list[Member]:
        rows = await self._all(_PAGE, of_group=group_id, after=0 if after is None else after, at_most=limit)
        if not rows:
            return []
        first, last = rows[0].user_id, rows[-1].user_id
        return _members(rows, await self._all(_ROLES_OF_PAGE, of_group=group_id, first=first, last=last))

    async def counts(self, group_ids: Collection[GroupId]) -> dict[GroupId, int]:
        found = dict.fromkeys(group_ids, 0)
        for some in portions(group_ids):
            found.update((row.group_id, row.number) for row in await self._all(_COUNTS, group_ids=some))
        return found

    async def sharing(self, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
        found: set[UserId] = set()
        for some in portions(other_ids):
            found.update(row.user_id for row in await self._all(_SHARING, of_user=user_id, user_ids=some))
        return found

    async def joined_since(self, group_id: GroupId, since_ms: int) -> int:
        row = await self._first(_JOINED, of_group=group_id, since_ms=since_ms)
        return 0 if row is None else int(row[0])

    async def ids(self, group_id: GroupId) -> list[UserId]:
        return [row.user_id for row in await self._all(_IDS, of_group=group_id)]

    async def next_ids(self, group_id: GroupId, after: UserId, limit: int) -> list[UserId]:
        return [row.user_id for row in await self._all(_NEXT_IDS, of_group=group_id, after=after, at_most=limit)]

    async def put_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None:
        key = ("group_id", "user_id", "role_id")
        await self._insert_unless_there(member_roles, key, group_id=group_id, user_id=user_id, role_id=role_id)

    async def drop_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None:
        self._later(_DELETE_ROLE, of_group=group_id, of_user=user_id, role_id=role_id)

    async def time_out(self, group_id: GroupId, user_id: UserId, until_ms: int | None) -> None:
        self._later(_SET, of_group=group_id, of_user=user_id, timed_out_until_ms=until_ms)

    async def set_nickname(self, group_id: GroupId, user_id: UserId, nickname: str | None) -> None:
        self._later(_SET, of_group=group_id, of_user=user_id, nickname=nickname)
        if nickname is None:
            self._later(_DELETE_NICKNAME, of_group=group_id, of_user=user_id)
        else:
            key = ("group_id", "user_id", "kind")
            values = {"group_id": group_id, "user_id": user_id, "kind": "nickname", "name_key": name_key(nickname)}
            await self._insert_or_update(member_names, key, ("name_key",), **values)

    async def named(self, group_id: GroupId, beginning: bytes, limit: int) -> list[UserId]:
        rows = await self._all(
            _NAMED, of_group=group_id, first=beginning, beyond=beginning + b"\xff", at_most=_KINDS * limit
        )
        return list(dict.fromkeys(row.user_id for row in rows))[:limit]

    async def keep_time_out(self, group_id: GroupId, user_id: UserId, until_ms: int) -> None:
        key = ("group_id", "user_id")
        await self._insert_or_update(
            time_outs, key, ("until_ms",), group_id=group_id, user_id=user_id, until_ms=until_ms
        )

    async def take_time_out(self, group_id: GroupId, user_id: UserId) -> int | None:
        row = await self._first(_TIME_OUT_LEFT, of_group=group_id, of_user=user_id)
        if row is None:
            return None
        self._later(_FORGET_TIME_OUT, of_group=group_id, of_user=user_id)
        until_ms: int = row.until_ms
        return until_ms

    async def _with_roles(self, rows: Executable, roles: Executable, **parameters: Any) -> list[Member]:
        found, theirs = await self._together(Step(rows, parameters), Step(roles, parameters))
        return _members(found.rows, theirs.rows)
