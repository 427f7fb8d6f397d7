"""Session descriptions that browsers made, and how to change them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from media.control import Candidate, Fingerprint, IceCredentials
from signaling.voice import sdp
from signaling.voice.answer import LocalSide, write_answer
from signaling.voice.negotiation import MediaOffer

NODE: Final = Fingerprint("sha-256", ":".join(["0F"] * 32))

_FOLDER: Final = Path(__file__).parents[1] / "vectors" / "sdp"

CHROMIUM: Final = ("chromium-156-plain", "chromium-156-inactive", "chromium-156-red")
FIREFOX: Final = "firefox-like"


def vector(name: str) -> str:
    """A file of ``tests/vectors/sdp``, with the line ends that the browser wrote."""
    return (_FOLDER / f"{name}.sdp").read_bytes().decode()


def offer_text(
    *,
    slots: int = 2,
    ufrag: str = "abcd",
    password: str = "p" * 22,
    fingerprint: str = "AA",
    uplink: str = "sendonly",
    ssrc: int | None = 1234,
) -> str:
    """A small offer that can be accepted; ``fingerprint`` is one pair of hex digits, repeated."""
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    head.append(f"a=group:BUNDLE {' '.join(str(mid) for mid in range(slots + 1))}")
    lines = head + section("0", uplink, ufrag, password, fingerprint)
    if ssrc is not None:
        lines.append(f"a=ssrc:{ssrc} cname:me")
    for mid in range(1, slots + 1):
        lines += section(str(mid), "recvonly", ufrag, password, fingerprint)
    return "\r\n".join(lines) + "\r\n"


def section(mid: str, direction: str, ufrag: str, password: str, fingerprint: str) -> list[str]:
    return [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{password}",
        f"a=fingerprint:sha-256 {':'.join([fingerprint] * 32)}",
        "a=setup:actpass",
        f"a=mid:{mid}",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
    ]


def local_side(slots: int = 2, *candidates: Candidate) -> LocalSide:
    """A node's, with one candidate unless others are given."""
    return LocalSide(
        session_id=77,
        version=3,
        ice=IceCredentials("nodeufrag", "node-password-of-24-char"),
        fingerprint=NODE,
        candidates=candidates or (Candidate("192.0.2.1", 7882),),
        slot_ssrcs=tuple(9000 + n for n in range(slots)),
    )


def answered(offer: MediaOffer) -> sdp.Description:
    """The answer to it as a reader finds it; that it can be read is part of every test."""
    text = write_answer(offer, local_side(len(offer.downlinks)))
    assert text.endswith("\r\n")
    return sdp.parse(text)
