from __future__ import annotations

import pytest

from server.actions.audit import AuditQuery, get_audit
from server.actions.filters import (
    NewFilter,
    UpdateFilter,
    do_create_filter,
    do_delete_filter,
    do_update_filter,
    get_filters,
)
from server.actions.messages import EditMessage, PageQuery, do_edit_message, get_messages
from server.actions.reports import ReportsQuery, get_reports
from server.domain.entities import AuditAction, FilterAction
from server.domain.errors import ParleyError
from server.domain.events import MemberUpdate, MessageCreate, ReportUpdate
from server.domain.ids import ChannelId, FilterId, GroupId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from server.domain.sections import Text
from tests.support.actions import House, text_channel


async def code(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


class Scene:
    def __init__(self, group_id: GroupId, channel_id: ChannelId, anna: UserId, ben: UserId) -> None:
        self.group_id, self.channel_id, self.anna, self.ben = group_id, channel_id, anna, ben


@pytest.fixture
async def scene(house: House) -> Scene:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    return Scene(view.group.id, text_channel(view), anna, ben)


def rude(action: FilterAction) -> NewFilter:
    return NewFilter(name="rude words", words=("rude*",), action=action, time_out_s=120)


async def test_what_is_blocked_is_not_written_nor_edited_in(house: House, scene: Scene) -> None:
    message = await house.say(scene.ben, scene.channel_id, "kind")
    await do_create_filter(house.actions, scene.anna, scene.group_id, rude(FilterAction.BLOCK), None)
    assert await code(house.say(scene.ben, scene.channel_id, "how RUDELY said")) == "word_filtered"
    edit = EditMessage(sections=(Text("rude"),))
    assert await code(do_edit_message(house.actions, scene.ben, scene.channel_id, message.id, edit)) == "word_filtered"
    page = await get_messages(house.actions, scene.anna, scene.channel_id, PageQuery())
    assert [one.sections for one in page.messages] == [(Text("kind"),)]
    await house.say(scene.ben, scene.channel_id, "crude is another word")


async def test_moderators_and_exempt_roles_write_what_they_want(house: House, scene: Scene) -> None:
    made = await do_create_filter(house.actions, scene.anna, scene.group_id, rude(FilterAction.BLOCK), None)
    await house.say(scene.anna, scene.channel_id, "rude")
    role = await house.appoint(scene.anna, scene.group_id, scene.ben, Permission(0))
    assert await code(house.say(scene.ben, scene.channel_id, "rude")) == "word_filtered"
    change = UpdateFilter(exempt_role_ids=(role.id,))
    await do_update_filter(house.actions, scene.anna, scene.group_id, made.id, change, None)
    await house.say(scene.ben, scene.channel_id, "rude")


async def test_a_time_out_stays_though_the_message_does_not(house: House, scene: Scene) -> None:
    await do_create_filter(house.actions, scene.anna, scene.group_id, rude(FilterAction.TIME_OUT), None)
    house.published()
    assert await code(house.say(scene.ben, scene.channel_id, "rude")) == "word_filtered"
    (event,) = [event for _, event in house.published()]
    assert isinstance(event, MemberUpdate)
    assert event.member.timed_out_until_ms == house.clock.ms + 120_000
    assert await code(house.say(scene.ben, scene.channel_id, "kind")) == "timed_out"
    log = await get_audit(house.actions, scene.anna, scene.group_id, AuditQuery(action=AuditAction.FILTER_HIT))
    assert [(one.target_id, one.changes["filter"]) for one in log.entries] == [(str(int(scene.ben)), "rude words")]


async def test_a_report_comes_with_the_message(house: House, scene: Scene) -> None:
    await do_create_filter(house.actions, scene.anna, scene.group_id, rude(FilterAction.REPORT), None)
    house.published()
    message = await house.say(scene.ben, scene.channel_id, "rude")
    assert [type(event) for _, event in house.published()] == [MessageCreate, ReportUpdate]
    (report,) = (await get_reports(house.actions, scene.anna, scene.group_id, ReportsQuery())).reports
    assert (report.message_id, report.reporter_id, report.reason) == (message.id, None, "rude words")


async def test_a_change_counts_at_once(house: House, scene: Scene) -> None:
    made = await do_create_filter(house.actions, scene.anna, scene.group_id, rude(FilterAction.BLOCK), None)
    assert await code(house.say(scene.ben, scene.channel_id, "rude")) == "word_filtered"
    await do_update_filter(house.actions, scene.anna, scene.group_id, made.id, UpdateFilter(words=("mean",)), None)
    await house.say(scene.ben, scene.channel_id, "rude")
    assert await code(house.say(scene.ben, scene.channel_id, "mean")) == "word_filtered"
    await do_delete_filter(house.actions, scene.anna, scene.group_id, made.id, None)
    await house.say(scene.ben, scene.channel_id, "mean")


async def test_filters_are_for_managers(house: House, scene: Scene) -> None:
    made = await do_create_filter(house.actions, scene.anna, scene.group_id, rude(FilterAction.BLOCK), None)
    assert (await get_filters(house.actions, scene.anna, scene.group_id)).filters == (made,)
    assert await code(get_filters(house.actions, scene.ben, scene.group_id)) == "forbidden"
    attempt = do_create_filter(house.actions, scene.ben, scene.group_id, rude(FilterAction.BLOCK), None)
    assert await code(attempt) == "forbidden"
    few = house.with_limits(Limits(filters_per_group=1))
    attempt = do_create_filter(few.actions, scene.anna, scene.group_id, rude(FilterAction.BLOCK), None)
    assert await code(attempt) == "too_many"
    nothing = FilterId(Snowflake(1))
    assert await code(do_delete_filter(house.actions, scene.anna, scene.group_id, nothing, None)) == "unknown_filter"
    change = UpdateFilter(time_out_s=1)
    assert (
        await code(do_update_filter(house.actions, scene.anna, scene.group_id, made.id, change, None)) == "bad_request"
    )
