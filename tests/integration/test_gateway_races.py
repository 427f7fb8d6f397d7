"""What happens while the gateway reads for a group: nothing overtakes, nothing counts twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from server.actions.accounts import UpdateMe, do_update_me
from server.actions.channels import UpdateChannel, do_update_channel
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.history import BulkDelete, do_bulk_delete
from server.actions.members import do_remove_member
from server.actions.messages import EditMessage, do_delete_message, do_edit_message
from server.actions.snapshot import channel_for_readers, load_access, memberships, snapshot
from server.domain.errors import Unavailable
from server.domain.events import ChannelUpdate, GroupJoin, GroupLeave, MessageCreate, UserUpdate
from server.domain.sections import Text
from signaling.frames import CloseCode
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_scene import hide, let_in, reveal, text_channel, together, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server

pytestmark = pytest.mark.integration

Work = Callable[[], Awaitable[None]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


async def nothing() -> None:
    pass


def around(
    monkeypatch: pytest.MonkeyPatch, name: str, read: Callable[..., Awaitable[Any]], before: Work, after: Work
) -> None:
    """The next time that the hub reads by ``name``: ``before`` what is read, and ``after`` it, before the hub has it."""
    first = True

    async def reading(*arguments: Any) -> Any:
        nonlocal first
        if not first:
            return await read(*arguments)
        first = False
        await before()
        found = await read(*arguments)
        await after()
        return found

    monkeypatch.setattr(f"signaling.hub.{name}", reading)


async def agree(server: GatewayServer, *observers: tuple[Person, GatewayClient]) -> None:
    await server.quiet(*(client for _, client in observers))
    for person, client in observers:
        fresh = await server.online(person)
        assert client.model.seen() == fresh.model.seen()
        await fresh.close()


async def test_while_cursors_are_read_people_write_and_read(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    channel_id = text_channel(view)
    first = await write(server, anna, channel_id, "first")
    await hide(server, anna, channel_id, ben.user_id)
    two, three = await server.online(ben), await server.online(cleo)

    async def before() -> None:
        await do_move_cursor(server.actions, ben.user_id, channel_id, MoveCursor(message_id=first.id))
        await do_update_channel(server.actions, anna.user_id, channel_id, UpdateChannel(topic="before"))
        second = await write(server, anna, channel_id, "second")
        await do_move_cursor(server.actions, cleo.user_id, channel_id, MoveCursor(message_id=second.id))
        await do_delete_message(server.actions, anna.user_id, channel_id, first.id)
        await write(server, anna, channel_id, "third")

    async def after() -> None:
        await write(server, anna, channel_id, "fourth")
        await do_update_channel(server.actions, anna.user_id, channel_id, UpdateChannel(name="after"))
        await write(server, anna, channel_id, "fifth")

    around(monkeypatch, "channel_for_readers", channel_for_readers, before, after)
    await reveal(server, anna, channel_id, ben.user_id)
    await agree(server, (ben, two), (cleo, three))
    assert [event.message.sections for event in two.all(MessageCreate)] == [
        event.message.sections for event in three.all(MessageCreate)[-2:]
    ]
    assert two.model.groups[view.group.id].cursors[channel_id].unread == 4
    assert three.model.groups[view.group.id].cursors[channel_id].unread == 3


async def test_while_cursors_are_read_the_channel_goes_out_of_view_again(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    await write(server, anna, channel_id, "first")
    await hide(server, anna, channel_id, ben.user_id)
    two = await server.online(ben)

    async def after() -> None:
        await hide(server, anna, channel_id, ben.user_id)
        await write(server, anna, channel_id, "about ben")

    around(monkeypatch, "channel_for_readers", channel_for_readers, nothing, after)
    await reveal(server, anna, channel_id, ben.user_id)
    await agree(server, (ben, two))
    assert two.all(MessageCreate) == []


async def test_who_comes_in_while_messages_go_hears_the_exact_counts(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted after the snapshot was read, and counted again before the newcomer was there."""
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    said = [await write(server, anna, channel_id, "@everyone") for _ in range(4)]
    await server.online(anna)

    async def after(*arguments: Any) -> Any:
        found = await snapshot(*arguments)
        await do_delete_message(server.actions, anna.user_id, channel_id, said[0].id)
        await do_bulk_delete(server.actions, anna.user_id, channel_id, BulkDelete(message_ids=(said[1].id,)))
        request = EditMessage(sections=(Text("nobody"),))
        await do_edit_message(server.actions, anna.user_id, channel_id, said[2].id, request)
        await server.gateway.hub.quiet()
        return found

    monkeypatch.setattr("signaling.opening.snapshot", after)
    two = await server.online(ben)
    monkeypatch.undo()
    await agree(server, (ben, two))
    cursor = two.model.groups[view.group.id].cursors[channel_id]
    assert (cursor.unread, cursor.mentions) == (2, 1)


