"""The list of a group's members as people see it: who is online first, under the highest hoisted role, and then the others.

Who is online is held in memory by the gateway, so a page costs the same few statements in a group of ten thousand; the others come
from the database by user id. It is a list of the moment: who comes or goes while somebody turns its pages may stand there twice,
or not at all.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Collection
from typing import Final

import msgspec

from server.actions.authority import group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import Member, Presence, Status, User
from server.domain.ids import GroupId, RoleId, Snowflake, UserId
from server.domain.numbers import check_range
from server.domain.presence import offline
from server.domain.rates import Rule
from server.domain.roster import TOP, Spot, head_of, line_up, mark_of, read_mark
from server.ports import Reader

_WINDOW: Final = 1000
"""Members that are looked through for one page of those offline; where most are online a page may be short."""


class RosterQuery(Request, frozen=True, kw_only=True):
    after: str | None = None
    """``next`` of the page before."""
    limit: int = 50


class RosterSection(msgspec.Struct, frozen=True, kw_only=True):
    role_id: RoleId | None
    """None: those without a hoisted role."""
    online: bool
    count: int
    """In the whole list."""


class RosterEntry(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    section: int
    """Which of ``sections``, from 0."""


class RosterPage(msgspec.Struct, frozen=True, kw_only=True):
    sections: tuple[RosterSection, ...]
    """From the top; the last one is of those who are offline."""
    entries: tuple[RosterEntry, ...]
    members: tuple[Member, ...]
    """Of ``entries``, as the next two."""
    users: tuple[User, ...]
    presences: tuple[Presence, ...]
    next: str | None
    """For ``after``; None at the end. Also a short page may have one."""


async def get_roster(actions: Actions, user_id: UserId, group_id: GroupId, query: RosterQuery) -> RosterPage:
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    after = TOP if query.after is None else read_mark(query.after)
    await actions.limiter.hit(Rule.PRESENCE, str(user_id))
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        online = _online(actions, group_id, await reader.relations.all_blockers(user_id))
        line = line_up(seat.access, [member for member, _ in online.values()])
        spots, onward = _of_line(line, after, query.limit)
        others: list[UserId] = []
        following: Spot | UserId | None = onward
        if not isinstance(onward, Spot):
            room = query.limit - len(spots)
            others, following = await _offline(reader, group_id, onward, online.keys(), room)
        ids = [*(UserId(Snowflake(spot.user_id)) for spot in spots), *others]
        members = {member.user_id: member for member in await reader.members.by_users(group_id, ids)}
        total = (await reader.members.counts([group_id]))[group_id]
    shown = [one for one in ids if one in members]
    users = await actions.profiles.by_ids(shown)
    return RosterPage(
        sections=(sections := _sections(line, total)),
        entries=_entries(shown, spots, sections),
        members=tuple(members[one] for one in shown),
        users=tuple(users[one] for one in shown if one in users),
        presences=tuple(online[one][1] if one in online else offline(one) for one in shown),
        next=None if following is None else mark_of(following),
    )


def _online(actions: Actions, group_id: GroupId, hidden: Collection[UserId]) -> dict[UserId, tuple[Member, Presence]]:
    """Those who are seen as online by somebody from whom the ``hidden`` ones hide."""
    members = {member.user_id: member for member in actions.attendance.members(group_id)}
    return {
        one.user_id: (members[one.user_id], one)
        for one in actions.attendance.presences(members.keys())
        if one.status is not Status.OFFLINE and one.user_id not in hidden
    }


def _of_line(line: list[Spot], after: Spot | UserId, limit: int) -> tuple[list[Spot], Spot | UserId]:
    """The part of the line for one page, and after what to go on: in the line, or with those who are offline."""
    if not isinstance(after, Spot):
        return [], after
    start = bisect.bisect_right(line, after)
    spots = line[start : start + limit]
    return spots, spots[-1] if start + limit < len(line) else UserId(Snowflake(0))


async def _offline(
    reader: Reader, group_id: GroupId, after: UserId, online: Collection[UserId], room: int
) -> tuple[list[UserId], UserId | None]:
    """Up to ``room`` of those who are not online, and after whom to go on."""
    window = await reader.members.next_ids(group_id, after, _WINDOW)
    others = [one for one in window if one not in online]
    if len(others) > room:
        return others[:room], others[room - 1] if room else after
    return others, window[-1] if len(window) == _WINDOW else None


def _sections(line: list[Spot], total: int) -> tuple[RosterSection, ...]:
    heads = Counter(head_of(spot) for spot in line)
    online = [RosterSection(role_id=role_id, online=True, count=count) for role_id, count in heads.items()]
    return (*online, RosterSection(role_id=None, online=False, count=max(total - len(line), 0)))


def _entries(shown: list[UserId], spots: list[Spot], sections: tuple[RosterSection, ...]) -> tuple[RosterEntry, ...]:
    numbers = {section.role_id: number for number, section in enumerate(sections) if section.online}
    of_spots = {spot.user_id: numbers[head_of(spot)] for spot in spots}
    return tuple(RosterEntry(user_id=one, section=of_spots.get(one, len(sections) - 1)) for one in shown)
