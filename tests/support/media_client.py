"""A WebRTC client's media half, sans-IO: checks, DTLS-SRTP, one Opus uplink, and a log of all it received.

Used over the emulated network of the simulations and over real sockets alike.
"""

from __future__ import annotations

import dataclasses
import struct

from aioice import stun
from pylibsrtp import Error, Policy, Session

from media.control import Connect, Downlink, Fingerprint, IceCredentials, ParticipantId, RequestId, RoomId, Uplink
from media.core import rtcp
from media.net.dtls import DtlsAssociation, DtlsIdentity, DtlsState

LEVEL_EXTENSION = 1
CHECK_INTERVAL_S = 2.0
OPUS_TOC = 0x78
"""CELT-only fullband 20 ms, mono, one frame."""


@dataclasses.dataclass(frozen=True)
class Received:
    """One authenticated RTP packet as the listener sees it."""

    at_s: float
    ssrc: int
    sequence: int
    timestamp: int
    payload_type: int
    marker: bool
    csrcs: tuple[int, ...]
    payload: bytes


class MediaClient:
    """``number`` is the participant id; it seeds every credential, so that a run can be repeated."""

    def __init__(
        self,
        number: int,
        identity: DtlsIdentity,
        *,
        room: int = 1,
        payload_type: int = 111,
        slots: int = 8,
        listens_only: bool = False,
        tells_level: bool = True,
        tells_ssrc: bool = True,
    ) -> None:
        self.id = ParticipantId(number)
        self.room = RoomId(room)
        self.local = IceCredentials(f"cl{number:06d}", f"client-password-{number:010d}")
        self.remote = IceCredentials(f"sv{number:06d}", f"server-password-{number:010d}")
        self.ssrc = 0x5EED0000 + number
        self.payload_type = payload_type
        self.slots = slots
        self.listens_only = listens_only
        self.tells_level = tells_level
        self.tells_ssrc = tells_ssrc
        self.identity = identity
        self.dtls: DtlsAssociation | None = None
        self.node_fingerprint: Fingerprint | None = None
        self.received: list[Received] = []
        self.raw: list[bytes] = []
        """Every SRTP datagram as it came, authentic or not."""
        self.compounds: list[rtcp.Compound] = []
        self.rtcp_plain: list[bytes] = []
        self.unauthentic = 0
        self.check_answers = 0
        self.sequence = 100
        self.timestamp = 1_000_000 + number * 77_777
        self._inbound: Session | None = None
        self._outbound: Session | None = None
        self._next_check_s = 0.0
        self._restarted = 0

    # -------------------------------------------------------------------------------------------------------- signaling

    def connect(self, *, may_speak: bool = True, muted: bool = False, deafened: bool = False) -> Connect:
        """The request that the service would send for this client."""
        uplink = None
        if not self.listens_only:
            uplink = Uplink(
                self.payload_type,
                self.ssrc if self.tells_ssrc else None,
                LEVEL_EXTENSION if self.tells_level else None,
            )
        return Connect(
            request=RequestId(int(self.id)),
            room=self.room,
            participant=self.id,
            local=self.remote,
            remote=self.local,
            fingerprints=(self.identity.fingerprint,),
            dtls="passive",
            uplink=uplink,
            downlinks=tuple(Downlink(str(index + 1), self.payload_type) for index in range(self.slots)),
            may_speak=may_speak,
            muted=muted,
            deafened=deafened,
        )

    def restart_ice(self) -> tuple[IceCredentials, IceCredentials]:
        """New credentials: the node's and ours."""
        self._restarted += 1
        self.local = IceCredentials(
            f"cl{self.id:04d}r{self._restarted}", f"client-password-{self.id:08d}r{self._restarted}"
        )
        self.remote = IceCredentials(
            f"sv{self.id:04d}r{self._restarted}", f"server-password-{self.id:08d}r{self._restarted}"
        )
        self._next_check_s = 0.0
        return self.remote, self.local

    def start(self, node_fingerprint: Fingerprint, now_s: float) -> None:
        """The answer is there."""
        self.node_fingerprint = node_fingerprint
        self._next_check_s = now_s

    # -------------------------------------------------------------------------------------------------------- transport

    @property
    def connected(self) -> bool:
        return self._outbound is not None

    def check(self, *, nominate: bool = True) -> bytes:
        """A connectivity check."""
        message = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.REQUEST,
            attributes={
                "USERNAME": f"{self.remote.ufrag}:{self.local.ufrag}",
                "PRIORITY": 1845501695,
                "ICE-CONTROLLING": 1234567890 + self.id,
            },
        )
        if nominate:
            message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self.remote.password.encode())
        return bytes(message)

    def poll(self, now_s: float) -> list[bytes]:
        """Datagrams due now; call it every 20 ms or so."""
        out: list[bytes] = []
        if now_s >= self._next_check_s:
            out.append(self.check())
            self._next_check_s = now_s + (CHECK_INTERVAL_S if self.check_answers else 0.05)
        if self.dtls is not None:
            if self.dtls.deadline is not None and now_s >= self.dtls.deadline:
                self.dtls.handle_timeout(now_s)
            out += self.dtls.outgoing()
        return out

    def receive(self, datagram: bytes, now_s: float) -> list[bytes]:
        """A datagram from the node; returns what to send in answer."""
        first = datagram[0]
        if first <= 3:
            return self._stun(now_s)
        if 20 <= first <= 63:
            return self._dtls(datagram, now_s)
        if self._inbound is not None:
            if rtcp.is_rtcp(datagram[1]):
                self._rtcp(datagram)
            else:
                self._rtp(datagram, now_s)
        return []

    def _stun(self, now_s: float) -> list[bytes]:
        self.check_answers += 1
        if self.dtls is None and self.node_fingerprint is not None:
            self.dtls = DtlsAssociation(self.identity, "active", (self.node_fingerprint,), now_s)
            return self.dtls.outgoing()
        return []

    def _dtls(self, datagram: bytes, now_s: float) -> list[bytes]:
        if self.dtls is None:
            return []
        self.dtls.receive(datagram, now_s)
        if self.dtls.state is DtlsState.CONNECTED and self._outbound is None:
            keys = self.dtls.keys
            assert keys is not None
            self._outbound = Session(Policy(keys.local, Policy.SSRC_ANY_OUTBOUND, srtp_profile=keys.profile))
            self._inbound = Session(Policy(keys.remote, Policy.SSRC_ANY_INBOUND, srtp_profile=keys.profile))
        return self.dtls.outgoing()

    def hang_up(self) -> list[bytes]:
        assert self.dtls is not None
        self.dtls.close()
        return self.dtls.outgoing()

    def _rtp(self, datagram: bytes, now_s: float) -> None:
        assert self._inbound is not None
        self.raw.append(datagram)
        try:
            plain = self._inbound.unprotect(datagram)
        except Error:
            self.unauthentic += 1
            return
        first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", plain)
        count = first & 0x0F
        assert first >> 6 == 2
        assert not first & 0x30, "forwarded packets carry neither padding nor extensions"
        csrcs = struct.unpack_from(f"!{count}I", plain, 12)
        self.received.append(
            Received(
                now_s, ssrc, sequence, timestamp, second & 0x7F, second >= 0x80, csrcs, bytes(plain[12 + 4 * count :])
            )
        )

    def _rtcp(self, datagram: bytes) -> None:
        assert self._inbound is not None
        try:
            plain = self._inbound.unprotect_rtcp(datagram)
        except Error:
            return  # the network repeated it
        compound = rtcp.parse(plain)
        assert compound is not None
        self.rtcp_plain.append(bytes(plain))
        self.compounds.append(compound)

    # ------------------------------------------------------------------------------------------------------------ media

    def packet(self, payload: bytes, level_dbov: int = 20, *, ticks: int = 960) -> bytes:
        """The next packet of the uplink, encrypted; its clock moves on by ``ticks``."""
        assert self._outbound is not None
        if self.tells_level:
            extension = struct.pack("!HHBBH", 0xBEDE, 1, LEVEL_EXTENSION << 4, level_dbov, 0)
            header = (
                struct.pack("!BBHII", 0x90, self.payload_type, self.sequence, self.timestamp, self.ssrc) + extension
            )
        else:
            header = struct.pack("!BBHII", 0x80, self.payload_type, self.sequence, self.timestamp, self.ssrc)
        self.skip(ticks)
        return self._outbound.protect(header + payload)

    def skip(self, ticks: int = 960) -> None:
        """Move the uplink's numbers on by one packet that is never sent."""
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + ticks) & 0xFFFFFFFF

    def speech(self, number: int, level_dbov: int = 20) -> bytes:
        """A packet whose payload says who sent it and which it is."""
        return self.packet(bytes((OPUS_TOC,)) + struct.pack("!II", self.id, number) + bytes(60), level_dbov)

    def report(self, compound: bytes) -> bytes:
        assert self._outbound is not None
        return self._outbound.protect_rtcp(compound)


def spoken(packet: Received) -> tuple[int, int] | None:
    """Who sent it and which it is; None for a DTX frame."""
    if len(packet.payload) < 9:
        return None
    speaker, number = struct.unpack_from("!II", packet.payload, 1)
    return speaker, number
