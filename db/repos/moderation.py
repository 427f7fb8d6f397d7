"""What keeps a group in order: bans, what holds off raids, word filters, reports."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import Row, and_, delete, func, insert, select, update

from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions
from db.tables.moderation import bans, reports, safety, word_filters
from server.domain import codec
from server.domain.entities import Ban, FilterAction, Report, ReportState, Safety, WordFilter
from server.domain.ids import ChannelId, FilterId, GroupId, MessageId, ReportId, RoleId, UserId
from server.domain.sections import Section

_WORDS: Final[msgspec.json.Decoder[tuple[str, ...]]] = codec.decoder(tuple[str, ...])
_ROLE_IDS: Final[msgspec.json.Decoder[tuple[RoleId, ...]]] = codec.decoder(tuple[RoleId, ...])
_SECTIONS: Final[msgspec.json.Decoder[tuple[Section, ...]]] = codec.decoder(tuple[Section, ...])

# ------------------------------------------------------------------------------------------------------------------- bans

_BAN = and_(bans.c.group_id == given("of_group"), bans.c.user_id == given("of_user"))
_GET_BAN = select(bans).where(_BAN)
_DELETE_BAN = delete(bans).where(_BAN)
_BANS = (
    select(bans)
    .where(bans.c.group_id == given("of_group"), bans.c.user_id > given("after"))
    .order_by(bans.c.user_id)
    .limit(given("at_most"))
)
_COUNT_BANS = select(func.count()).where(bans.c.group_id == given("of_group"))


class SqlBans(Repository):
    __slots__ = ()

    async def add(self, ban: Ban) -> bool:
        return await self._insert_unless_there(bans, ("group_id", "user_id"), **msgspec.structs.asdict(ban))

    async def get(self, group_id: GroupId, user_id: UserId) -> Ban | None:
        row = await self._first(_GET_BAN, of_group=group_id, of_user=user_id)
        return None if row is None else Ban(**row._mapping)

    async def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        return await self._change(_DELETE_BAN, of_group=group_id, of_user=user_id) == 1

    async def page(self, group_id: GroupId, after: UserId | None, limit: int) -> list[Ban]:
        rows = await self._all(_BANS, of_group=group_id, after=0 if after is None else after, at_most=limit)
        return [Ban(**row._mapping) for row in rows]

    async def count(self, group_id: GroupId) -> int:
        row = await self._first(_COUNT_BANS, of_group=group_id)
        return 0 if row is None else int(row[0])


# ----------------------------------------------------------------------------------------------------------------- safety

_SAFETY = select(safety).where(safety.c.group_id == given("of_group"))


class SqlSafety(Repository):
    __slots__ = ()

    async def get(self, group_id: GroupId) -> Safety:
        row = await self._first(_SAFETY, of_group=group_id)
        return Safety(group_id=group_id) if row is None else Safety(**row._mapping)

    async def put(self, of_group: Safety) -> None:
        update_columns = ("invites_paused_until_ms", "joins_per_minute", "minimum_account_age_s")
        await self._insert_or_update(safety, ("group_id",), update_columns, **msgspec.structs.asdict(of_group))


# ----------------------------------------------------------------------------------------------------------- word filters

_ADD_FILTER = insert(word_filters)
_FILTERS = select(word_filters).where(word_filters.c.group_id == given("of_group")).order_by(word_filters.c.id)
_FILTER = and_(word_filters.c.id == given("of_filter"), word_filters.c.group_id == given("of_group"))
_SET_FILTER = update(word_filters).where(_FILTER)
_DELETE_FILTER = delete(word_filters).where(_FILTER)


def _stored(one: WordFilter) -> dict[str, Any]:
    return {
        "name": one.name,
        "words": codec.encode(one.words).decode(),
        "action": one.action.value,
        "time_out_s": one.time_out_s,
        "exempt_role_ids": codec.encode(one.exempt_role_ids).decode(),
    }


def _word_filter(row: Row[Any]) -> WordFilter:
    try:
        return WordFilter(
            id=row.id,
            group_id=row.group_id,
            name=row.name,
            words=_WORDS.decode(row.words),
            action=FilterAction(row.action),
            time_out_s=row.time_out_s,
            exempt_role_ids=_ROLE_IDS.decode(row.exempt_role_ids),
        )
    except (ValueError, msgspec.MsgspecError) as error:
        raise CorruptRow(f"word filter {row.id} cannot be read: {error}") from error


class SqlWordFilters(Repository):
    __slots__ = ()

    async def add(self, one: WordFilter) -> None:
        self._later(_ADD_FILTER, id=one.id, group_id=one.group_id, **_stored(one))

    async def update(self, one: WordFilter) -> None:
        self._later(_SET_FILTER, of_filter=one.id, of_group=one.group_id, **_stored(one))

    async def delete(self, group_id: GroupId, filter_id: FilterId) -> bool:
        return await self._change(_DELETE_FILTER, of_filter=filter_id, of_group=group_id) == 1

    async def of_group(self, group_id: GroupId) -> list[WordFilter]:
        return [_word_filter(row) for row in await self._all(_FILTERS, of_group=group_id)]


# ---------------------------------------------------------------------------------------------------------------- reports

_ADD_REPORT = insert(reports)
_GET_REPORT = select(reports).where(reports.c.id == given("of_report"))
_OPEN = select(reports).where(
    reports.c.channel_id == given("of_channel"),
    reports.c.message_id == given("of_message"),
    reports.c.reporter_id == given("of_reporter"),
    reports.c.state == ReportState.OPEN.value,
)
_HANDLE = update(reports).where(reports.c.id == given("of_report"), reports.c.state == ReportState.OPEN.value)
_PAGE = (
    select(reports)
    .where(reports.c.state == given("in_state"), reports.c.id < given("before"))
    .order_by(reports.c.id.desc())
    .limit(given("at_most"))
)
_OF_CONVERSATIONS = _PAGE.where(reports.c.group_id.is_(None))
_OF_GROUP = _PAGE.where(reports.c.group_id == given("of_group"))
_IN_CHANNELS = _OF_GROUP.where(among(reports.c.channel_id, "channel_ids"))


def _report(row: Row[Any]) -> Report:
    try:
        values = dict(row._mapping) | {
            "sections": _SECTIONS.decode(row.sections),
            "state": ReportState(row.state),
        }
    except (ValueError, msgspec.MsgspecError) as error:
        raise CorruptRow(f"report {row.id} cannot be read: {error}") from error
    return Report(**values)


class SqlReports(Repository):
    __slots__ = ()

    async def add(self, report: Report) -> None:
        values = msgspec.structs.asdict(report) | {
            "sections": codec.encode(report.sections).decode(),
            "state": report.state.value,
        }
        self._later(_ADD_REPORT, **values)

    async def get(self, report_id: ReportId) -> Report | None:
        row = await self._first(_GET_REPORT, of_report=report_id)
        return None if row is None else _report(row)

    async def open_of(self, channel_id: ChannelId, message_id: MessageId, reporter_id: UserId) -> Report | None:
        row = await self._first(_OPEN, of_channel=channel_id, of_message=message_id, of_reporter=reporter_id)
        return None if row is None else _report(row)

    async def handle(self, report: Report) -> bool:
        changed = await self._change(
            _HANDLE,
            of_report=report.id,
            state=report.state.value,
            handler_id=report.handler_id,
            note=report.note,
            handled_ms=report.handled_ms,
        )
        return changed == 1

    async def of_conversations(self, state: ReportState, before: int, limit: int) -> list[Report]:
        rows = await self._all(_OF_CONVERSATIONS, in_state=state.value, before=before, at_most=limit)
        return [_report(row) for row in rows]

    async def of_group(
        self, group_id: GroupId, channel_ids: Collection[ChannelId] | None, state: ReportState, before: int, limit: int
    ) -> list[Report]:
        shared = {"of_group": group_id, "in_state": state.value, "before": before, "at_most": limit}
        if channel_ids is None:
            return [_report(row) for row in await self._all(_OF_GROUP, **shared)]
        found: list[Report] = []
        for some in portions(channel_ids):
            found += (_report(row) for row in await self._all(_IN_CHANNELS, **shared, channel_ids=some))
        return sorted(found, key=lambda report: -report.id)[:limit]
