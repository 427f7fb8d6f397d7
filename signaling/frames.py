"""Every frame of the gateway, as docs/protocol.md has them: one tagged union a direction, JSON text.

Events (:data:`server.domain.events.Event`) are frames of the server too; they alone are counted.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from server.domain import codec
from server.domain.entities import Addition, Announcement, Level, Me, Relation, User
from server.domain.errors import Invalid
from server.domain.events import ConversationView, Event, GroupView
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.mentions import AllowedMentions
from server.domain.sections import NewSection

MAX_FRAME_BYTES: Final = 128 * 1024
"""A longer one from a client ends the socket with 1009."""

_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
_Participant: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]


# ------------------------------------------------------------------------------------------------------- client to server


class _ClientFrame(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class Identify(_ClientFrame, frozen=True, kw_only=True, tag="identify"):
    token: Annotated[str, msgspec.Meta(max_length=4096)]


class Resume(_ClientFrame, frozen=True, kw_only=True, tag="resume"):
    token: Annotated[str, msgspec.Meta(max_length=4096)]
    session: Annotated[str, msgspec.Meta(max_length=64)]
    received: _Number


class Heartbeat(_ClientFrame, frozen=True, kw_only=True, tag="heartbeat"):
    received: _Number


class _Request(_ClientFrame, frozen=True, kw_only=True):
    id: _Number
    """Chosen by the client; the answer carries it."""


class CreateMessage(_Request, frozen=True, kw_only=True, tag="message.create"):
    channel_id: ChannelId
    nonce: str
    sections: tuple[NewSection, ...]
    allowed_mentions: AllowedMentions | None = None


class EditMessage(_Request, frozen=True, kw_only=True, tag="message.edit"):
    channel_id: ChannelId
    message_id: MessageId
    sections: tuple[NewSection, ...]
    allowed_mentions: AllowedMentions | None = None


class DeleteMessage(_Request, frozen=True, kw_only=True, tag="message.delete"):
    channel_id: ChannelId
    message_id: MessageId


class AddReaction(_Request, frozen=True, kw_only=True, tag="reaction.add"):
    channel_id: ChannelId
    message_id: MessageId
    emoji: str


class RemoveReaction(_Request, frozen=True, kw_only=True, tag="reaction.remove"):
    channel_id: ChannelId
    message_id: MessageId
    emoji: str


class StartTyping(_Request, frozen=True, kw_only=True, tag="typing.start"):
    channel_id: ChannelId


class MoveCursor(_Request, frozen=True, kw_only=True, tag="cursor.move"):
    channel_id: ChannelId
    message_id: MessageId
    unread: bool = False


class WatchPresence(_Request, frozen=True, kw_only=True, tag="presence.watch"):
    user_ids: Annotated[tuple[UserId, ...], msgspec.Meta(max_length=1000)]
    """Instead of those before."""


class NoteActivity(_Request, frozen=True, kw_only=True, tag="presence.activity"):
    idle: bool


class PrepareVoice(_Request, frozen=True, kw_only=True, tag="voice.prepare"):
    channel_id: ChannelId


class OfferVoice(_Request, frozen=True, kw_only=True, tag="voice.offer"):
    channel_id: ChannelId
    negotiation: _Number
    sdp: Annotated[str, msgspec.Meta(max_length=65536)]
    muted: bool
    deafened: bool


class UpdateVoice(_Request, frozen=True, kw_only=True, tag="voice.update"):
    participant: _Participant
    muted: bool | None = None
    deafened: bool | None = None


class IgnoreVoice(_Request, frozen=True, kw_only=True, tag="voice.ignore"):
    participant: _Participant
    ignored: Annotated[tuple[_Participant, ...], msgspec.Meta(max_length=1000)]


class LeaveVoice(_Request, frozen=True, kw_only=True, tag="voice.leave"):
    participant: _Participant


TextRequest: TypeAlias = (
    CreateMessage | EditMessage | DeleteMessage | AddReaction | RemoveReaction | StartTyping | MoveCursor
)
PresenceRequest: TypeAlias = WatchPresence | NoteActivity
VoiceRequest: TypeAlias = PrepareVoice | OfferVoice | UpdateVoice | IgnoreVoice | LeaveVoice
Request: TypeAlias = TextRequest | PresenceRequest | VoiceRequest
ClientFrame: TypeAlias = Identify | Resume | Heartbeat | Request


class Unreadable(Exception):
    """Not a frame: no JSON object with a type, or one without an ``id`` that breaks its shape. Ends the socket with 4001."""


class BadRequest(Exception):
    """A request that breaks its shape; ``error`` says how, ``id`` (None when there is none to be had) whom to answer."""

    def __init__(self, id: int | None, error: Invalid) -> None:  # noqa: A002
        super().__init__(error.message)
        self.id = id
        self.error = error


class _Envelope(msgspec.Struct):
    """What a request must have at least, so that it can be answered."""

    type: str
    id: Any = None


_decoder: Final[msgspec.json.Decoder[ClientFrame]] = codec.decoder(ClientFrame)
_envelopes: Final[msgspec.json.Decoder[_Envelope]] = codec.decoder(_Envelope)
_UNNUMBERED: Final = frozenset({"identify", "resume", "heartbeat"})


def decode(data: bytes) -> ClientFrame:
    """The frame in ``data``. Raises :class:`Unreadable` or :class:`BadRequest`, nothing else."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _understood(data, error) from error


