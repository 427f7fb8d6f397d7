"""The gateway's promises, over real sockets (docs/protocol.md, "Gateway")."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.members import do_remove_member
from server.actions.messages import PageQuery, Written, do_delete_message, get_messages
from server.actions.roles import UpdateRole, do_update_role
from server.actions.sessions import revoke
from server.domain.entities import Cursor, Mentions, Message
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    GroupLeave,
    GroupView,
    MessageCreate,
    MessageUpdate,
    Published,
    ToChannel,
    TypingStart,
)
from server.domain.ids import ChannelId, MessageId, RoleId, Snowflake
from server.domain.mentions import AllowedMentions
from server.domain.permissions import EVERYONE, Permission
from server.domain.sections import Text
from signaling import frames
from signaling.frames import CloseCode
from signaling.session import REPLAY_BYTES, RESUME_WITHIN_S
from tests.support.gateway_client import GatewayClient, RequestRefused
from tests.support.gateway_scene import hide, reveal, say, text_channel, together, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server
from tests.support.raw_websocket import RawWebSocket

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


def texts(client: GatewayClient, channel_id: ChannelId) -> list[str]:
    """What the client shows of a channel, in the order of the ids."""
    known = client.model.messages.get(channel_id, {})
    return [section.text for id_ in sorted(known) for section in known[id_].sections if isinstance(section, Text)]


async def history(server: GatewayServer, person: Person, channel_id: ChannelId, after: int = 0) -> list[MessageId]:
    """As a client catches up by REST."""
    found: list[MessageId] = []
    while True:
        query = PageQuery(after=found[-1] if found else MessageId(Snowflake(after)), limit=100)
        page = await get_messages(server.actions, person.user_id, channel_id, query)
        found += [message.id for message in page.messages]
        if not page.has_after:
            return found


async def shout(server: GatewayServer, view: GroupView) -> None:
    """A large event for everyone in the channel, straight from the bus: to fill buffers without writing rows."""
    channel_id = text_channel(view)
    message = Message(
        id=MessageId(Snowflake(1)), channel_id=channel_id, author_id=view.group.owner_id, sections=(Text("x" * 60_000),)
    )
    await server.bus.publish([Published(ToChannel(view.group.id, channel_id), MessageUpdate(message=message))])


# ------------------------------------------------------------------------------- 1: nothing acknowledged is lost, none twice


async def test_a_message_reaches_everyone_and_is_acknowledged(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    written = await say(one, channel_id, "hello")
    await server.quiet(one, two)
    for client in (one, two):
        (event,) = client.all(MessageCreate)
        assert event.message == written.message
    assert two.model.groups[view.group.id].cursors[channel_id].unread == 1
    assert await history(server, ben, channel_id) == [written.message.id]


async def test_the_same_nonce_is_the_same_message(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    first = await say(one, channel_id, "hello", nonce="n")
    again = await say(one, channel_id, "hello, again", nonce="n")
    assert again == first
    await server.quiet(two)
    assert texts(two, channel_id) == ["hello"]


async def test_the_acknowledgement_follows_the_commit(server: GatewayServer) -> None:
    """Held before the commit is told, there is no answer yet; cut off then, the client asks again and gets the same message."""
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    server.bus.hold()
    sending = asyncio.create_task(say(one, channel_id, "hello", nonce="n"))
    await one.beat()
    assert not sending.done()
    await one.cut()
    with pytest.raises(ConnectionError):
        await sending
    server.bus.release()
    assert await one.resume()
    again = await say(one, channel_id, "hello", nonce="n")
    await server.quiet(one, two)
    assert await history(server, ben, channel_id) == [again.message.id]
    assert texts(one, channel_id) == texts(two, channel_id) == ["hello"]


# --------------------------------------------------------------------------------------------- 2: short breaks are replayed


async def test_what_was_missed_is_replayed_in_order(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    await say(one, channel_id, "before")
    await two.beat()
    await two.cut()
    for number in range(5):
        await say(one, channel_id, f"missed {number}")
    assert await two.resume()
    assert two.got(frames.Resumed) == frames.Resumed(replayed=5)
    assert isinstance(two.frames[-1], frames.Resumed), "the missed events come first"
    await say(one, channel_id, "after")
    await server.quiet(one, two)
    assert texts(two, channel_id) == ["before", *(f"missed {number}" for number in range(5)), "after"]
    assert two.events == one.events


async def test_what_was_written_to_a_dying_socket_is_replayed(server: GatewayServer) -> None:
    """The client had fewer events than the server wrote."""
    view, (anna,) = await together(server, "anna")
    channel_id = text_channel(view)
    one = await server.online(anna)
    for number in range(4):
        await say(one, channel_id, f"message {number}")
    await one.beat()
    await one.cut()
    one.received -= 3
    events = one.events[-3:]
    del one.events[-3:]
    # The heartbeat told the server that the client had them, so continuity cannot be proved any more.
    assert not await one.resume()
    await say(one, channel_id, "message 4")
    await one.cut()
    one.received -= 1
    assert await one.resume()
    assert one.got(frames.Resumed) == frames.Resumed(replayed=1)
    assert len(events) == 3


async def test_a_client_may_resume_again_and_again(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    two = await server.online(ben)
    for number in range(6):
        await two.cut()
        await write(server, anna, channel_id, f"message {number}")
        assert await two.resume()
    await server.quiet(two)
    assert texts(two, channel_id) == [f"message {number}" for number in range(6)]


async def test_a_half_open_socket_is_taken_over(server: GatewayServer) -> None:
    view, (anna,) = await together(server, "anna")
    one = await server.online(anna)
    other = await server.client(anna)
    other.session, other._model = one.session, one.model
    assert await other.resume()
    assert await one.until_closed() == 1006
    await write(server, anna, text_channel(view), "hello")
    await server.quiet(other)
    assert len(other.all(MessageCreate)) == 1
    assert len(one.all(MessageCreate)) == 0


async def test_more_than_the_replay_buffer_is_not_resumed(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    await two.cut()
    missed = await write(server, anna, channel_id, "missed")
    while server.gateway.hub.users[ben.user_id][0].session.missed(two.received) is not None:
        await shout(server, view)
    assert not await two.resume()
    assert await history(server, ben, channel_id) == [missed.id]
    await server.quiet(one, two)
    assert two.model.groups[view.group.id].cursors[channel_id].unread == 1


async def test_after_two_minutes_it_is_not_resumed(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    one = await server.online(anna)
    await one.cut()
    await server.gateway.empty()
    server.clock.advance(RESUME_WITHIN_S - 1)
    server.gateway.tick()
    assert await one.resume()
    await one.cut()
    await server.gateway.empty()
    server.clock.advance(RESUME_WITHIN_S)
    server.gateway.tick()
    assert not server.gateway.hub.sessions
    assert not server.gateway.hub.rooms
    assert not await one.resume()


async def test_after_a_restart_it_is_not_resumed_and_the_history_is_whole(tmp_path: Path) -> None:
    async with gateway_server(tmp_path) as server:
        view, (anna, ben) = await together(server, "anna", "ben")
        channel_id = text_channel(view)
        one, two = await server.online(anna), await server.online(ben)
        said = [(await say(one, channel_id, f"message {number}")).message.id for number in range(3)]
        session, received = two.session, two.received
    async with gateway_server(tmp_path) as server:
        again = await server.client(ben)
        await again.connect()
        assert session is not None
        await again.send(frames.Resume(token=again.token, session=session, received=received))
        await again.until(lambda: again.got(frames.NotResumed) is not None)
        await again.open()
        assert await history(server, ben, channel_id) == said
        (channel,) = [one for one in again.model.groups[view.group.id].channels.values() if one.id == channel_id]
        assert channel.last_message_id == said[-1]
        assert again.model.groups[view.group.id].cursors[channel_id].unread == 3


@pytest.mark.parametrize("received", [1, 2**53 - 1])
async def test_events_that_were_never_sent_are_not_resumed_from(server: GatewayServer, received: int) -> None:
    _, (anna,) = await together(server, "anna")
    one = await server.online(anna)
    await one.cut()
    one.received = received
    assert not await one.resume()


async def test_someone_elses_session_is_not_resumed(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    one, two = await server.online(anna), await server.online(ben)
    await one.cut()
    await two.cut()
    theirs, two.session = two.session, one.session
    assert not await two.resume()
    assert await one.resume(), "whose it is may still come back"
    assert theirs is not None


async def test_a_session_opened_meanwhile_gets_every_event_once(server: GatewayServer) -> None:
    """Snapshots are taken while people write, read, come, go and change what may be seen."""
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    channel_id = text_channel(view)
    chance = random.Random(7)
    clients: list[tuple[Person, GatewayClient]] = []
    busy = True

    async def write_all_the_time(person: Person) -> None:
        number = 0
        while busy:
            number += 1
            message = await write(server, person, channel_id, f"{person.user_id} {number}")
            if chance.random() < 0.2:
                await do_delete_message(server.actions, person.user_id, channel_id, message.id)

    async def change_all_the_time() -> None:
        while busy:
            await hide(server, anna, channel_id, cleo.user_id)
            await asyncio.sleep(0)
            await reveal(server, anna, channel_id, cleo.user_id)
            for _ in range(30):
                await asyncio.sleep(0)

    work = [asyncio.create_task(write_all_the_time(person)) for person in (anna, ben)]
    work.append(asyncio.create_task(change_all_the_time()))
    for _ in range(12):
        person = chance.choice((anna, ben, cleo))
        clients.append((person, await server.online(person)))
    busy = False
    await asyncio.gather(*work)
    for person, client in clients:
        await server.quiet(client)
        fresh = await server.online(person)
        assert client.model.seen() == fresh.model.seen()
        await fresh.close()


# --------------------------------------------------------------------------------------------- 3: long breaks are caught up


async def test_a_long_break_is_caught_up_by_the_last_id(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    two = await server.online(ben)
    first = await write(server, anna, channel_id, "seen")
    await server.quiet(two)
    await two.close()
    missed = [(await write(server, anna, channel_id, f"missed {number}")).id for number in range(130)]
    server.clock.advance(RESUME_WITHIN_S)
    server.gateway.tick()
    server.clock.advance(-3600.0)  # clocks step; ids do not
    missed += [(await write(server, anna, channel_id, f"late {number}")).id for number in range(3)]
    assert not await two.resume()
    assert texts(two, channel_id) == []
    assert await history(server, ben, channel_id, after=first.id) == missed
    assert missed == sorted(missed)
    assert missed[0] > first.id


# -------------------------------------------------------------------------------------------- 5: a slow reader hurts itself


async def test_a_slow_reader_is_closed_and_nobody_waits_for_it(server: GatewayServer) -> None:
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    channel_id = text_channel(view)
    fast = await server.online(cleo)
    async with RawWebSocket.open(server.port) as slow:
        await slow.identify(ben.token)
        subscriber = server.gateway.hub.users[ben.user_id][0]
        while subscriber.sink is not None:
            assert subscriber.session.sent < 500, "the slow reader is still being written to"
            await shout(server, view)
            await fast.beat()
        written = [await write(server, anna, channel_id, f"after {number}") for number in range(3)]
        await server.quiet(fast)
        assert [event.message for event in fast.all(MessageCreate)] == written
        assert subscriber.session.kept_bytes <= REPLAY_BYTES
        code, received = await slow.read_to_the_end()
    assert code == CloseCode.TOO_SLOW
    missed = subscriber.session.sent - received
    assert missed >= 3
    late = await server.client(ben)
    late.session, late.received, late._model = subscriber.session.key, received, fast.model
    assert await late.resume()
    assert late.got(frames.Resumed) == frames.Resumed(replayed=missed)
    assert [event.message for event in late.all(MessageCreate)] == written


async def test_a_slow_reader_that_never_reads_again_is_cut(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.socket.GOODBYE_S", 0.1)
    view, (_, ben) = await together(server, "anna", "ben")
    async with RawWebSocket.open(server.port) as slow:
        await slow.identify(ben.token)
        subscriber = server.gateway.hub.users[ben.user_id][0]
        while subscriber.sink is not None:
            await shout(server, view)
        await server.gateway.empty()
        assert (await slow.read_to_the_end())[0] is None


# ------------------------------------------------------------------------------------------------------------- 6: one order


async def test_everyone_sees_one_order_that_of_the_ids(server: GatewayServer) -> None:
    view, people = await together(server, "anna", "ben", "cleo", "dora")
    channel_id = text_channel(view)
    clients = [await server.online(person) for person in people]

    async def talk(client: GatewayClient, name: str) -> None:
        sending = [asyncio.create_task(say(client, channel_id, f"{name} {number}")) for number in range(25)]
        sent = [(await task).message.id for task in sending]
        assert sent == sorted(sent), "one client's messages keep their order"

    await asyncio.gather(*(talk(client, f"client-{number}") for number, client in enumerate(clients)))
    await server.quiet(*clients)
    stored = await history(server, people[0], channel_id)
    assert len(stored) == 100
    for client in clients:
        assert [event.message.id for event in client.all(MessageCreate)] == stored


# ---------------------------------------------------------------------------------------------------- 7: permissions at once


async def test_who_may_not_see_a_channel_any_more_gets_nothing_from_then_on(server: GatewayServer) -> None:
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    channel_id = text_channel(view)
    two, three = await server.online(ben), await server.online(cleo)
    await write(server, anna, channel_id, "for both")
    await hide(server, anna, channel_id, ben.user_id)
    await write(server, anna, channel_id, "for cleo")
    await server.quiet(two, three)
    assert [event.message.sections for event in two.all(MessageCreate)] == [(Text("for both"),)]
    assert two.all(ChannelDelete) == [ChannelDelete(group_id=view.group.id, channel_id=channel_id)]
    assert len(three.all(MessageCreate)) == 2
    with pytest.raises(RequestRefused, match="unknown_channel"):
        await say(two, channel_id, "let me in")


async def test_who_may_see_a_channel_again_gets_it_with_its_exact_count(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    await write(server, anna, channel_id, "one")
    await hide(server, anna, channel_id, ben.user_id)
    two = await server.online(ben)
    assert channel_id not in two.model.groups[view.group.id].channels
    await write(server, anna, channel_id, "two")
    await reveal(server, anna, channel_id, ben.user_id)
    last = await write(server, anna, channel_id, "three")
    await server.quiet(two)
    (update,) = [event for event in two.all(ChannelUpdate) if event.cursor is not None]
    assert update.channel.id == channel_id
    assert two.model.groups[view.group.id].cursors[channel_id] == Cursor(
        channel_id=channel_id, last_read_id=None, unread=3
    )
    assert two.all(MessageCreate)[-1].message == last


async def test_a_change_for_everyone_acts_on_everyone(server: GatewayServer) -> None:
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    channel_id = text_channel(view)
    one, two, three = [await server.online(person) for person in (anna, ben, cleo)]
    everyone = RoleId(view.group.id)
    blind = UpdateRole(permissions=int(EVERYONE & ~Permission.VIEW_CHANNEL))
    await do_update_role(server.actions, anna.user_id, view.group.id, everyone, blind)
    await write(server, anna, channel_id, "alone")
    await server.quiet(one, two, three)
    assert len(one.all(MessageCreate)) == 1
    for client in (two, three):
        assert client.all(MessageCreate) == []
        assert client.model.groups[view.group.id].channels == {}


async def test_who_was_removed_gets_nothing_from_then_on(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    two = await server.online(ben)
    await do_remove_member(server.actions, anna.user_id, view.group.id, ben.user_id)
    await write(server, anna, text_channel(view), "at last")
    await server.quiet(two)
    assert two.events == [GroupLeave(group_id=view.group.id)]


async def test_a_permission_change_reaches_a_session_that_waits_for_its_client(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    two = await server.online(ben)
    await two.cut()
    await hide(server, anna, channel_id, ben.user_id)
    await write(server, anna, channel_id, "about ben")
    assert await two.resume()
    assert two.all(MessageCreate) == []
    assert len(two.all(ChannelDelete)) == 1


async def test_a_revoked_session_closes_at_once_and_is_not_resumed(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    one, two = await server.online(anna), await server.online(ben)
    async with server.actions.store.write() as uow:
        await revoke(uow, ben.login_id, server.clock.now_ms())
    assert await two.until_closed() == CloseCode.REVOKED
    assert two.session not in server.gateway.hub.sessions
    await one.beat()
    again = await server.client(ben)
    await again.connect()
    await again.send(frames.Identify(token=ben.token))
    assert await again.until_closed() == CloseCode.REVOKED


# ------------------------------------------------------------------------------------------------------- 8: a planned stop


async def test_drain_says_when_to_come_back_and_finishes_what_was_asked(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    one, two = await server.online(anna), await server.online(ben)
    server.bus.hold()
    sending = asyncio.create_task(say(one, text_channel(view), "last words"))
    await one.beat()
    draining = asyncio.create_task(server.gateway.drain())
    await two.until(lambda: two.got(frames.Drain) is not None)
    server.bus.release()
    written = await sending
    assert await one.until_closed() == await two.until_closed() == CloseCode.DRAINED
    await draining
    drain = two.got(frames.Drain)
    assert drain is not None
    assert 0 <= drain.reconnect_after_ms <= 5000
    assert one.all(MessageCreate)[-1].message == written.message
    late = await server.client(anna)
    with pytest.raises(Exception, match="503"):
        await late.connect()


async def test_typing_is_told_to_those_who_may_view(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    one, two = await server.online(anna), await server.online(ben)
    await one.request(frames.StartTyping, dict, channel_id=text_channel(view))
    await server.quiet(two)
    assert two.events == [TypingStart(channel_id=text_channel(view), user_id=anna.user_id)]


async def test_answers_carry_what_the_actions_say(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    written = await say(one, channel_id, "hello")
    edited = await one.request(
        frames.EditMessage, Written, channel_id=channel_id, message_id=written.message.id, sections=(Text("hi"),)
    )
    assert edited.message.sections == (Text("hi"),)
    cursor = await two.request(frames.MoveCursor, Cursor, channel_id=channel_id, message_id=written.message.id)
    assert cursor == Cursor(channel_id=channel_id, last_read_id=written.message.id, unread=0)
    with pytest.raises(RequestRefused, match="forbidden"):
        await two.request(frames.DeleteMessage, dict, channel_id=channel_id, message_id=written.message.id)
    assert await one.request(frames.DeleteMessage, dict, channel_id=channel_id, message_id=written.message.id) == {}
    await server.quiet(one, two)
    assert one.model.messages[channel_id] == {}


async def test_who_is_pinged_and_what_is_unread_can_be_said_over_the_socket(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    one, two = await server.online(anna), await server.online(ben)
    sections = (Text(f"<@{ben.user_id}> @everyone"),)
    quiet = AllowedMentions(user_ids=(), everyone=False)
    fields = {"channel_id": channel_id, "sections": sections}
    loud = await one.request(frames.CreateMessage, Written, nonce="loud", **fields)
    assert loud.message.mentions == Mentions(user_ids=(ben.user_id,), everyone=True)
    still = await one.request(frames.CreateMessage, Written, nonce="still", **fields, allowed_mentions=quiet)
    assert still.message.mentions is None
    read = await two.request(frames.MoveCursor, Cursor, channel_id=channel_id, message_id=still.message.id)
    assert (read.unread, read.mentions) == (0, 0)
    back = await two.request(frames.MoveCursor, Cursor, channel_id=channel_id, message_id=loud.message.id, unread=True)
    assert (back.unread, back.mentions) == (2, 1)
    edited = await one.request(
        frames.EditMessage, Written, message_id=loud.message.id, **fields, allowed_mentions=quiet
    )
    assert edited.message.mentions is None
    await server.quiet(one, two)
    assert two.model.groups[view.group.id].cursors[channel_id] == Cursor(
        channel_id=channel_id, last_read_id=None, unread=2, mentions=0
    )
