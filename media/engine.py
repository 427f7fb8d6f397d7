"""The whole node without its sockets, clock and tasks: datagrams and requests in, rows and events out.

The driver's rule: call :meth:`Engine.receive`, :meth:`Engine.request`, :meth:`Engine.work` or :meth:`Engine.tick`, then
:meth:`Engine.flush`. ``work`` is wanted while :attr:`Engine.has_work`, ``tick`` every :data:`TICK_S`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Literal

from media.control import (
    Accepted,
    Connect,
    Connected,
    Disconnect,
    Disconnected,
    FromNode,
    Ignore,
    ParticipantId,
    Ping,
    Pong,
    Refused,
    RestartIce,
    RoomId,
    ToNode,
    Update,
)
from media.core import rtcp, rtp
from media.core.source import Source
from media.fanout import Listener, Outbox
from media.net.dtls import HANDSHAKE_LIMIT_S, DtlsAssociation, DtlsIdentity, DtlsState
from media.net.ice import IceLite, IceRegistry, Path
from media.net.udp import ROW_BYTES, DatagramSocket, address_keys
from media.participant import Participant, Stage
from media.room import Room
from media.srtp import MAX_PLAIN_BYTES, SrtpContext, SrtpError, length_pointers, row_pointers, unprotect

TICK_S: Final = 0.020
"""How often the driver calls :meth:`Engine.tick`."""

ICE_LIMIT_S: Final = 30.0
"""A participant of whom no authentic check comes for so long is let go."""

REPORT_INTERVAL_S: Final = 2.0
"""Between two compounds to one who has an uplink: soon enough for Opus to turn on error correction."""

LISTENER_REPORT_INTERVAL_S: Final = 5.0
"""Between two to one who only listens (the least that RFC 3550 6.2 asks for)."""

HANDSHAKE_QUEUE: Final = 512
"""DTLS datagrams that wait for their turn; more are dropped, as a network would, and sent again by the peers."""

_SWEEP_S: Final = 1.0
"""Between two looks at consent and at those who never connected."""

_MIN_RTCP_BYTES: Final = 8

Reason = Literal["connect_timeout", "consent_expired", "dtls_failed", "dtls_closed"]


class _Inbox:
    """One socket's receive buffer, as the engine reads it."""

    def __init__(self, socket: DatagramSocket) -> None:
        rows = len(socket.rx)
        self.socket = socket
        self.view = socket.rx.reshape(-1).data
        self.length_view = socket.rx_lengths.data
        self.rows = row_pointers(socket.rx.ctypes.data, ROW_BYTES, rows)
        self.lengths = length_pointers(socket.rx_lengths.ctypes.data, rows)


