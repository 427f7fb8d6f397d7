"""Presence over the real gateway (docs/protocol.md, "Presence"): the clock is a fake, the sockets are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.actions.accounts import UpdateMe, do_update_me
from server.actions.conversations import do_take_out
from server.actions.groups import do_delete_group
from server.actions.members import do_remove_member
from server.actions.presences import Presences, sight_of
from server.actions.relations import PutRelation, do_end_relation, do_put_relation
from server.actions.sessions import revoke
from server.actions.snapshot import snapshot
from server.domain.entities import ChosenStatus, Presence, RelationKind, Status
from server.domain.errors import Unavailable
from server.domain.events import PresenceUpdate
from server.domain.presence import GRACE_S
from signaling import frames
from signaling.session import HEARTBEAT_INTERVAL_S, RESUME_WITHIN_S
from signaling.watches import WATCH_FOR_S
from tests.support.gateway_client import GatewayClient, RequestRefused
from tests.support.gateway_scene import begin, together, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server
from tests.support.waiting import Bell

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


async def watch(client: GatewayClient, *people: Person) -> dict[Person, str]:
    """How they are seen, as far as the client may know."""
    by_id = {person.user_id: person for person in people}
    found = await client.request(frames.WatchPresence, Presences, user_ids=tuple(by_id))
    return {by_id[one.user_id]: one.status.value for one in found.presences}


def told(client: GatewayClient) -> list[Presence]:
    return [event.presence for event in client.all(PresenceUpdate)]


def statuses(client: GatewayClient) -> list[str]:
    return [presence.status.value for presence in told(client)]


async def pass_s(server: GatewayServer, seconds: float, *beating: GatewayClient) -> None:
    """Second by second, as in life; these clients go on beating."""
    for second in range(1, int(seconds) + 1):
        server.clock.advance(1.0)
        server.gateway.tick()
        if second % HEARTBEAT_INTERVAL_S == 0 or second == int(seconds):
            for client in beating:
                await client.beat()


class Departures:
    """Tells when the server has noticed that sockets are gone."""

    def __init__(self, server: GatewayServer) -> None:
        self._users = server.gateway.hub.users
        self._bell = Bell()

    def ring(self) -> None:
        self._bell.ring()

    async def of(self, person: Person) -> None:
        """All of this person's."""
        await self._bell.until(lambda: all(one.sink is None for one in self._users.get(person.user_id, ())))


