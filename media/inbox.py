"""What the engine keeps for one socket: its receive buffer, and whose media comes from which address."""

from __future__ import annotations

from media.net.ice import Path
from media.net.udp import ROW_BYTES, DatagramSocket
from media.participant import Participant
from media.room import Room
from media.srtp import SrtpContext, length_pointers, row_pointers


class Flow:
    """What the media from one address needs, looked up once; good until the registry's paths are others."""

    __slots__ = ("context", "participant", "path", "room", "source")

    def __init__(self, participant: Participant, inbound: SrtpContext, room: Room, path: Path) -> None:
        self.participant = participant
        self.source = participant.source
        self.context = inbound.pointer
        self.room = room
        self.path = path


class Inbox:
    """One socket's receive buffer, as the engine reads it."""

    def __init__(self, socket: DatagramSocket) -> None:
        rows = len(socket.rx)
        self.view = socket.rx.reshape(-1).data
        self.length_view = socket.rx_lengths.data
        self.address_view = socket.rx_addresses.reshape(-1).data
        self.rows = row_pointers(socket.rx.ctypes.data, ROW_BYTES, rows)
        self.lengths = length_pointers(socket.rx_lengths.ctypes.data, rows)
        self.flows: dict[bytes, Flow] = {}
        """By address."""
        self.version = -1
        """Of the registry, that the flows are right for."""

    def forget(self, version: int) -> None:
        """The registry is at ``version`` now."""
        self.flows.clear()
        self.version = version
