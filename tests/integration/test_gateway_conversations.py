"""Conversations over the real gateway: several devices, people who come and go, snapshots that are taken meanwhile."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from server.actions.accounts import UpdateMe, do_update_me
from server.actions.conversations import (
    RenameConversation,
    do_bring_in,
    do_rename_conversation,
    do_take_out,
    get_conversation,
)
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.messages import EditMessage, do_delete_message, do_edit_message
from server.actions.snapshot import snapshot
from server.domain.entities import Cursor
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import ConversationUpdate, MessageCreate, TypingStart, UserUpdate
from server.domain.ids import ChannelId, MessageId
from server.domain.sections import Text
from signaling import frames
from tests.support.gateway_client import GatewayClient, RequestRefused
from tests.support.gateway_scene import begin, say, together, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


async def agree(server: GatewayServer, *observers: tuple[Person, GatewayClient]) -> None:
    await server.quiet(*(client for _, client in observers))
    for person, client in observers:
        fresh = await server.online(person)
        for channel_id in client.model.without_last_message():
            view = await get_conversation(server.actions, person.user_id, channel_id)
            client.model.conversations[channel_id].last_message = view.last_message
        assert client.model.seen() == fresh.model.seen()
        await fresh.close()


async def test_two_people_talk_on_several_devices(server: GatewayServer) -> None:
    anna, ben = await server.person("anna"), await server.person("ben")
    desk, phone, bens = await server.online(anna), await server.online(anna), await server.online(ben)
    direct = await begin(server, anna, ben)
    written = await say(bens, direct, "hello anna")
    await bens.request(frames.StartTyping, dict[str, object], channel_id=direct)
    await server.quiet(desk, phone, bens)
    for client in (desk, phone):
        assert [event.message for event in client.all(MessageCreate)] == [written.message]
        assert client.all(TypingStart) == [TypingStart(channel_id=direct, user_id=ben.user_id)]
        assert client.model.conversations[direct].cursor.unread == 1
    moved = await phone.request(frames.MoveCursor, Cursor, channel_id=direct, message_id=written.message.id)
    await server.quiet(desk, phone, bens)
    assert (
        desk.model.conversations[direct].cursor
        == moved
        == Cursor(channel_id=direct, last_read_id=written.message.id, unread=0)
    )
    await agree(server, (anna, desk), (anna, phone), (ben, bens))


async def test_nobody_else_hears_of_it(server: GatewayServer) -> None:
    _, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    hers = await server.online(cleo)
    direct = await begin(server, anna, ben)
    await write(server, anna, direct, "between us")
    await server.quiet(hers)
    assert hers.events == []
    with pytest.raises(RequestRefused) as refused:
        await say(hers, direct, "hello")
    assert refused.value.code == "unknown_channel"


async def test_a_deleted_message_that_was_unread_is_counted_exactly(server: GatewayServer) -> None:
    """Also by a client that does not know it, from before its snapshot."""
    anna, ben = await server.person("anna"), await server.person("ben")
    direct = await begin(server, anna, ben)
    old = [await write(server, anna, direct, f"before {number}") for number in range(3)]
    bens, annas = await server.online(ben), await server.online(anna)
    fresh = await write(server, anna, direct, "after")
    for message in (old[1], fresh):
        await do_delete_message(server.actions, anna.user_id, direct, message.id)
    await agree(server, (anna, annas), (ben, bens))
    assert bens.model.conversations[direct].cursor.unread == 2


async def test_a_new_name_is_told_to_partners_who_share_no_group(server: GatewayServer) -> None:
    anna, ben, cleo = [await server.person(name) for name in ("anna", "ben", "cleo")]
    await begin(server, anna, ben)
    bens, cleos = await server.online(ben), await server.online(cleo)
    await do_update_me(server.actions, anna.user_id, UpdateMe(display_name="Anna B"))
    await server.quiet(bens, cleos)
    assert [event.user.display_name for event in bens.all(UserUpdate)] == ["Anna B"]
    assert cleos.events == []
    await agree(server, (ben, bens))


async def test_a_conversation_goes_on_over_a_break(server: GatewayServer) -> None:
    _, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    bens = await server.online(ben)
    await bens.cut()
    of_three = await begin(server, anna, ben, cleo)
    await write(server, anna, of_three, "while you were away")
    assert await bens.resume()
    assert bens.got(frames.Resumed) == frames.Resumed(replayed=2)
    await agree(server, (ben, bens))


Work = Callable[[], Awaitable[Any]]


async def opened_meanwhile(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch, person: Person, before: Work, after: Work
) -> tuple[GatewayClient, int]:
    """A client whose snapshot is read between the two, and how often it was read."""
    taken = 0

    async def reading(*arguments: Any) -> Any:
        nonlocal taken
        taken += 1
        if taken == 1:
            await before()
        found = await snapshot(*arguments)
        if taken == 1:
            await after()
        return found

    monkeypatch.setattr("signaling.opening.snapshot", reading)
    client = await server.online(person)
    monkeypatch.undo()
    return client, taken


async def test_what_begins_while_a_snapshot_is_read(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    _, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    there = await begin(server, anna, ben)
    made: list[ChannelId] = []

    async def work() -> None:
        of_three = await begin(server, anna, ben, cleo, name=f"number {len(made)}")
        made.append(of_three)
        first = await write(server, anna, of_three, "first")
        await do_move_cursor(server.actions, ben.user_id, of_three, MoveCursor(message_id=first.id))
        await write(server, cleo, of_three, "second")
        await write(server, anna, there, f"in the old one {len(made)}")
        for channel_id in made:
            await do_rename_conversation(server.actions, anna.user_id, channel_id, RenameConversation(name="renamed"))

    client, taken = await opened_meanwhile(server, monkeypatch, ben, work, work)
    assert taken == 1
    await agree(server, (ben, client))


async def test_what_is_read_while_a_snapshot_is_read(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor from before a message that the snapshot has must not come after it: that message would be counted no more."""
    anna, ben = await server.person("anna"), await server.person("ben")
    direct = await begin(server, anna, ben)

    async def before() -> None:
        read = await write(server, anna, direct, "read")
        await do_move_cursor(server.actions, ben.user_id, direct, MoveCursor(message_id=read.id))
        await write(server, anna, direct, "not read")

    async def after() -> None:
        pass

    client, _ = await opened_meanwhile(server, monkeypatch, ben, before, after)
    await agree(server, (ben, client))
    assert client.model.conversations[direct].cursor.unread == 1