async def test_while_cursors_are_read_someone_leaves_and_someone_renames_oneself(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    channel_id = text_channel(view)
    await write(server, anna, channel_id, "first")
    await hide(server, anna, channel_id, ben.user_id)
    one, two = await server.online(anna), await server.online(ben)

    async def after() -> None:
        await write(server, cleo, channel_id, "i am cleo")
        await do_update_me(server.actions, cleo.user_id, UpdateMe(display_name="Cleopatra"))
        await do_remove_member(server.actions, anna.user_id, view.group.id, ben.user_id)

    around(monkeypatch, "channel_for_readers", channel_for_readers, nothing, after)
    await reveal(server, anna, channel_id, ben.user_id)
    await agree(server, (anna, one), (ben, two))
    assert one.model.users[cleo.user_id].display_name == "Cleopatra"
    assert two.model.groups == {}


async def test_a_group_that_is_new_to_the_gateway_is_read_while_people_write_and_hide(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ben is online and comes into a group that nobody else is online in."""
    view, (anna,) = await together(server, "anna")
    channel_id = text_channel(view)
    ben = await server.person("ben")
    two = await server.online(ben)

    async def before() -> None:
        await write(server, anna, channel_id, "first")
        await hide(server, anna, channel_id, ben.user_id)
        await write(server, anna, channel_id, "hidden")

    async def after() -> None:
        await reveal(server, anna, channel_id, ben.user_id)
        await write(server, anna, channel_id, "last")

    around(monkeypatch, "load_access", load_access, before, after)
    await let_in(server, anna, view.group.id, ben)
    await agree(server, (ben, two))
    assert isinstance(two.events[0], GroupJoin)


async def test_a_group_that_is_new_to_the_gateway_is_left_before_it_was_read(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna,) = await together(server, "anna")
    ben = await server.person("ben")
    two = await server.online(ben)

    async def after() -> None:
        await do_remove_member(server.actions, ben.user_id, view.group.id, ben.user_id)

    around(monkeypatch, "load_access", load_access, nothing, after)
    await let_in(server, anna, view.group.id, ben)
    await agree(server, (ben, two))
    assert [type(event) for event in two.events if not isinstance(event, ChannelUpdate)][-1] is GroupLeave
    assert view.group.id not in server.gateway.hub.rooms


async def test_a_group_that_cannot_be_read_makes_its_members_begin_anew(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna,) = await together(server, "anna")
    ben = await server.person("ben")
    two = await server.online(ben)

    async def fail() -> None:
        raise Unavailable("database_unavailable", "The database does not answer. Try again.")

    around(monkeypatch, "load_access", load_access, fail, nothing)
    await let_in(server, anna, view.group.id, ben)
    assert await two.until_closed() == CloseCode.INTERNAL
    assert not await two.resume()
    assert view.group.id in two.model.groups
    await agree(server, (ben, two))


async def test_the_names_of_those_who_are_not_connected_are_told_in_order(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (anna, ben, _) = await together(server, "anna", "ben", "cleo")
    stranger = await server.online(await server.person("dora"))
    one = await server.online(anna)

    async def after() -> None:
        await do_update_me(server.actions, ben.user_id, UpdateMe(display_name="Second"))

    around(monkeypatch, "memberships", memberships, nothing, after)
    await do_update_me(server.actions, ben.user_id, UpdateMe(display_name="First"))
    await server.quiet(one, stranger)
    assert [event.user.display_name for event in one.all(UserUpdate)] == ["First", "Second"]
    assert stranger.events == []


async def test_names_that_cannot_be_looked_up_do_not_stop_later_ones(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    one = await server.online(anna)

    async def fail() -> None:
        raise Unavailable("database_unavailable", "The database does not answer. Try again.")

    around(monkeypatch, "memberships", memberships, fail, nothing)
    await do_update_me(server.actions, ben.user_id, UpdateMe(display_name="First"))
    await server.quiet(one)
    await do_update_me(server.actions, ben.user_id, UpdateMe(display_name="Second"))
    await server.quiet(one)
    assert [event.user.display_name for event in one.all(UserUpdate)] == ["Second"]
