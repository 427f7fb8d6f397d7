"""What the service and a media node say to one another.

The structs travel as length-prefixed MessagePack over a stream: a socketpair to a child process, the same bytes to a
node elsewhere. The service asks, the node tells; only requests that carry a ``request`` number are answered.

This is the one module of ``media`` that ``signaling`` may import, so it must stay free of numpy, av and aiortc.
"""

from __future__ import annotations

from typing import Final, Literal, NewType, TypeVar

import msgspec

RoomId = NewType("RoomId", int)
"""A room on the node: the service uses the voice channel's snowflake. 64 bits."""

ParticipantId = NewType("ParticipantId", int)
"""One connection of one person to one room: 1 to 2**32 - 1, chosen by the service, unique on the node for as
long as the node lives. It is also the CSRC (RFC 3550 5.1) that names the speaker in each forwarded packet."""

RequestId = NewType("RequestId", int)

DEFAULT_SLOTS: Final = 8
"""Audio slots that each client gets at once (K in docs/media design)."""

MAX_MESSAGE_BYTES: Final = 1 << 20
"""Longest message on the control stream; a longer one ends the stream."""


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="t", tag=str.lower):
    """Base of both unions; the tag is the class name in lower case."""


# ----------------------------------------------------------------------------------------------- what a node is made of


class NodeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of one node."""

    port: int = 7882
    """UDP port on every local address; 0 takes a free one (tests)."""
    bind: tuple[str, ...] = ()
    """Local IP addresses to bind; empty: every address of every interface, loopback among them."""
    public_ip: tuple[str, ...] = ()
    """Addresses told to clients; empty: those that were bound."""
    slots: int = DEFAULT_SLOTS


class Candidate(msgspec.Struct, frozen=True):
    """One host candidate (RFC 8839 5.1) of the node, component 1."""

    ip: str
    port: int
    transport: Literal["udp", "tcp"] = "udp"


class Fingerprint(msgspec.Struct, frozen=True):
    """A certificate's hash (RFC 8122): ``algorithm`` as in SDP (``sha-256``), ``value`` as hex pairs with colons."""

    algorithm: str
    value: str


class Uplink(msgspec.Struct, frozen=True):
    """How a client sends its one audio stream, as negotiated."""

    payload_type: int
    """The client's number for Opus."""
    ssrc: int | None = None
    """From ``a=ssrc`` where the offer has one; else the first authenticated SSRC is taken."""
    level_extension: int | None = None
    """Id of urn:ietf:params:rtp-hdrext:ssrc-audio-level (RFC 6464); None where the client sends none."""


class Downlink(msgspec.Struct, frozen=True):
    """One receiving m-line of a client: slot ``n`` of the room is sent on the ``n``-th of these."""

    mid: str
    payload_type: int
    """The client's number for Opus on that m-line."""


class IceCredentials(msgspec.Struct, frozen=True):
    """RFC 8839 5.4; what each side puts into USERNAME and MESSAGE-INTEGRITY."""

    ufrag: str
    password: str


# ------------------------------------------------------------------------------------------------------ service to node


class Start(_Message, frozen=True):
    """First message on a stream; answered by :class:`Ready` or :class:`Failed`."""

    config: NodeConfig


class Connect(_Message, frozen=True):
    """Take a participant into a room; answered by :class:`Accepted` or :class:`Refused`.

    The room is made when it does not exist. Until :class:`Connected` follows, nothing is forwarded.
    """

    request: RequestId
    room: RoomId
    participant: ParticipantId
    local: IceCredentials
    remote: IceCredentials
    fingerprints: tuple[Fingerprint, ...]
    """Those of the client's certificate; at least one must match."""
    dtls: Literal["passive", "active"]
    """The node's own role: passive is the DTLS server (preferred: browsers then choose AES-GCM)."""
    uplink: Uplink | None
    """None for one who only listens."""
    downlinks: tuple[Downlink, ...]
    may_speak: bool
    muted: bool
    deafened: bool
    ignored: tuple[ParticipantId, ...] = ()


class RestartIce(_Message, frozen=True):
    """New credentials for a participant (RFC 8445 9); the old ones stay good until a pair of the new is nominated."""

    request: RequestId
    participant: ParticipantId
    local: IceCredentials
    remote: IceCredentials


class Update(_Message, frozen=True):
    """What a participant may do from now on; takes effect before the next packet."""

    participant: ParticipantId
    may_speak: bool
    muted: bool
    deafened: bool


class Ignore(_Message, frozen=True):
    """ "Mute this person for me": the listener gets no packet of those named. Replaces what was said before."""

    participant: ParticipantId
    ignored: tuple[ParticipantId, ...]


