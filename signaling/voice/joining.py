"""From an offer to its answer: an ICE restart of the connection there is, or a new one in its place."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Final

from media.control import Connect, IceCredentials, ParticipantId, RequestId, RestartIce, RoomId
from server.actions.voice import VoiceSeat
from server.domain.entities import Channel
from server.domain.errors import Conflict, ParleyError, Unauthenticated
from server.domain.ids import UserId
from signaling.voice.answer import LocalSide, write_answer
from signaling.voice.floor import Floor
from signaling.voice.link import MediaLink, NodeRefused, voice_unavailable
from signaling.voice.negotiation import MediaOffer, read_offer
from signaling.voice.placement import NodeId, ParticipantNumbers
from signaling.voice.roster import Participant
from signaling.voice_port import Answer, Caller, Offer

UFRAG_BYTES: Final = 6
PASSWORD_BYTES: Final = 24
"""48 and 192 bits; RFC 8839 5.4 asks for 24 and 128."""

REPLACED_AFTER_S: Final = 2.0
"""How long a client has to learn its new number before it hears, from the same log-in, that the old one is gone."""


@dataclasses.dataclass(slots=True, eq=False)
class Attempt:
    """An offer that is being worked on."""

    caller: Caller
    offer: Offer
    revoked: bool = False
    """The caller's log-in has ended meanwhile."""