async def test_who_goes_out_while_a_snapshot_is_read_gets_another(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    of_three = await begin(server, anna, ben, cleo)

    async def before() -> None:
        await write(server, anna, of_three, "to ben")
        await do_take_out(server.actions, ben.user_id, of_three, ben.user_id)

    async def after() -> None:
        await write(server, anna, of_three, "about ben")
        await do_bring_in(server.actions, anna.user_id, of_three, ben.user_id)
        await write(server, anna, of_three, "to ben again")

    client, taken = await opened_meanwhile(server, monkeypatch, ben, before, after)
    assert taken == 2
    assert client.all(ConversationUpdate) == []
    await agree(server, (ben, client))


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_people_do_their_clients_know_what_is(server: GatewayServer, seed: int) -> None:
    """Random steps of four people, one of whom is cut off and comes back; then all that they know is compared."""
    chance = random.Random(seed)
    _, people = await together(server, "anna", "ben", "cleo", "dora")
    clients = [await server.online(person) for person in people]
    channels: list[ChannelId] = []
    messages: list[tuple[Person, ChannelId, MessageId]] = []
    actions = server.actions

    async def step(number: int) -> None:
        person, other = chance.sample(people, 2)
        channel_id = chance.choice(channels) if channels else None
        match chance.randrange(9):
            case 0:
                channels.append(await begin(server, person, other))
            case 1:
                others = [one for one in people if one is not person]
                channels.append(await begin(server, person, *chance.sample(others, 2), name="x"))
            case 2 if channel_id is not None:
                await do_take_out(actions, person.user_id, channel_id, chance.choice([person, other]).user_id)
            case 3 if channel_id is not None:
                await do_bring_in(actions, person.user_id, channel_id, other.user_id)
            case 4 if channel_id is not None:
                request = RenameConversation(name=f"name {number}")
                await do_rename_conversation(actions, person.user_id, channel_id, request)
            case 5 if messages:
                author, where, message_id = chance.choice(messages)
                await do_delete_message(actions, author.user_id, where, message_id)
            case 6 if messages:
                author, where, message_id = chance.choice(messages)
                edit = EditMessage(sections=(Text(f"edit {number}"),))
                await do_edit_message(actions, author.user_id, where, message_id, edit)
            case 7 if messages:
                _, where, message_id = chance.choice(messages)
                await do_move_cursor(actions, person.user_id, where, MoveCursor(message_id=message_id))
            case _ if channel_id is not None:
                message = await write(server, person, channel_id, f"message {number}")
                messages.append((person, channel_id, message.id))

    for number in range(120):
        if number in (30, 70):
            await clients[0].cut()
        if number in (50, 90):
            await clients[0].resume()
        with contextlib.suppress(Invalid, Forbidden, NotFound):  # what this person may not do, at random
            await step(number)
    await agree(server, *zip(people, clients, strict=True))
    assert any(client.model.conversations for client in clients)
