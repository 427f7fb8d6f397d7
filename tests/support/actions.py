"""A whole server without doors: the actions over a real SQLite store, with a clock, a hasher and voices of the test's own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from obstore.store import MemoryStore

from db.store import SqlStore
from server.actions.channels import CreateChannel, do_create_channel
from server.actions.context import Actions, Origin, Settings
from server.actions.conversations import BeginConversation, do_begin_conversation
from server.actions.groups import CreateGroup, do_create_group
from server.actions.intake import Intake
from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite
from server.actions.messages import CreateMessage, EditMessage, Written, do_create_message, do_edit_message
from server.actions.overwrites import PutOverwrite, Target, do_put_overwrite
from server.actions.previewer import Previewer
from server.actions.profiles import Profiles
from server.actions.roles import CreateRole, do_assign_role, do_create_role
from server.actions.session_cache import SessionCache
from server.actions.sessions import open_session
from server.actions.word_books import WordBooks
from server.adapters.blobs import Blobs
from server.adapters.cache_memory import MemoryCache
from server.adapters.file_links import SignedFileLinks
from server.adapters.images import Images
from server.adapters.passkeys import WebAuthnPasskeys
from server.adapters.password_critic import ZxcvbnCritic
from server.adapters.qr_codes import SegnoQrCodes
from server.adapters.rate_limits import RateLimits
from server.adapters.sealing import AesSealer
from server.adapters.studio.desk import Studio
from server.adapters.tokens import JwtTokens, SigningKey
from server.domain.entities import (
    Channel,
    ChannelKind,
    Conversation,
    ConversationKind,
    DirectFrom,
    Me,
    Member,
    Message,
    Presence,
    RelationKind,
    Role,
    Status,
    VoiceState,
)
from server.domain.events import Audience, Event, GroupView, Published
from server.domain.ids import ChannelId, GroupId, MessageId, RoleId, Snowflake, Snowflakes, UserId
from server.domain.limits import Limits
from server.domain.mentions import AllowedMentions
from server.domain.permissions import NOTHING, Permission
from server.domain.rates import RATES, Rate
from server.domain.relations import Tie
from server.domain.sections import NewSection, Text
from server.ports import BotToken, SessionRecord
from tests.support.database import RecordingBus, sqlite_store
from tests.support.links import FakeLinks

_E = TypeVar("_E", bound=Event)

START_MS = 1_760_000_000_000
HOME = Origin(address="192.0.2.1", device="Test/1.0")


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.ms = now_ms
        self.paused: list[float] = []

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return (self.ms - START_MS) / 1000

    def advance(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)

    async def pause(self, seconds: float) -> None:
        """Takes that long, at once."""
        self.paused.append(seconds)
        self.advance(seconds)


class PlainHasher:
    """Hashes nothing, and counts."""

    def __init__(self) -> None:
        self.verified: list[str | None] = []
        self.stale: set[str] = set()

    async def hash(self, password: str) -> str:
        return f"plain {password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append(password_hash)
        return password_hash in (f"plain {password}", f"old {password}")

    def is_stale(self, password_hash: str) -> bool:
        return password_hash.startswith("old ")


class Voices:
    """Who is in voice, because a test says so."""

    def __init__(self) -> None:
        self.there: list[VoiceState] = []

    def states(self, channel_ids: Collection[ChannelId]) -> tuple[VoiceState, ...]:
        return tuple(state for state in self.there if state.channel_id in channel_ids)


class Attendees:
    """Who is connected, because a test says so."""

    def __init__(self) -> None:
        self.there: set[UserId] = set()
        self.seated: dict[GroupId, list[Member]] = {}
        """Those of them who are in a group."""

    def connected(self, user_ids: Collection[UserId]) -> set[UserId]:
        return self.there.intersection(user_ids)

    def presences(self, user_ids: Collection[UserId]) -> list[Presence]:
        """Those who are there are online."""
        return [
            Presence(user_id=user_id, status=Status.ONLINE if user_id in self.there else Status.OFFLINE)
            for user_id in user_ids
        ]

    def members(self, group_id: GroupId) -> list[Member]:
        return self.seated.get(group_id, [])


@dataclass
class House:
    """``actions`` with what is behind them, and short ways to furnish it."""

    actions: Actions
    store: SqlStore
    bus: RecordingBus
    clock: FakeClock
    hasher: PlainHasher
    voices: Voices
    attendees: Attendees
    links: FakeLinks
    """Looked at once ``actions.previewer`` is started."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    # ------------------------------------------------------------------------------------------------------- furnish

    async def user(self, name: str, *, operator: bool = False) -> UserId:
        user_id = UserId(self.actions.ids.next(self.clock.ms))
        me = Me(id=user_id, username=name, display_name=name.title(), operator=operator)
        async with self.store.write() as uow:
            assert await uow.users.add(me, name, f"plain {name}'s secret")
        return me.id

    async def token(self, user_id: UserId) -> str:
        """Of a new log-in."""
        async with self.store.write() as uow:
            me = await uow.users.me(user_id)
            assert me is not None
            return (await open_session(self.actions, uow, me, HOME, self.clock.now_ms())).access_token

    async def group(self, owner: UserId, *members: UserId) -> GroupView:
        view = await do_create_group(self.actions, owner, CreateGroup(name="Gardeners"))
        for user_id in members:
            await self.bring_in(owner, view.group.id, user_id)
        return view

    async def bring_in(self, owner: UserId, group_id: GroupId, user_id: UserId) -> GroupView:
        invite = await do_create_invite(self.actions, owner, group_id, CreateInvite())
        return (await do_accept_invite(self.actions, user_id, invite.code)).view

    async def channel(
        self, owner: UserId, group_id: GroupId, name: str = "more", category_id: ChannelId | None = None
    ) -> Channel:
        request = CreateChannel(name=name, kind="text", category_id=category_id)
        return await do_create_channel(self.actions, owner, group_id, request)

    async def category(self, owner: UserId, group_id: GroupId, name: str = "Outside") -> Channel:
        return await do_create_channel(self.actions, owner, group_id, CreateChannel(name=name, kind="category"))

    async def role(
        self, owner: UserId, group_id: GroupId, permissions: Permission = NOTHING, position: int = 1
    ) -> Role:
        request = CreateRole(name="role", permissions=int(permissions), position=position)
        return await do_create_role(self.actions, owner, group_id, request)

    async def appoint(
        self, owner: UserId, group_id: GroupId, user_id: UserId, permissions: Permission, position: int = 1
    ) -> Role:
        """A new role with these permissions, given to the user."""
        role = await self.role(owner, group_id, permissions, position)
        await do_assign_role(self.actions, owner, group_id, user_id, role.id)
        return role

    async def overwrite(
        self,
        owner: UserId,
        channel_id: ChannelId,
        target: Target,
        target_id: RoleId | UserId | GroupId,
        *,
        allow: Permission = NOTHING,
        deny: Permission = NOTHING,
    ) -> Channel:
        request = PutOverwrite(allow=int(allow), deny=int(deny))
        return await do_put_overwrite(self.actions, owner, channel_id, target, Snowflake(target_id), request)

    async def conversation(self, *members: UserId) -> ChannelId:
        """Of these people, whether they may begin one or not."""
        kind = ConversationKind.DIRECT if len(members) == 2 else ConversationKind.GROUP
        channel_id = ChannelId(self.actions.ids.next(self.clock.ms))
        async with self.store.write() as uow:
            made = Conversation(id=channel_id, kind=kind, member_ids=tuple(sorted(members)))
            assert await uow.conversations.add(made)
        return channel_id

    async def relate(self, user_id: UserId, other_id: UserId, kind: RelationKind) -> None:
        """What the first one says of the second; nobody is told."""
        async with self.store.write() as uow:
            await uow.relations.put(user_id, other_id, kind, self.clock.ms)

    async def say(self, user_id: UserId, channel_id: ChannelId, text: str = "hello") -> Message:
        return (await self.write(user_id, channel_id, Text(text))).message

    async def write(
        self,
        user_id: UserId,
        channel_id: ChannelId,
        *sections: NewSection,
        allowed: AllowedMentions | None = None,
    ) -> Written:
        request = CreateMessage(nonce=f"n{next(self._numbers)}", sections=sections, allowed_mentions=allowed)
        written, is_new = await do_create_message(self.actions, user_id, channel_id, request)
        assert is_new
        return written

    async def edit(self, message: Message, *sections: NewSection, allowed: AllowedMentions | None = None) -> Message:
        """By its author."""
        request = EditMessage(sections=sections, allowed_mentions=allowed)
        return (await do_edit_message(self.actions, message.author_id, message.channel_id, message.id, request)).message

    async def counts(self, user_id: UserId, channel_id: ChannelId) -> tuple[int, int]:
        """Unread, and mentions."""
        async with self.store.read() as reader:
            cursor = (await reader.cursors.counted(user_id, [channel_id]))[channel_id]
        return cursor.unread, cursor.mentions

    async def talk(self, user_id: UserId, *other_ids: UserId, name: str | UnsetType = UNSET) -> Conversation:
        """With one other and no name the direct one."""
        request = BeginConversation(user_ids=other_ids, name=name)
        return (await do_begin_conversation(self.actions, user_id, request))[0].conversation

    async def tie(self, user_id: UserId, other_id: UserId, tie: Tie) -> None:
        """How the two stand to each other from now on, whatever was before; nobody is told."""
        async with self.store.write() as uow:
            for one, another, kind in ((user_id, other_id, tie.mine), (other_id, user_id, tie.theirs)):
                if kind is None:
                    await uow.relations.delete(one, another)
                else:
                    await uow.relations.put(one, another, kind, self.clock.ms)

    async def hears_from(self, user_id: UserId, direct_from: DirectFrom) -> None:
        async with self.store.write() as uow:
            me = await uow.users.me(user_id)
            assert me is not None
            await uow.users.update(msgspec.structs.replace(me, direct_from=direct_from))

    # --------------------------------------------------------------------------------------------------------- listen

    def published(self) -> list[tuple[Audience, Event]]:
        """What was published since the last time one asked."""
        found = [(one.audience, one.event) for one in self.bus.notices if isinstance(one, Published)]
        self.bus.notices.clear()
        return found

    def with_settings(self, settings: Settings) -> House:
        return replace(self, actions=replace(self.actions, settings=settings))

    def with_limits(self, limits: Limits) -> House:
        return replace(self, actions=replace(self.actions, limits=limits))

    def with_rates(self, rates: Mapping[str, Rate]) -> House:
        limiter = RateLimits({**RATES, **rates}, self.clock)
        return replace(self, actions=replace(self.actions, limiter=limiter))


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    bus = RecordingBus()
    clock = FakeClock()
    hasher = PlainHasher()
    voices = Voices()
    attendees = Attendees()
    images = Images()
    critic = ZxcvbnCritic()
    passkeys, qr_codes = WebAuthnPasskeys(), SegnoQrCodes()
    async with sqlite_store(folder, bus) as store:
        sessions = SessionCache[SessionRecord]()
        bot_tokens = SessionCache[BotToken]()
        bus.subscribe(bot_tokens.receive)
        bus.subscribe(sessions.receive)
        profiles = Profiles(store, MemoryCache(clock))
        bus.subscribe(profiles.receive)
        word_books = WordBooks()
        bus.subscribe(word_books.receive)
        randoms = itertools.count(1)
        limiter = RateLimits(RATES, clock)
        blobs = Blobs(MemoryStore())
        links = FakeLinks()
        previewer = Previewer(
            store=store,
            blobs=blobs,
            images=images,
            links=links,
            limiter=limiter,
            clock=clock,
            random_bytes=lambda size: next(randoms).to_bytes(size, "big"),
            limits=Limits(),
        )
        actions = Actions(
            store=store,
            bus=bus,
            clock=clock,
            ids=Snowflakes(),
            hasher=hasher,
            critic=critic,
            limiter=limiter,
            tokens=JwtTokens([SigningKey("test", b"k" * 32)], issuer="parley.test"),
            voice=voices,
            attendance=attendees,
            sessions=sessions,
            bot_tokens=bot_tokens,
            profiles=profiles,
            word_books=word_books,
            previewer=previewer,
            random_bytes=lambda size: next(randoms).to_bytes(size, "big"),
            blobs=blobs,
            images=images,
            sealer=AesSealer(b"s" * 32),
            passkeys=passkeys,
            qr_codes=qr_codes,
            studio=Studio(folder / "studio"),
            file_links=SignedFileLinks(b"k" * 32),
            intake=Intake(),
            pause=clock.pause,
            limits=Limits(),
            settings=Settings(),
        )
        yield House(actions, store, bus, clock, hasher, voices, attendees, links)
        await previewer.close()
    images.close()
    critic.close()
    passkeys.close()
    qr_codes.close()


def text_channel(view: GroupView) -> ChannelId:
    return next(channel.id for channel in view.channels if channel.kind is ChannelKind.TEXT)


def voice_channel(view: GroupView) -> ChannelId:
    return next(channel.id for channel in view.channels if channel.kind is ChannelKind.VOICE)


def no_message() -> MessageId:
    """An id that no message has."""
    return MessageId(Snowflake(12345))
