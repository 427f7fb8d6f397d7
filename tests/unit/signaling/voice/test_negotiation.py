from __future__ import annotations

import pytest

from media.control import Downlink, Fingerprint, IceCredentials, Uplink
from server.domain.errors import Invalid
from signaling.voice.negotiation import LEVEL_URI, MID_URI, read_offer
from tests.support.sdp import CHROMIUM, FIREFOX, answered, offer_text, vector


def changed(old: str, new: str, count: int = 1, text: str | None = None) -> str:
    text = text or offer_text()
    assert old in text
    return text.replace(old, new, count)


def refused(text: str, max_slots: int = 8) -> str:
    with pytest.raises(Invalid) as caught:
        read_offer(text, max_slots)
    assert caught.value.code == "bad_sdp"
    return caught.value.message


# ------------------------------------------------------------------------------------------------------ browsers' offers


@pytest.mark.parametrize("name", CHROMIUM)
def test_chromium(name: str) -> None:
    offer = read_offer(vector(name), 8)

    assert offer.dtls == "passive"
    assert [(line.mid, line.payload_type) for line in offer.downlinks] == [(str(n), 111) for n in range(1, 9)]
    assert len(offer.fingerprints) == 1
    assert len(offer.ice.password) >= 22
    if name.endswith("inactive"):
        assert offer.uplink is None
    else:
        assert offer.uplink is not None
        assert (offer.uplink.payload_type, offer.uplink.level_extension) == (111, 1)
        assert offer.uplink.ssrc is not None


def test_firefox() -> None:
    offer = read_offer(vector(FIREFOX), 8)

    assert offer.uplink == Uplink(109, 3735928559, 1)
    assert offer.downlinks == tuple(Downlink(str(n), 109) for n in range(1, 9))
    assert offer.ice == IceCredentials("8c1d5e2f", "f3f8b86a9e1ce0a1e5f0b9d5f0a6a4b1")
    assert offer.fingerprints[0].value.startswith("9C:C3:90")
    lines = answered(offer).sections
    assert {line.formats for line in lines} == {("109",)}
    assert lines[0].attributes.all("extmap") == (f"1 {LEVEL_URI}", f"3 {MID_URI}")
    assert lines[1].attributes.all("extmap") == (f"3 {MID_URI}",)
    assert lines[0].attributes.first("fmtp") == "109 minptime=10;useinbandfec=1;usedtx=1"


# ----------------------------------------------------------------------------------------- what becomes of each m-line


def test_one_without_a_microphone_only_listens() -> None:
    offer = read_offer(offer_text(uplink="inactive"), 8)

    assert offer.uplink is None
    assert len(offer.downlinks) == 2
    assert answered(offer).sections[0].attributes.has("inactive")


@pytest.mark.parametrize("direction", ["a=sendrecv", "a=x-none"])
def test_sendrecv_is_an_uplink_and_no_slot(direction: str) -> None:
    offer = read_offer(changed("a=sendonly", direction), 8)

    assert offer.uplink is not None
    assert len(offer.downlinks) == 2
    assert answered(offer).sections[0].attributes.has("recvonly")


def test_a_direction_may_stand_for_the_session() -> None:
    offer = read_offer(changed("a=sendonly\r\n", "", text=changed("t=0 0", "t=0 0\r\na=inactive")), 8)

    assert offer.uplink is None


def test_slots_beyond_the_nodes_are_rejected() -> None:
    offer = read_offer(offer_text(slots=3), 2)

    assert [line.mid for line in offer.downlinks] == ["1", "2"]
    described = answered(offer)
    assert described.attributes.first("group") == "BUNDLE 0 1 2"
    last = described.sections[3]
    assert (last.port, last.formats, last.attributes.first("mid")) == (0, ("111",), "3")
    assert last.attributes.has("inactive")


def test_a_publisher_needs_no_slots() -> None:
    offer = read_offer(offer_text(slots=0), 8)

    assert offer.downlinks == ()
    assert len(answered(offer).sections) == 1


def test_video_and_second_senders_and_stopped_lines_are_rejected() -> None:
    video = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:v\r\na=sendonly\r\n"
    text = offer_text(slots=3)
    text = changed("a=group:BUNDLE 0 1 2 3", "a=group:BUNDLE v 0 1 2 3", text=text)
    text = changed("m=audio", f"{video}m=audio", text=text)
    head, one, two, three, four, five = text.split("m=")
    three = three.replace("a=recvonly", "a=sendonly")
    four = four.replace("audio 9", "audio 0")
    offer = read_offer("m=".join([head, one, two, three, four, five]), 8)

    assert [line.role for line in offer.lines] == ["rejected", "uplink", "rejected", "rejected", "slot"]
    described = answered(offer)
    assert described.attributes.first("group") == "BUNDLE 0 3"
    assert [section.port for section in described.sections] == [0, 7882, 0, 0, 7882]
    assert described.sections[0].kind == "video"
    assert described.sections[0].formats == ("96", "97")
    assert described.sections[1].attributes.has("candidate"), "the first accepted line carries the candidates"


