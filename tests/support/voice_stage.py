"""The voice desk over a real store and a supervised fake node, and people who come to it."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeVar, cast

from media.control import NodeConfig
from parley.media_process import Launch, MediaProcess, Timing
from server.actions.context import Actions
from server.domain.entities import VoiceState
from server.domain.events import Audience, Event, GroupView, Notice, Published
from server.domain.ids import ChannelId, GroupId, SessionId, Snowflake, UserId
from signaling.voice.desk import Desk, DeskSettings
from signaling.voice.roster import Roster
from signaling.voice_port import Answer, Caller, Offer
from tests.support.actions import House, open_house, voice_channel
from tests.support.fake_node import FakeLauncher, FakeNode
from tests.support.sdp import offer_text
from tests.support.waiting import Bell

E = TypeVar("E", bound=Event)
QUICK = Timing(backoff_s=0.001, backoff_max_s=0.01, wait_s=5)


class Told:
    """What the bus carried."""

    def __init__(self) -> None:
        self.events: list[tuple[Audience, Event]] = []
        self._bell = Bell()

    def receive(self, notice: Notice) -> None:
        if isinstance(notice, Published):
            self.events.append((notice.audience, notice.event))
            self._bell.ring()

    def of(self, kind: type[E]) -> list[E]:
        return [event for _, event in self.events if isinstance(event, kind)]

    async def wait(self, kind: type[E], matches: Callable[[E], bool] = lambda _: True) -> E:
        """The first one since the last :meth:`clear`, past or to come."""

        def found() -> E | None:
            return next((event for event in self.of(kind) if matches(event)), None)

        await self._bell.until(lambda: found() is not None)
        return cast(E, found())

    def audience_of(self, event: Event) -> Audience:
        return next(audience for audience, each in self.events if each is event)

    def clear(self) -> None:
        self.events.clear()


@dataclasses.dataclass
class Stage:
    house: House
    actions: Actions
    roster: Roster
    desk: Desk
    launcher: FakeLauncher
    media: MediaProcess
    told: Told
    view: GroupView
    owner: UserId

    @property
    def channel_id(self) -> ChannelId:
        """The voice channel that every group has."""
        return voice_channel(self.view)

    @property
    def group_id(self) -> GroupId:
        return self.view.group.id

    @property
    def node(self) -> FakeNode:
        """The one that lives now."""
        return self.launcher.nodes[-1]

    async def member(self, name: str) -> UserId:
        user_id = await self.house.user(name)
        await self.house.bring_in(self.owner, self.group_id, user_id)
        return user_id

    async def join(
        self,
        user_id: UserId,
        *,
        channel_id: ChannelId | None = None,
        session: int = 1,
        muted: bool = False,
        deafened: bool = False,
        fingerprint: str = "AA",
        ufrag: str = "abcd",
        uplink: str = "sendonly",
        negotiation: int = 1,
    ) -> Answer:
        sdp = offer_text(fingerprint=fingerprint, ufrag=ufrag, uplink=uplink)
        offer = Offer(
            channel_id=channel_id or self.channel_id, negotiation=negotiation, sdp=sdp, muted=muted, deafened=deafened
        )
        return await self.desk.offer(caller(user_id, session), offer)

    def state(self, participant: int) -> VoiceState:
        found = self.roster.get(participant)
        assert found is not None
        return found.state


def caller(user_id: UserId, session: int = 1) -> Caller:
    """``session``: which of the user's log-ins."""
    return Caller(user_id, SessionId(Snowflake(user_id * 8 + session)))


@asynccontextmanager
async def open_stage(
    folder: Path,
    settings: DeskSettings | None = None,
    *,
    config: NodeConfig | None = None,
    launch: Launch | None = None,
    timing: Timing = QUICK,
) -> AsyncIterator[Stage]:
    """``launch``: in place of fake nodes; ``launcher`` and ``node`` are of no use then."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(folder))
        roster, told = Roster(), Told()
        house.bus.subscribe(told.receive)
        actions = dataclasses.replace(house.actions, voice=roster)
        launcher = FakeLauncher()
        media = MediaProcess(config or NodeConfig(port=0), launch=launch or launcher, timing=timing)
        stack.push_async_callback(media.stop)
        desk = Desk(actions, roster, [media], settings)
        desk.open()
        stack.push_async_callback(desk.close)
        await media.start()
        owner = await house.user("owner")
        view = await house.group(owner)
        told.clear()
        yield Stage(house, actions, roster, desk, launcher, media, told, view, owner)