@pytest.fixture
def departures(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> Departures:
    found, detach = Departures(server), server.gateway.hub.detach

    def detaching(*arguments: Any, **named: Any) -> None:
        detach(*arguments, **named)
        found.ring()

    monkeypatch.setattr(server.gateway.hub, "detach", detaching)
    return found


# ------------------------------------------------------------------------------------------------------------- who is there


async def test_who_looks_is_told_and_nobody_else(server: GatewayServer) -> None:
    _, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    annas, other = await server.online(anna), await server.online(cleo)
    assert await watch(annas, ben, cleo) == {ben: "offline", cleo: "online"}
    bens = await server.online(ben)
    await server.quiet(annas, other, bens)
    assert told(annas) == [Presence(user_id=ben.user_id, status=Status.ONLINE)]
    assert told(other) == told(bens) == []


async def test_somebody_is_gone_ten_seconds_after_their_last_device(
    server: GatewayServer, departures: Departures
) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, desk, phone = await server.online(anna), await server.online(ben), await server.online(ben)
    await watch(annas, ben)
    await desk.close()
    await pass_s(server, 20, annas, phone)
    assert statuses(annas) == []
    await phone.close()
    await departures.of(ben)
    await pass_s(server, GRACE_S - 1, annas)
    assert statuses(annas) == []
    await pass_s(server, 1, annas)
    assert statuses(annas) == ["offline"]
    await server.online(ben)
    await server.quiet(annas)
    assert statuses(annas) == ["offline", "online"]


async def test_a_short_break_is_not_seen(server: GatewayServer, departures: Departures) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    await bens.cut()
    await departures.of(ben)
    await pass_s(server, GRACE_S - 1, annas)
    assert await bens.resume()
    await pass_s(server, 20, annas, bens)
    assert statuses(annas) == []


async def test_a_log_in_that_is_revoked_is_no_device(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    async with server.actions.store.write() as uow:
        await revoke(uow, ben.login_id, server.clock.now_ms())
    await bens.until_closed()
    await pass_s(server, GRACE_S, annas)
    assert statuses(annas) == ["offline"]


async def test_idle_is_who_is_idle_on_all_devices(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, desk, phone = await server.online(anna), await server.online(ben), await server.online(ben)
    await watch(annas, ben)
    for device, idle in ((desk, True), (phone, True), (desk, False), (phone, False)):
        await device.request(frames.NoteActivity, dict[str, object], idle=idle)
    await server.quiet(annas)
    assert statuses(annas) == ["idle", "online"]


async def test_what_somebody_says_of_themselves_is_told(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    until_ms = server.clock.now_ms() + 30_000
    for request in (
        UpdateMe(status=ChosenStatus.DND, status_text="in a meeting", status_until_ms=until_ms),
        UpdateMe(status=ChosenStatus.INVISIBLE),
        UpdateMe(status=ChosenStatus.ONLINE),
    ):
        await do_update_me(server.actions, ben.user_id, request)
    await pass_s(server, 30, annas, bens)
    assert [(one.status.value, one.text) for one in told(annas)] == [
        ("dnd", "in a meeting"),
        ("offline", ""),
        ("online", "in a meeting"),
        ("online", ""),
    ]


async def test_who_comes_in_invisible_is_not_seen(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.INVISIBLE, status_text="here"))
    annas = await server.online(anna)
    await watch(annas, ben)
    bens = await server.online(ben)
    await server.quiet(annas)
    assert await watch(annas, ben) == {ben: "offline"}
    assert told(annas) == []
    assert await watch(bens, ben) == {ben: "offline"}, "as others see them"


async def test_what_is_said_while_a_snapshot_is_read_counts(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas = await server.online(anna)
    await watch(annas, ben)

    async def after(*arguments: Any) -> Any:
        found = await snapshot(*arguments)
        for status in (ChosenStatus.DND, ChosenStatus.IDLE):
            await do_update_me(server.actions, ben.user_id, UpdateMe(status=status))
        return found

    monkeypatch.setattr("signaling.opening.snapshot", after)
    await server.online(ben)
    await server.quiet(annas)
    assert statuses(annas) == ["idle"]


# --------------------------------------------------------------------------------------------------------------- dead lines


class Relay:
    """A line between a client and the server that can go dead: both ends stay open, and nothing comes through any more."""

    def __init__(self) -> None:
        self.dead = False

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self.dead:
                continue
            writer.write(data)
            await writer.drain()
        if not self.dead:
            writer.close()

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator[tuple[Relay, int]]:
        relay = cls()
        tasks: list[asyncio.Task[None]] = []
        writers: list[asyncio.StreamWriter] = []

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, onwards = await asyncio.open_connection("127.0.0.1", port)
            writers.extend((writer, onwards))
            tasks.extend(asyncio.create_task(relay._pass_on(*ends)) for ends in ((reader, onwards), (there, writer)))

        listening = await asyncio.start_server(accept, "127.0.0.1", 0)
        try:
            yield relay, listening.sockets[0].getsockname()[1]
        finally:
            for writer in writers:
                writer.transport.abort()
            await asyncio.gather(*tasks, return_exceptions=True)
            listening.close()
            await listening.wait_closed()


@pytest.mark.parametrize("after_s", [0, 24])
async def test_whose_line_goes_dead_is_gone_within_a_minute(server: GatewayServer, after_s: int) -> None:
    """A real socket that is cut silently, so many seconds after the client was heard of last; it was the only one."""
    _, (anna, ben) = await together(server, "anna", "ben")
    annas = await server.online(anna)
    async with Relay.to(server.port) as (relay, port), aiohttp.ClientSession() as http:
        bens = GatewayClient(http, f"http://127.0.0.1:{port}/gateway", ben.token)
        await bens.open()
        await bens.beat()
        await watch(annas, ben)
        await pass_s(server, after_s, annas)
        relay.dead = True
        lost_s, here_s = 0, 0
        while statuses(annas) == []:
            await pass_s(server, 1, annas)
            lost_s += 1
            here_s += await watch(annas, ben) == {ben: "online"}
        assert statuses(annas) == ["offline"]
        assert 2 * HEARTBEAT_INTERVAL_S - after_s <= lost_s <= 60
        assert here_s == lost_s - 1, "until then they were there"
        relay.dead = False
        await bens.close()


# ------------------------------------------------------------------------------------------------------------------- watches


async def test_the_next_watch_takes_the_place_of_the_one_before(server: GatewayServer) -> None:
    _, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    annas = await server.online(anna)
    await watch(annas, ben)
    await watch(annas, cleo)
    await server.online(ben)
    await server.online(cleo)
    await server.quiet(annas)
    assert [one.user_id for one in told(annas)] == [cleo.user_id]
    await watch(annas)
    await do_update_me(server.actions, cleo.user_id, UpdateMe(status=ChosenStatus.DND))
    await server.quiet(annas)
    assert len(told(annas)) == 1


async def test_a_watch_lasts_for_five_minutes(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    await pass_s(server, WATCH_FOR_S - 1, annas, bens)
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.DND))
    await pass_s(server, 1, annas, bens)
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.IDLE))
    await server.quiet(annas)
    assert statuses(annas) == ["dnd"]
    assert len(server.gateway.hub.presence.watches) == 0


async def test_a_watch_goes_on_after_a_break(server: GatewayServer) -> None:
    """What happened meanwhile is told, too."""
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    await annas.cut()
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.DND))
    assert await annas.resume()
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.IDLE))
    await server.quiet(annas, bens)
    assert statuses(annas) == ["dnd", "idle"]


