"""One WebRTC voice client without a browser: ICE (controlling), DTLS, SRTP, RTP and receiver reports. Sans-IO.

It does on the wire what a browser does, at a browser's pace, and as little as possible in between, so that hundreds of
them fit on one core beside the server that is measured. What it receives it counts; it decrypts one packet in many,
to be sure that they are what they seem.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import struct
from typing import Any, Final

from aioice import stun as codec
from pylibsrtp import Error as SrtpError
from pylibsrtp import Policy, Session

from media.control import Fingerprint
from media.net import stun
from media.net.dtls import DtlsAssociation, DtlsIdentity, DtlsState, Role

CHECK_S: Final = 2.5
"""Between two consent checks, as in Chromium."""
FIRST_CHECK_S: Final = 0.05
REPORT_S: Final = 5.0
"""Between two receiver reports (RFC 3550 6.2 for audio)."""
FRAME_S: Final = 0.020
FRAME_SAMPLES: Final = 960
PAYLOAD_BYTES: Final = 80
"""32 kbit/s, a browser's default for speech."""
DECRYPT_EVERY: Final = 64
"""One received packet in so many is decrypted."""
LEVEL_DBOV: Final = 20
TOC: Final = 0x78
"""Opus: hybrid, fullband, 20 ms, mono, one frame (RFC 6716 3.1)."""

_FILLER: Final = bytes(0x55 ^ n for n in range(PAYLOAD_BYTES - 9))
_RTP: Final = struct.Struct("!BBHII")
_LEVEL: Final = struct.Struct("!HHBB2x")


@dataclasses.dataclass(frozen=True)
class RtcSpec:
    """What signaling agreed on for one client."""

    server: tuple[str, int]
    local_ufrag: str
    local_password: str
    remote_ufrag: str
    remote_password: str
    role: Role
    """The client's own in DTLS."""
    fingerprints: tuple[Fingerprint, ...]
    ssrc: int
    payload_type: int = 111
    level_extension: int | None = 1
    controlling: bool = True
    """In ICE (RFC 8445 6.1.1): who offered, or whose peer is lite."""


@dataclasses.dataclass
class Tally:
    """What a client saw; times are CLOCK_MONOTONIC seconds."""

    received: int = 0
    sent: int = 0
    verified: int = 0
    """Decrypted and found authentic."""
    broken: int = 0
    """Not authentic."""
    started_at: float = 0.0
    connected_at: float = 0.0
    first_packet_at: float = 0.0
    """First authentic packet."""
    failure: str = ""


def voice_payload(stamp_ns: int) -> bytes:
    """What looks like an Opus frame and carries a time. No server in the comparison decodes it."""
    return bytes((TOC,)) + stamp_ns.to_bytes(8, "big") + _FILLER


