"""Reports: somebody asks the moderators to look at a message, or a word filter does."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat, message_of
from server.actions.context import Actions
from server.actions.places import GroupPlace, Place, place_of
from server.actions.requests import Request
from server.domain.entities import AuditAction, ChannelKind, Message, Report, ReportState, User, WordFilter
from server.domain.errors import Conflict, Forbidden, NotFound
from server.domain.events import Audience, ReportUpdate, ToPermitted, ToUsers
from server.domain.ids import MAX_ID, ChannelId, GroupId, MessageId, ReportId, UserId
from server.domain.names import clean_line
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork


class NewReport(Request, frozen=True, kw_only=True):
    reason: str


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    id: ReportId


class ReportsQuery(Request, frozen=True, kw_only=True):
    state: ReportState = ReportState.OPEN
    before: ReportId | None = None
    limit: int = 50


class ReportsPage(msgspec.Struct, frozen=True, kw_only=True):
    reports: tuple[Report, ...]
    """Newest first."""
    users: tuple[User, ...]
    has_more: bool


class HandleReport(Request, frozen=True, kw_only=True):
    state: Literal["resolved", "dismissed"]
    note: str = ""


def _unknown_report() -> NotFound:
    return NotFound("unknown_report", "There is no such report, or it is not for you.")


# ------------------------------------------------------------------------------------------------------------------- ask


async def do_report(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, request: NewReport
) -> Reported:
    """Of a message that one may read. Again while the first one is open: the same report."""
    await actions.limiter.hit(Rule.REPORT, str(user_id))
    reason = clean_line(request.reason, "reason", longest=actions.limits.reason_max)
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        message = await message_of(uow, channel_id, message_id)
        earlier = await uow.reports.open_of(channel_id, message_id, user_id)
        if earlier is not None:
            return Reported(id=earlier.id)
        report = _of_message(actions, place, message, user_id, reason)
        await _write(uow, report)
    return Reported(id=report.id)


async def report_by_filter(
    actions: Actions, uow: UnitOfWork, place: GroupPlace, message: Message, hit: WordFilter
) -> None:
    await _write(uow, _of_message(actions, place, message, None, hit.name))


def _of_message(actions: Actions, place: Place, message: Message, reporter_id: UserId | None, reason: str) -> Report:
    return Report(
        id=ReportId(actions.ids.next(actions.clock.now_ms())),
        group_id=place.group_id,
        channel_id=message.channel_id,
        message_id=message.id,
        author_id=message.author_id,
        reporter_id=reporter_id,
        sections=message.sections,
        reason=reason,
    )


async def _write(uow: UnitOfWork, report: Report) -> None:
    await uow.reports.add(report)
    uow.publish(await _audience(uow, report), ReportUpdate(report=report))


async def _audience(reader: Reader, report: Report) -> Audience:
    if report.group_id is None:
        return ToUsers(tuple(await reader.users.operators()))
    return ToPermitted(report.group_id, int(Permission.MANAGE_MESSAGES), report.channel_id)


# ----------------------------------------------------------------------------------------------------------------- handle


async def get_reports(actions: Actions, user_id: UserId, group_id: GroupId, query: ReportsQuery) -> ReportsPage:
    """Of the channels in which one may MANAGE_MESSAGES; an administrator's are all, those of deleted channels too."""
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms(), channels=True)
        reports = await reader.reports.of_group(
            group_id, _channels(seat), query.state, query.before or MAX_ID, query.limit + 1
        )
    return await _page(actions, reports, query.limit)


def _channels(seat: Seat) -> list[ChannelId] | None:
    """None: all. Raises :class:`Forbidden` for someone who moderates nowhere."""
    if seat.may(Permission.ADMINISTRATOR):
        return None
    found = [
        channel.id
        for channel in seat.access.channels.values()
        if channel.kind is ChannelKind.TEXT and seat.may(Permission.MANAGE_MESSAGES, channel.id)
    ]
    if not found:
        seat.require(Permission.MANAGE_MESSAGES)
    return found


async def get_conversation_reports(actions: Actions, user_id: UserId, query: ReportsQuery) -> ReportsPage:
    """For operators."""
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    async with actions.store.read() as reader:
        await _require_operator(reader, user_id)
        reports = await reader.reports.of_conversations(query.state, query.before or MAX_ID, query.limit + 1)
    return await _page(actions, reports, query.limit)


async def _require_operator(reader: Reader, user_id: UserId) -> None:
    if not await _is_operator(reader, user_id):
        raise Forbidden("forbidden", "Only operators of this server can do this.", permission="operator")


async def _is_operator(reader: Reader, user_id: UserId) -> bool:
    me = await reader.users.me(user_id)
    return me is not None and me.operator


async def _page(actions: Actions, reports: list[Report], limit: int) -> ReportsPage:
    shown = reports[:limit]
    people = {one for report in shown for one in (report.author_id, report.reporter_id, report.handler_id)}
    users = await actions.profiles.by_ids({one for one in people if one is not None})
    return ReportsPage(reports=tuple(shown), users=tuple(users.values()), has_more=len(reports) > limit)


async def do_handle_report(
    actions: Actions, user_id: UserId, report_id: ReportId, request: HandleReport, reason: str | None
) -> Report:
    """Resolved or dismissed, once (already_handled)."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    note = clean_line(request.note, "note", longest=actions.limits.reason_max, shortest=0)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        report = await uow.reports.get(report_id)
        if report is None:
            raise _unknown_report()
        seat = await _handler(uow, user_id, report, now_ms)
        handled = msgspec.structs.replace(
            report, state=ReportState(request.state), handler_id=user_id, note=note, handled_ms=now_ms
        )
        if not await uow.reports.handle(handled):
            raise Conflict("already_handled", "Somebody has handled this report already.")
        uow.publish(await _audience(uow, report), ReportUpdate(report=handled))
        if seat is not None:
            changes = {"state": request.state, "note": note}
            action = AuditAction.REPORT_HANDLE
            await record(actions, uow, seat, action, "report", report_id, reason=reason, changes=changes)
    return handled


async def _handler(reader: Reader, user_id: UserId, report: Report, now_ms: int) -> Seat | None:
    """None: an operator. Raises unknown_report to all for whom it is not."""
    if report.group_id is None:
        if not await _is_operator(reader, user_id):
            raise _unknown_report()
        return None
    try:
        seat = await group_seat(reader, user_id, report.group_id, now_ms, channels=True)
    except NotFound as missing:
        raise _unknown_report() from missing
    seat.require_not_timed_out()
    allowed = _channels(seat)
    if allowed is not None and report.channel_id not in allowed:
        raise _unknown_report()
    return seat