async def test_nothing_is_kept_of_who_does_not_come_back(server: GatewayServer, departures: Departures) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    for client, person in ((annas, anna), (bens, ben)):
        await client.close()
        await departures.of(person)
    await pass_s(server, RESUME_WITHIN_S + GRACE_S)
    presence = server.gateway.hub.presence
    assert (len(presence.watches), len(presence._appearances)) == (0, 0)


async def test_one_may_look_at_two_hundred(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas = await server.online(anna)
    with pytest.raises(RequestRefused) as refused:
        await annas.request(frames.WatchPresence, Presences, user_ids=(ben.user_id,) * 201)
    assert (refused.value.code, refused.value.data) == ("too_many", {"limit": 200})
    found = await annas.request(frames.WatchPresence, Presences, user_ids=(ben.user_id,) * 200)
    assert len(found.presences) == 1


# ------------------------------------------------------------------------------------------------------------ who may know


async def test_strangers_are_not_told_of(server: GatewayServer) -> None:
    anna, ben, friend, partner = [await server.person(name) for name in ("anna", "ben", "friend", "partner")]
    await befriend(server, anna, friend)
    await begin(server, anna, partner)
    annas = await server.online(anna)
    assert await watch(annas, ben, friend, partner) == {friend: "offline", partner: "offline"}
    for person in (ben, friend, partner):
        await server.online(person)
    await server.quiet(annas)
    assert {one.user_id for one in told(annas)} == {friend.user_id, partner.user_id}


async def befriend(server: GatewayServer, one: Person, other: Person) -> None:
    async with server.actions.store.write() as uow:
        for a, b in ((one, other), (other, one)):
            await uow.relations.put(a.user_id, b.user_id, RelationKind.FRIEND, 1)


Act = Callable[[GatewayServer, Person, Person], Awaitable[object]]


async def blocked(server: GatewayServer, anna: Person, ben: Person) -> None:
    await do_put_relation(server.actions, ben.user_id, anna.user_id, PutRelation(kind="blocked"))


async def unblocked(server: GatewayServer, anna: Person, ben: Person) -> None:
    await do_end_relation(server.actions, ben.user_id, anna.user_id)


async def test_who_blocks_is_offline_to_the_blocked_at_once_and_until_it_ends(server: GatewayServer) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    assert await watch(annas, ben) == {ben: "online"}
    await blocked(server, anna, ben)
    await server.quiet(annas, bens)
    assert statuses(annas) == ["offline"]
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.DND))
    await server.quiet(annas, bens)
    assert statuses(annas) == ["offline"]
    assert await watch(annas, ben) == {ben: "offline"}, "in a common group one is not just gone from the answer"
    assert await watch(bens, anna) == {anna: "online"}
    await unblocked(server, anna, ben)
    await server.quiet(annas, bens)
    assert statuses(annas) == ["offline", "dnd"]


