"""Unread and mentions, whatever people do in whatever order: against a second reading of docs/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.messages import do_delete_message
from server.actions.overwrites import do_delete_overwrite
from server.actions.roles import do_assign_role, do_unassign_role
from server.domain.entities import Message, RelationKind
from server.domain.ids import ChannelId, GroupId, MessageId, RoleId, Snowflake, UserId
from server.domain.permissions import Permission
from server.domain.rates import RATES, Rate
from server.domain.sections import NewSection, Reply, Text
from tests.support.actions import House, open_house, text_channel

PEOPLE = range(4)
"""Numbers; the first owns the group."""
OWNER = 0
ROLES = range(2)
MENTIONABLE = 0
"""Of the roles; the other one is for the owner to mention."""

Reason = tuple[Literal["user", "role", "everyone", "here"], int]


class Write(NamedTuple):
    author: int
    names: frozenset[Reason]
    answers: int | None
    """Which of the messages so far, counted from the newest."""


class Edit(NamedTuple):
    message: int
    names: frozenset[Reason]


class Delete(NamedTuple):
    message: int


class Read(NamedTuple):
    reader: int
    message: int
    unread: bool


class Turn(NamedTuple):
    """Something about somebody that is so or not so: it turns round."""

    what: Literal["role", "sight", "block", "line"]
    who: int
    other: int


names = st.frozensets(
    st.one_of(
        st.tuples(st.just("user"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("role"), st.sampled_from(ROLES)),
        st.just(("everyone", 0)),
        st.just(("here", 0)),
    ),
    max_size=3,
)
people, recent = st.sampled_from(PEOPLE), st.integers(0, 5)
steps = st.lists(
    st.one_of(
        st.builds(Write, people, names, st.none() | recent),
        st.builds(Write, people, names, st.none()),
        st.builds(Edit, recent, names),
        st.builds(Delete, recent),
        st.builds(Read, people, recent, st.booleans()),
        st.builds(Turn, st.sampled_from(["role", "sight", "block", "line"]), people, people),
    ),
    max_size=25,
)


@dataclass
class Said:
    author: int
    pings: dict[Reason, set[int]]
    """Who is pinged, and why."""
    names: frozenset[Reason]
    """In its text."""
    answers: Said | None
    message: Message
    there: bool = True


@dataclass
class ByHand:
    """The rules, kept as simply as they can be."""

    said: list[Said] = field(default_factory=list)
    read: list[int] = field(default_factory=lambda: [0] * len(PEOPLE))
    """How many of ``said`` each has read."""
    roles: set[tuple[int, int]] = field(default_factory=set)
    """Who has which."""
    hidden: set[int] = field(default_factory=set)
    """For whom the channel is."""
    blocks: set[tuple[int, int]] = field(default_factory=set)
    there: set[int] = field(default_factory=set)

    def sees(self, who: int) -> bool:
        return who == OWNER or who not in self.hidden

    def reached(self, author: int, reason: Reason) -> set[int] | None:
        """Whom a message with this name in it pings; None when its author cannot ping so."""
        kind, number = reason
        others = {who for who in PEOPLE if who != author and self.sees(who)}
        if kind == "user":
            return {number} if number in others and (number, author) not in self.blocks else None
        if kind == "role":
            holders = {who for who in others if (who, number) in self.roles}
            return holders if author == OWNER or number == MENTIONABLE else None
        if author != OWNER:
            return None
        return set(PEOPLE) if kind == "everyone" else others & self.there

    def pings(self, author: int, reasons: AbstractSet[Reason]) -> dict[Reason, set[int]]:
        found = {reason: self.reached(author, reason) for reason in reasons}
        return {reason: reached for reason, reached in found.items() if reached is not None}

    def counts(self, who: int) -> tuple[int, int]:
        unread = [
            one
            for one in self.said[self.read[who] :]
            if one.there and one.author != who and (who, one.author) not in self.blocks
        ]
        return len(unread), sum(any(who in reached for reached in one.pings.values()) for one in unread)


class Stage:
    """One house for all examples, with a group of its own for each."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.house, self.people = self.loop.run_until_complete(self._open(folder))

    async def _open(self, folder: Path) -> tuple[House, list[UserId]]:
        house: House = await self._stack.enter_async_context(open_house(folder))
        house = house.with_rates({rule: Rate(10**9, 60) for rule in RATES})
        return house, [await house.user(f"user{number}") for number in PEOPLE]

    def close(self) -> None:
        self.loop.run_until_complete(self._stack.aclose())
        self.loop.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("counts"))
    yield stage
    stage.close()