class Disconnect(_Message, frozen=True):
    """Let a participant go, with DTLS close_notify. No :class:`Disconnected` follows. An unknown one is passed over."""

    participant: ParticipantId


class Ping(_Message, frozen=True):
    number: int


class StatsRequest(_Message, frozen=True):
    request: RequestId


class Stop(_Message, frozen=True):
    """Say goodbye to everyone (DTLS close_notify) and end."""


ToNode = Start | Connect | RestartIce | Update | Ignore | Disconnect | Ping | StatsRequest | Stop


# ------------------------------------------------------------------------------------------------------ node to service


class Ready(_Message, frozen=True):
    fingerprint: Fingerprint
    candidates: tuple[Candidate, ...]
    slots: int
    warnings: tuple[str, ...] = ()
    """For the operator's log, e.g. no public address known inside a container."""


class Failed(_Message, frozen=True):
    """The node cannot start; it ends after this."""

    code: Literal["port_taken", "bad_address", "internal"]
    message: str


class Accepted(_Message, frozen=True):
    request: RequestId
    slot_ssrcs: tuple[int, ...] = ()
    """SSRC of each slot, in the order of ``downlinks``; the same for everyone in the room, for as long as it lives."""


class Refused(_Message, frozen=True):
    request: RequestId
    code: Literal["participant_exists", "participant_unknown", "too_many_slots", "full"]
    message: str


class Connected(_Message, frozen=True):
    """DTLS is up and audio may flow."""

    participant: ParticipantId


class Disconnected(_Message, frozen=True):
    """The node let a participant go by itself."""

    participant: ParticipantId
    reason: Literal["connect_timeout", "consent_expired", "dtls_failed", "dtls_closed"]


class Speaking(_Message, frozen=True):
    room: RoomId
    participant: ParticipantId
    speaking: bool


class Slots(_Message, frozen=True):
    """Who is heard in each slot from now on (0: nobody). Sent before the first packet of a new mapping leaves."""

    room: RoomId
    slots: tuple[ParticipantId, ...]


class Pong(_Message, frozen=True):
    number: int


class Stats(_Message, frozen=True):
    request: RequestId
    rooms: int
    participants: int
    packets_in: int
    packets_out: int
    packets_dropped: int
    """Read but thrown away: malformed, unauthenticated, replayed, or not sent because the socket was full."""
    cpu_s: float
    """CPU time of the whole process since its start."""
    rss_bytes: int


FromNode = Ready | Failed | Accepted | Refused | Connected | Disconnected | Speaking | Slots | Pong | Stats


# ------------------------------------------------------------------------------------------------------------- framing

_LENGTH_BYTES: Final = 4

_encoder = msgspec.msgpack.Encoder()


def encode(message: ToNode | FromNode) -> bytes:
    """One frame: 4 bytes of length, big-endian, then MessagePack."""
    body = _encoder.encode(message)
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


class ControlError(Exception):
    """The other side broke the framing or sent what it may not; the stream is of no more use."""


class _FrameReader:
    """Cuts a byte stream into frames; sans-IO."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The whole frames that end in ``data``, in order. Raises :class:`ControlError` when one is too long."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= _LENGTH_BYTES:
            length = int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
            if length > MAX_MESSAGE_BYTES:
                raise ControlError(f"a control message of {length} bytes is longer than {MAX_MESSAGE_BYTES}")
            end = _LENGTH_BYTES + length
            if len(self._buffer) < end:
                break
            frames.append(bytes(self._buffer[_LENGTH_BYTES:end]))
            del self._buffer[:end]
        return frames


class ToNodeReader:
    """What the node reads: bytes in, requests out."""

    def __init__(self) -> None:
        self._frames = _FrameReader()
        self._decoder = msgspec.msgpack.Decoder(ToNode)

    def feed(self, data: bytes) -> list[ToNode]:
        """Raises :class:`ControlError`."""
        return [_decode(self._decoder, frame) for frame in self._frames.feed(data)]


class FromNodeReader:
    """What the service reads: bytes in, answers and events out."""

    def __init__(self) -> None:
        self._frames = _FrameReader()
        self._decoder = msgspec.msgpack.Decoder(FromNode)

    def feed(self, data: bytes) -> list[FromNode]:
        """Raises :class:`ControlError`."""
        return [_decode(self._decoder, frame) for frame in self._frames.feed(data)]


_T = TypeVar("_T")


def _decode(decoder: msgspec.msgpack.Decoder[_T], frame: bytes) -> _T:
    try:
        return decoder.decode(frame)
    except msgspec.MsgspecError as error:
        raise ControlError(f"a control message that cannot be read: {error}") from error