async def test_whoever_has_nothing_in_common_any_more_is_not_told(server: GatewayServer) -> None:
    """Three ways to know of somebody, each of which ends on either side."""
    view, (anna, ben) = await together(server, "anna", "ben")
    cleo, dora = await server.person("cleo"), await server.person("dora")
    await befriend(server, anna, cleo)
    await befriend(server, anna, dora)
    talk = await begin(server, anna, dora, name="talk")
    await do_end_relation(server.actions, anna.user_id, dora.user_id)
    annas = await server.online(anna)
    others = [await server.online(person) for person in (ben, cleo, dora)]
    assert set((await watch(annas, ben, cleo, dora)).values()) == {"online"}

    await do_remove_member(server.actions, ben.user_id, view.group.id, ben.user_id)
    await do_end_relation(server.actions, cleo.user_id, anna.user_id)
    await do_take_out(server.actions, anna.user_id, talk, anna.user_id)
    await server.quiet(annas, *others)
    assert {one.user_id for one in told(annas)} == {ben.user_id, cleo.user_id, dora.user_id}
    assert statuses(annas) == ["offline"] * 3
    for person in (ben, cleo, dora):
        await do_update_me(server.actions, person.user_id, UpdateMe(status=ChosenStatus.DND))
    await server.quiet(annas)
    assert len(told(annas)) == 3
    assert await watch(annas, ben, cleo, dora) == {}


async def test_a_deleted_group_ends_what_its_members_see_of_each_other(server: GatewayServer) -> None:
    view, people = await together(server, "anna", "ben", "cleo")
    clients = [await server.online(person) for person in people]
    for client in clients:
        await watch(client, *people)
    await begin(server, people[0], people[1])
    await do_delete_group(server.actions, people[0].user_id, view.group.id)
    await server.quiet(*clients)
    seen = [{one.user_id for one in told(client)} for client in clients]
    annas, bens, cleos = (person.user_id for person in people)
    assert seen == [{cleos}, {cleos}, {annas, bens}]


async def test_a_block_while_it_is_read_who_may_know(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, _bens = await server.online(anna), await server.online(ben)
    looks = 0

    async def slow(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        found = await sight_of(*arguments)
        if looks == 1:
            await blocked(server, anna, ben)
        return found

    monkeypatch.setattr("signaling.presence.sight_of", slow)
    await watch(annas, ben)
    await server.quiet(annas)
    assert looks == 2
    assert statuses(annas) == ["offline"]
    assert server.gateway.hub.presence.watches.watchers(ben.user_id) == []


async def test_where_it_cannot_be_read_who_may_know_nothing_is_told(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (anna, ben) = await together(server, "anna", "ben")
    annas, _bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)

    async def down(*_: Any) -> Any:
        raise Unavailable("database_unavailable", "The database does not answer. Try again.")

    with monkeypatch.context() as patched:
        patched.setattr("signaling.presence.sight_of", down)
        await blocked(server, anna, ben)
        await server.quiet(annas)
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.DND))
    await server.quiet(annas)
    assert told(annas) == []
    assert await watch(annas, ben) == {ben: "offline"}


async def test_presence_takes_its_place_among_the_other_events(server: GatewayServer) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    annas, bens = await server.online(anna), await server.online(ben)
    await watch(annas, ben)
    channel_id = next(channel.id for channel in view.channels if channel.kind.value == "text")
    await write(server, ben, channel_id, "hello")
    await do_update_me(server.actions, ben.user_id, UpdateMe(status=ChosenStatus.DND))
    await write(server, ben, channel_id, "again")
    await server.quiet(annas, bens)
    assert [type(event).__name__ for event in annas.events] == ["MessageCreate", "PresenceUpdate", "MessageCreate"]
