"""What other processes do: notices that come late or not at all, and a cache that is older than the database."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from server.actions.accounts import UpdateMe, do_update_me
from server.actions.context import Actions
from server.actions.groups import UpdateGroup, do_update_group
from server.actions.snapshot import Snapshot, snapshot
from server.domain.events import Gap
from server.domain.ids import UserId
from signaling import frames
from signaling.frames import CloseCode
from signaling.voice_port import Caller, Offer
from tests.support.database import sqlite_store
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_scene import text_channel, together, voice_channel, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


@pytest.fixture
async def elsewhere(server: GatewayServer, tmp_path: Path) -> AsyncIterator[Actions]:
    """Another process on the same database, of which this one hears nothing."""
    async with sqlite_store(tmp_path) as store:
        yield dataclasses.replace(server.actions, store=store)


async def agrees(server: GatewayServer, person: Person, client: GatewayClient) -> None:
    await server.quiet(client)
    fresh = await server.online(person)
    assert client.model.seen() == fresh.model.seen()
    await fresh.close()


async def test_every_session_begins_anew_and_not_all_at_once(server: GatewayServer, elsewhere: Actions) -> None:
    view, (anna, ben) = await together(server, "anna", "ben")
    one, two = await server.online(anna), await server.online(ben)
    await two.cut()
    await do_update_group(elsewhere, anna.user_id, view.group.id, UpdateGroup(name="Unheard of"))
    await server.bus.publish([Gap()])
    assert await one.until_closed() == CloseCode.DRAINED
    drain = one.got(frames.Drain)
    assert drain is not None
    assert drain.reconnect_after_ms == 2500
    assert server.gateway.hub.sessions == {}
    for person, client in ((anna, one), (ben, two)):
        assert not await client.resume()
        await agrees(server, person, client)
        assert client.model.groups[view.group.id].group.name == "Unheard of"


async def test_a_snapshot_that_is_being_taken_is_taken_again(
    server: GatewayServer, elsewhere: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna,) = await together(server, "anna")
    taken: list[Snapshot] = []

    async def slow(actions: Actions, user_id: UserId) -> Snapshot:
        taken.append(await snapshot(actions, user_id))
        if len(taken) == 1:
            await do_update_group(elsewhere, anna.user_id, view.group.id, UpdateGroup(name="Unheard of"))
            await server.bus.publish([Gap()])
        return taken[-1]

    monkeypatch.setattr("signaling.opening.snapshot", slow)
    one = await server.online(anna)
    assert [each.groups[0].group.name for each in taken] == ["Group", "Unheard of"]
    await agrees(server, anna, one)


async def test_names_from_the_cache_may_be_older_than_the_rest_of_a_snapshot(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has renamed Ben, who is in voice, and written after that: the snapshot holds the message and, as this one
    was not told in time, the old name."""
    view, (anna, ben) = await together(server, "anna", "ben")
    offer = Offer(channel_id=voice_channel(view), negotiation=1, sdp="v=0", muted=False, deafened=False)
    await server.voice.offer(Caller(ben.user_id, ben.login_id), offer)

    async def late(actions: Actions, user_id: UserId) -> Snapshot:
        old = (await snapshot(actions, user_id)).users
        await do_update_me(actions, ben.user_id, UpdateMe(display_name="Benjamin"))
        await write(server, ben, text_channel(view), "I have a new name")
        return msgspec.structs.replace(await snapshot(actions, user_id), users=old)

    monkeypatch.setattr("signaling.opening.snapshot", late)
    one = await server.online(anna)
    monkeypatch.undo()
    await server.quiet(one)
    assert one.model.users[ben.user_id].display_name == "Benjamin"
    await agrees(server, anna, one)


async def test_one_who_is_only_greeted_is_left_alone(server: GatewayServer) -> None:
    one = await server.client(await server.person("anna"))
    await one.connect()
    await server.bus.publish([Gap()])
    await one.open()
    assert one.got(frames.Drain) is None
