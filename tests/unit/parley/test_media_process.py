from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from media.control import Connected, Failed, NodeConfig, ParticipantId, Start, Stop
from parley.failures import CannotStart
from parley.media_process import MediaProcess, Timing
from server.domain.errors import Unavailable
from signaling.voice.link import LinkTiming, NodeEvent
from tests.support.fake_node import FakeLauncher
from tests.support.waiting import Bell

CONFIG = NodeConfig(port=0)
QUICK = Timing(start_s=5, stop_s=0.05, wait_s=5, stable_s=1000, backoff_s=0.001, backoff_max_s=0.01, link=LinkTiming())


class Listener:
    def __init__(self) -> None:
        self.said: list[NodeEvent] = []
        self.lost = 0
        self.bell = Bell()

    def node_said(self, event: NodeEvent) -> None:
        self.said.append(event)
        self.bell.ring()

    def node_lost(self) -> None:
        self.lost += 1
        self.bell.ring()


Make = Callable[..., MediaProcess]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[MediaProcess] = []

    def new(launcher: FakeLauncher, timing: Timing = QUICK) -> MediaProcess:
        made.append(MediaProcess(CONFIG, launch=launcher, timing=timing))
        return made[-1]

    yield new
    for each in made:
        await each.stop()


async def test_start_stop(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher)
    assert not media.ok
    ready = await media.start()

    assert media.ok
    assert (await media.link()).ready is ready
    (node,) = launcher.nodes
    assert node.of(Start)[0].config == CONFIG
    await media.stop()
    assert not media.ok
    assert node.of(Stop)
    assert node.ended.is_set()
    assert launcher.starts == 1


async def test_stop_without_start_and_twice(make: Make) -> None:
    media = make(FakeLauncher())
    await media.stop()
    await media.start()
    await media.stop()
    await media.stop()


async def test_a_node_that_does_not_stop_is_killed(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher)
    await media.start()
    launcher.nodes[0].silent = True
    await media.stop()

    assert launcher.nodes[0].ended.is_set()


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (Failed("port_taken", "UDP port 7882 is taken:\nstop the other program"), "7882 is taken: stop the other"),
        (OSError("no memory"), "did not start"),
    ],
)
async def test_a_first_start_that_fails_is_one_line(make: Make, failure: Failed | OSError, line: str) -> None:
    launcher = FakeLauncher(failure)
    with pytest.raises(CannotStart, match=line) as caught:
        await make(launcher).start()

    assert "\n" not in str(caught.value)
    assert all(node.ended.is_set() for node in launcher.nodes)


async def test_a_node_that_is_never_ready(make: Make) -> None:
    timing = Timing(start_s=0.01)
    launcher = FakeLauncher()
    media = make(launcher, timing)
    starting = asyncio.ensure_future(media.start())
    (await launcher.node(0)).silent = True
    with pytest.raises(CannotStart):
        await starting

    assert launcher.nodes[0].ended.is_set()


async def test_a_dead_node_is_started_again_and_its_loss_is_told(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher)
    listener = Listener()
    media.subscribe(listener)
    await media.start()
    for number in range(4):
        node = await launcher.node(number)
        link = await media.link()
        node.tell(Connected(ParticipantId(number)))
        await link.stats()
        node.crash()
        await listener.bell.until(lambda number=number: listener.lost == number + 1)  # type: ignore[misc]

    assert (await media.link()).alive
    assert media.ok
    assert listener.said == [Connected(ParticipantId(number)) for number in range(4)]


async def test_a_node_that_hangs_is_killed_and_started_again(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher, Timing(link=LinkTiming(ping_s=0.005, dead_s=0.02)))
    await media.start()
    launcher.nodes[0].silent = True

    await launcher.node(1)
    assert launcher.nodes[0].ended.is_set(), "never two at a time: they would fight for the port"


async def test_failed_restarts_are_tried_on_and_on(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    failed, no_process = Failed("port_taken", "taken"), OSError("no process")
    launcher = FakeLauncher(None, failed, no_process, failed, no_process, failed, no_process)
    media = make(launcher)
    await media.start()
    launcher.nodes[0].crash()

    await launcher.until_starts(8)
    assert (await media.link()).alive


async def test_the_first_restart_is_at_once_and_later_ones_back_off(make: Make) -> None:
    media = make(FakeLauncher(), Timing(backoff_s=0.25, backoff_max_s=10))
    waits = []
    for deaths in (0, 1, 2, 3, 7, 5000):
        media._quick_deaths = deaths
        waits.append(media._pause_s())

    assert waits == [0, 0.25, 0.5, 1, 10, 10]


async def test_a_long_life_clears_the_record(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher, Timing(stable_s=0, backoff_s=1000, backoff_max_s=1000))
    await media.start()
    for number in range(3):
        await media.link()
        (await launcher.node(number)).crash()
        await launcher.node(number + 1)


async def test_who_asks_for_a_link_meanwhile_waits_for_it(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher)
    waiting = asyncio.ensure_future(media.link())
    await asyncio.sleep(0)
    assert not waiting.done()
    await media.start()

    assert (await waiting).alive


async def test_between_a_death_and_its_notice_a_dead_link_is_not_handed_out(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher)
    await media.start()
    dead = await media.link()
    dead.close()
    assert not media.ok

    assert await media.link() is not dead


async def test_who_waits_too_long_is_told(make: Make) -> None:
    with pytest.raises(Unavailable) as caught:
        await make(FakeLauncher(), Timing(wait_s=0.01)).link()

    assert caught.value.code == "voice_unavailable"


async def test_stop_while_a_restart_waits(make: Make) -> None:
    launcher = FakeLauncher(None, OSError("no process"))
    media = make(launcher, Timing(backoff_s=1000, backoff_max_s=1000))
    await media.start()
    launcher.nodes[0].crash()
    await launcher.until_starts(2)

    await media.stop()
    assert launcher.starts == 2


async def test_stop_while_a_new_node_starts_leaves_none(make: Make) -> None:
    launcher = FakeLauncher()
    media = make(launcher)
    await media.start()
    launcher.nodes[0].crash()
    node = await launcher.node(1)
    node.silent = True

    await media.stop()
    assert node.ended.is_set()
    assert not media.ok


async def test_a_listener_that_fails_does_not_keep_voice_down(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Listener):
        def node_lost(self) -> None:
            raise RuntimeError("broken")

    launcher = FakeLauncher()
    media = make(launcher)
    media.subscribe(Broken())
    await media.start()
    launcher.nodes[0].crash()

    await launcher.node(1)
    assert (await media.link()).alive
    assert "broken" in caplog.text