def _understood(data: bytes, error: Exception) -> Unreadable | BadRequest:
    try:
        envelope = _envelopes.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Unreadable(str(error))
    if envelope.type in _UNNUMBERED:
        return Unreadable(str(error))
    number = envelope.id
    good = type(number) is int and 0 <= number < 2**53
    return BadRequest(number if good else None, _bad_shape(error))


def _bad_shape(error: Exception) -> Invalid:
    what, where = codec.complaint(error)
    return Invalid("bad_request", f"This request cannot be understood: {what}.", where=where)


# ------------------------------------------------------------------------------------------------------- server to client


class _ServerFrame(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class Hello(_ServerFrame, frozen=True, kw_only=True, tag="hello"):
    heartbeat_interval_ms: int
    identify_within_ms: int


class Ready(_ServerFrame, frozen=True, kw_only=True, tag="ready"):
    """The snapshot: everything a client needs to show itself; events follow from here."""

    session: str
    me: Me
    groups: tuple[GroupView, ...]
    conversations: tuple[ConversationView, ...] = ()
    relations: tuple[Relation, ...] = ()
    levels: tuple[Level, ...]
    additions: tuple[Addition, ...]
    users: tuple[User, ...]
    """Those named in the ``voice`` of the groups and in the conversations."""
    announcement: Announcement | None = None
    resume_within_ms: int


class Resumed(_ServerFrame, frozen=True, kw_only=True, tag="resumed"):
    replayed: int


class NotResumed(_ServerFrame, frozen=True, kw_only=True, tag="not_resumed"):
    pass


class HeartbeatAck(_ServerFrame, frozen=True, kw_only=True, tag="heartbeat_ack"):
    sent: int
    """Events since ``ready``, up to this frame."""


class Reply(_ServerFrame, frozen=True, kw_only=True, tag="reply"):
    id: int
    result: msgspec.Raw


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    message: str
    data: dict[str, Any]


class ErrorFrame(_ServerFrame, frozen=True, kw_only=True, tag="error"):
    id: int | None
    """None: about the frame before."""
    error: ErrorBody


class Drain(_ServerFrame, frozen=True, kw_only=True, tag="drain"):
    """The server is about to stop."""

    reconnect_after_ms: int


Control: TypeAlias = Hello | Ready | Resumed | NotResumed | HeartbeatAck | Reply | ErrorFrame | Drain
ServerFrame: TypeAlias = Control | Event


def encode(frame: ServerFrame) -> bytes:
    """The whole WebSocket frame, header included, ready for the transport and the same for every receiver."""
    return text_frame(codec.encode(frame))


_TEXT: Final = b"\x81"
"""FIN, opcode 1."""


def text_frame(payload: bytes) -> bytes:
    """``payload`` as one unfragmented, unmasked text frame (RFC 6455 5.2; servers do not mask)."""
    length = len(payload)
    if length < 126:
        return _TEXT + length.to_bytes(1, "big") + payload
    if length < 1 << 16:
        return _TEXT + b"\x7e" + length.to_bytes(2, "big") + payload
    return _TEXT + b"\x7f" + length.to_bytes(8, "big") + payload


def pong_frame(data: bytes) -> bytes:
    """The answer to a ping that carried ``data``, at most 125 bytes (RFC 6455 5.5.3)."""
    return b"\x8a" + len(data).to_bytes(1, "big") + data


def close_frame(code: int) -> bytes:
    """RFC 6455 5.5.1, without a reason."""
    return b"\x88\x02" + code.to_bytes(2, "big")


# ------------------------------------------------------------------------------------------------------------ close codes


class Next(enum.Enum):
    """What a client does after a close."""

    RESUME = "resume"
    IDENTIFY = "identify"
    REFRESH = "refresh the token, then identify; log in when that fails"
    LOG_IN = "log in"
    WAIT = "wait a minute, then identify"


class CloseCode(enum.IntEnum):
    """Why the server ends a socket; :data:`AFTER` says what the client does then."""

    GOING_AWAY = 1001
    TOO_BIG = 1009
    INTERNAL = 1011
    UNREADABLE = 4001
    NOT_IDENTIFIED = 4002
    """``identify`` or ``resume`` first; or it came too late, or twice."""
    BAD_TOKEN = 4004
    TOO_MANY_FRAMES = 4008
    NO_HEARTBEAT = 4009
    TOO_SLOW = 4010
    """More than the write limit waited for the client to read."""
    REVOKED = 4011
    DRAINED = 4012
    """The server goes down as planned, or cannot say what this client has missed; ``drain`` came before."""
    TOO_MANY_SOCKETS = 4013


AFTER: Final[dict[CloseCode, Next]] = {
    CloseCode.GOING_AWAY: Next.RESUME,
    CloseCode.TOO_BIG: Next.IDENTIFY,
    CloseCode.INTERNAL: Next.RESUME,
    CloseCode.UNREADABLE: Next.RESUME,
    CloseCode.NOT_IDENTIFIED: Next.IDENTIFY,
    CloseCode.BAD_TOKEN: Next.REFRESH,
    CloseCode.TOO_MANY_FRAMES: Next.RESUME,
    CloseCode.NO_HEARTBEAT: Next.RESUME,
    CloseCode.TOO_SLOW: Next.RESUME,
    CloseCode.REVOKED: Next.LOG_IN,
    CloseCode.DRAINED: Next.RESUME,
    CloseCode.TOO_MANY_SOCKETS: Next.WAIT,
}
