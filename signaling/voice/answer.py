"""What became of an SDP offer -> the SDP answer (RFC 3264, RFC 9429). Pure: everything random or local comes in."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Final

from media.control import Candidate, Fingerprint, IceCredentials
from signaling.voice.negotiation import Extension, Line, MediaOffer

OPUS_FMTP: Final = "minptime=10;useinbandfec=1;usedtx=1"
"""RFC 7587 6.1: loss recovery in band, and silence that costs nothing."""

CNAME: Final = "parley"


_UDP_HOST_PREFERENCE: Final = 126
"""RFC 8445 5.1.2.2."""
_TCP_HOST_PREFERENCE: Final = 90
_TCP_PASSIVE: Final = 4 << 13
"""Direction preference of a passive host candidate (RFC 6544 4.2)."""


@dataclasses.dataclass(frozen=True, slots=True)
class LocalSide:
    """What the answer says of us."""

    session_id: int
    version: int
    """Rises with each answer to the same peer connection (RFC 3264 8)."""
    ice: IceCredentials
    fingerprint: Fingerprint
    candidates: tuple[Candidate, ...]
    slot_ssrcs: tuple[int, ...]
    """One for each of the offer's ``downlinks``."""


def write_answer(offer: MediaOffer, local: LocalSide) -> str:
    """The answer to ``offer``, with CRLF. It is final: all candidates are in it."""
    accepted = [line for line in offer.lines if line.role != "rejected"]
    slots = iter(enumerate(local.slot_ssrcs))
    default = next((each for each in local.candidates if each.transport == "udp"), Candidate("0.0.0.0", 9))  # noqa: S104
    out = [
        "v=0",
        f"o=- {local.session_id} {local.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(line.mid for line in accepted)}",
    ]
    for line in offer.lines:
        if line.role == "rejected":
            out += _answer_rejected(line)
            continue
        out += _answer_head(line, default)
        if line is accepted[0]:
            out += [_answer_candidate(index, each) for index, each in enumerate(local.candidates)]
            out.append("a=end-of-candidates")
        out += _answer_transport(offer, local)
        out += _answer_media(line)
        if line.role == "slot":
            out += _answer_slot(*next(slots))
    return "\r\n".join(out) + "\r\n"


def _answer_rejected(line: Line) -> list[str]:
    return [
        f"m={line.kind} 0 {line.protocol} {' '.join(line.formats)}",
        "c=IN IP4 0.0.0.0",
        "a=inactive",
        f"a=mid:{line.mid}",
    ]


def _answer_head(line: Line, default: Candidate) -> list[str]:
    version = ipaddress.ip_address(default.ip).version
    return [
        f"m={line.kind} {default.port} {line.protocol} {line.payload_type}",
        f"c=IN IP{version} {default.ip}",
    ]


def _answer_candidate(index: int, candidate: Candidate) -> str:
    """RFC 8839 5.1, RFC 6544 4.5; each candidate has a base of its own and so a foundation of its own."""
    if candidate.transport == "udp":
        type_preference, local_preference, suffix = _UDP_HOST_PREFERENCE, 0xFFFF - index, ""
    else:
        local_preference = _TCP_PASSIVE + 0x1FFF - index
        type_preference, suffix = _TCP_HOST_PREFERENCE, " tcptype passive"
    priority = (type_preference << 24) + (local_preference << 8) + 255
    address = f"{candidate.ip} {candidate.port}"
    return f"a=candidate:{index + 1} 1 {candidate.transport} {priority} {address} typ host{suffix}"


def _answer_transport(offer: MediaOffer, local: LocalSide) -> list[str]:
    return [
        f"a=ice-ufrag:{local.ice.ufrag}",
        f"a=ice-pwd:{local.ice.password}",
        f"a=fingerprint:{local.fingerprint.algorithm} {local.fingerprint.value}",
        f"a=setup:{offer.dtls}",
    ]


def _answer_media(line: Line) -> list[str]:
    number = line.payload_type
    return [
        f"a=mid:{line.mid}",
        *(_answer_extension(extension) for extension in line.extensions),
        f"a={line.direction}",
        "a=rtcp-mux",
        f"a=rtpmap:{number} opus/48000/2",
        # Chromium then asks for, and gives again, what it would have let go; congestion control is not for speech.
        f"a=rtcp-fb:{number} nack",
        f"a=fmtp:{number} {OPUS_FMTP}{';stereo=1' if line.stereo else ''}",
    ]


def _answer_extension(extension: Extension) -> str:
    ours = {"": "", "sendrecv": "/sendrecv", "sendonly": "/recvonly", "recvonly": "/sendonly"}[extension.direction]
    return f"a=extmap:{extension.id}{ours} {extension.uri}"


def _answer_slot(number: int, ssrc: int) -> list[str]:
    """A stream and a track for each slot, so that browsers fire ``track`` for each."""
    msid = f"slot-{number} audio-{number}"
    return [f"a=msid:{msid}", f"a=ssrc:{ssrc} cname:{CNAME}", f"a=ssrc:{ssrc} msid:{msid}"]
