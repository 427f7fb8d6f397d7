from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from media.control import (
    Connected,
    Disconnected,
    Failed,
    NodeConfig,
    ParticipantId,
    Pong,
    RequestId,
    RestartIce,
    RoomId,
    Slots,
    Speaking,
    Start,
    Stats,
    StatsRequest,
    Stop,
    encode,
)
from media.control import IceCredentials as Ice
from server.domain.errors import Unavailable
from signaling.voice import link as links
from signaling.voice.link import LinkTiming, MediaLink, NodeEvent, NodeFailed
from tests.support.fake_node import FINGERPRINT, FakeNode

CONFIG = NodeConfig(port=0)
SHORT = LinkTiming(answer_s=0.02, ping_s=0.01, dead_s=0.05)


class Pair:
    """A link, and the fake node at its other end."""

    def __init__(self, link: MediaLink, node: FakeNode, heard: list[NodeEvent]) -> None:
        self.link = link
        self.node = node
        self.heard = heard


MakePair = Callable[..., "asyncio.Future[Pair]"]


@pytest.fixture
async def make() -> AsyncIterator[MakePair]:
    made: list[Pair] = []

    async def new(timing: LinkTiming | None = None, failure: Failed | None = None) -> Pair:
        ours, theirs = socket.socketpair()
        heard: list[NodeEvent] = []
        node = await FakeNode.over(theirs, failure)
        link = await MediaLink.open(ours, heard.append, timing)
        made.append(Pair(link, node, heard))
        return made[-1]

    yield lambda *args, **kwargs: asyncio.ensure_future(new(*args, **kwargs))
    for pair in made:
        pair.link.close()
        await pair.node.ended.wait()


async def unavailable(asked: asyncio.Future[object]) -> None:
    with pytest.raises(Unavailable) as caught:
        await asked
    assert caught.value.code == "voice_unavailable"


async def test_start_gives_what_the_node_says_of_itself(make: MakePair) -> None:
    pair = await make()
    ready = await pair.link.start(CONFIG, within_s=5)

    assert ready is pair.link.ready
    assert ready.fingerprint == FINGERPRINT
    assert pair.link.alive


async def test_a_node_that_cannot_start(make: MakePair) -> None:
    pair = await make(failure=Failed("port_taken", "UDP port 7882 is taken"))

    with pytest.raises(NodeFailed, match="7882"):
        await pair.link.start(CONFIG, within_s=5)
    await asyncio.shield(pair.link.closed)


async def test_a_node_that_says_nothing(make: MakePair) -> None:
    pair = await make()
    pair.node.silent = True

    with pytest.raises(Unavailable):
        await pair.link.start(CONFIG, within_s=0.01)


async def test_a_node_that_goes_before_it_is_ready(make: MakePair) -> None:
    pair = await make()
    pair.node.silent = True
    starting = asyncio.ensure_future(pair.link.start(CONFIG, within_s=5))
    await pair.node.wait(Start)
    pair.node.crash()

    with pytest.raises(Unavailable):
        await starting


async def test_events_reach_the_listener_in_order(make: MakePair) -> None:
    pair = await make()
    await pair.link.start(CONFIG, within_s=5)
    events: list[NodeEvent] = [
        Connected(ParticipantId(1)),
        Slots(RoomId(2), (ParticipantId(1), ParticipantId(0))),
        Speaking(RoomId(2), ParticipantId(1), True),
        Disconnected(ParticipantId(1), "consent_expired"),
    ]
    pair.node.tell(*events)
    await pair.link.stats()

    assert pair.heard == events


async def test_an_answer_that_comes_too_late_is_passed_over(make: MakePair) -> None:
    pair = await make(LinkTiming(answer_s=0.02))
    await pair.link.start(CONFIG, within_s=5)
    pair.node.silent = True
    await unavailable(asyncio.ensure_future(pair.link.stats()))
    request = pair.node.of(StatsRequest)[0].request
    pair.node.silent = False
    pair.node.tell(Stats(request, 7, 7, 7, 7, 7, 7.0, 7), Stats(RequestId(9999), 8, 8, 8, 8, 8, 8.0, 8))

    assert (await pair.link.stats()).rooms == 0
    assert pair.link.alive


