from __future__ import annotations

import pytest

from media.control import Candidate
from signaling.voice.answer import write_answer
from signaling.voice.negotiation import LEVEL_URI, read_offer
from tests.support.sdp import NODE, answered, local_side, offer_text


def test_the_answer_line_for_line() -> None:
    offer = read_offer(offer_text(slots=1), 8)

    transport = [
        "a=ice-ufrag:nodeufrag",
        "a=ice-pwd:node-password-of-24-char",
        f"a=fingerprint:sha-256 {NODE.value}",
        "a=setup:passive",
    ]
    codec = [
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 nack",
        "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1",
    ]
    assert write_answer(offer, local_side(1)).split("\r\n") == [
        "v=0",
        "o=- 77 3 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE 0 1",
        "m=audio 7882 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 192.0.2.1",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host",
        "a=end-of-candidates",
        *transport,
        "a=mid:0",
        f"a=extmap:1 {LEVEL_URI}",
        "a=recvonly",
        *codec,
        "m=audio 7882 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 192.0.2.1",
        *transport,
        "a=mid:1",
        "a=sendonly",
        *codec,
        "a=msid:slot-0 audio-0",
        "a=ssrc:9000 cname:parley",
        "a=ssrc:9000 msid:slot-0 audio-0",
        "",
    ]


def test_candidates_of_both_families_and_transports() -> None:
    candidates = (
        Candidate("192.0.2.1", 443, "tcp"),
        Candidate("2001:db8::1", 7882),
        Candidate("192.0.2.1", 7882),
    )
    lines = write_answer(read_offer(offer_text(), 8), local_side(2, *candidates)).split("\r\n")

    assert "m=audio 7882 UDP/TLS/RTP/SAVPF 111" in lines
    assert "c=IN IP6 2001:db8::1" in lines, "the first UDP candidate is the default one"
    found = [line.split() for line in lines if line.startswith("a=candidate:")]
    assert [line[2] for line in found] == ["tcp", "udp", "udp"]
    assert found[0][-2:] == ["tcptype", "passive"]
    assert len({line[0] for line in found}) == 3, "a foundation each"
    priorities = [int(line[3]) for line in found]
    assert priorities[1] > priorities[2] > priorities[0], "UDP first, then the node's own order"
    assert priorities[0] == (90 << 24) + (((4 << 13) + 0x1FFF) << 8) + 255


def test_without_a_udp_candidate_the_default_is_none() -> None:
    text = write_answer(read_offer(offer_text(), 8), local_side(2, Candidate("192.0.2.1", 443, "tcp")))

    assert "m=audio 9 " in text
    assert "c=IN IP4 0.0.0.0" in text


def test_a_rejected_line_is_answered_with_port_0_and_outside_the_bundle() -> None:
    offer = read_offer(offer_text(slots=2), 1)
    lines = write_answer(offer, local_side(1)).split("\r\n")

    assert "a=group:BUNDLE 0 1" in lines
    assert lines[lines.index("m=audio 0 UDP/TLS/RTP/SAVPF 111") :] == [
        "m=audio 0 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=inactive",
        "a=mid:2",
        "",
    ]


@pytest.mark.parametrize(("offered", "ours"), [("", ""), ("/sendrecv", "/sendrecv"), ("/sendonly", "/recvonly")])
def test_the_direction_of_an_extension_is_the_other_way_round(offered: str, ours: str) -> None:
    text = offer_text().replace(f"extmap:1 {LEVEL_URI}", f"extmap:1{offered} {LEVEL_URI}")

    assert answered(read_offer(text, 8)).sections[0].attributes.all("extmap") == (f"1{ours} {LEVEL_URI}",)


@pytest.mark.parametrize("stereo", [True, False])
def test_stereo_is_answered_where_it_will_be_sent(stereo: bool) -> None:
    text = offer_text().replace("useinbandfec=1", f"useinbandfec=1;sprop-stereo={stereo:d}")

    assert (";stereo=1" in write_answer(read_offer(text, 8), local_side())) is stereo
