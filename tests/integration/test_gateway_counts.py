"""Counts that clients keep by themselves are the server's own, whatever happens at the same time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.actions.channels import CreateChannel, do_create_channel
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.history import BulkDelete, do_bulk_delete
from server.actions.messages import CreateMessage, EditMessage, do_create_message, do_delete_message, do_edit_message
from server.actions.relations import PutRelation, do_end_relation, do_put_relation
from server.actions.roles import CreateRole, do_assign_role, do_create_role, do_unassign_role
from server.domain.entities import Cursor, Message
from server.domain.errors import ParleyError
from server.domain.events import CursorUpdate
from server.domain.ids import ChannelId, GroupId, RoleId
from server.domain.sections import NewSection, Reply, Text
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_model import ClientModel
from tests.support.gateway_scene import begin, hide, reveal, text_channel, together
from tests.support.gateway_server import GatewayServer, Person, gateway_server

pytestmark = pytest.mark.integration

ROUNDS = 12
AT_ONCE = 8


@dataclass
class Crowd:
    """Anna owns the group; they all have a conversation too."""

    server: GatewayServer
    chance: random.Random
    people: list[Person]
    clients: list[tuple[Person, GatewayClient]]
    group_id: GroupId
    channels: list[ChannelId]
    """The group's, and the conversation."""
    role_id: RoleId
    said: list[Message] = field(default_factory=list)
    away: set[int] = field(default_factory=set)
    """Clients that are coming back."""

    @property
    def owner(self) -> Person:
        return self.people[0]

    async def do(self) -> None:
        """Something; what cannot be done any more is not done."""
        act = self.chance.choice(ACTS)
        try:
            await act(self, self.chance.choice(self.people))
        except ParleyError as refused:
            if refused.code not in ("unknown_message", "unknown_channel", "unknown_relation"):
                raise

    def text(self) -> Text:
        names = [f"<@{person.user_id}>" for person in self.people]
        words = [*names, f"<@&{self.role_id}>", "@everyone", "@here", "word", "word"]
        return Text(" ".join(self.chance.choices(words, k=self.chance.randrange(1, 4))))

    async def agree(self) -> None:
        await self.server.quiet(*(client for _, client in self.clients))
        for person, client in self.clients:
            fresh = await self.server.online(person)
            assert cursors(client.model) == cursors(fresh.model)
            await fresh.close()


def cursors(model: ClientModel) -> dict[ChannelId, Cursor]:
    of_groups = {one.channel_id: one for group in model.groups.values() for one in group.cursors.values()}
    return of_groups | {channel_id: state.cursor for channel_id, state in model.conversations.items()}


async def write(crowd: Crowd, person: Person) -> None:
    sections: tuple[NewSection, ...] = (crowd.text(),)
    channel_id = crowd.chance.choice(crowd.channels)
    answered = [one for one in crowd.said if one.channel_id == channel_id]
    if answered and crowd.chance.random() < 0.3:
        sections = (Reply(crowd.chance.choice(answered).id), *sections)
    request = CreateMessage(nonce=str(crowd.chance.random()), sections=sections)
    written, _ = await do_create_message(crowd.server.actions, person.user_id, channel_id, request)
    crowd.said.append(written.message)


async def edit(crowd: Crowd, person: Person) -> None:
    mine = [one for one in crowd.said if one.author_id == person.user_id]
    if mine:
        message = crowd.chance.choice(mine[-5:])
        request = EditMessage(sections=(crowd.text(),))
        await do_edit_message(crowd.server.actions, person.user_id, message.channel_id, message.id, request)


async def delete(crowd: Crowd, person: Person) -> None:
    mine = [one for one in crowd.said if one.author_id == person.user_id]
    if mine:
        message = crowd.chance.choice(mine[-5:])
        await do_delete_message(crowd.server.actions, person.user_id, message.channel_id, message.id)


async def delete_many(crowd: Crowd, _: Person) -> None:
    channel_id = crowd.channels[0]
    ids = tuple(one.id for one in crowd.said if one.channel_id == channel_id)
    if ids:
        request = BulkDelete(message_ids=tuple(crowd.chance.choices(ids[-10:], k=3)))
        await do_bulk_delete(crowd.server.actions, crowd.owner.user_id, channel_id, request)


async def read(crowd: Crowd, person: Person) -> None:
    if crowd.said:
        message = crowd.chance.choice(crowd.said[-10:])
        request = MoveCursor(message_id=message.id, unread=crowd.chance.random() < 0.4)
        await do_move_cursor(crowd.server.actions, person.user_id, message.channel_id, request)


async def change_role(crowd: Crowd, _: Person) -> None:
    person = crowd.chance.choice(crowd.people[1:])
    turn = crowd.chance.choice((do_assign_role, do_unassign_role))
    await turn(crowd.server.actions, crowd.owner.user_id, crowd.group_id, person.user_id, crowd.role_id)


async def change_sight(crowd: Crowd, _: Person) -> None:
    person = crowd.chance.choice(crowd.people[1:])
    turn = crowd.chance.choice((hide, reveal))
    await turn(crowd.server, crowd.owner, crowd.chance.choice(crowd.channels[:-1]), person.user_id)


async def change_block(crowd: Crowd, person: Person) -> None:
    other = crowd.chance.choice(crowd.people)
    if other is person:
        return
    if crowd.chance.random() < 0.5:
        await do_put_relation(crowd.server.actions, person.user_id, other.user_id, PutRelation(kind="blocked"))
    else:
        await do_end_relation(crowd.server.actions, person.user_id, other.user_id)


async def lose_the_line(crowd: Crowd, _: Person) -> None:
    number = crowd.chance.randrange(len(crowd.clients))
    if number not in crowd.away:
        crowd.away.add(number)
        client = crowd.clients[number][1]
        await client.cut()
        await client.resume()
        crowd.away.remove(number)


ACTS: list[Callable[[Crowd, Person], Awaitable[None]]] = [
    *(write,) * 6,
    *(edit,) * 3,
    *(read,) * 3,
    *(delete, delete_many, change_role, change_sight, change_block, lose_the_line),
]


async def gather(server: GatewayServer, chance: random.Random) -> Crowd:
    view, people = await together(server, "anna", "ben", "cleo", "dora")
    actions, owner = server.actions, people[0].user_id
    role = await do_create_role(actions, owner, view.group.id, CreateRole(name="guests", position=1, mentionable=True))
    more = await do_create_channel(actions, owner, view.group.id, CreateChannel(name="more", kind="text"))
    channels = [text_channel(view), more.id, await begin(server, people[0], *people[1:])]
    clients = [(person, await server.online(person)) for person in (*people, people[1])]
    return Crowd(server, chance, people, clients, view.group.id, channels, role.id)


@pytest.mark.parametrize("seed", range(4))
async def test_counts_are_the_same_after_everything_at_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with gateway_server(tmp_path) as server:
        crowd = await gather(server, chance)
        for _ in range(ROUNDS):
            await asyncio.gather(*(crowd.do() for _ in range(AT_ONCE)))
            await crowd.agree()
        told = [event.cursor for _, client in crowd.clients for event in client.all(CursorUpdate)]
        assert any(cursor.mentions for cursor in told)
        assert any(message.mentions is not None for message in crowd.said)