class Engine:
    """``random_u32`` gives 32 unpredictable bits; ``unix_offset_s`` is Unix time minus the clock of every ``now_s``."""

    def __init__(
        self,
        identity: DtlsIdentity,
        sockets: Sequence[DatagramSocket],
        slots: int,
        emit: Callable[[FromNode], None],
        random_u32: Callable[[], int],
        unix_offset_s: float,
    ) -> None:
        self.outboxes = [Outbox(socket) for socket in sockets]
        self.rooms: dict[RoomId, Room] = {}
        self.participants: dict[ParticipantId, Participant] = {}
        self.packets_in = 0
        self.packets_refused = 0
        """Read but thrown away: malformed, unauthenticated, replayed, of nobody."""
        self._identity = identity
        self._inboxes = [_Inbox(socket) for socket in sockets]
        self._slots = slots
        self._emit = emit
        self._random_u32 = random_u32
        self._unix_offset_s = unix_offset_s
        self._registry = IceRegistry()
        self._handshakes: deque[tuple[Participant, bytes, Path]] = deque(maxlen=HANDSHAKE_QUEUE)
        self._associations: dict[ParticipantId, DtlsAssociation] = {}
        """Those whose handshake is going on."""
        self._reports: dict[float, deque[tuple[float, Participant]]] = {
            REPORT_INTERVAL_S: deque(),
            LISTENER_REPORT_INTERVAL_S: deque(),
        }
        """By interval: when the next compound is due, soonest first."""
        self._swept_at_s = 0.0

    # --------------------------------------------------------------------------------------------------------- requests

    def request(self, message: ToNode, now_s: float) -> None:
        """One message of the service; Start, Stop and StatsRequest are the driver's own."""
        match message:
            case Connect():
                self._connect(message, now_s)
            case RestartIce():
                self._restart_ice(message)
            case Update():
                self._update(message, now_s)
            case Ignore():
                self._ignore(message, now_s)
            case Disconnect():
                participant = self.participants.get(message.participant)
                if participant is not None:
                    self._say_goodbye(participant, now_s)
                    self._remove(participant, now_s)
            case Ping():
                self._emit(Pong(message.number))
            case _:
                raise TypeError(f"{type(message).__name__} is not for the engine")

    def _connect(self, request: Connect, now_s: float) -> None:
        if request.participant in self.participants:
            message = f"participant {request.participant} is on this node already"
            self._emit(Refused(request.request, "participant_exists", message))
            return
        if len(request.downlinks) > self._slots:
            message = f"{len(request.downlinks)} receiving m-lines, but a room has {self._slots} slots"
            self._emit(Refused(request.request, "too_many_slots", message))
            return
        agent = IceLite(request.participant, request.local, request.remote, now_s)
        try:
            self._registry.add(agent)
        except ValueError as error:
            self._emit(Refused(request.request, "participant_exists", str(error)))
            return
        self.participants[request.participant] = Participant(request, agent, now_s)
        room = self.rooms.get(request.room)
        if room is None:
            room = self.rooms[request.room] = Room(request.room, self._new_ssrcs(), self._emit, now_s)
        self._emit(Accepted(request.request, room.ssrcs[: len(request.downlinks)]))

    def _new_ssrcs(self) -> tuple[int, ...]:
        ssrcs: list[int] = []
        while len(ssrcs) < self._slots:
            ssrc = self._random_u32()
            if ssrc and ssrc not in ssrcs:
                ssrcs.append(ssrc)
        return tuple(ssrcs)

    def _restart_ice(self, request: RestartIce) -> None:
        participant = self.participants.get(request.participant)
        if participant is None:
            message = f"participant {request.participant} is not on this node"
            self._emit(Refused(request.request, "participant_unknown", message))
            return
        try:
            self._registry.restart(participant.agent, request.local, request.remote)
        except ValueError as error:
            self._emit(Refused(request.request, "participant_exists", str(error)))
            return
        ssrcs = self.rooms[participant.room].ssrcs[: len(participant.downlinks)]
        self._emit(Accepted(request.request, ssrcs))

    def _update(self, request: Update, now_s: float) -> None:
        participant = self.participants.get(request.participant)
        if participant is None:
            return
        participant.may_speak = request.may_speak
        participant.muted = request.muted
        participant.deafened = request.deafened
        self._apply(participant, now_s)

    def _ignore(self, request: Ignore, now_s: float) -> None:
        participant = self.participants.get(request.participant)
        if participant is not None:
            participant.ignored = frozenset(request.ignored)
            self._apply(participant, now_s)

    def _apply(self, participant: Participant, now_s: float) -> None:
        if participant.stage is Stage.CONNECTED:
            self.rooms[participant.room].apply(participant, now_s)
        elif participant.source is not None:
            participant.source.allowed = participant.may_speak and not participant.muted

    def goodbye(self, now_s: float) -> None:
        """The node ends: say so to everyone and let them go."""
        for participant in list(self.participants.values()):
            self._say_goodbye(participant, now_s)
            self._remove(participant, now_s)

    def _say_goodbye(self, participant: Participant, now_s: float) -> None:
        if participant.stage is Stage.CONNECTED:
            self._send_rtcp(participant, self.rooms[participant.room].goodbye(participant), now_s)
        if participant.association is not None:
            participant.association.close()
            self._send_dtls(participant, now_s)

    def _remove(self, participant: Participant, now_s: float) -> None:
        participant.enter(Stage.GONE, now_s)
        del self.participants[participant.id]
        self._associations.pop(participant.id, None)
        self._registry.remove(participant.agent)
        room = self.rooms[participant.room]
        room.leave(participant, now_s)
        if not any(other.room == participant.room for other in self.participants.values()):
            del self.rooms[participant.room]

    def _drop(self, participant: Participant, reason: Reason, now_s: float) -> None:
        """The node lets someone go by itself."""
        self._remove(participant, now_s)
        self._emit(Disconnected(participant.id, reason))

    # -------------------------------------------------------------------------------------------------------- datagrams

    def receive(self, index: int, count: int, now_s: float) -> None:
        """The first ``count`` rows of socket ``index``'s receive arrays (RFC 7983 7)."""
        inbox = self._inboxes[index]
        socket, view = inbox.socket, inbox.view
        self.packets_in += count
        lengths: list[int] = socket.rx_lengths[:count].tolist()
        firsts: list[int] = socket.rx[:count, 0].tolist()
        keys = address_keys(socket.rx_addresses[:count])
        for row, (first, length, key) in enumerate(zip(firsts, lengths, keys, strict=True)):
            if length < 2:
                self.packets_refused += 1
            elif 128 <= first <= 191:
                if not self._media(inbox, row, length, Path(index, key), now_s):
                    self.packets_refused += 1
            else:
                start = row * ROW_BYTES
                if not self._control(first, bytes(view[start : start + length]), Path(index, key), now_s):
                    self.packets_refused += 1

    def _control(self, first: int, datagram: bytes, path: Path, now_s: float) -> bool:
        """STUN and DTLS; False when it was thrown away."""
        if first <= 3:
            return self._stun(datagram, path, now_s)
        if not 20 <= first <= 63:
            return False
        participant = self._at(path)
        if participant is None or len(self._handshakes) == HANDSHAKE_QUEUE:
            return False
        self._handshakes.append((participant, datagram, path))
        return True

    def _at(self, path: Path) -> Participant | None:
        agent = self._registry.at(path)
        return None if agent is None else self.participants[agent.participant]

    def _stun(self, datagram: bytes, path: Path, now_s: float) -> bool:
        answer = self._registry.receive(datagram, path, now_s)
        if answer is None:
            return False
        self.outboxes[path.socket].put(answer.response, path.address, now_s)
        participant = self.participants[answer.agent.participant]
        if participant.stage is Stage.CHECKING and answer.agent.paths:
            participant.enter(Stage.HANDSHAKING, now_s)
            association = DtlsAssociation(self._identity, participant.role, participant.fingerprints, now_s)
            participant.association = self._associations[participant.id] = association
            self._send_dtls(participant, now_s)
        self._route(participant, now_s)
        return True

    def _route(self, participant: Participant, now_s: float) -> None:
        """Send to the path selected now."""
        path = participant.agent.selected
        listener = participant.listener
        if path is None:
            return
        if listener is None:
            self._maybe_connected(participant, now_s)
            return
        outbox = self.outboxes[path.socket]
        if listener.address != path.address or listener.outbox is not outbox:
            listener.address, listener.outbox = path.address, outbox
            self.rooms[participant.room].fanout.changed()

    # ------------------------------------------------------------------------------------------------------------- DTLS

    @property
    def has_work(self) -> bool:
        """Whether handshake datagrams wait for :meth:`work`."""
        return bool(self._handshakes)

    def work(self, now_s: float) -> None:
        """One datagram's share of the handshakes (about 1 ms), so that a crowd that joins does not make voice wait."""
        if not self._handshakes:
            return
        participant, datagram, path = self._handshakes.popleft()
        association = participant.association
        if participant.stage is Stage.GONE or association is None:
            return
        association.receive(datagram, now_s)
        self._send_dtls(participant, now_s, path)
        self._after_dtls(participant, now_s)

    def _send_dtls(self, participant: Participant, now_s: float, came_on: Path | None = None) -> None:
        assert participant.association is not None  # noqa: S101 - callers have looked
        agent = participant.agent
        path = came_on or agent.selected or next(iter(agent.paths[-1:]), None)
        datagrams = participant.association.outgoing()
        if path is not None:
            for datagram in datagrams:
                self.outboxes[path.socket].put(datagram, path.address, now_s)

    def _after_dtls(self, participant: Participant, now_s: float) -> None:
        association = participant.association
        assert association is not None  # noqa: S101 - callers have looked
        if association.state is DtlsState.CONNECTED:
            self._associations.pop(participant.id, None)
            self._maybe_connected(participant, now_s)
        elif association.state is DtlsState.CLOSED:
            self._drop(participant, "dtls_closed", now_s)
        elif association.state is DtlsState.FAILED:
            late = participant.stage is Stage.HANDSHAKING and now_s - participant.since_s >= HANDSHAKE_LIMIT_S
            self._drop(participant, "connect_timeout" if late else "dtls_failed", now_s)

    def _maybe_connected(self, participant: Participant, now_s: float) -> None:
        """Both a nominated path and the keys are there."""
        association, path = participant.association, participant.agent.selected
        if participant.stage is not Stage.HANDSHAKING or path is None:
            return
        if association is None or association.keys is None:
            return
        keys = association.keys
        try:
            participant.inbound = SrtpContext(keys.profile, keys.remote, outbound=False)
            participant.outbound = SrtpContext(keys.profile, keys.local, outbound=True)
        except SrtpError:
            self._drop(participant, "dtls_failed", now_s)
            return
        participant.enter(Stage.CONNECTED, now_s)
        outbox = self.outboxes[path.socket]
        participant.listener = Listener(participant.id, participant.outbound, outbox, path.address)
        self._emit(Connected(participant.id))
        self.rooms[participant.room].join(participant, participant.listener, now_s)
        self._report_later(participant, now_s)

    # ------------------------------------------------------------------------------------------------------------ media

    def _media(self, inbox: _Inbox, row: int, length: int, path: Path, now_s: float) -> bool:
        """SRTP and SRTCP; False when it was thrown away."""
        participant = self._at(path)
        if participant is None or participant.inbound is None or length > MAX_PLAIN_BYTES:
            return False
        start = row * ROW_BYTES
        view = inbox.view[start : start + length]
        if rtcp.is_rtcp(view[1]):
            return self._rtcp(participant, bytes(view), path, now_s)
        source = participant.source
        if source is None:
            return False
        header = rtp.parse(view, length, source.level_extension)
        if header is None or not source.is_mine(header):
            return False
        if path == participant.agent.selected and not source.must_decrypt(header):
            source.hold(header, bytes(view))
            return True
        return self._decrypt(inbox, row, participant, source, header, path, now_s)

    def _decrypt(
        self,
        inbox: _Inbox,
        row: int,
        participant: Participant,
        source: Source,
        header: rtp.RtpHeader,
        path: Path,
        now_s: float,
    ) -> bool:
        assert participant.inbound is not None  # noqa: S101 - the caller has looked
        if unprotect(participant.inbound.pointer, inbox.rows[row], inbox.lengths[row]):
            return False
        start = row * ROW_BYTES
        packet = bytes(inbox.view[start : start + inbox.length_view[row]])
        self._authentic(participant, path, now_s)
        self.rooms[participant.room].packet(participant, source, header, packet, now_s)
        return True

    def _authentic(self, participant: Participant, path: Path, now_s: float) -> None:
        """Authentic media came: it may move the path, and ends the need for the handshake's leavings."""
        if participant.agent.media_from(path, now_s):
            self._route(participant, now_s)
        if not participant.proven:
            participant.proven = True
            if participant.association is not None:
                participant.association.release()

    def _rtcp(self, participant: Participant, datagram: bytes, path: Path, now_s: float) -> bool:
        if len(datagram) < _MIN_RTCP_BYTES or participant.inbound is None:
            return False
        ssrc = int.from_bytes(datagram[4:8], "big")
        if not participant.takes_rtcp_from(ssrc):
            return False
        plain = participant.inbound.unprotect_rtcp(datagram)
        if plain is None:
            return False
        participant.note_rtcp(ssrc)
        self._authentic(participant, path, now_s)
        compound = rtcp.parse(plain)
        if compound is None:
            return False
        self.rooms[participant.room].feedback(participant, compound, self._ntp(now_s), now_s)
        return True

    def _ntp(self, now_s: float) -> int:
        return rtcp.ntp_time(now_s + self._unix_offset_s)

    def _send_rtcp(self, participant: Participant, compound: bytes, now_s: float) -> None:
        listener = participant.listener
        protected = None if participant.outbound is None else participant.outbound.protect_rtcp(compound)
        if listener is not None and protected is not None:
            listener.outbox.put(protected, listener.address, now_s)

    # ------------------------------------------------------------------------------------------------------------- time

    def tick(self, now_s: float) -> None:
        """Time has passed."""
        for participant_id, association in list(self._associations.items()):
            deadline = association.deadline
            if deadline is not None and now_s >= deadline:
                participant = self.participants[participant_id]
                association.handle_timeout(now_s)
                self._send_dtls(participant, now_s)
                self._after_dtls(participant, now_s)
        for room in self.rooms.values():
            room.tick(now_s)
        self._report(now_s)
        if now_s - self._swept_at_s >= _SWEEP_S:
            self._swept_at_s = now_s
            self._sweep(now_s)

    def _report_later(self, participant: Participant, now_s: float) -> None:
        speaks = participant.source is not None and participant.source.allowed
        interval_s = REPORT_INTERVAL_S if speaks else LISTENER_REPORT_INTERVAL_S
        self._reports[interval_s].append((now_s + interval_s, participant))

    def _report(self, now_s: float) -> None:
        settled: set[RoomId] = set()
        for queue in self._reports.values():
            while queue and queue[0][0] <= now_s:
                _, participant = queue.popleft()
                if participant.stage is not Stage.CONNECTED:
                    continue
                self._report_later(participant, now_s)
                room = self.rooms[participant.room]
                if room.id not in settled:
                    settled.add(room.id)
                    room.fanout.settle()
                compound = room.report(participant, self._ntp(now_s), now_s)
                if compound is not None:
                    self._send_rtcp(participant, compound, now_s)

    def _sweep(self, now_s: float) -> None:
        for agent in self._registry.expire(now_s):
            participant = self.participants[agent.participant]
            if participant.stage is Stage.CHECKING:
                continue  # never checked at all: that is the limit below
            if participant.association is not None:
                participant.association.close()
            self._drop(participant, "consent_expired", now_s)
        for participant in list(self.participants.values()):
            if participant.stage is Stage.CHECKING and now_s - participant.since_s >= ICE_LIMIT_S:
                self._drop(participant, "connect_timeout", now_s)
            else:
                self._route(participant, now_s)

    def flush(self, now_s: float) -> None:
        """Hand all rows to the sockets."""
        for outbox in self.outboxes:
            outbox.flush(now_s)

    @property
    def stalled(self) -> bool:
        """Whether a socket would not take all: flush again soon."""
        return any(outbox.waiting for outbox in self.outboxes)

    @property
    def packets_out(self) -> int:
        """Datagrams handed to the kernel."""
        return sum(outbox.packets_out for outbox in self.outboxes)

    @property
    def packets_dropped(self) -> int:
        """Read but thrown away, or not sent because a socket was full."""
        return self.packets_refused + sum(outbox.packets_dropped for outbox in self.outboxes)
