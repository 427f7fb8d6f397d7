from __future__ import annotations

import pytest

from server.actions.inbox import Mentioned, MentionsPage, MentionsQuery, get_mentions
from server.actions.members import TimeOut, do_remove_member, do_time_out
from server.domain.entities import Message
from server.domain.errors import Invalid
from server.domain.ids import UserId
from server.domain.permissions import Permission
from server.domain.sections import Contact, Text
from tests.support.actions import House, text_channel
from tests.support.statements import counted


async def inbox(house: House, user_id: UserId, before: Message | None = None, limit: int = 50) -> MentionsPage:
    query = MentionsQuery(before=None if before is None else before.id, limit=limit)
    return await get_mentions(house.actions, user_id, query)


def messages(page: MentionsPage) -> list[Message]:
    return [item.message for item in page.items]


async def test_the_inbox_has_what_pings_one_newest_first(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    talk, channel_id = await house.conversation(ben, cleo), text_channel(view)
    house.clock.advance(1)
    one = await house.say(anna, channel_id, f"<@{ben}> <@{anna}>")
    await house.say(anna, channel_id, "nobody")
    two = await house.say(cleo, talk, "@everyone")
    three = (await house.write(anna, channel_id, Text("@everyone"), Contact(ben))).message
    page = await inbox(house, ben)
    assert page.items == (
        Mentioned(message=three, channel_id=channel_id, group_id=view.group.id),
        Mentioned(message=two, channel_id=talk, group_id=None),
        Mentioned(message=one, channel_id=channel_id, group_id=view.group.id),
    )
    assert not page.has_more
    assert {user.username for user in page.users} == {"anna", "ben", "cleo"}
    assert {(member.group_id, member.user_id) for member in page.members} == {
        (view.group.id, anna),
        (view.group.id, ben),
    }
    first = await inbox(house, ben, limit=2)
    assert (messages(first), first.has_more) == ([three, two], True)
    rest = await inbox(house, ben, before=two, limit=2)
    assert (messages(rest), rest.has_more) == ([one], False)


async def test_only_what_one_may_read_still(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    other = await house.channel(anna, view.group.id)
    house.clock.advance(1)
    hidden = await house.say(anna, other.id, f"<@{ben}>")
    shown = await house.say(anna, text_channel(view), "@everyone")
    assert messages(await inbox(house, ben)) == [shown, hidden]
    for denied in (Permission.READ_HISTORY, Permission.VIEW_CHANNEL):
        await house.overwrite(anna, other.id, "member", ben, deny=denied)
        assert messages(await inbox(house, ben)) == [shown]
    await do_time_out(house.actions, anna, view.group.id, ben, TimeOut(until_ms=house.clock.ms + 1000))
    assert messages(await inbox(house, ben)) == [shown]
    await do_remove_member(house.actions, anna, view.group.id, ben)
    assert messages(await inbox(house, ben)) == []


async def test_it_begins_when_one_came_in(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna)
    await house.say(anna, text_channel(view), "@everyone")
    house.clock.advance(1)
    await house.bring_in(anna, view.group.id, ben)
    assert messages(await inbox(house, ben)) == []
    after = await house.say(anna, text_channel(view), "@everyone")
    assert messages(await inbox(house, ben)) == [after]


@pytest.mark.parametrize("limit", [0, 101])
async def test_pages_have_a_size(house: House, limit: int) -> None:
    with pytest.raises(Invalid):
        await inbox(house, await house.user("anna"), limit=limit)


async def test_it_takes_as_many_statements_for_many_groups_as_for_one(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    numbers = []
    for count in (1, 10):
        for _ in range(count):
            view = await house.group(anna, ben)
            house.clock.advance(1)
            await house.say(anna, text_channel(view), f"<@{ben}>")
        await inbox(house, ben)  # names are in the cache from then on
        with counted(house.store) as statements:
            page = await inbox(house, ben)
        assert len(page.items) >= count
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
