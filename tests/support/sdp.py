"""Session descriptions that browsers made, and how to change them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

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