class Joiner:
    """A participant stands in the roster before the node is asked for it, so that a permission that is taken meanwhile takes
    effect. The connection before it goes only once the node has accepted: an offer that fails changes nothing."""

    def __init__(
        self,
        floor: Floor,
        random_bytes: Callable[[int], bytes],
        pause: Callable[[float], Awaitable[None]],
        participants_per_room: int,
    ) -> None:
        self._floor = floor
        self._random_bytes = random_bytes
        self._pause = pause
        self._resets: set[asyncio.Task[None]] = set()
        self._limit = participants_per_room
        self._numbers = ParticipantNumbers(int.from_bytes(random_bytes(4), "big"))

    async def close(self) -> None:
        for task in self._resets:
            task.cancel()
        await asyncio.gather(*self._resets, return_exceptions=True)

    def check_room(self, user_id: UserId, channel: Channel) -> None:
        """Raises :class:`Conflict` (too_many)."""
        others = sum(each.user_id != user_id for each in self._floor.roster.in_channel(channel.id))
        if others >= self._limit:
            raise self._full()

    async def answer(self, attempt: Attempt, seat: VoiceSeat, node: NodeId, link: MediaLink) -> Answer:
        """Raises bad_sdp, too_many, not_in_voice, session_revoked, voice_unavailable."""
        media = read_offer(attempt.offer.sdp, link.ready.slots)
        present = self._floor.roster.of_user(attempt.caller.user_id)
        if present is not None and _same_connection(present, attempt.offer, media, link):
            try:
                return await self._restart(attempt, present, media)
            except NodeRefused:
                # The node has let it go, and its word of that is on the way.
                if self._floor.roster.holds(present):
                    self._floor.end(present)
        try:
            return await self._join(attempt, seat, node, link, media)
        except NodeRefused as error:
            raise self._full() if error.refused.code == "full" else voice_unavailable() from error

    # ----------------------------------------------------------------------------------------------------- ICE restart

    async def _restart(self, attempt: Attempt, present: Participant, media: MediaOffer) -> Answer:
        before = present.media
        if (media.uplink, media.downlinks) != (before.uplink, before.downlinks):
            raise Conflict("not_in_voice", "A voice connection keeps its shape. Make a new one and join again.")
        ice = self._credentials()

        def ask(request: RequestId) -> RestartIce:
            return RestartIce(request, present.number, ice, media.ice)

        await present.link.connect(ask)
        self._check_still(attempt, present)
        self._floor.roster.move_session(present, attempt.caller.session_id)
        self._floor.set_mutes(present, attempt.offer.muted, attempt.offer.deafened)
        # DTLS goes on, and who began it does not change (RFC 8842 5.5).
        return self._answer(attempt, present, dataclasses.replace(media, dtls=before.dtls), ice)

    # -------------------------------------------------------------------------------------------------- new connection

    async def _join(
        self, attempt: Attempt, seat: VoiceSeat, node: NodeId, link: MediaLink, media: MediaOffer
    ) -> Answer:
        roster = self._floor.roster
        self.check_room(attempt.caller.user_id, seat.channel)
        participant = Participant(
            number=self._numbers.next(roster.numbers()),
            user_id=attempt.caller.user_id,
            session_id=attempt.caller.session_id,
            group_id=seat.channel.group_id,
            channel_id=seat.channel.id,
            node=node,
            link=link,
            media=media,
            said_muted=attempt.offer.muted,
            deafened=attempt.offer.deafened,
            may_speak=seat.may_speak,
        )
        ice = self._credentials()
        roster.add(participant)
        try:
            accepted = await link.connect(lambda request: _connect(request, participant, ice))
            self._check_still(attempt, participant)
        except BaseException:
            # The client gets no answer, so it must not stay: also when whoever waited for it is gone.
            if roster.holds(participant):
                self._floor.end(participant)
            raise
        participant.slot_ssrcs = accepted.slot_ssrcs
        previous = roster.of_user(participant.user_id)
        if previous is not None:
            self._replace(previous, participant)
        self._floor.announce(participant)
        return self._answer(attempt, participant, media, ice)

    def _replace(self, previous: Participant, participant: Participant) -> None:
        """A new connection from the same log-in may be the same client's own (it is told nothing then that it might take for the
        end of its call) or another window's, which must hear of it: so the word of it comes after the answer."""
        here = (participant.session_id, participant.channel_id)
        if (previous.session_id, previous.channel_id) != here:
            self._floor.end(previous, "joined_elsewhere")
            return
        self._floor.end(previous)
        task = asyncio.create_task(self._tell_replaced(previous), name="voice replaced")
        self._resets.add(task)
        task.add_done_callback(self._resets.discard)

    async def _tell_replaced(self, previous: Participant) -> None:
        await self._pause(REPLACED_AFTER_S)
        self._floor.tell_reset(previous, "joined_elsewhere")

    def _check_still(self, attempt: Attempt, participant: Participant) -> None:
        """What became of it while the node was asked."""
        if attempt.revoked:
            raise Unauthenticated("session_revoked", "This log-in was ended. Log in again.")
        if not self._floor.roster.holds(participant):
            # Its permission was taken, or the node let it go at once. Asking again tells which.
            raise voice_unavailable()

    # ---------------------------------------------------------------------------------------------------------- answer

    def _answer(self, attempt: Attempt, participant: Participant, media: MediaOffer, ice: IceCredentials) -> Answer:
        participant.media = media
        participant.answers += 1
        ready = participant.link.ready
        local = LocalSide(
            session_id=participant.number,
            version=participant.answers,
            ice=ice,
            fingerprint=ready.fingerprint,
            candidates=ready.candidates,
            slot_ssrcs=participant.slot_ssrcs,
        )
        roster = self._floor.roster
        return Answer(
            negotiation=attempt.offer.negotiation,
            sdp=write_answer(media, local),
            participant=participant.number,
            slots=roster.slots(participant.channel_id) or (0,) * ready.slots,
            participants=roster.states([participant.channel_id]),
        )

    def _credentials(self) -> IceCredentials:
        """Base64 has just the characters that ICE allows (RFC 8839 5.4), and these lengths need no padding."""
        ufrag, password = self._random_bytes(UFRAG_BYTES), self._random_bytes(PASSWORD_BYTES)
        return IceCredentials(base64.b64encode(ufrag).decode("ascii"), base64.b64encode(password).decode("ascii"))

    def _full(self) -> ParleyError:
        limit = self._limit
        return Conflict("too_many", f"This voice channel is full: it has room for {limit} people.", limit=limit)


def _same_connection(present: Participant, offer: Offer, media: MediaOffer, link: MediaLink) -> bool:
    """Whether the offer is of the peer connection that is there already: same room, same life of the node, same certificate."""
    here = present.channel_id == offer.channel_id and present.link is link
    return here and present.media.fingerprints == media.fingerprints


def _connect(request: RequestId, participant: Participant, ice: IceCredentials) -> Connect:
    media = participant.media
    return Connect(
        request=request,
        room=RoomId(int(participant.channel_id)),
        participant=ParticipantId(participant.number),
        local=ice,
        remote=media.ice,
        fingerprints=media.fingerprints,
        dtls=media.dtls,
        uplink=media.uplink,
        downlinks=media.downlinks,
        may_speak=participant.may_speak,
        muted=participant.muted,
        deafened=participant.deafened,
    )