async def test_all_that_waits_fails_when_the_stream_ends(make: MakePair) -> None:
    pair = await make()
    await pair.link.start(CONFIG, within_s=5)
    pair.node.silent = True
    ice = Ice("ufrag", "a-password-that-is-long-enough")
    asked: list[asyncio.Future[object]] = [
        asyncio.ensure_future(pair.link.stats()),
        asyncio.ensure_future(pair.link.connect(lambda number: RestartIce(number, ParticipantId(1), ice, ice))),
    ]
    await pair.node.wait(RestartIce)
    pair.node.crash()

    for each in asked:
        await unavailable(each)
    assert "stream" in await asyncio.shield(pair.link.closed)
    assert not pair.link.alive


async def test_a_closed_link_refuses_at_once_and_takes_orders_in_silence(make: MakePair) -> None:
    pair = await make()
    await pair.link.start(CONFIG, within_s=5)
    pair.link.close()
    pair.link.close()

    await unavailable(asyncio.ensure_future(pair.link.stats()))
    pair.link.order(Stop())
    assert "service" in pair.link.closed.result()


async def test_a_cancelled_request_leaves_the_link_in_use(make: MakePair) -> None:
    pair = await make()
    await pair.link.start(CONFIG, within_s=5)
    asked = asyncio.ensure_future(pair.link.stats())
    await asyncio.sleep(0)
    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await pair.link.stats()).rooms == 0


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", encode(Stop())], ids=["long", "bad", "other"]
)
async def test_what_is_no_message_ends_the_link(make: MakePair, data: bytes) -> None:
    pair = await make()
    await pair.link.start(CONFIG, within_s=5)
    pair.node.tell_bytes(data)

    assert await asyncio.shield(pair.link.closed)


async def test_a_second_ready_ends_the_link(make: MakePair) -> None:
    pair = await make()
    ready = await pair.link.start(CONFIG, within_s=5)
    pair.node.tell(ready, Connected(ParticipantId(1)))

    assert "twice" in await asyncio.shield(pair.link.closed)
    assert pair.heard == [], "what follows is not heard any more"


async def test_a_node_that_hangs_is_dead(make: MakePair) -> None:
    pair = await make(SHORT)
    await pair.link.start(CONFIG, within_s=5)
    pair.node.silent = True

    assert "answer" in await asyncio.shield(pair.link.closed)


async def test_a_node_that_answers_pings_lives(make: MakePair) -> None:
    """A hundred beats of the other link, which dies of it."""
    alive = await make(LinkTiming(ping_s=0.001, dead_s=1.0))
    await alive.link.start(CONFIG, within_s=5)
    hung = await make(LinkTiming(ping_s=0.001, dead_s=0.1))
    await hung.link.start(CONFIG, within_s=5)
    hung.node.silent = True
    await asyncio.shield(hung.link.closed)

    assert alive.link.alive
    assert (await alive.link.stats()).rooms == 0


async def test_a_loop_that_stood_still_is_not_the_nodes_death(make: MakePair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = await make(LinkTiming(ping_s=60, dead_s=3))
    await pair.link.start(CONFIG, within_s=5)
    pair.node.silent = True
    loop = asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now + 500)
    pair.link._beat()

    assert pair.link.alive, "this beat came 440 s late: nothing can be said of the node"
    monkeypatch.setattr(loop, "time", lambda: now + 503.5)
    pair.link._beat()
    assert not pair.link.alive


async def test_a_node_that_does_not_read_is_dead(make: MakePair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAX_BACKLOG_BYTES", 1000)
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        link = await MediaLink.open(ours, lambda _: None)
        while link.alive:
            link.order(Stop())
        assert "read" in link.closed.result()


async def test_a_stray_pong_changes_nothing(make: MakePair) -> None:
    pair = await make()
    await pair.link.start(CONFIG, within_s=5)
    pair.node.tell(Pong(12345))

    assert (await pair.link.stats()).rooms == 0
