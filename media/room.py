"""One room: the packets of its speakers, in slots, to its listeners."""

from __future__ import annotations

from collections.abc import Callable

from media.control import FromNode, ParticipantId, RoomId, Slots, Speaking
from media.core import opus, rtcp, rtp
from media.core.quality import ListenersLoss, told_fraction
from media.core.rtp import RtpHeader
from media.core.slots import SlotTable
from media.core.source import Source, level_of
from media.core.timeline import SlotLine
from media.fanout import Fanout, Lane, Listener
from media.participant import Participant

_MAX_REPORTED = 31
"""Chunks that one source description can hold (RFC 3550 6.5)."""


class Room:
    """Everyone in it is connected. ``emit`` hands an event to the service before the packets that follow it leave."""

    def __init__(self, room: RoomId, ssrcs: tuple[int, ...], emit: Callable[[FromNode], None], now_s: float) -> None:
        self.id = room
        self.ssrcs = ssrcs
        self.participants: dict[ParticipantId, Participant] = {}
        self.fanout = Fanout(len(ssrcs))
        self._emit = emit
        self._table = SlotTable(len(ssrcs))
        self._lines = [SlotLine(now_s) for _ in ssrcs]
        self._losses = [ListenersLoss() for _ in ssrcs]
        self._holders = [0] * len(ssrcs)
        self._slot_of_ssrc = {ssrc: slot for slot, ssrc in enumerate(ssrcs)}
        self._cname = b"%08x" % ssrcs[0]
        self._reported: dict[Lane, int] = {}
        self._active: set[Participant] = set()
        """Those with an open gate or a lit ring, whom :meth:`tick` looks after."""

    # ----------------------------------------------------------------------------------------------------------- people

    def join(self, participant: Participant, listener: Listener, now_s: float) -> None:
        """They are connected: from now on they hear, and are heard."""
        self.participants[participant.id] = participant
        listener.lanes = [
            Lane(downlink.payload_type, 1 + (ssrc & 0x7FFF))  # RFC 3711 3.3.1: start in the lower half
            for downlink, ssrc in zip(participant.downlinks, self.ssrcs, strict=False)
        ]
        self.apply(participant, now_s)
        self.fanout.add(listener)

    def leave(self, participant: Participant, now_s: float) -> None:
        """They are gone; a source that was open ends with a DTX frame. Not being in the room is fine."""
        if self.participants.pop(participant.id, None) is None:
            return
        self._silence(participant, now_s)
        self._active.discard(participant)
        if self._table.remove(participant.id, now_s):
            self._assign(now_s)
        listener = self.fanout.listeners.get(participant.id)
        for lane in listener.lanes if listener else ():
            self._reported.pop(lane, None)
        self.fanout.remove(participant.id)
        for losses in self._losses:
            losses.forget(participant.id)

    def apply(self, participant: Participant, now_s: float) -> None:
        """What they may do, or whom they ignore, is as their fields say; before the next packet."""
        listener = participant.listener
        if listener is not None and (listener.deafened, listener.ignored) != (
            participant.deafened,
            participant.ignored,
        ):
            listener.deafened, listener.ignored = participant.deafened, participant.ignored
            self.fanout.changed()
        source = participant.source
        if source is None:
            return
        source.allowed = participant.may_speak and not participant.muted
        if not source.allowed:
            self._silence(participant, now_s)
        change = self._table.add if participant.may_speak else self._table.remove
        if change(participant.id, now_s):
            self._assign(now_s)

    def _silence(self, participant: Participant, now_s: float) -> None:
        source = participant.source
        if source is None:
            return
        if source.silence():
            self._emit(Speaking(self.id, participant.id, False))
        slot = self._table.slot_of(participant.id)
        if slot is not None:
            self._pause(slot, source, now_s)

    # ---------------------------------------------------------------------------------------------------------- packets

    def packet(self, participant: Participant, source: Source, header: RtpHeader, packet: bytes, now_s: float) -> None:
        """A decrypted packet of a participant's source."""
        sequence, timestamp = source.authenticated(header, now_s)
        if not (source.allowed and source.within_rate(now_s)):
            return
        payload = rtp.payload(packet, header)
        if not payload:
            return
        empty = len(payload) <= opus.DTX_MAX_BYTES
        level = rtp.SILENT_LEVEL_DBOV if empty and header.level_dbov is None else level_of(header)
        gate = source.gate
        was_open = gate.is_open
        gate.packet(level, now_s)
        if source.detector.packet(level, now_s):
            self._emit(Speaking(self.id, participant.id, True))
        if gate.is_open:
            self._active.add(participant)
            if self._table.heard(participant.id, level, now_s):
                self._assign(now_s)
        slot = self._table.slot_of(participant.id)
        if slot is None:
            return
        if gate.is_open and not empty and self._lines[slot].open:  # nearly all packets
            self._send(slot, participant.id, source, sequence, timestamp, payload, now_s)
        elif gate.is_open or (was_open and empty):
            self._forward(slot, participant, source, sequence, timestamp, payload, now_s)
        elif was_open:
            source.forwarded(sequence)  # the DTX frame goes in its place
            self._pause(slot, source, now_s)

    def _forward(
        self,
        slot: int,
        participant: Participant,
        source: Source,
        sequence: int,
        timestamp: int,
        payload: bytes,
        now_s: float,
    ) -> None:
        line = self._lines[slot]
        empty = len(payload) <= opus.DTX_MAX_BYTES
        if not line.open:
            if empty:
                return
            self._begin(slot, participant, source, sequence, timestamp, now_s)
        self._send(slot, participant.id, source, sequence, timestamp, payload, now_s)
        if empty:  # the speaker's own DTX frame ends the stretch
            source.gate.close()
            line.close()

    def _begin(
        self, slot: int, participant: Participant, source: Source, sequence: int, timestamp: int, now_s: float
    ) -> None:
        """An onset: what was held back goes first."""
        line = self._lines[slot]
        for held in source.take_preroll(sequence, timestamp):
            assert participant.inbound is not None  # noqa: S101 - packets were decrypted with it
            plain = participant.inbound.unprotect(held.packet)
            header = None if plain is None else rtp.parse(plain, len(plain), None)
            if plain is None or header is None:
                continue
            payload = rtp.payload(plain, header)
            if len(payload) <= opus.DTX_MAX_BYTES:
                continue
            its_sequence, its_timestamp = source.numbers(held)
            if not line.open:
                line.begin(participant.id, its_sequence, its_timestamp, now_s)
            self._send(slot, participant.id, source, its_sequence, its_timestamp, payload, now_s)
        if not line.open:
            line.begin(participant.id, sequence, timestamp, now_s)

    def _send(
        self, slot: int, speaker: int, source: Source, sequence: int, timestamp: int, payload: bytes, now_s: float
    ) -> None:
        ticks = opus.packet_ticks(payload[0], payload[1] if len(payload) > 1 else None)
        line = self._lines[slot]
        place = line.place(sequence, timestamp, ticks, now_s)
        if place is None:
            return
        source.toc = payload[0]
        source.forwarded(sequence)
        header = rtp.forward_header(False, place.timestamp, self.ssrcs[slot], speaker)
        self.fanout.send(slot, header + payload, place.sequence, line.takes_marker(), len(payload), now_s)

    def _pause(self, slot: int, source: Source | None, now_s: float) -> None:
        """End a stretch that is going on with a DTX frame, so that listeners do not extrapolate its last packet."""
        line = self._lines[slot]
        if not line.open:
            return
        if source is None or source.toc is None:
            line.close()
            return
        speaker = line.source
        place = line.pause()
        payload = opus.dtx_payload(source.toc)
        header = rtp.forward_header(False, place.timestamp, self.ssrcs[slot], speaker)
        self.fanout.send(slot, header + payload, place.sequence, False, len(payload), now_s)

    def _assign(self, now_s: float) -> None:
        """The slots have new holders: end the former stretches, tell the service, then let packets flow."""
        for slot, holder in enumerate(self._table.holders):
            former = self._holders[slot]
            if holder == former:
                continue
            person = self.participants.get(ParticipantId(former))
            self._pause(slot, None if person is None else person.source, now_s)
            self._holders[slot] = holder
            self._losses[slot].clear()
            self.fanout.hold(slot, holder)
        self._emit(Slots(self.id, tuple(ParticipantId(holder) for holder in self._holders)))

    def tick(self, now_s: float) -> None:
        """Time has passed: end sources that stopped cold, put out rings."""
        for participant in list(self._active):
            source = participant.source
            assert source is not None  # noqa: S101 - it is what made them active
            if source.gate.lost(now_s):
                source.gate.close()
                slot = self._table.slot_of(participant.id)
                if slot is not None:
                    self._pause(slot, source, now_s)
            if source.detector.tick(now_s):
                self._emit(Speaking(self.id, participant.id, False))
            if not (source.gate.is_open or source.detector.speaking):
                self._active.discard(participant)

    # ------------------------------------------------------------------------------------------------------------- RTCP

    def feedback(self, participant: Participant, compound: rtcp.Compound, ntp: int, now_s: float) -> None:
        """What a client reports."""
        for block in compound.reports:
            slot = self._slot_of_ssrc.get(block.ssrc)
            if slot is not None:
                self._losses[slot].report(participant.id, block.fraction_lost, now_s)
                participant.round_trip_s = rtcp.round_trip_s(block, ntp) or participant.round_trip_s
        source = participant.source
        if source is None or source.ssrc is None:
            return
        if compound.sender_info is not None and compound.sender_info.ssrc == source.ssrc:
            participant.last_sender_report = (rtcp.middle_ntp(compound.sender_info.ntp), now_s)
        if source.ssrc in compound.goodbyes:
            self._silence(participant, now_s)

    def report(self, participant: Participant, ntp: int, now_s: float) -> bytes | None:
        """The compound due to a participant: sender reports of what they hear, a receiver report of what they say.

        None when there is nothing to say. Call :meth:`Fanout.settle` before.
        """
        block = self._block(participant, now_s)
        listener = self.fanout.listeners.get(participant.id)
        lanes = listener.lanes[:_MAX_REPORTED] if listener else []
        active = [slot for slot, lane in enumerate(lanes) if lane.packets != self._reported.get(lane, 0)]
        if block is None and not active:
            return None
        parts = []
        for slot in active:
            lane = lanes[slot]
            self._reported[lane] = lane.packets
            timestamp = self._lines[slot].now(now_s)
            parts.append(rtcp.sender_report(self.ssrcs[slot], ntp, timestamp, lane.packets, lane.octets, block))
            block = None  # it goes with the first
        if not parts:
            parts.append(rtcp.receiver_report(self.ssrcs[0], block))
        ssrcs = [self.ssrcs[slot] for slot in active] or [self.ssrcs[0]]
        return b"".join(parts) + rtcp.source_description(ssrcs, self._cname)

    def goodbye(self, participant: Participant) -> bytes:
        """The last compound to one who is let go."""
        ssrcs = list(self.ssrcs[: min(len(participant.downlinks), _MAX_REPORTED)]) or [self.ssrcs[0]]
        return rtcp.receiver_report(ssrcs[0], None) + rtcp.goodbye(ssrcs)

    def _block(self, participant: Participant, now_s: float) -> bytes | None:
        source = participant.source
        figures = None if source is None else source.reception.report()
        if source is None or source.ssrc is None or figures is None:
            return None
        slot = self._table.slot_of(participant.id)
        listeners = 0 if slot is None else self._losses[slot].fraction(now_s)
        last, delay = 0, 0
        if participant.last_sender_report is not None:
            last, at_s = participant.last_sender_report
            delay = min(int((now_s - at_s) * 65536), 0xFFFFFFFF)
        fraction = told_fraction(figures.fraction_lost, listeners)
        return rtcp.report_block(source.ssrc, figures, fraction, last, delay)
