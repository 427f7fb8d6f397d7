"""One participant on the node: what was agreed, where it stands, and the keys of its two directions."""

from __future__ import annotations

import enum
from typing import Final

from media.control import Connect, ParticipantId, RoomId
from media.core.source import Source
from media.fanout import Listener
from media.net.dtls import DtlsAssociation
from media.net.ice import IceLite
from media.srtp import SrtpContext

MAX_RTCP_SSRCS: Final = 32
"""SSRCs that one client may send RTCP from: browsers use one for each m-line. libsrtp keeps state for each."""


class Stage(enum.Enum):
    """Where a participant stands; it only moves forward."""

    CHECKING = "checking"
    """Until the first authentic connectivity check."""
    HANDSHAKING = "handshaking"
    CONNECTED = "connected"
    GONE = "gone"


class Participant:
    """One connection of one person to one room."""

    def __init__(self, request: Connect, agent: IceLite, now_s: float) -> None:
        self.id: ParticipantId = request.participant
        self.room: RoomId = request.room
        self.role = request.dtls
        self.fingerprints = request.fingerprints
        self.downlinks = request.downlinks
        self.may_speak = request.may_speak
        self.muted = request.muted
        self.deafened = request.deafened
        self.ignored = frozenset(request.ignored)
        self.agent = agent
        self.stage = Stage.CHECKING
        self.since_s = now_s
        """When the stage began."""
        self.association: DtlsAssociation | None = None
        self.inbound: SrtpContext | None = None
        self.outbound: SrtpContext | None = None
        self.listener: Listener | None = None
        self.proven = False
        """Authentic media has come, so the client finished its handshake too."""
        self.source = _source(request)
        self.last_sender_report: tuple[int, float] | None = None
        """Middle NTP bits of the client's last sender report, and when it came."""
        self.round_trip_s: float | None = None
        self._rtcp_ssrcs: set[int] = set()

    def enter(self, stage: Stage, now_s: float) -> None:
        """Move to the next stage."""
        self.stage = stage
        self.since_s = now_s

    def takes_rtcp_from(self, ssrc: int) -> bool:
        """Whether RTCP of this SSRC may be decrypted without growing past the bound."""
        return ssrc in self._rtcp_ssrcs or len(self._rtcp_ssrcs) < MAX_RTCP_SSRCS

    def note_rtcp(self, ssrc: int) -> None:
        """An authentic compound came from this SSRC."""
        self._rtcp_ssrcs.add(ssrc)


def _source(request: Connect) -> Source | None:
    uplink = request.uplink
    if uplink is None:
        return None
    source = Source(uplink.payload_type, uplink.ssrc, uplink.level_extension)
    source.allowed = request.may_speak and not request.muted
    return source
