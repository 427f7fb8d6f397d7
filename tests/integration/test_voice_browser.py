"""A real Chromium takes our answers. No media node is needed: nothing is sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from media.control import Candidate, Fingerprint, IceCredentials
from signaling.voice.answer import LocalSide, write_answer
from signaling.voice.negotiation import MediaOffer, read_offer
from tests.support.browser import chromium

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

OFFER = """async ({ direction, slots, video, red }) => {
    const pc = (window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
    window.tracks = [];
    pc.ontrack = (event) => window.tracks.push([event.transceiver.mid, event.streams.map((each) => each.id)]);
    const microphone = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
    const uplink = pc.addTransceiver(direction === "inactive" ? "audio" : microphone, { direction });
    if (video) pc.addTransceiver("video", { direction: "sendonly" });
    if (red) {
        const codecs = RTCRtpSender.getCapabilities("audio").codecs;
        uplink.setCodecPreferences(codecs.toSorted((a, b) => (b.mimeType === "audio/red") - (a.mimeType === "audio/red")));
    }
    for (let slot = 0; slot < slots; slot++) pc.addTransceiver("audio", { direction: "recvonly" });
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
}"""

ANSWER = """async (sdp) => {
    await pc.setRemoteDescription({ type: "answer", sdp });
    return {
        state: pc.signalingState,
        tracks: window.tracks,
        lines: pc.getTransceivers().map((each) => each.currentDirection),
        sender: pc.getTransceivers().find((each) => each.receiver.track.kind === "audio").sender.getParameters(),
        candidates: pc.remoteDescription.sdp.match(/a=candidate/g)?.length ?? 0,
    };
}"""

RESTART = """async () => {
    pc.restartIce();
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running[0]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def local(offer: MediaOffer, version: int = 1) -> LocalSide:
    return LocalSide(
        session_id=4711,
        version=version,
        ice=IceCredentials(f"node{version}", f"password-{version}-of-node-long-enough".replace("-", "+")),
        fingerprint=Fingerprint("sha-256", ":".join(["0F"] * 32)),
        candidates=(Candidate("127.0.0.1", 9), Candidate("::1", 9), Candidate("127.0.0.1", 9, "tcp")),
        slot_ssrcs=tuple(1000 + slot for slot in range(len(offer.downlinks))),
    )


def make_offer(page: Page, **options: object) -> MediaOffer:
    every: dict[str, object] = {"direction": "sendonly", "slots": 8, "video": False, "red": False}
    return read_offer(page.evaluate(OFFER, every | options), max_slots=8)


def give_answer(page: Page, offer: MediaOffer, side: LocalSide) -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(ANSWER, write_answer(offer, side))
    assert result["state"] == "stable"
    return result


@pytest.mark.parametrize("red", [False, True])
def test_a_speaker_with_eight_slots(page: Page, red: bool) -> None:
    offer = make_offer(page, red=red)
    assert offer.uplink is not None
    result = give_answer(page, offer, local(offer))

    assert result["lines"] == ["sendonly"] + ["recvonly"] * 8
    assert result["tracks"] == [[str(slot + 1), [f"slot-{slot}"]] for slot in range(8)]
    assert result["candidates"] == 3
    (codec,) = result["sender"]["codecs"]
    assert (codec["mimeType"], codec["payloadType"]) == ("audio/opus", offer.uplink.payload_type)
    assert "usedtx=1" in codec["sdpFmtpLine"]
    assert "useinbandfec=1" in codec["sdpFmtpLine"]
    extensions = {each["uri"]: each["id"] for each in result["sender"]["headerExtensions"]}
    assert extensions["urn:ietf:params:rtp-hdrext:ssrc-audio-level"] == offer.uplink.level_extension
    assert not any("transport-wide-cc" in uri or "abs-send-time" in uri for uri in extensions)


def test_a_listener_without_a_microphone(page: Page) -> None:
    offer = make_offer(page, direction="inactive")
    assert offer.uplink is None
    result = give_answer(page, offer, local(offer))

    assert result["lines"] == ["inactive"] + ["recvonly"] * 8
    assert len(result["tracks"]) == 8


def test_what_is_not_for_us_is_rejected(page: Page) -> None:
    """Video, one slot more than there are, and a microphone line that also receives."""
    offer = make_offer(page, direction="sendrecv", slots=9, video=True)
    assert [line.role for line in offer.lines] == ["uplink", "rejected", *["slot"] * 8, "rejected"]
    result = give_answer(page, offer, local(offer))

    assert result["lines"] == ["sendonly", *["recvonly"] * 8], "the rejected ones are gone"
    assert len(result["tracks"]) == 8


def test_an_ice_restart_keeps_the_shape(page: Page) -> None:
    first = make_offer(page)
    side = local(first)
    give_answer(page, first, side)
    second = read_offer(page.evaluate(RESTART), max_slots=8)

    assert second.ice != first.ice
    changed_only_there = dataclasses.replace(second, ice=first.ice)
    assert (changed_only_there.fingerprints, changed_only_there.uplink) == (first.fingerprints, first.uplink)
    assert changed_only_there.downlinks == first.downlinks
    result = give_answer(page, second, local(second, version=2))
    assert result["lines"] == ["sendonly"] + ["recvonly"] * 8
    assert len(result["tracks"]) == 8, "the same tracks go on"