def test_a_rejected_first_line_may_carry_the_transport() -> None:
    """RFC 9143 7.1: bundled sections leave it to the tagged one."""
    text = offer_text(slots=0)
    transport = [line for line in text.split("\r\n") if line.startswith(("a=ice", "a=fing", "a=setup"))]
    for line in transport:
        text = text.replace(line + "\r\n", "")
    text = text.replace("a=group:BUNDLE 0", "a=group:BUNDLE d 0")
    application = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n" + "\r\n".join(transport) + "\r\n"
    offer = read_offer(text.replace("m=audio", application + "m=audio"), 8)

    assert offer.ice.ufrag == "abcd"


def test_of_two_bundle_groups_the_first_that_names_lines_counts() -> None:
    text = changed("a=group:BUNDLE", "a=group:LS 0 1\r\na=group:BUNDLE\r\na=group:BUNDLE 0 9\r\na=group:BUNDLE")

    assert len(read_offer(text, 8).downlinks) == 2


@pytest.mark.parametrize(("setup", "node"), [("actpass", "passive"), ("active", "passive"), ("passive", "active")])
def test_dtls_roles(setup: str, node: str) -> None:
    offer = read_offer(changed("a=setup:actpass", f"a=setup:{setup}", -1), 8)

    assert offer.dtls == node
    assert answered(offer).sections[0].attributes.first("setup") == node


def test_bundle_only_lines_take_the_transport_of_the_first() -> None:
    head, first, *rest = offer_text().split("m=")
    bare = []
    for each in rest:
        kept = [
            line for line in each.split("\r\n") if not line.startswith(("a=ice", "a=fing", "a=setup", "a=rtcp-mux"))
        ]
        bare.append("\r\n".join(kept).replace("audio 9", "audio 0").replace("a=mid", "a=bundle-only\r\na=mid"))
    offer = read_offer("m=".join([head, first, *bare]), 8)

    assert len(offer.downlinks) == 2


def test_fingerprints_are_normalised_and_weak_ones_passed_over() -> None:
    weak = f"a=fingerprint:sha-1 {':'.join(['AA'] * 20)}"
    strong = f"a=fingerprint:SHA-512 {':'.join(['bc'] * 64)}"
    offer = read_offer(changed("a=setup", f"{weak}\r\n{strong}\r\na=setup"), 8)

    assert offer.fingerprints == (
        Fingerprint("sha-256", ":".join(["AA"] * 32)),
        Fingerprint("sha-512", ":".join(["BC"] * 64)),
    )


# ------------------------------------------------------------------------------------------- codecs, SSRCs, extensions


def test_opus_is_found_by_name_in_the_order_of_the_formats() -> None:
    text = changed("SAVPF 111", "SAVPF 0 42 111")
    text = changed("a=rtpmap:111", "a=rtpmap:0 PCMU/8000\r\na=rtpmap:42 OPUS/48000/2\r\na=rtpmap:111", text=text)
    offer = read_offer(text, 8)

    assert offer.uplink is not None
    assert offer.uplink.payload_type == 42
    assert [line.payload_type for line in offer.downlinks] == [111, 111]


def test_a_slot_without_opus_is_rejected() -> None:
    head, zero, one, two = offer_text().split("m=")
    offer = read_offer("m=".join([head, zero, one.replace("opus/48000/2", "PCMU/8000"), two]), 8)

    assert [line.mid for line in offer.downlinks] == ["2"]


@pytest.mark.parametrize(("parameters", "stereo"), [("sprop-stereo=1", True), ("stereo=1", False)])
def test_music_is_answered_in_stereo(parameters: str, stereo: bool) -> None:
    """``stereo`` tells what a client can play, ``sprop-stereo`` what it is likely to send (RFC 7587 6.1)."""
    text = changed("useinbandfec=1", f"useinbandfec=1; {parameters}\r\na=fmtp:112 x=1")
    described = answered(read_offer(text, 8))

    fmtp = described.sections[0].attributes.first("fmtp")
    assert fmtp is not None
    assert fmtp.endswith(";stereo=1") is stereo


