"""Random people do random things on the real application, and a small model says what must come of each.

After each step: the status, and whether anybody heard of what they may not know. At checkpoints: what everybody sees, counts and
histories, and that each client has made of its events what a new one is told. ``HYPOTHESIS_PROFILE=long`` goes on longer.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from server.actions.bans import BanRequest, do_ban, do_unban
from server.actions.channels import (
    CreateChannel,
    UpdateChannel,
    do_create_channel,
    do_delete_channel,
    do_update_channel,
)
from server.actions.conversations import BeginConversation, do_begin_conversation, do_bring_in, do_take_out
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.groups import CreateGroup, TransferGroup, do_create_group, do_transfer_group
from server.actions.history import BulkDelete, do_bulk_delete
from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite
from server.actions.members import TimeOut, do_remove_member, do_time_out
from server.actions.messages import CreateMessage, EditMessage, do_create_message, do_delete_message, do_edit_message
from server.actions.overwrites import PutOverwrite, do_delete_overwrite, do_put_overwrite
from server.actions.pins import do_pin, do_unpin
from server.actions.reactions import do_react, do_remove_reaction, do_unreact
from server.actions.relations import (
    AskForFriendship,
    PutRelation,
    do_ask_for_friendship,
    do_end_relation,
    do_put_relation,
)
from server.actions.roles import (
    CreateRole,
    UpdateRole,
    do_assign_role,
    do_create_role,
    do_delete_role,
    do_unassign_role,
    do_update_role,
)
from server.domain.ids import ChannelId, GroupId, MessageId, Snowflake, UserId
from server.domain.sections import Text
from tests.sim import scrutiny
from tests.sim import town as model
from tests.sim.stage import Device, Stage, open_stage
from tests.sim.town import BAD, FORBIDDEN, HIDDEN, OK, TAKEN, Channel, Group, Names, Place, Post, Role, Talk, Town

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long"

pytestmark = [pytest.mark.integration, pytest.mark.timeout(7200 if LONG else 240)]

_T = TypeVar("_T")

NAMES: Final = ("anna", "boris", "chloe", "dmitri", "emma")
EMOJIS: Final = ("🌻", "👍")
CHANNELS_MAX: Final = 6
TALKS_MAX: Final = 4
ROLES_MAX: Final = 5
CHECK_EVERY: Final = 8
STEP_S: Final = 2.0

choices = st.integers(0, 2**16 - 1)
"""One of however many there are."""
PERMISSIONS: Final = (
    *(model.VIEW_CHANNEL, model.READ_HISTORY, model.SEND_MESSAGES, model.MANAGE_MESSAGES, model.MANAGE_CHANNELS),
    *(model.MANAGE_ROLES, model.MENTION_EVERYONE, model.ADD_REACTIONS, model.PIN_MESSAGES),
)
bits = st.lists(st.sampled_from(PERMISSIONS), max_size=3, unique=True).map(sum)
role_bits = st.lists(
    st.sampled_from(
        (
            *PERMISSIONS,
            model.KICK_MEMBERS,
            model.BAN_MEMBERS,
            model.TIME_OUT_MEMBERS,
            model.ADMINISTRATOR,
        )
    ),
    max_size=4,
    unique=True,
).map(sum)


def pick(of: Sequence[_T], choice: int) -> _T:
    return of[choice % len(of)]


class People(RuleBasedStateMachine):
    """Five people, a group that the first one made, and conversations."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._folder = tempfile.TemporaryDirectory(prefix="parley-model-")
        self._numbers = itertools.count(1)
        self._steps = 0
        self.town = Town()
        self.stage: Stage
        self.devices: dict[int, Device] = {}
        self._before: dict[int, set[int]] = {}
        self._could: dict[int, set[int]] = {}
        """What existed for each since their line broke."""
        self._run(self._begin())
        general = next(one for one in self.group.channels.values() if one.kind == "text")
        for user, other in itertools.permutations(self.people[:4], 2):
            self._write(user, general, f"good morning <@{other}>", Names(users=(other,)))

    def _run(self, work: Awaitable[_T]) -> _T:
        async def running() -> _T:
            return await work

        return self._runner.run(running())

    async def _begin(self) -> None:
        self.stage = await self._open.enter_async_context(open_stage(Path(self._folder.name)))
        for name in NAMES:
            device = await self.stage.person(name)
            self.devices[int(device.user_id)] = device
        owner = self.people[0]
        view = await do_create_group(self.stage.actions, UserId(Snowflake(owner)), CreateGroup(name="Town"))
        group = Group(int(view.group.id), owner)
        for role in view.roles:
            group.roles[int(role.id)] = Role(role.permissions, role.position, role.mentionable)
        for channel in view.channels:
            group.channels[int(channel.id)] = Channel(int(channel.id), group=group.id, kind=channel.kind.value)
        group.members[owner] = model.Member()
        self.town.groups[group.id] = group
        self.town.now = self.stage.clock.now_ms()
        for user in self.people[1:4]:
            await self._accept(group, user)
            self.town.come_in(group, user)
        for user in self.people[:4]:
            await self.stage.come(self.devices[user])
            self.town.connected.add(user)
        moderators = next(role_id for role_id in group.roles if role_id != group.id)
        await self._appoint(group, self.people[1], moderators)

    async def _appoint(self, group: Group, user: int, role: int) -> None:
        """A moderator."""
        ids = (Snowflake(one) for one in (group.owner, group.id, user, role))
        appoint: Callable[..., Awaitable[object]] = do_assign_role
        await appoint(self.stage.actions, *ids)
        group.members[user].roles.add(role)

    async def _accept(self, group: Group, user: int) -> object:
        invite = await do_create_invite(
            self.stage.actions, UserId(Snowflake(group.owner)), GroupId(Snowflake(group.id)), CreateInvite()
        )
        return await do_accept_invite(self.stage.actions, UserId(Snowflake(user)), invite.code)

    def teardown(self) -> None:
        try:
            self._run(self._check())
        finally:
            self._run(self._open.aclose())
            self._runner.close()
            self._folder.cleanup()

    # ------------------------------------------------------------------------------------------------------- who and what

    @property
    def people(self) -> list[int]:
        return list(self.devices)

    @property
    def group(self) -> Group:
        return next(iter(self.town.groups.values()))

    def place(self, choice: int) -> Place:
        """Where messages are written, most of the time."""
        everywhere = list(self.town.places())
        written = [
            one for one in everywhere if isinstance(one, Talk) or (isinstance(one, Channel) and one.kind == "text")
        ]
        return pick(written * 3 + everywhere, choice)

    def channel(self, choice: int) -> Channel | None:
        channels = list(self.group.channels.values())
        return pick(channels, choice) if channels else None

    def written(self) -> list[tuple[Place, Post]]:
        """The newest messages, in any place."""
        found = [(place, post) for place in self.town.places() for post in place.posts.values()]
        return sorted(found, key=lambda one: one[1].id)[-12:]

    def post(self, choice: int) -> tuple[Place, Post]:
        return pick(self.written(), choice)

    def user(self, choice: int) -> int:
        return pick(self.people, choice)

    def reader(self, choice: int, place: Place) -> int:
        """Often somebody who may view the place."""
        return pick([*self.people, *sorted(self.town.readers(place)) * 3], choice)

    def leader(self, choice: int) -> int:
        """Often somebody who may do much."""
        group = self.group
        leading = [one for one in group.members if group.members[one].roles]
        return pick([*self.people, *leading, *[group.owner] * 4], choice)

    # --------------------------------------------------------------------------------------------------------- one step

    def ask(self, action: Callable[..., Awaitable[_T]], user: int, *arguments: Any) -> tuple[int, _T | None]:
        """``action`` by ``user``; ints among the arguments are ids."""
        ids = [Snowflake(one) if isinstance(one, int) else one for one in (user, *arguments)]
        self._before = {one: self.town.view_of(one) for one in self.people}
        return self._run(self.stage.ask(lambda: action(self.stage.actions, *ids)))

    def expect(self, found: int, *allowed: int) -> bool:
        assert found in allowed, f"answered {found} instead of {allowed}"
        return found == OK

    def done(self) -> None:
        """After the model has followed."""
        for user, device in self.devices.items():
            assert device.closed_with is None, f"closed with {device.closed_with}"
            after = self.town.view_of(user)
            self._could[user] = self._before[user] | after | (set() if device.online else self._could.get(user, set()))
            heard, device.heard = device.heard, []
            scrutiny.check_heard(heard, self._before[user], after)
        self.stage.clock.advance(STEP_S)
        self.town.now = self.stage.clock.now_ms()
        self._steps += 1
        if self._steps % CHECK_EVERY == 0:
            self._run(self._check())

    async def _check(self) -> None:
        for device in self.devices.values():
            await scrutiny.check_view(self.town, self.stage, device)
        for place in self.town.places():
            await scrutiny.check_history(self.town, self.stage, place)

    # --------------------------------------------------------------------------------------------------------- messages

    def _named(self, place: Place, who: list[int], role: int | None, word: str) -> tuple[str, Names]:
        users = tuple(dict.fromkeys(self.user(one) for one in who))
        roles = () if role is None else (pick(list(self.group.roles), role),)
        named = Names(users=users, roles=roles, everyone=word == "everyone", here=word == "here")
        signs = [f"<@{one}>" for one in users] + [f"<@&{one}>" for one in roles] + ([f"@{word}"] if word else [])
        return " ".join([f"words {next(self._numbers)}", *signs]), named

    naming = st.tuples(
        st.lists(choices, max_size=2), st.one_of(st.none(), choices), st.sampled_from(("", "", "everyone", "here"))
    )

    @rule(users=st.lists(choices, min_size=1, max_size=4), place=choices, naming=naming)
    def write(self, users: list[int], place: int, naming: tuple[list[int], int | None, str]) -> None:
        """One after the other, in one place; all name the same people."""
        where = self.place(place)
        for user in users:
            self._write(self.reader(user, where), where, *self._named(where, *naming))

    @rule(place=choices, naming=naming, choice=choices)
    def chat(self, place: int, naming: tuple[list[int], int | None, str], choice: int) -> None:
        """All who may, in one place."""
        where = self.place(place)
        for user in sorted(self.town.readers(where), key=lambda one: (one * (choice + 1)) % 7):
            self._write(user, where, *self._named(where, *naming))

    def _write(self, who: int, where: Place, text: str, named: Names) -> None:
        request = CreateMessage(nonce=f"n{next(self._numbers)}", sections=(Text(text),))
        expected = self.town.asked(who, where, model.SEND_MESSAGES)
        names = self.town.names(who, where, named) if expected == OK else Names()
        status, answer = self.ask(do_create_message, who, where.id, request)
        if self.expect(status, expected) and answer is not None:
            message = answer[0].message
            assert message.id > where.last, "behind an earlier one"
            assert scrutiny.names_of(message) == names
            self.town.write(who, where, int(message.id), text, names)
        self.done()

    @precondition(lambda self: self.written())
    @rule(user=choices, post=choices, own=st.booleans(), naming=naming)
    def edit(self, user: int, post: int, own: bool, naming: tuple[list[int], int | None, str]) -> None:
        where, what = self.post(post)
        who = what.author if own else self.reader(user, where)
        text, named = self._named(where, *naming)
        expected = self.town.asked(who, where, 0)
        if expected == OK:
            expected = self.town.asked(who, where, model.SEND_MESSAGES) if who == what.author else FORBIDDEN
        names = self.town.names(who, where, named) if expected == OK else Names()
        status, answer = self.ask(do_edit_message, who, where.id, what.id, EditMessage(sections=(Text(text),)))
        if self.expect(status, expected) and answer is not None:
            assert scrutiny.names_of(answer.message) == names
            self.town.edit(what, text, names)
        self.done()

    @precondition(lambda self: self.written())
    @rule(user=choices, post=choices, own=st.booleans())
    def delete(self, user: int, post: int, own: bool) -> None:
        where, what = self.post(post)
        who = what.author if own else self.reader(user, where)
        if who != what.author:
            expected = self.town.asked(who, where, model.MANAGE_MESSAGES)
        else:
            expected = self.town.asked(who, where, 0)
            if expected == OK and isinstance(where, Channel) and not self.town.free(who, where):
                expected = FORBIDDEN
        status, _ = self.ask(do_delete_message, who, where.id, what.id)
        if self.expect(status, expected):
            del where.posts[what.id]
        self.done()

    @precondition(lambda self: self.written())
    @rule(user=choices, post=choices, count=st.integers(1, 4))
    def delete_many(self, user: int, post: int, count: int) -> None:
        where, _ = self.post(post)
        who, ids = self.leader(user), where.ids()[-count:]
        request = BulkDelete(message_ids=tuple(MessageId(Snowflake(one)) for one in ids))
        expected = self.town.asked(who, where, model.MANAGE_MESSAGES)
        status, _answer = self.ask(do_bulk_delete, who, where.id, request)
        if self.expect(status, expected):
            for one in ids:
                del where.posts[one]
        self.done()

    @precondition(lambda self: self.written())
    @rule(user=choices, post=choices, emoji=st.sampled_from(EMOJIS), deed=st.sampled_from(("add", "take", "of other")))
    def react(self, user: int, post: int, emoji: str, deed: str) -> None:
        where, what = self.post(post)
        who = self.reader(user, where)
        there = what.reactions.setdefault(emoji, set())
        expected = self.town.asked(who, where, 0)
        if deed == "of other":
            other = min(there, default=who)
            expected = self.town.asked(who, where, model.MANAGE_MESSAGES)
            status, _ = self.ask(do_remove_reaction, who, where.id, what.id, emoji, other)
        elif expected == OK and not self.town.free(who, where):
            other, expected = who, FORBIDDEN
            status, _ = self.ask(do_react if deed == "add" else do_unreact, who, where.id, what.id, emoji)
        elif deed == "add":
            other, need = who, model.READ_HISTORY if there else model.READ_HISTORY | model.ADD_REACTIONS
            expected = self.town.asked(who, where, need)
            status, _ = self.ask(do_react, who, where.id, what.id, emoji)
        else:
            other = who
            status, _ = self.ask(do_unreact, who, where.id, what.id, emoji)
        if self.expect(status, expected):
            (there.add if deed == "add" else there.discard)(other)
        self.done()

    @precondition(lambda self: self.written())
    @rule(user=choices, post=choices, pinned=st.booleans())
    def pin(self, user: int, post: int, pinned: bool) -> None:
        where, what = self.post(post)
        who = self.reader(user, where)
        expected = self.town.asked(who, where, model.READ_HISTORY | model.PIN_MESSAGES)
        status, _ = self.ask(do_pin if pinned else do_unpin, who, where.id, what.id)
        if self.expect(status, expected):
            what.pinned = pinned
        self.done()

    @precondition(lambda self: self.written())
    @rule(user=choices, post=choices, unread=st.booleans())
    def read(self, user: int, post: int, unread: bool) -> None:
        where, what = self.post(post)
        who = self.reader(user, where)
        request = MoveCursor(message_id=MessageId(Snowflake(what.id)), unread=unread)
        status, _ = self.ask(do_move_cursor, who, where.id, request)
        if self.expect(status, self.town.asked(who, where, 0)):
            at = where.read.get(who, 0)
            if not unread:
                where.read[who] = max(at, what.id)
            elif at >= what.id:
                where.read[who] = max((one for one in where.ids() if one < what.id), default=0)
        self.done()

    # --------------------------------------------------------------------------------------------------------- channels

    @rule(user=choices, kind=st.sampled_from(("text", "text", "category")), private=st.booleans(), within=choices)
    def make_channel(self, user: int, kind: str, private: bool, within: int) -> None:
        if len(self.group.channels) >= CHANNELS_MAX:
            return
        group, who = self.group, self.leader(user)
        category = pick([None, *(one for one in group.channels.values() if one.kind == "category")], within)
        expected = self.town.asked_group(who, group, 0 if category is not None else model.MANAGE_CHANNELS)
        if expected == OK and category is not None:
            expected = self._into(who, category)
            if expected == OK and kind == "category":
                expected = BAD
        request = CreateChannel(
            name="place",
            kind="category" if kind == "category" else "text",
            private=private,
            category_id=None if category is None else ChannelId(Snowflake(category.id)),
        )
        status, answer = self.ask(do_create_channel, who, group.id, request)
        if self.expect(status, expected) and answer is not None:
            made = Channel(
                int(answer.id), group=group.id, kind=kind, category=None if category is None else category.id
            )
            if private:
                made.overwrites = {
                    ("member", who): (model.VIEW_CHANNEL, 0),
                    ("role", group.id): (0, model.VIEW_CHANNEL),
                }
            group.channels[made.id] = made
        self.done()

    def _into(self, who: int, category: Channel) -> int:
        if not self.town.views(who, category):
            return HIDDEN
        return OK if self.town.may(who, category) & model.MANAGE_CHANNELS else FORBIDDEN

    @rule(user=choices, channel=choices)
    def delete_channel(self, user: int, channel: int) -> None:
        where, who = self.channel(channel), self.leader(user)
        if where is None or len(self.group.channels) < 3:
            return
        holds = any(one.category == where.id for one in self.group.channels.values())
        expected = self._over(who, where, model.MANAGE_CHANNELS, sure=not holds)
        raised = self._raise()
        status, _ = self.ask(do_delete_channel, who, where.id)
        if self.expect(status, *expected):
            self.town.delete_channel(self.group, where.id)
            raised.check(who)
        self.done()

    def _over(self, who: int, where: Channel, need: int, *, sure: bool) -> tuple[int, ...]:
        """Of a change of a channel; whether it gives anybody too much is looked at when it was done."""
        if not self.town.views(who, where):
            return (HIDDEN,)
        if not self.town.may(who, where) & need:
            return (FORBIDDEN,)
        return (OK,) if sure or who == self.group.owner else (OK, FORBIDDEN)

    def _raise(self) -> scrutiny.Raise:
        return scrutiny.Raise(self.town, self.group, self.people)

    @rule(user=choices, channel=choices, within=choices)
    def move_channel(self, user: int, channel: int, within: int) -> None:
        where, who = self.channel(channel), self.leader(user)
        if where is None:
            return
        category = pick([None, *(one for one in self.group.channels.values() if one.kind == "category")], within)
        target = None if category is None else category.id
        expected = self._over(who, where, model.MANAGE_CHANNELS, sure=target == where.category)
        if OK in expected and target != where.category and category is not None:
            into = self._into(who, category)
            if into != OK:
                expected = (into,)
            elif where.kind == "category":
                expected = (BAD,)
        raised = self._raise()
        request = UpdateChannel(category_id=None if target is None else ChannelId(Snowflake(target)))
        status, _ = self.ask(do_update_channel, who, where.id, request)
        if self.expect(status, *expected):
            where.category = target
            raised.check(who)
        self.done()

    @rule(user=choices, channel=choices, about=choices, allow=bits, deny=bits, gone=st.booleans())
    def overwrite(self, user: int, channel: int, about: int, allow: int, deny: int, gone: bool) -> None:
        where, who = self.channel(channel), self.leader(user)
        if where is None:
            return
        deny &= ~allow
        roles = [("role", one) for one in self.group.roles]
        kind, subject = key = pick([*roles, *(("member", one) for one in self.people)], about)
        expected = self._over(who, where, model.MANAGE_ROLES, sure=False)
        if OK in expected:
            if kind == "member" and subject not in self.group.members:
                expected = (HIDDEN,)
            elif not self._above(who, kind, subject):
                expected = (FORBIDDEN,)
        raised = self._raise()
        if gone:
            status, _ = self.ask(do_delete_overwrite, who, where.id, kind, subject)
        else:
            status, _ = self.ask(do_put_overwrite, who, where.id, kind, subject, PutOverwrite(allow=allow, deny=deny))
        if self.expect(status, *expected):
            where.overwrites.pop(key, None)
            if not gone:
                where.overwrites[key] = (allow, deny)
            raised.check(who)
        self.done()

    def _above(self, who: int, kind: str, subject: int) -> bool:
        rank = self.town.rank(self.group, who)
        if kind == "role":
            return rank > self.group.roles[subject].position
        return rank > self.town.rank(self.group, subject)

    # ------------------------------------------------------------------------------------------------------------ roles

    @rule(user=choices, permissions=role_bits, position=st.integers(1, 4), mentionable=st.booleans())
    def make_role(self, user: int, permissions: int, position: int, mentionable: bool) -> None:
        group, who = self.group, self.leader(user)
        if len(group.roles) >= ROLES_MAX:
            return
        expected = self._may_make(who, None, Role(permissions, position, mentionable))
        request = CreateRole(name="role", permissions=permissions, position=position, mentionable=mentionable)
        status, answer = self.ask(do_create_role, who, group.id, request)
        if self.expect(status, expected) and answer is not None:
            group.roles[int(answer.id)] = Role(permissions, position, mentionable)
        self.done()

    def _may_make(self, who: int, before: Role | None, after: Role) -> int:
        expected = self.town.asked_group(who, self.group, model.MANAGE_ROLES)
        if expected != OK:
            return expected
        highest = max(after.position, 0 if before is None else before.position)
        gained = after.permissions & ~(0 if before is None else before.permissions)
        below = self.town.rank(self.group, who) > highest
        return OK if below and not gained & ~self.town.in_group(self.group, who) else FORBIDDEN

    @rule(user=choices, role=choices, permissions=role_bits, mentionable=st.booleans())
    def change_role(self, user: int, role: int, permissions: int, mentionable: bool) -> None:
        group, who = self.group, self.leader(user)
        role_id = pick(list(group.roles), role)
        before = group.roles[role_id]
        after = Role(permissions | (before.permissions & model.VIEW_CHANNEL), before.position, mentionable)
        expected = self._may_make(who, before, after)
        request = UpdateRole(permissions=after.permissions, mentionable=mentionable)
        status, _ = self.ask(do_update_role, who, group.id, role_id, request)
        if self.expect(status, expected):
            group.roles[role_id] = after
        self.done()

    @rule(user=choices, role=choices)
    def delete_role(self, user: int, role: int) -> None:
        group, who = self.group, self.leader(user)
        role_id = pick(list(group.roles), role)
        expected: tuple[int, ...] = (self.town.asked_group(who, group, model.MANAGE_ROLES),)
        if expected == (OK,):
            if role_id == group.id:
                expected = (BAD,)
            elif not self._above(who, "role", role_id):
                expected = (FORBIDDEN,)
            elif who != group.owner:
                expected = (OK, FORBIDDEN)
        raised = self._raise()
        status, _ = self.ask(do_delete_role, who, group.id, role_id)
        if self.expect(status, *expected):
            self.town.delete_role(group, role_id)
            raised.check(who)
        self.done()

    @rule(user=choices, other=choices, role=choices, has=st.booleans())
    def assign(self, user: int, other: int, role: int, has: bool) -> None:
        group, who, whom = self.group, self.leader(user), self.user(other)
        role_id = pick(list(group.roles), role)
        expected = self._may_assign(who, whom, role_id)
        raised = self._raise()
        status, _ = self.ask(do_assign_role if has else do_unassign_role, who, group.id, whom, role_id)
        if self.expect(status, *expected):
            roles = group.members[whom].roles
            (roles.add if has else roles.discard)(role_id)
            raised.check(who)
        self.done()

    def _may_assign(self, who: int, whom: int, role_id: int) -> tuple[int, ...]:
        group = self.group
        if who not in group.members or whom not in group.members:
            return (HIDDEN,)
        if not self.town.in_group(group, who) & model.MANAGE_ROLES:
            return (FORBIDDEN,)
        if role_id == group.id:
            return (BAD,)
        if not self._above(who, "role", role_id) or (who != whom and not self._above(who, "member", whom)):
            return (FORBIDDEN,)
        return (OK,) if who == group.owner else (OK, FORBIDDEN)

    # ---------------------------------------------------------------------------------------------------------- members

    @precondition(lambda self: len(self.group.members) < len(self.people))
    @rule(user=choices)
    def come_in(self, user: int) -> None:
        who = pick([one for one in self.people if one not in self.group.members], user)
        expected = FORBIDDEN if who in self.group.banned else OK

        async def accept(_: object, newcomer: UserId) -> object:
            return await self._accept(self.group, int(newcomer))

        status, _ = self.ask(accept, who)
        if self.expect(status, expected):
            self.town.come_in(self.group, who)
        self.done()

    @rule(user=choices, other=choices, leaves=st.booleans())
    def remove(self, user: int, other: int, leaves: bool) -> None:
        group, who = self.group, self.leader(user)
        whom = who if leaves else self.user(other)
        if who not in group.members or whom not in group.members:
            expected = HIDDEN
        elif who == whom:
            expected = FORBIDDEN if who == group.owner else OK
        else:
            may = self.town.in_group(group, who) & model.KICK_MEMBERS and self._above(who, "member", whom)
            expected = OK if may else FORBIDDEN
        status, _ = self.ask(do_remove_member, who, group.id, whom)
        if self.expect(status, expected):
            self.town.go_out(group, whom)
        self.done()

    @rule(user=choices, other=choices, clean=st.booleans())
    def ban(self, user: int, other: int, clean: bool) -> None:
        group, who, whom = self.group, self.leader(user), self.user(other)
        expected = self.town.asked_group(who, group, model.BAN_MEMBERS)
        if expected == OK:
            if who == whom:
                expected = BAD
            elif whom in group.members and not self._above(who, "member", whom):
                expected = FORBIDDEN
            elif whom in group.banned:
                expected = TAKEN
        request = BanRequest(delete_messages_s=86_400 if clean else 0)
        status, _ = self.ask(do_ban, who, group.id, whom, request, None)
        if self.expect(status, expected):
            group.banned.add(whom)
            if whom in group.members:
                self.town.go_out(group, whom)
            for channel in group.channels.values() if clean else ():
                channel.posts = {key: post for key, post in channel.posts.items() if post.author != whom}
        self.done()

    @rule(user=choices, other=choices)
    def unban(self, user: int, other: int) -> None:
        group, who, whom = self.group, self.leader(user), self.user(other)
        expected = self.town.asked_group(who, group, model.BAN_MEMBERS)
        if expected == OK and whom not in group.banned:
            expected = HIDDEN
        status, _ = self.ask(do_unban, who, group.id, whom, None)
        if self.expect(status, expected):
            group.banned.discard(whom)
        self.done()

    @rule(user=choices, other=choices, seconds=st.one_of(st.none(), st.integers(20, 120)))
    def time_out(self, user: int, other: int, seconds: int | None) -> None:
        group, who, whom = self.group, self.leader(user), self.user(other)
        expected = self.town.asked_group(who, group, model.TIME_OUT_MEMBERS)
        if expected == OK:
            if whom not in group.members:
                expected = HIDDEN
            elif not self._above(who, "member", whom):
                expected = FORBIDDEN
        until = None if seconds is None else self.stage.clock.now_ms() + seconds * 1000
        status, _ = self.ask(do_time_out, who, group.id, whom, TimeOut(until_ms=until))
        if self.expect(status, expected):
            group.members[whom].timed_out_until = until or 0
        self.done()

    @rule(user=choices, other=choices)
    def hand_over(self, user: int, other: int) -> None:
        group, who, whom = self.group, self.leader(user), self.user(other)
        if who not in group.members:
            expected = HIDDEN
        elif who != group.owner:
            expected = FORBIDDEN
        else:
            expected = OK if whom in group.members else HIDDEN
        status, _ = self.ask(do_transfer_group, who, group.id, TransferGroup(user_id=UserId(Snowflake(whom))))
        if self.expect(status, expected):
            group.owner = whom
        self.done()

    # --------------------------------------------------------------------------------------------------------- relations

    @rule(user=choices, other=choices, step=st.sampled_from(("ask", "end", "block", "block")))
    def relate(self, user: int, other: int, step: str) -> None:
        who, whom = self.user(user), self.user(other)
        if who == whom:
            return
        pair, word = self.town.pair(who, whom), self.town.word(who, whom)
        if step == "ask":
            name = NAMES[self.people.index(whom)]
            status, _ = self.ask(do_ask_for_friendship, who, AskForFriendship(username=name))
            if self.expect(status, FORBIDDEN if pair.blocks else OK) and not pair.friends:
                pair.asks.add(who)
                if len(pair.asks) == 2:
                    pair.asks, pair.friends = set(), True
        elif step == "end":
            gone, _none = self.ask(do_end_relation, who, whom)
            if self.expect(gone, OK if word is not None else HIDDEN):
                pair.blocks.discard(who)
                pair.asks, pair.friends = set(), False
        else:
            blocked, _relation = self.ask(do_put_relation, who, whom, PutRelation(kind="blocked"))
            if self.expect(blocked, OK if self.town.knows(who, whom) else HIDDEN):
                pair.blocks.add(who)
                pair.asks, pair.friends = set(), False
        self.done()

    # ----------------------------------------------------------------------------------------------------- conversations

    @rule(user=choices, others=st.lists(choices, min_size=1, max_size=2, unique=True), direct=st.booleans())
    def begin(self, user: int, others: list[int], direct: bool) -> None:
        who = self.user(user)
        whom = [one for one in dict.fromkeys(self.user(one) for one in others) if one != who]
        if not whom or len(self.town.talks) >= TALKS_MAX:
            return
        members = {who, *(whom[:1] if direct else whom)}
        there = next(
            (one for one in self.town.talks.values() if direct and one.direct and one.members == members), None
        )
        expected = OK if there else self._reaches(who, members - {who}, direct)
        ids = tuple(UserId(Snowflake(one)) for one in sorted(members - {who}))
        request = BeginConversation(user_ids=ids) if direct else BeginConversation(user_ids=ids, name="talk")
        status, answer = self.ask(do_begin_conversation, who, request)
        if self.expect(status, *((expected,) if len(ids) == 1 or expected == OK else (FORBIDDEN, HIDDEN))):
            assert answer is not None
            talk_id = int(answer[0].conversation.id)
            assert answer[1] is (there is None)
            if there is None:
                self.town.talks[talk_id] = Talk(talk_id, direct=direct, owner=None if direct else who, members=members)
        self.done()

    def _reaches(self, who: int, whom: set[int], direct: bool) -> int:
        """Everybody here hears from everyone."""
        for one in sorted(whom):
            pair = self.town.pair(who, one)
            if pair.blocks or not (direct or pair.friends or self.town.share_group(who, one)):
                return FORBIDDEN if self.town.knows(who, one) else HIDDEN
        return OK

    @precondition(lambda self: self.town.talks)
    @rule(user=choices, other=choices, talk=choices, comes=st.booleans())
    def bring_or_take(self, user: int, other: int, talk: int, comes: bool) -> None:
        who, whom, where = self.user(user), self.user(other), pick(list(self.town.talks.values()), talk)
        if who not in where.members:
            expected = HIDDEN
        elif where.direct:
            expected = BAD
        elif comes:
            expected = OK if whom in where.members else self._reaches(who, {whom}, False)
        elif whom not in where.members:
            expected = HIDDEN
        else:
            expected = OK if who in (whom, where.owner) else FORBIDDEN
        status, _ = self.ask(do_bring_in if comes else do_take_out, who, where.id, whom)
        if self.expect(status, expected):
            if not comes:
                self.town.leave_talk(where, whom)
            elif whom not in where.members:
                where.members.add(whom)
                where.read[whom] = where.last
        self.done()

    # --------------------------------------------------------------------------------------------------------- devices

    @rule(user=choices)
    def come_or_go(self, user: int) -> None:
        """Lines break, and clients come back: nothing is missing."""
        who = self.user(user)
        device = self.devices[who]
        if device.online:
            self._could[who] = self.town.view_of(who)
            self.stage.cut(device)
            self.town.connected.discard(who)
            return
        known = device.subscriber is not None
        self._could.setdefault(who, set())
        assert self._run(self.stage.come(device)) is known, "the session should have been resumed"
        scrutiny.check_heard(device.heard, self._could[who], self._could[who])
        device.heard = []
        self.town.connected.add(who)


TestPeople = People.TestCase
TestPeople.settings = settings(max_examples=600 if LONG else 30, stateful_step_count=100 if LONG else 50)