@settings(max_examples=60)
@given(steps)
def test_counts_agree_with_the_rules(stage: Stage, taken: list[Write | Edit | Delete | Read | Turn]) -> None:
    stage.loop.run_until_complete(play(stage, taken))


async def play(stage: Stage, taken: list[Write | Edit | Delete | Read | Turn]) -> None:
    run = await begin(stage)
    try:
        for one in taken:
            await run.take(one)
            for who in PEOPLE:
                assert await run.house.counts(run.people[who], run.channel_id) == run.by_hand.counts(who), (one, who)
    finally:
        await run.end()


async def begin(stage: Stage) -> Run:
    house, owner = stage.house, stage.people[OWNER]
    view = await house.group(*stage.people)
    roles = [await house.role(owner, view.group.id) for _ in ROLES]
    async with house.store.write() as uow:
        await uow.roles.update(replace(roles[MENTIONABLE], mentionable=True))
    house.attendees.there = set()
    return Run(house, stage.people, view.group.id, text_channel(view), [role.id for role in roles])


@dataclass
class Run:
    house: House
    people: list[UserId]
    group_id: GroupId
    channel_id: ChannelId
    role_ids: list[RoleId]
    by_hand: ByHand = field(default_factory=ByHand)

    async def take(self, step: Write | Edit | Delete | Read | Turn) -> None:
        match step:
            case Write():
                await self.write(step)
            case Edit():
                await self.edit(step)
            case Delete(message=number):
                await self.delete(self.recent(number))
            case Read():
                await self.read(step)
            case Turn():
                await self.turn(step)

    def recent(self, number: int) -> Said | None:
        """Of those that are there, counted from the newest."""
        there = [one for one in self.by_hand.said if one.there]
        return there[-1 - number] if number < len(there) else None

    def text(self, named: frozenset[Reason]) -> Text:
        spelled = {"everyone": "@everyone", "here": "@here"}
        words = [
            f"<@{self.people[number]}>"
            if kind == "user"
            else f"<@&{self.role_ids[number]}>"
            if kind == "role"
            else spelled[kind]
            for kind, number in sorted(named)
        ]
        return Text(" ".join([*words, "said"]))

    async def write(self, step: Write) -> None:
        if not self.by_hand.sees(step.author):
            return
        answered = None if step.answers is None else self.recent(step.answers)
        reasons = set(step.names)
        sections: tuple[NewSection, ...] = (self.text(step.names),)
        if answered is not None:
            reasons.add(("user", answered.author))
            sections = (Reply(answered.message.id), *sections)
        written = await self.house.write(self.people[step.author], self.channel_id, *sections)
        pings = self.by_hand.pings(step.author, reasons)
        self.by_hand.said.append(Said(step.author, pings, step.names, answered, written.message))
        self.by_hand.read[step.author] = len(self.by_hand.said)

    async def edit(self, step: Edit) -> None:
        said = self.recent(step.message)
        if said is None or not self.by_hand.sees(said.author):
            return
        sections = tuple(one for one in said.message.sections if isinstance(one, Reply))
        still = self.still_answered(said)
        said.message = await self.house.edit(said.message, *sections, self.text(step.names))
        named = self.by_hand.pings(said.author, step.names | still)
        said.pings = {reason: reached for reason, reached in said.pings.items() if reason in named}
        said.names = step.names

    def still_answered(self, said: Said) -> set[Reason]:
        """An answer that pinged goes on doing so when it is edited, as far as that can be known."""
        mentions = said.message.mentions
        if said.answers is None or mentions is None or self.people[said.answers.author] not in mentions.user_ids:
            return set()
        reason: Reason = ("user", said.answers.author)
        return {reason} if said.answers.there or reason not in said.names else set()

    async def delete(self, said: Said | None) -> None:
        if said is not None:
            await do_delete_message(self.house.actions, self.people[OWNER], self.channel_id, said.message.id)
            said.there = False

    async def read(self, step: Read) -> None:
        said = self.recent(step.message)
        if said is None or not self.by_hand.sees(step.reader):
            return
        request = MoveCursor(message_id=said.message.id, unread=step.unread)
        await do_move_cursor(self.house.actions, self.people[step.reader], self.channel_id, request)
        before, place = self.by_hand.read[step.reader], self.by_hand.said.index(said)
        self.by_hand.read[step.reader] = min(before, place) if step.unread else max(before, place + 1)

    async def turn(self, step: Turn) -> None:
        who, other, by_hand = step.who, step.other, self.by_hand
        match step.what:
            case "role":
                await self.turn_role(who, other % len(ROLES))
            case "sight" if who != OWNER:
                await self.turn_sight(who)
            case "block" if who != other:
                by_hand.blocks ^= {(who, other)}
                await self.put_block(who, other, blocked=(who, other) in by_hand.blocks)
            case "line":
                by_hand.there ^= {who}
                self.house.attendees.there = {self.people[one] for one in by_hand.there}
            case _:
                pass

    async def turn_role(self, who: int, role: int) -> None:
        self.by_hand.roles ^= {(who, role)}
        turn = do_assign_role if (who, role) in self.by_hand.roles else do_unassign_role
        await turn(self.house.actions, self.people[OWNER], self.group_id, self.people[who], self.role_ids[role])

    async def turn_sight(self, who: int) -> None:
        self.by_hand.hidden ^= {who}
        owner, user_id = self.people[OWNER], self.people[who]
        if who in self.by_hand.hidden:
            await self.house.overwrite(owner, self.channel_id, "member", user_id, deny=Permission.VIEW_CHANNEL)
        else:
            await do_delete_overwrite(self.house.actions, owner, self.channel_id, "member", Snowflake(user_id))

    async def put_block(self, who: int, other: int, *, blocked: bool) -> None:
        async with self.house.store.write() as uow:
            if blocked:
                await uow.relations.put(self.people[who], self.people[other], RelationKind.BLOCKED, 1)
            else:
                await uow.relations.delete(self.people[who], self.people[other])

    async def end(self) -> None:
        for who, other in self.by_hand.blocks:
            await self.put_block(who, other, blocked=False)


def test_the_rules_by_hand_count_something() -> None:
    """So that the comparison above is no comparison of zeros."""
    by_hand = ByHand(roles={(1, MENTIONABLE), (2, MENTIONABLE)}, hidden={2}, blocks={(3, 1)}, there={1})
    assert by_hand.pings(0, {("role", MENTIONABLE), ("user", 3), ("here", 0), ("everyone", 0)}) == {
        ("role", MENTIONABLE): {1},
        ("user", 3): {3},
        ("here", 0): {1},
        ("everyone", 0): set(PEOPLE),
    }
    assert by_hand.pings(1, {("user", 3), ("user", 1), ("user", 2), ("everyone", 0), ("role", 1)}) == {}
    message = Message(
        id=MessageId(Snowflake(1)), channel_id=ChannelId(Snowflake(1)), author_id=UserId(Snowflake(1)), sections=()
    )
    by_hand.said = [Said(1, {("user", 0): {0}}, frozenset(), None, message)]
    by_hand.said.append(Said(2, {("user", 0): {0}}, frozenset(), None, message))
    by_hand.said.append(Said(2, {}, frozenset(), None, message))
    assert [by_hand.counts(who) for who in PEOPLE] == [(3, 2), (2, 0), (1, 0), (2, 0)]
