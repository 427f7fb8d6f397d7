"""What the service may count on when it talks to a media node: a fake one, the real one in this process, and as a child."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Literal, cast

import pytest

from media.control import (
    Connect,
    Disconnect,
    Downlink,
    Fingerprint,
    IceCredentials,
    Ignore,
    NodeConfig,
    ParticipantId,
    RequestId,
    RestartIce,
    RoomId,
    Stop,
    Update,
    Uplink,
)
from media.node import Node
from parley.media_process import Launch, Running, launch_child
from server.domain.errors import Unavailable
from signaling.voice.link import MediaLink, NodeFailed, NodeRefused
from tests.support.fake_node import FakeLauncher

Kind = Literal["fake", "in_process", "child"]
CONFIG = NodeConfig(port=0, bind=("127.0.0.1",), slots=4)
ROOM, OTHER_ROOM = RoomId(1 << 60), RoomId(2)


class InProcess:
    """The real node as a task here."""

    def __init__(self, sock: socket.socket) -> None:
        self._task = asyncio.create_task(Node(sock).run())

    async def wait(self) -> None:
        await asyncio.wait([self._task])

    def kill(self) -> None:
        self._task.cancel()


async def _in_process(theirs: socket.socket) -> Running:
    return InProcess(theirs)


class Pair:
    def __init__(self, link: MediaLink, process: Running) -> None:
        self.link = link
        self.process = process


Open = Callable[[], contextlib.AbstractAsyncContextManager[Pair]]


REAL = ["in_process", pytest.param("child", marks=pytest.mark.integration)]


@pytest.fixture(params=["fake", *REAL])
def opened(request: pytest.FixtureRequest) -> Open:
    kind = cast(Kind, request.param)

    @contextlib.asynccontextmanager
    async def open_one() -> AsyncIterator[Pair]:
        ours, theirs = socket.socketpair()
        launches: dict[Kind, Launch] = {"fake": FakeLauncher(), "in_process": _in_process, "child": launch_child}
        process = await launches[kind](theirs)
        link = await MediaLink.open(ours, lambda _: None)
        try:
            yield Pair(link, process)
        finally:
            link.close()
            process.kill()
            await process.wait()

    return open_one


@pytest.fixture
async def pair(opened: Open) -> AsyncIterator[Pair]:
    async with opened() as pair:
        await pair.link.start(CONFIG, within_s=30)
        yield pair


def ice(number: int) -> IceCredentials:
    return IceCredentials(f"ufrag{number}", f"a-password-that-is-long-{number}")


def connect(participant: int, room: RoomId = ROOM, slots: int = 4) -> Callable[[RequestId], Connect]:
    def ask(request: RequestId) -> Connect:
        return Connect(
            request=request,
            room=room,
            participant=ParticipantId(participant),
            local=ice(participant),
            remote=ice(100 + participant),
            fingerprints=(Fingerprint("sha-256", ":".join(["AB"] * 32)),),
            dtls="passive",
            uplink=Uplink(111, None, 1),
            downlinks=tuple(Downlink(str(1 + slot), 111) for slot in range(slots)),
            may_speak=True,
            muted=False,
            deafened=False,
        )

    return ask


def restart(participant: int) -> Callable[[RequestId], RestartIce]:
    def ask(request: RequestId) -> RestartIce:
        number = 1000 + participant
        return RestartIce(request, ParticipantId(participant), ice(number), ice(100 + number))

    return ask


async def refusal(pair: Pair, ask: Callable[[RequestId], Connect | RestartIce]) -> str:
    with pytest.raises(NodeRefused) as caught:
        await pair.link.connect(ask)
    return caught.value.refused.code


async def test_ready_tells_what_an_answer_needs(pair: Pair) -> None:
    ready = pair.link.ready

    assert ready.slots == 4
    assert ready.candidates
    assert ready.fingerprint.algorithm == "sha-256"
    assert len(ready.fingerprint.value) == 95


async def test_everyone_in_a_room_gets_the_same_ssrcs(pair: Pair) -> None:
    first = await pair.link.connect(connect(1))
    second = await pair.link.connect(connect(2, slots=2))
    elsewhere = await pair.link.connect(connect(3, OTHER_ROOM))

    assert len(set(first.slot_ssrcs)) == 4
    assert second.slot_ssrcs == first.slot_ssrcs[:2]
    assert elsewhere.slot_ssrcs != first.slot_ssrcs
    stats = await pair.link.stats()
    assert (stats.rooms, stats.participants) == (2, 3)


async def test_refusals_change_nothing(pair: Pair) -> None:
    await pair.link.connect(connect(1))

    assert await refusal(pair, connect(1)) == "participant_exists"
    assert await refusal(pair, connect(2, slots=5)) == "too_many_slots"
    assert await refusal(pair, restart(3)) == "participant_unknown"
    assert (await pair.link.stats()).participants == 1


async def test_a_restart_keeps_the_ssrcs(pair: Pair) -> None:
    accepted = await pair.link.connect(connect(1))

    assert (await pair.link.connect(restart(1))).slot_ssrcs == accepted.slot_ssrcs


async def test_orders_are_taken_in_turn_and_unknown_ones_passed_over(pair: Pair) -> None:
    await pair.link.connect(connect(1))
    await pair.link.connect(connect(2))
    pair.link.order(Update(ParticipantId(1), may_speak=False, muted=True, deafened=True))
    pair.link.order(Ignore(ParticipantId(1), (ParticipantId(2),)))
    for participant in (ParticipantId(2), ParticipantId(99)):
        pair.link.order(Disconnect(participant))
        pair.link.order(Ignore(participant, ()))

    assert (await pair.link.stats()).participants == 1
    await pair.link.connect(connect(2))


async def test_many_requests_at_once_find_their_answers(pair: Pair) -> None:
    answers = await asyncio.gather(*(pair.link.connect(connect(n, slots=n % 5)) for n in range(1, 60)))

    assert [len(each.slot_ssrcs) for each in answers] == [n % 5 for n in range(1, 60)]


async def test_stop_ends_the_node_and_the_link(pair: Pair) -> None:
    pair.link.order(Stop())

    await pair.process.wait()
    await asyncio.shield(pair.link.closed)
    with pytest.raises(Unavailable):
        await pair.link.stats()


async def test_the_node_ends_when_the_service_is_gone(pair: Pair) -> None:
    pair.link.close()

    await pair.process.wait()


async def test_what_waits_fails_when_the_node_dies(pair: Pair) -> None:
    waiting = asyncio.ensure_future(pair.link.stats())
    await asyncio.sleep(0)
    pair.process.kill()

    await asyncio.wait([waiting])
    await asyncio.shield(pair.link.closed)
    with pytest.raises(Unavailable) as caught:
        await pair.link.stats()
    assert caught.value.code == "voice_unavailable"


@pytest.mark.parametrize("opened", REAL, indirect=True)
async def test_a_taken_port_is_named(opened: Open) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with opened() as pair:
            with pytest.raises(NodeFailed, match=str(port)) as caught:
                await pair.link.start(NodeConfig(port=port, bind=("127.0.0.1",)), within_s=30)
            assert caught.value.failed.code == "port_taken"
            await pair.process.wait()