class RtcClient:
    """The driver hands in datagrams and the time, and sends what :meth:`outgoing` returns to the server."""

    opaque = False

    def __init__(self, spec: RtcSpec, identity: DtlsIdentity, now: float) -> None:
        self.spec = spec
        self.tally = Tally(started_at=now)
        self._identity = identity
        self._outgoing: list[bytes] = []
        self._check_at = now
        self._checked = False
        self._transaction = b""
        self._dtls: DtlsAssociation | None = None
        self._outbound: Session | None = None
        self._inbound: Session | None = None
        self._sequence = int.from_bytes(os.urandom(2), "big") >> 1
        self._timestamp = int.from_bytes(os.urandom(4), "big")
        self._report_at = 0.0
        self._heard: tuple[int, int] = (0, 0)

    @property
    def connected(self) -> bool:
        return self._outbound is not None

    def outgoing(self) -> list[bytes]:
        datagrams, self._outgoing = self._outgoing, []
        return datagrams

    def tick(self, now: float) -> None:
        """Timers; to be called every few milliseconds while connecting, then every 50 or so."""
        if now >= self._check_at:
            self._check(now)
        if self._dtls is not None and self._dtls.deadline is not None and now >= self._dtls.deadline:
            self._dtls.handle_timeout(now)
            self._after_dtls(now)
        if self._outbound is not None and now >= self._report_at:
            self._report(now)

    def receive(self, datagram: bytes, source: tuple[str, int], now: float) -> None:
        """Anything but media that is only counted."""
        if datagram[0] < 4:
            self._receive_stun(datagram, source, now)
        elif 20 <= datagram[0] <= 63:
            if self._dtls is None:
                self._start_dtls(now)
            assert self._dtls is not None
            self._dtls.receive(datagram, now)
            self._after_dtls(now)

    def media(self, datagram: bytes, now: float) -> bytes | None:
        """Decrypt one RTP packet; None when it is not authentic."""
        if self._inbound is None:
            return None
        try:
            packet = self._inbound.unprotect(datagram)
        except SrtpError:
            self.tally.broken += 1
            return None
        self.tally.verified += 1
        self._heard = (int.from_bytes(packet[8:12], "big"), int.from_bytes(packet[2:4], "big"))
        if not self.tally.first_packet_at:
            self.tally.first_packet_at = now
        return packet

    def wants(self, count: int) -> bool:
        """Whether, of ``count`` packets that just came, one should be decrypted."""
        if not self.tally.first_packet_at:
            return True
        return self.tally.received % DECRYPT_EVERY < count

    def frame(self, stamp_ns: int) -> bytes | None:
        """The next voice packet, protected; its payload carries ``stamp_ns``. None while not connected."""
        if self._outbound is None:
            return None
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        spec = self.spec
        extension = b""
        if spec.level_extension is not None:
            extension = _LEVEL.pack(0xBEDE, 1, spec.level_extension << 4, 0x80 | LEVEL_DBOV)
        first = 0x90 if extension else 0x80
        header = _RTP.pack(first, spec.payload_type, self._sequence, self._timestamp, spec.ssrc)
        self.tally.sent += 1
        return self._outbound.protect(header + extension + voice_payload(stamp_ns))

    def close(self) -> None:
        if self._dtls is not None:
            self._dtls.close()
            self._outgoing += self._dtls.outgoing()

    # -------------------------------------------------------------------------------------------------------------- inside

    def _check(self, now: float) -> None:
        spec = self.spec
        attributes: dict[str, Any] = {
            "USERNAME": f"{spec.remote_ufrag}:{spec.local_ufrag}",
            "PRIORITY": 1845501695,
        }
        attributes |= {"ICE-CONTROLLING": 1 << 60, "USE-CANDIDATE": None} if spec.controlling else {"ICE-CONTROLLED": 1}
        message = codec.Message(
            message_method=codec.Method.BINDING,
            message_class=codec.Class.REQUEST,
            attributes=attributes,
        )
        message.add_message_integrity(spec.remote_password.encode())
        self._transaction = message.transaction_id
        self._outgoing.append(bytes(message))
        self._check_at = now + (CHECK_S if self._checked else FIRST_CHECK_S)

    def _receive_stun(self, datagram: bytes, source: tuple[str, int], now: float) -> None:
        request = stun.parse_request(datagram)
        if request is not None:
            if request.is_authentic(self.spec.local_password):
                packed = ipaddress.ip_address(source[0]).packed
                self._outgoing.append(stun.success(request, packed, source[1], self.spec.local_password))
            return
        if datagram[8:20] == self._transaction and datagram[:2] == b"\x01\x01" and not self._checked:
            self._checked = True
            self._check_at = now + CHECK_S
            if self._dtls is None:
                self._start_dtls(now)

    def _start_dtls(self, now: float) -> None:
        self._dtls = DtlsAssociation(self._identity, self.spec.role, self.spec.fingerprints, now)
        self._after_dtls(now)

    def _after_dtls(self, now: float) -> None:
        dtls = self._dtls
        assert dtls is not None
        self._outgoing += dtls.outgoing()
        if dtls.state is DtlsState.FAILED:
            self.tally.failure = dtls.failure
        if dtls.state is DtlsState.CLOSED:
            self.tally.failure = "the server said goodbye"
        if dtls.keys is None or self._outbound is not None:
            return
        keys = dtls.keys
        self._outbound = Session(Policy(keys.local, Policy.SSRC_ANY_OUTBOUND, srtp_profile=keys.profile))
        self._inbound = Session(Policy(keys.remote, Policy.SSRC_ANY_INBOUND, srtp_profile=keys.profile))
        self.tally.connected_at = now
        self._report(now)

    def _report(self, now: float) -> None:
        """A receiver report on the last stream heard, as a browser sends it (RFC 3550 6.4.2)."""
        assert self._outbound is not None
        self._report_at = now + REPORT_S
        ssrc, sequence = self._heard
        if ssrc:
            report = struct.pack("!BBHIIIIIII", 0x81, 201, 7, self.spec.ssrc, ssrc, 0, sequence, 0, 0, 0)
        else:
            report = struct.pack("!BBHI", 0x80, 201, 1, self.spec.ssrc)
        self._outgoing.append(self._outbound.protect_rtcp(report))
