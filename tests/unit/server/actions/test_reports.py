from __future__ import annotations

import pytest

from server.actions.audit import AuditQuery, get_audit
from server.actions.channels import do_delete_channel
from server.actions.messages import do_delete_message
from server.actions.reports import (
    HandleReport,
    NewReport,
    ReportsQuery,
    do_handle_report,
    do_report,
    get_conversation_reports,
    get_reports,
)
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Conversation, ConversationKind, Me, ReportState
from server.domain.errors import ParleyError
from server.domain.events import ReportUpdate, ToPermitted, ToUsers
from server.domain.ids import ChannelId, UserId
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel

RESOLVED = HandleReport(state="resolved", note="talked to them")


async def code(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


async def test_a_report_goes_to_the_moderators_and_outlives_its_message(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    group_id, channel_id = view.group.id, text_channel(view)
    message = await house.say(cleo, channel_id, "rude")
    house.published()
    first = await do_report(house.actions, ben, channel_id, message.id, NewReport(reason="rude"))
    again = await do_report(house.actions, ben, channel_id, message.id, NewReport(reason="still rude"))
    assert first == again
    ((audience, event),) = house.published()
    assert audience == ToPermitted(group_id, int(Permission.MANAGE_MESSAGES), channel_id)
    assert isinstance(event, ReportUpdate)
    await do_delete_message(house.actions, cleo, channel_id, message.id)
    page = await get_reports(house.actions, anna, group_id, ReportsQuery())
    assert [(one.id, one.reason, one.sections) for one in page.reports] == [(first.id, "rude", message.sections)]
    assert {user.id for user in page.users} == {ben, cleo}
    assert await code(get_reports(house.actions, ben, group_id, ReportsQuery())) == "forbidden"


async def test_it_is_handled_once_and_logged(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    message = await house.say(ben, text_channel(view))
    report = await do_report(house.actions, ben, text_channel(view), message.id, NewReport(reason="look"))
    assert await code(do_handle_report(house.actions, ben, report.id, RESOLVED, None)) == "forbidden"
    handled = await do_handle_report(house.actions, anna, report.id, RESOLVED, None)
    assert (handled.state, handled.handler_id, handled.note) == (ReportState.RESOLVED, anna, "talked to them")
    assert await code(do_handle_report(house.actions, anna, report.id, RESOLVED, None)) == "already_handled"
    query = ReportsQuery(state=ReportState.RESOLVED)
    assert (await get_reports(house.actions, anna, view.group.id, query)).reports == (handled,)
    log = await get_audit(house.actions, anna, view.group.id, AuditQuery(action=AuditAction.REPORT_HANDLE))
    assert [entry.changes["state"] for entry in log.entries] == ["resolved"]


async def test_moderators_see_those_of_channels_that_they_moderate(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    group_id = view.group.id
    await house.appoint(anna, group_id, ben, Permission.MANAGE_MESSAGES)
    secret = await house.channel(anna, group_id, "secret")
    await house.overwrite(anna, secret.id, "role", everyone_role_id(group_id), deny=Permission.VIEW_CHANNEL)
    for channel_id in (text_channel(view), secret.id):
        message = await house.say(anna, channel_id)
        await do_report(house.actions, anna, channel_id, message.id, NewReport(reason="look"))

    async def seen(user_id: UserId) -> list[ChannelId]:
        page = await get_reports(house.actions, user_id, group_id, ReportsQuery())
        return [report.channel_id for report in page.reports]

    assert await seen(ben) == [text_channel(view)]
    assert await seen(anna) == [secret.id, text_channel(view)]
    (hidden, _) = (await get_reports(house.actions, anna, group_id, ReportsQuery())).reports
    assert await code(do_handle_report(house.actions, ben, hidden.id, RESOLVED, None)) == "unknown_report"
    await do_delete_channel(house.actions, anna, secret.id)
    assert await seen(anna) == [secret.id, text_channel(view)]


async def test_those_of_conversations_go_to_operators(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    olga = Me(id=UserId(house.actions.ids.next(house.clock.ms)), username="olga", display_name="Olga", operator=True)
    id_ = ChannelId(house.actions.ids.next(house.clock.ms))
    async with house.store.write() as uow:
        await uow.users.add(olga, "olga", "plain")
        await uow.conversations.add(
            Conversation(id=id_, kind=ConversationKind.DIRECT, member_ids=tuple(sorted((anna, ben))))
        )
    message = await house.say(ben, id_, "rude")
    house.published()
    report = await do_report(house.actions, anna, id_, message.id, NewReport(reason="rude"))
    ((audience, _),) = house.published()
    assert audience == ToUsers((olga.id,))
    page = await get_conversation_reports(house.actions, olga.id, ReportsQuery())
    assert [one.id for one in page.reports] == [report.id]
    assert await code(get_conversation_reports(house.actions, anna, ReportsQuery())) == "forbidden"
    assert await code(do_handle_report(house.actions, anna, report.id, RESOLVED, None)) == "unknown_report"
    handled = await do_handle_report(house.actions, olga.id, report.id, RESOLVED, None)
    assert handled.state is ReportState.RESOLVED