@pytest.mark.parametrize(
    ("lines", "ssrc"),
    [
        ("a=x:1", None),
        ("a=ssrc:5 cname:a\r\na=ssrc:5 msid:a b", 5),
        ("a=ssrc:5 cname:a\r\na=ssrc:6 cname:a", None),
    ],
)
def test_the_ssrc_of_the_uplink(lines: str, ssrc: int | None) -> None:
    offer = read_offer(changed("a=ssrc:1234 cname:me", lines), 8)

    assert offer.uplink is not None
    assert offer.uplink.ssrc == ssrc


@pytest.mark.parametrize(
    ("extmap", "level", "taken"),
    [
        (f"14 {LEVEL_URI} vad=on", 14, (f"14 {LEVEL_URI}",)),
        (f"3/sendonly {LEVEL_URI}", 3, (f"3/recvonly {LEVEL_URI}",)),
        (f"3/sendrecv {LEVEL_URI}", 3, (f"3/sendrecv {LEVEL_URI}",)),
        (f"3/recvonly {LEVEL_URI}", None, ()),
        (f"15 {LEVEL_URI}", None, ()),
        ("3 urn:example:other", None, ()),
        (f"3 {LEVEL_URI}\r\na=extmap:4 {LEVEL_URI}", 3, (f"3 {LEVEL_URI}",)),
        (f"3 {LEVEL_URI}\r\na=extmap:3 {LEVEL_URI}", 3, (f"3 {LEVEL_URI}",)),
    ],
)
def test_header_extensions(extmap: str, level: int | None, taken: tuple[str, ...]) -> None:
    offer = read_offer(changed(f"a=extmap:1 {LEVEL_URI}", f"a=extmap:{extmap}", -1), 8)

    assert offer.uplink is not None
    assert offer.uplink.level_extension == level
    assert answered(offer).sections[0].attributes.all("extmap") == taken


def test_a_slot_may_take_mid_from_the_session_level() -> None:
    offer = read_offer(changed("t=0 0", f"t=0 0\r\na=extmap:9/recvonly {MID_URI}"), 8)

    assert answered(offer).sections[1].attributes.all("extmap") == (f"9/sendonly {MID_URI}",)
    assert answered(offer).sections[0].attributes.all("extmap") == (f"1 {LEVEL_URI}",)


# ----------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("v=0", "", "line 1"),
        ("m=audio", "m=video", "no audio"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "no audio"),
        ("audio 9", "audio 0", "no audio"),
        ("a=sendonly", "a=recvonly", "first audio m-line must be"),
        ("a=sendonly", "a=sendonly\r\na=inactive", "two directions"),
        ("opus/48000/2", "G722/8000", "Opus"),
        ("111", "72", "payload type"),
        ("111", "0111", "payload type"),
        ("a=rtcp-mux", "a=x", "rtcp-mux"),
        ("a=group:BUNDLE 0 1 2", "a=x", "BUNDLE"),
        ("a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0 1", "one BUNDLE group"),
        ("a=mid:0", "a=x:0", "a=mid"),
        ("a=mid:0", "a=mid:a b", "a=mid"),
        ("a=mid:0", "a=mid:" + "m" * 65, "a=mid"),
        ("a=mid:1", "a=mid:0", "same a=mid"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:abc", "ice-ufrag"),
        ("a=ice-ufrag:abcd", "a=x", "ice-ufrag"),
        ("a=ice-pwd:", "a=ice-pwd:!", "ice-pwd"),
        ("a=ice-pwd:", "a=x:", "ice-pwd"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "sha-256"),
        ("a=fingerprint:", "a=x:", "sha-256"),
        ("a=fingerprint:sha-256 AA", "a=fingerprint:sha-256 GG", "cannot be read"),
        ("a=fingerprint:sha-256 AA", "a=fingerprint:sha-256 ", "cannot be read"),
        ("a=setup:actpass", "a=setup:holdconn", "a=setup"),
        ("a=setup:actpass", "a=x", "a=setup"),
        ("a=extmap:1 ", "a=extmap:0 ", "extmap"),
        ("a=extmap:1 ", "a=extmap:1/up ", "extmap"),
        ("a=extmap:1 ", "a=extmap:1", "extmap"),
        ("a=extmap:1 ", "a=extmap:20 urn:x\r\n" * 64 + "a=extmap:1 ", "more than 64"),
        ("a=extmap:1 ", "a=extmap:1 urn:x\r\na=extmap:1 ", "same id"),
        ("a=ssrc:1234", "a=ssrc:0", "ssrc"),
        ("a=ssrc:1234", "a=ssrc:4294967296", "ssrc"),
    ],
)
def test_refusals_say_why(old: str, new: str, why: str) -> None:
    assert why in refused(changed(old, new, -1))


def test_the_message_says_what_to_do() -> None:
    assert refused("") == (
        "The voice offer cannot be used: it does not begin with the lines v=0, o= and s=. Reload the page and join again."
    )
