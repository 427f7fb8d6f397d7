"""Every request of the gateway, tried by those who may not, and by the owner of the group; as test_walk.py does it over HTTP.

A new request needs a line in :data:`WALK`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple, cast, get_args

import pytest

from server.domain.errors import ParleyError
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.domain.sections import Text
from signaling import frames, requests
from signaling.attendance import Attendance
from signaling.delivery import Delivery
from signaling.presence import PresenceDesk
from tests.support.gateway_server import gateway_server
from tests.support.outcomes import AUTHOR, CHANGE, DONE, HIDDEN, LOG_IN, READ, WALKERS, Outcome
from tests.support.sdp import offer_text
from tests.support.voice_stage import Stage, caller, open_stage
from tests.support.world import NOWHERE, World, furnish

pytestmark = pytest.mark.integration

NOT_IDENTIFIED: Final = 4002

NOBODY: Final = Snowflake(int(NOWHERE))


class Things(NamedTuple):
    """What requests are about."""

    text: ChannelId
    voice: ChannelId
    message: MessageId
    """Of the owner."""
    own: MessageId
    """Of the one in time-out."""
    participant: int
    """The owner, in voice."""
    member: UserId


NOTHING: Final = Things(ChannelId(NOBODY), ChannelId(NOBODY), MessageId(NOBODY), MessageId(NOBODY), 1, UserId(NOBODY))

VOICE_OWN: Final = Outcome(LOG_IN, "409 not_in_voice", "409 not_in_voice", DONE)
"""About a connection, which is its user's alone."""


class Line(NamedTuple):
    outcome: Outcome
    ask: Callable[[Things], frames.Request]


SAID: Final = (Text("x"),)

WALK: Final = {
    "message.create": Line(CHANGE, lambda it: frames.CreateMessage(id=1, channel_id=it.text, nonce="n", sections=SAID)),
    "message.edit": Line(
        AUTHOR, lambda it: frames.EditMessage(id=1, channel_id=it.text, message_id=it.message, sections=SAID)
    ),
    "message.delete": Line(CHANGE, lambda it: frames.DeleteMessage(id=1, channel_id=it.text, message_id=it.message)),
    "message.delete (their own)": Line(
        CHANGE, lambda it: frames.DeleteMessage(id=1, channel_id=it.text, message_id=it.own)
    ),
    "reaction.add": Line(
        CHANGE, lambda it: frames.AddReaction(id=1, channel_id=it.text, message_id=it.message, emoji="🌻")
    ),
    "reaction.remove": Line(
        CHANGE, lambda it: frames.RemoveReaction(id=1, channel_id=it.text, message_id=it.message, emoji="🌻")
    ),
    "typing.start": Line(CHANGE, lambda it: frames.StartTyping(id=1, channel_id=it.text)),
    "cursor.move": Line(READ, lambda it: frames.MoveCursor(id=1, channel_id=it.text, message_id=it.message)),
    "presence.watch": Line(
        Outcome(LOG_IN, DONE, DONE, DONE), lambda it: frames.WatchPresence(id=1, user_ids=(it.member,))
    ),
    "presence.activity": Line(Outcome(LOG_IN, DONE, DONE, DONE), lambda it: frames.NoteActivity(id=1, idle=True)),
    "voice.prepare": Line(CHANGE, lambda it: frames.PrepareVoice(id=1, channel_id=it.voice)),
    "voice.offer": Line(
        CHANGE,
        lambda it: frames.OfferVoice(
            id=1, channel_id=it.voice, negotiation=1, sdp=offer_text(), muted=False, deafened=False
        ),
    ),
    "voice.update": Line(VOICE_OWN, lambda it: frames.UpdateVoice(id=1, participant=it.participant, muted=True)),
    "voice.ignore": Line(VOICE_OWN, lambda it: frames.IgnoreVoice(id=1, participant=it.participant, ignored=(2,))),
    "voice.leave": Line(VOICE_OWN, lambda it: frames.LeaveVoice(id=1, participant=it.participant)),
}
"""Type of the request; in brackets what is special where one has several lines. The owner is in voice already."""


def test_every_request_is_walked() -> None:
    kinds = {cast("type[frames.Request]", kind).__struct_config__.tag for kind in get_args(frames.Request)}
    assert {key.partition(" (")[0] for key in WALK} == kinds
    assert {key.partition(" (")[0]: line.ask(NOTHING).__struct_config__.tag for key, line in WALK.items()} == {
        kind: kind for kind in kinds
    }


async def test_nobody_is_heard_before_they_say_who_they_are(tmp_path: Path) -> None:
    async with gateway_server(tmp_path) as server:
        person = await server.person("nobody")
        for line in WALK.values():
            client = await server.client(person)
            await client.connect()
            await client.send(line.ask(NOTHING))
            assert await client.until_closed() == NOT_IDENTIFIED
            assert len(client.frames) == 1, "hello alone"


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[tuple[Stage, World, Things]]:
    async with open_stage(folder) as stage:
        world = await furnish(stage.house)
        answer = await stage.join(world.owner, channel_id=world.voice)
        message, own = (MessageId(Snowflake(int(world.ids[name]))) for name in ("message", "own_message"))
        yield stage, world, Things(world.text, world.voice, message, own, answer.participant, world.member)


@pytest.mark.parametrize("key", WALK)
async def test_nobody_gets_what_they_may_not_have(tmp_path: Path, key: str) -> None:
    line = WALK[key]
    async with staged(tmp_path) as (stage, world, things):
        for who in WALKERS:
            expected = getattr(line.outcome, who)
            asking: UserId = getattr(world, who)
            outcome, error = await outcome_of(stage, asking, line.ask(things))
            if outcome.startswith("404") and expected == HIDDEN:
                outcome = HIDDEN
                assert (await outcome_of(stage, asking, line.ask(NOTHING)))[1] == error, "this tells what is there"
            assert (who, outcome) == (who, expected)


async def outcome_of(stage: Stage, user_id: UserId, ask: frames.Request) -> tuple[str, tuple[object, ...]]:
    """And all that the error says."""
    try:
        presence = PresenceDesk(stage.actions, Attendance(), {}, Delivery().to)
        await requests.answer(requests.Desks(stage.actions, stage.desk, presence), caller(user_id), ask)
    except ParleyError as error:
        return f"{error.status} {error.code}", (error.code, error.message, error.data)
    return DONE, ()
