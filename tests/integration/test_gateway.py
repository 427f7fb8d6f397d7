"""The gateway's promises, over real sockets (docs/protocol.md, "Gateway")."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.groups import CreateGroup, do_create_group
from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite
from server.actions.messages import Written
from server.domain.entities import ChannelKind
from server.domain.events import GroupView, MessageCreate
from server.domain.ids import ChannelId
from server.domain.sections import Text
from signaling import frames
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_server import GatewayServer, Person, gateway_server

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


async def together(server: GatewayServer, *names: str) -> tuple[GroupView, list[Person]]:
    """A group with these people; the first owns it."""
    people = [await server.person(name) for name in names]
    view = await do_create_group(server.actions, people[0].user_id, CreateGroup(name="Group"))
    for person in people[1:]:
        invite = await do_create_invite(server.actions, people[0].user_id, view.group.id, CreateInvite())
        await do_accept_invite(server.actions, person.user_id, invite.code)
    server.voice.group_id = view.group.id
    return view, people


def text_channel(view: GroupView) -> ChannelId:
    return next(channel.id for channel in view.channels if channel.kind is ChannelKind.TEXT)


async def say(client: GatewayClient, channel_id: ChannelId, text: str, nonce: str | None = None) -> Written:
    return await client.request(
        frames.CreateMessage, Written, channel_id=channel_id, nonce=nonce or text.replace(" ", "_"), sections=(Text(text),)
    )


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
