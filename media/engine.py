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
from media.fanout import Listener, Outbox
from media.inbox import Flow, Inbox
from media.net.dtls import HANDSHAKE_LIMIT_S, DtlsAssociation, DtlsIdentity, DtlsState
from media.net.ice import IceLite, IceRegistry, Path
from media.net.udp import ADDRESS_BYTES, ROW_BYTES, DatagramSocket
from media.participant import Participant, Stage
from media.reports import Reporter
from media.room import Room
from media.srtp import MAX_PLAIN_BYTES, SrtpContext, SrtpError, unprotect

TICK_S: Final = 0.020
"""How often the driver calls :meth:`Engine.tick`."""

ICE_LIMIT_S: Final = 30.0
"""A participant of whom no authentic check comes for so long is let go."""

HANDSHAKE_QUEUE: Final = 512
"""DTLS datagrams that wait for their turn; more are dropped, as a network would, and sent again by the peers."""

_ROOM_TICK_S: Final = 0.050
"""Between two looks at sources that may have stopped cold: a quarter of what makes them count as lost."""

_SWEEP_S: Final = 1.0
"""Between two looks at consent and at those who never connected."""

_MIN_RTCP_BYTES: Final = 8

Reason = Literal["connect_timeout", "consent_expired", "dtls_failed", "dtls_closed"]


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
        self.packets_stale = 0
        """Dropped because they had waited for too long."""
        self._identity = identity
        self._inboxes = [Inbox(socket) for socket in sockets]
        self._slots = slots
        self._emit = emit
        self._random_u32 = random_u32
        self._registry = IceRegistry()
        self._handshakes: deque[tuple[Participant, bytes, Path]] = deque(maxlen=HANDSHAKE_QUEUE)
        self._associations: dict[ParticipantId, DtlsAssociation] = {}
        """Those whose handshake is going on."""
        self._reporter = Reporter(self.rooms, unix_offset_s)
        self._rooms_due_s = 0.0
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
            self._reporter.send(participant, self.rooms[participant.room].goodbye(participant), now_s)
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

    def receive(self, index: int, count: int, now_s: float, stale: bool = False) -> None:
        """The first ``count`` rows of socket ``index``'s receive arrays (RFC 7983 7).

        Voice that is ``stale`` is dropped, as if the network had lost it; all else is taken as ever.
        """
        inbox = self._inboxes[index]
        view, lengths, flows = inbox.view, inbox.length_view, inbox.flows
        addresses = inbox.address_view[: count * ADDRESS_BYTES].tobytes()
        media = self._stale_media if stale else self._media
        self.packets_in += count
        if inbox.version != self._registry.version:
            inbox.forget(self._registry.version)
        for row in range(count):
            length, start, at = lengths[row], row * ROW_BYTES, row * ADDRESS_BYTES
            first, key = view[start], addresses[at : at + ADDRESS_BYTES]
            if length < 2:
                taken = False
            elif 128 <= first <= 191:
                flow = flows.get(key) or self._flow(index, key)
                taken = flow is not None and media(inbox, row, length, flow, now_s)
            else:
                taken = self._control(first, bytes(view[start : start + length]), Path(index, key), now_s)
                if inbox.version != self._registry.version:
                    inbox.forget(self._registry.version)
            if not taken:
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
        self._reporter.later(participant, now_s)

    # ------------------------------------------------------------------------------------------------------------ media

    def _flow(self, index: int, key: bytes) -> Flow | None:
        """Look up whose media comes from an address; None while nobody's may."""
        path = Path(index, key)
        participant = self._at(path)
        if participant is None or participant.inbound is None:
            return None
        flow = Flow(participant, participant.inbound, self.rooms[participant.room], path)
        self._inboxes[index].flows[key] = flow
        return flow

    def _media(self, inbox: Inbox, row: int, length: int, flow: Flow, now_s: float) -> bool:
        """SRTP and SRTCP; False when it was thrown away. The hot path in: each call and each look-up here is felt."""
        if length > MAX_PLAIN_BYTES:
            return False
        start = row * ROW_BYTES
        view = inbox.view[start : start + length]
        participant, source = flow.participant, flow.source
        if rtcp.FIRST_TYPE <= view[1] <= rtcp.LAST_TYPE:
            return self._rtcp(participant, bytes(view), flow.path, now_s)
        if source is None:
            return False
        header = rtp.parse(view, length, source.level_extension)
        if header is None or not source.is_mine(header):
            return False
        if not source.must_decrypt(header) and flow.path == participant.agent.selected:
            source.hold(header, bytes(view))
            return True
        if unprotect(flow.context, inbox.rows[row], inbox.lengths[row]):
            return False
        packet = inbox.view[start : start + inbox.length_view[row]].tobytes()
        if participant.agent.media_from(flow.path, now_s) or not participant.proven:
            self._authentic(participant, now_s)
        flow.room.packet(participant, source, header, packet, now_s)
        return True

    def _stale_media(self, inbox: Inbox, row: int, length: int, flow: Flow, now_s: float) -> bool:
        """As above, of what has waited for too long."""
        start = row * ROW_BYTES
        view, source = inbox.view[start : start + min(length, MAX_PLAIN_BYTES)], flow.source
        if rtcp.is_rtcp(view[1]):
            return self._media(inbox, row, length, flow, now_s)
        header = None if source is None else rtp.parse(view, len(view), None)
        if source is None or header is None or not source.is_mine(header):
            return False
        self.packets_stale += 1
        if source.skip() and not unprotect(flow.context, inbox.rows[row], inbox.lengths[row]):
            source.authenticated(header, now_s)
        return True

    def _authentic(self, participant: Participant, now_s: float) -> None:
        """Authentic media moved the path, or is the first and ends the need for the handshake's leavings."""
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
        if participant.agent.media_from(path, now_s) or not participant.proven:
            self._authentic(participant, now_s)
        compound = rtcp.parse(plain)
        if compound is None:
            return False
        self.rooms[participant.room].feedback(participant, compound, self._reporter.ntp(now_s), now_s)
        return True

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
        if now_s >= self._rooms_due_s:
            self._rooms_due_s = now_s + _ROOM_TICK_S
            for room in self.rooms.values():
                room.tick(now_s)
        self._reporter.tick(now_s)
        if now_s - self._swept_at_s >= _SWEEP_S:
            self._swept_at_s = now_s
            self._sweep(now_s)

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
        for outbox in self.outboxes:  # noqa: SIM110 - asked at each wake-up, and a generator costs more than the answer
            if outbox.waiting:
                return True
        return False

    @property
    def packets_out(self) -> int:
        """Datagrams handed to the kernel."""
        return sum(outbox.packets_out for outbox in self.outboxes)

    @property
    def packets_dropped(self) -> int:
        """Read but thrown away, or not sent because a socket was full."""
        return self.packets_refused + self.packets_stale + sum(outbox.packets_dropped for outbox in self.outboxes)
