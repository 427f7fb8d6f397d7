"""People in a group, for tests of the gateway."""

from __future__ import annotations

import itertools

from msgspec import UNSET, UnsetType

from server.actions.conversations import BeginConversation, do_begin_conversation
from server.actions.groups import CreateGroup, do_create_group
from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite
from server.actions.messages import CreateMessage, Written, do_create_message
from server.actions.overwrites import PutOverwrite, do_put_overwrite
from server.domain.entities import ChannelKind, Message
from server.domain.events import GroupView
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.permissions import Permission
from server.domain.sections import Text
from signaling import frames
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_server import GatewayServer, Person

_nonces = itertools.count()


async def together(server: GatewayServer, *names: str) -> tuple[GroupView, list[Person]]:
    """A group with these people; the first owns it."""
    people = [await server.person(name) for name in names]
    view = await do_create_group(server.actions, people[0].user_id, CreateGroup(name="Group"))
    for person in people[1:]:
        await let_in(server, people[0], view.group.id, person)
    server.voice.channels[voice_channel(view)] = view.group.id
    return view, people


async def let_in(server: GatewayServer, owner: Person, group_id: GroupId, person: Person) -> None:
    invite = await do_create_invite(server.actions, owner.user_id, group_id, CreateInvite())
    await do_accept_invite(server.actions, person.user_id, invite.code)


async def begin(server: GatewayServer, person: Person, *others: Person, name: str | UnsetType = UNSET) -> ChannelId:
    """A conversation; with one other and no name the direct one."""
    request = BeginConversation(user_ids=tuple(other.user_id for other in others), name=name)
    view, _ = await do_begin_conversation(server.actions, person.user_id, request)
    return view.conversation.id


def text_channel(view: GroupView) -> ChannelId:
    return next(channel.id for channel in view.channels if channel.kind is ChannelKind.TEXT)


def voice_channel(view: GroupView) -> ChannelId:
    return next(channel.id for channel in view.channels if channel.kind is ChannelKind.VOICE)


async def say(client: GatewayClient, channel_id: ChannelId, text: str, nonce: str | None = None) -> Written:
    """Over the socket."""
    nonce = nonce or text.replace(" ", "_")
    return await client.request(
        frames.CreateMessage, Written, channel_id=channel_id, nonce=nonce, sections=(Text(text),)
    )


async def write(server: GatewayServer, author: Person, channel_id: ChannelId, text: str) -> Message:
    """As REST does."""
    request = CreateMessage(nonce=f"n{next(_nonces)}", sections=(Text(text),))
    written, _ = await do_create_message(server.actions, author.user_id, channel_id, request)
    return written.message


async def hide(server: GatewayServer, owner: Person, channel_id: ChannelId, user_id: UserId) -> None:
    request = PutOverwrite(allow=0, deny=int(Permission.VIEW_CHANNEL))
    await do_put_overwrite(server.actions, owner.user_id, channel_id, "member", user_id, request)


async def reveal(server: GatewayServer, owner: Person, channel_id: ChannelId, user_id: UserId) -> None:
    request = PutOverwrite(allow=int(Permission.VIEW_CHANNEL), deny=0)
    await do_put_overwrite(server.actions, owner.user_id, channel_id, "member", user_id, request)
