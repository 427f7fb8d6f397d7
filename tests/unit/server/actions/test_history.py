from __future__ import annotations

import pytest

from server.actions.history import BulkDelete, do_bulk_delete, get_edits
from server.actions.messages import EditMessage, PageQuery, do_edit_message, get_messages
from server.domain.errors import ParleyError
from server.domain.events import MessageDeleteBulk
from server.domain.permissions import Permission
from server.domain.sections import Text
from tests.support.actions import House, no_message, text_channel


async def test_earlier_versions_are_for_the_author_and_moderators(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    channel_id = text_channel(view)
    message = await house.say(ben, channel_id, "first")
    for text in ("second", "second", "third"):
        house.clock.advance(1)
        await do_edit_message(house.actions, ben, channel_id, message.id, EditMessage(sections=(Text(text),)))
    for reader in (anna, ben):
        edits = (await get_edits(house.actions, reader, channel_id, message.id)).edits
        assert [edit.sections for edit in edits] == [(Text("first"),), (Text("second"),)]
    with pytest.raises(ParleyError) as refused:
        await get_edits(house.actions, cleo, channel_id, message.id)
    assert refused.value.code == "forbidden"


async def test_many_are_deleted_in_one_go(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    said = [await house.say(anna, channel_id, str(number)) for number in range(4)]
    house.published()
    ids = (said[2].id, no_message(), said[0].id, said[0].id)
    answer = await do_bulk_delete(house.actions, anna, channel_id, BulkDelete(message_ids=ids))
    assert answer.deleted == (said[0].id, said[2].id)
    assert [event for _, event in house.published()] == [
        MessageDeleteBulk(channel_id=channel_id, message_ids=(said[0].id, said[2].id))
    ]
    left = (await get_messages(house.actions, ben, channel_id, PageQuery())).messages
    assert [message.id for message in left] == [said[1].id, said[3].id]


async def test_who_may_delete_many_and_how_many(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    said = await house.say(ben, channel_id)

    async def code(*ids: object) -> str:
        with pytest.raises(ParleyError) as refused:
            await do_bulk_delete(house.actions, ben, channel_id, BulkDelete(message_ids=ids))  # type: ignore[arg-type]
        return refused.value.code

    assert await code(said.id) == "forbidden"
    await house.appoint(anna, view.group.id, ben, Permission.MANAGE_MESSAGES)
    assert await code() == "bad_request"
    assert await code(*range(1, 102)) == "bad_request"
