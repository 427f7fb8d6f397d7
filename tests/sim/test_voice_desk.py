"""Anything in any order: what the events told, what the roster holds and what the node was told stay the same thing."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Final

import hypothesis.strategies as st
from hypothesis import given, settings

from media.control import Connected, Disconnected, ParticipantId
from server.actions.voice import check_voice_join
from server.domain.entities import VoiceState
from server.domain.errors import ParleyError
from server.domain.events import SessionRevoked, VoiceLeave, VoiceReset, VoiceUpdate
from server.domain.ids import ChannelId, UserId
from server.domain.permissions import Permission
from server.domain.rates import Rate, Rule
from signaling.voice_port import Update
from tests.support.actions import voice_channel
from tests.support.voice_stage import Stage, caller, open_stage

PEOPLE: Final = 3
LOOKS: Final = 300
"""How often one looks whether all agree, with an exchange with the node between two looks."""

WHAT: Final = (
    *("join", "join", "join at once", "move", "restart", "mute", "deafen", "leave", "connected", "lost"),
    *("deny connect", "deny speak", "allow", "revoke", "crash"),
    *("join amid deny connect", "join amid revoke", "join amid crash", "restart amid crash", "restart amid lost"),
)
STEPS: Final = st.lists(
    st.tuples(st.sampled_from(WHAT), st.integers(0, PEOPLE - 1), st.booleans()), min_size=1, max_size=25
)


class Model:
    """One stage, the people in it, and what somebody knows who only reads the events."""

    def __init__(self, stage: Stage, people: list[UserId], rooms: list[ChannelId]) -> None:
        self.stage = stage
        self.people = people
        self.rooms = rooms
        self.known: dict[int, VoiceState] = {}
        self.own: dict[UserId, int] = {}
        self._certificates = iter(range(1 << 20))
        self._certificate: dict[UserId, str] = dict.fromkeys(people, "00")

    async def step(self, what: str, person: int, flag: bool) -> None:
        user_id = self.people[person]
        acts = [self._act(each, user_id, flag) for each in what.split(" amid ")]
        for done in await asyncio.gather(*acts, return_exceptions=True):
            assert done is None or isinstance(done, ParleyError), done
        await self.until_agreed()

    async def _act(self, what: str, user_id: UserId, flag: bool) -> None:
        stage, number = self.stage, self.own.get(user_id, 0)
        match what:
            case "join" | "move":
                await self._join(user_id, self.rooms[what == "move"], flag)
            case "join at once":
                joins = [self._join(each, self.rooms[flag], flag) for each in (*self.people, user_id)]
                await asyncio.gather(*joins, return_exceptions=True)
            case "restart":
                answer = await stage.join(user_id, ufrag="again", fingerprint=self._certificate[user_id], muted=flag)
                self.own[user_id] = answer.participant
            case "mute":
                await stage.desk.update(caller(user_id), Update(participant=number, muted=flag))
            case "deafen":
                await stage.desk.update(caller(user_id), Update(participant=number, deafened=flag))
            case "leave":
                await stage.desk.leave(caller(user_id), number)
            case "connected":
                stage.node.tell(Connected(ParticipantId(number)))
            case "lost" if stage.node.participants.pop(ParticipantId(number), None):
                stage.node.tell(Disconnected(ParticipantId(number), "consent_expired"))
            case "deny connect" | "deny speak" | "allow":
                await self._permit(what, user_id)
            case "revoke":
                await stage.house.bus.publish([SessionRevoked(caller(user_id).session_id)])
            case "crash":
                stage.node.crash()

    async def _join(self, user_id: UserId, room: ChannelId, muted: bool) -> None:
        self._certificate[user_id] = f"{next(self._certificates) % 256:02X}"
        fingerprint = self._certificate[user_id]
        answer = await self.stage.join(user_id, channel_id=room, fingerprint=fingerprint, muted=muted)
        self.own[user_id] = answer.participant
        assert any(state.participant == answer.participant for state in answer.participants)

    async def _permit(self, what: str, user_id: UserId) -> None:
        deny = {"deny connect": Permission.CONNECT, "deny speak": Permission.SPEAK, "allow": Permission(0)}[what]
        await self.stage.house.overwrite(self.stage.owner, self.rooms[0], "member", user_id, deny=deny)

    async def until_agreed(self, *, permitted: bool = False) -> None:
        """``permitted``: until what was taken is gone as well."""
        for _ in range(LOOKS):
            self._read()
            if not self._differences() and not (permitted and await self._trespassers()):
                return
            link = await self.stage.media.link()
            with contextlib.suppress(ParleyError):
                await link.stats()
        raise AssertionError(self._differences() or await self._trespassers())

    def _read(self) -> None:
        for _, event in self.stage.told.events:
            if isinstance(event, VoiceUpdate):
                self.known[event.state.participant] = event.state
            elif isinstance(event, VoiceLeave):
                assert self.known.pop(event.participant).user_id == event.user_id
            elif isinstance(event, VoiceReset):
                assert event.participant not in self.known, "the leave comes first"
        self.stage.told.clear()
        states = self.stage.roster.states(self.rooms)
        assert len({state.user_id for state in states}) == len(states), "one channel at a time"
        assert all(state.muted or not state.deafened for state in states)

    def _differences(self) -> list[str]:
        roster = {state.participant: state for state in self.stage.roster.states(self.rooms)}
        found = []
        if roster != self.known:
            found.append(f"the events told of {self.known}, the roster has {roster}")
        if set(self.stage.roster.numbers()) != set(roster):
            found.append("somebody is left half-way")
        if set(self.stage.node.participants) != set(roster):
            found.append(f"the node has {set(self.stage.node.participants)}, the roster {set(roster)}")
        return found

    async def _trespassers(self) -> list[VoiceState]:
        found = []
        for state in self.stage.roster.states(self.rooms):
            try:
                seat = await check_voice_join(self.stage.actions, state.user_id, state.channel_id)
            except ParleyError:
                found.append(state)
            else:
                found += [state] * (seat.may_speak != state.may_speak)
        return found


async def run(steps: list[tuple[str, int, bool]], folder: Path) -> None:
    async with open_stage(folder) as stage:
        house = stage.house.with_rates({Rule.VOICE_OFFER: Rate(10_000, 1), Rule.CHANGE: Rate(10_000, 1)})
        stage.desk._actions = house.actions
        people = [await stage.member(f"person{number}") for number in range(PEOPLE)]
        other = await stage.house.group(stage.owner, *people)
        model = Model(stage, people, [stage.channel_id, voice_channel(other)])
        stage.told.clear()
        for step in steps:
            await model.step(*step)
        await model.until_agreed(permitted=True)


@settings(max_examples=30)
@given(STEPS)
def test_events_roster_and_node_agree(steps: list[tuple[str, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(steps, Path(folder)))
