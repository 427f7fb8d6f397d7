"""Real browsers talk through the desk and a real media node, without the gateway between them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from media.control import NodeConfig
from parley.media_process import Child, Running, Timing, launch_child
from server.domain.events import VoiceLeave, VoiceReset, VoiceSpeaking, VoiceUpdate
from server.domain.ids import UserId
from signaling.voice_port import Answer, Offer, Update
from tests.support.browser import CHROMIUM, FLAGS
from tests.support.voice_stage import Stage, caller, open_stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

CALL = """async () => {
    const pc = (window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
    window.slots = [];
    pc.ontrack = (event) => {
        window.slots.push(event.receiver);
        const audio = new Audio();
        audio.srcObject = event.streams[0];
        audio.play();
    };
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: 440 });
    const out = context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    window.microphone = out.stream.getAudioTracks()[0];
    pc.addTransceiver(window.microphone, { direction: "sendonly" });
    for (let slot = 0; slot < 8; slot++) pc.addTransceiver("audio", { direction: "recvonly" });
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
}"""

RESTART = """async () => {
    pc.restartIce();
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
}"""

ANSWER = """async (sdp) => pc.setRemoteDescription({ type: "answer", sdp })"""

CONNECTED = """() => new Promise((resolve) => {
    const look = () => pc.connectionState === "connected" && resolve(true);
    pc.addEventListener("connectionstatechange", look);
    look();
})"""

# Sums over all slots; waits inside the page until sound has come in that was not there before.
HEARS = """async (more) => {
    const energy = async () => {
        let sum = 0;
        for (const each of (await pc.getStats()).values()) {
            if (each.type === "inbound-rtp") sum += each.totalAudioEnergy ?? 0;
        }
        return sum;
    };
    const before = await energy();
    for (let tries = 0; tries < 200; tries++) {
        if ((await energy()) > before + more) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
}"""

SOURCES = "() => window.slots.flatMap((each) => each.getContributingSources().map((source) => source.source))"


class Launcher:
    def __init__(self) -> None:
        self.pids: list[int] = []

    async def __call__(self, theirs: socket.socket) -> Running:
        child: Child = await launch_child(theirs)
        self.pids.append(child.pid)
        return child


@pytest.fixture
async def launcher() -> Launcher:
    return Launcher()


@pytest.fixture
async def stage(tmp_path: Path, launcher: Launcher) -> AsyncIterator[Stage]:
    config = NodeConfig(port=0, bind=("127.0.0.1",))
    async with open_stage(tmp_path, config=config, launch=launcher, timing=Timing(wait_s=30)) as stage:
        yield stage


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(FLAGS))
        yield browser
        await browser.close()


class Person:
    def __init__(self, stage: Stage, user_id: UserId, page: Page) -> None:
        self.stage = stage
        self.user_id = user_id
        self.page = page
        self.answer: Answer | None = None

    @property
    def number(self) -> int:
        assert self.answer is not None
        return self.answer.participant

    async def join(self, *, muted: bool = False) -> None:
        await self._offer(await self.page.evaluate(CALL), muted)
        await self.page.evaluate(CONNECTED)

    async def restart(self) -> None:
        await self._offer(await self.page.evaluate(RESTART), False)

    async def _offer(self, sdp: str, muted: bool) -> None:
        offer = Offer(channel_id=self.stage.channel_id, negotiation=1, sdp=sdp, muted=muted, deafened=False)
        self.answer = await self.stage.desk.offer(caller(self.user_id), offer)
        await self.page.evaluate(ANSWER, self.answer.sdp)

    async def hears(self) -> None:
        assert await self.page.evaluate(HEARS, 1e-4), "no sound comes in"

    async def until_told_connected(self) -> None:
        await self.stage.told.wait(
            VoiceUpdate, lambda event: event.state.participant == self.number and event.state.connected
        )


async def two_people(stage: Stage, browser: Browser) -> tuple[Person, Person]:
    people = []
    for user_id in (stage.owner, await stage.member("anna")):
        people.append(Person(stage, user_id, await browser.new_page()))
        await people[-1].join()
    return people[0], people[1]


async def test_two_browsers_hear_one_another(stage: Stage, browser: Browser) -> None:
    owner, anna = await two_people(stage, browser)
    for each in (owner, anna):
        await each.until_told_connected()
        await stage.told.wait(VoiceSpeaking, lambda event, each=each: event.participant == each.number)  # type: ignore[misc]
        await each.hears()
    sources: list[int] = await anna.page.evaluate(SOURCES)
    assert set(sources) == {owner.number}, "packets name their speaker"
    stats = await (await stage.media.link()).stats()
    assert (stats.rooms, stats.participants) == (1, 2)

    stage.told.clear()
    await owner.restart()
    assert owner.number in [state.participant for state in stage.roster.states([stage.channel_id])]
    await anna.hears()
    assert stage.told.of(VoiceReset) == []

    await stage.desk.leave(caller(anna.user_id), anna.number)
    await stage.told.wait(VoiceLeave)
    assert (await (await stage.media.link()).stats()).participants == 1


async def test_a_muted_one_is_silent(stage: Stage, browser: Browser) -> None:
    owner, anna = await two_people(stage, browser)
    await anna.hears()
    await stage.desk.update(caller(owner.user_id), Update(participant=owner.number, muted=True))
    await stage.told.wait(VoiceSpeaking, lambda event: event.participant == owner.number and not event.speaking)
    # What was under way has come in once the other's sound goes on; from there on nothing may arrive.
    await owner.hears()
    packets = await _packets(anna.page)
    await owner.hears()
    assert await _packets(anna.page) == packets

    await stage.desk.update(caller(owner.user_id), Update(participant=owner.number, muted=False))
    await anna.hears()


async def _packets(page: Page) -> int:
    stats: dict[str, Any] = await page.evaluate("async () => Object.fromEntries(await pc.getStats())")
    return sum(each["packetsReceived"] for each in stats.values() if each["type"] == "inbound-rtp")


async def test_all_come_back_after_the_node_was_killed(stage: Stage, browser: Browser, launcher: Launcher) -> None:
    people = await two_people(stage, browser)
    os.kill(launcher.pids[-1], signal.SIGKILL)
    for each in people:
        reset = await stage.told.wait(VoiceReset, lambda event, each=each: event.participant == each.number)  # type: ignore[misc]
        assert (reset.reason, reset.retry) == ("media_restarted", True)
    for each in people:
        await each.page.evaluate("() => pc.close()")
        await each.join()
    for each in people:
        await each.hears()
