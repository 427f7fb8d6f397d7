"""DTLS-SRTP (RFC 5763, 5764) without sockets or tasks: datagrams in; datagrams out, SRTP keys and a deadline.

The driver's rule: give each datagram to :meth:`DtlsAssociation.receive`, call :meth:`DtlsAssociation.handle_timeout`
once :attr:`~DtlsAssociation.deadline` has passed, and after either send what
:meth:`~DtlsAssociation.outgoing` returns and look at :attr:`~DtlsAssociation.state`.

This is the only module that touches aiortc. It takes from it the certificate, the SSL context and the table of SRTP
profiles; aiortc's own transport is bound to asyncio and to one socket for each peer.

Time is injected, with one exception: OpenSSL's retransmission timer (1 s, doubling, RFC 6347 4.2.4.1) reads OpenSSL's
own clock. It only backs up the timer here, which repeats a lost flight after 50 ms, as browsers do, byte for byte.
(A peer that already has those records drops them as replays, so the repetition can do no harm.)
"""

from __future__ import annotations

import dataclasses
import enum
import struct
from typing import Final, Literal

from aiortc.rtcdtlstransport import (
    SRTP_PROFILES,
    X509_DIGEST_ALGORITHMS,
    RTCCertificate,
    SRTPProtectionProfile,
    certificate_digest,
)
from OpenSSL import SSL

from media.control import Fingerprint
from media.net.dtls_alerts import AlertReader

HANDSHAKE_LIMIT_S: Final = 10.0
"""A handshake that takes longer has failed."""

RESEND_S: Final = 0.05
"""First wait before an unanswered flight is repeated; each further wait is twice as long."""

MAX_RESENDS: Final = 7
"""Repetitions of one flight: doubling waits from 50 ms reach the handshake limit with so many."""

MTU: Final = 1200
"""Longest datagram sent: fits the smallest path MTU of IPv6 with room for tunnels."""

MAX_DATAGRAM: Final = 2048
"""Longer ones are not looked at; no DTLS implementation in use sends them."""

MAX_RESTARTS: Final = 8
"""How often a passive association starts afresh when forged or broken bytes spoil its handshake."""

_DTLS_1_2: Final = 0xFEFD
_EXPORTER_LABEL: Final = b"EXTRACTOR-dtls_srtp"
_RECORD_HEADER_BYTES: Final = 13
_HANDSHAKE_TYPES: Final = (20, 22)
"""change_cipher_spec and handshake (RFC 6347 4.1)."""

Role = Literal["passive", "active"]


class DtlsState(enum.Enum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    """The peer's certificate is the one that signaling named, and :attr:`DtlsAssociation.keys` are there."""
    CLOSED = "closed"
    """close_notify went or came."""
    FAILED = "failed"
    """:attr:`DtlsAssociation.failure` says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class SrtpKeys:
    """What the handshake is for. ``local`` protects what is sent, ``remote`` unprotects what is received."""

    profile: int
    """libsrtp's number (``pylibsrtp.Policy.SRTP_PROFILE_*``)."""
    name: str
    """As in the IANA registry, e.g. ``SRTP_AEAD_AES_256_GCM``."""
    local: bytes = dataclasses.field(repr=False)
    """Master key followed by master salt, as libsrtp wants it."""
    remote: bytes = dataclasses.field(repr=False)


class DtlsIdentity:
    """A certificate and the one SSL context that all associations share."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self.certificate = certificate
        context = certificate._create_ssl_context(srtp_profiles=SRTP_PROFILES)
        # One version, so that a record's meaning never changes: 1.3 hides lengths and goes on after the handshake.
        context.set_max_proto_version(_DTLS_1_2)
        context.set_min_proto_version(_DTLS_1_2)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        self.context = context
        digest = next(entry for entry in certificate.getFingerprints() if entry.algorithm == "sha-256")
        self.fingerprint = Fingerprint(digest.algorithm, digest.value)

    @classmethod
    def generate(cls) -> DtlsIdentity:
        """A new self-signed P-256 certificate, good for 30 days (a node makes a new one at each start)."""
        return cls(RTCCertificate.generateCertificate())


class DtlsAssociation:
    """One peer. Never raises on what the peer sends.

    ``fingerprints`` are those that signaling named; the peer's certificate must match one of a known algorithm
    (RFC 8122 5). ``now`` is in seconds of any monotonic clock.
    """

    def __init__(self, identity: DtlsIdentity, role: Role, fingerprints: tuple[Fingerprint, ...], now: float) -> None:
        self.state = DtlsState.CONNECTING
        self.keys: SrtpKeys | None = None
        self.failure = ""
        self._identity = identity
        self._role: Role = role
        self._fingerprints = fingerprints
        self._limit = now + HANDSHAKE_LIMIT_S
        self._restarts = 0
        self._outgoing: list[bytes] = []
        self._flight: list[bytes] = []
        self._resend_at: float | None = None
        self._resends = 0
        self._openssl_deadline: float | None = None
        self._farewell: list[bytes] = []
        self._alerts: AlertReader | None = None
        self._ssl: SSL.Connection | None = None
        self._begin(now)

    # ------------------------------------------------------------------------------------------------- the driver's side

    @property
    def deadline(self) -> float | None:
        """When to call :meth:`handle_timeout`; None when nothing is awaited."""
        if self.state is not DtlsState.CONNECTING:
            return None
        return min(at for at in (self._limit, self._resend_at, self._openssl_deadline) if at is not None)

    @property
    def released(self) -> bool:
        """Whether the SSL object has been let go."""
        return self._ssl is None

    def outgoing(self) -> list[bytes]:
        """Take the datagrams to send, in order, each at most :data:`MTU` bytes."""
        datagrams, self._outgoing = self._outgoing, []
        return datagrams

    def receive(self, datagram: bytes, now: float) -> None:
        """A datagram whose first byte is 20 to 63 (RFC 7983); others are passed over."""
        if not _RECORD_HEADER_BYTES <= len(datagram) <= MAX_DATAGRAM or not 20 <= datagram[0] <= 63:
            return
        if self.state is DtlsState.CONNECTING:
            self._feed(datagram)
            self._handshake(now)
        elif self.state is DtlsState.CONNECTED:
            self._receive_connected(datagram, now)

    def handle_timeout(self, now: float) -> None:
        """The deadline has passed: repeat a flight, or give up. Early calls do nothing."""
        if self.state is not DtlsState.CONNECTING or self._ssl is None:
            return
        if now >= self._limit:
            self._fail("the DTLS handshake took too long")
            return
        if self._resend_at is not None and now >= self._resend_at:
            self._outgoing += self._flight
            self._resends += 1
            wait = RESEND_S * 2**self._resends
            self._resend_at = now + wait if self._resends < MAX_RESENDS else None
        if self._openssl_deadline is not None and now >= self._openssl_deadline:
            try:
                self._ssl.DTLSv1_handle_timeout()
            except SSL.Error:
                self._fail("OpenSSL gave up on the handshake")
                return
            self._flush(now)

    def release(self) -> None:
        """The peer is known to have finished its handshake too (authentic SRTP or SRTCP came): nothing will have to be
        sent again, so the SSL object (75 KiB) can go.

        Before it goes it writes our close_notify, kept for :meth:`close`, and leaves the key that authenticates the
        peer's. A peer that chose another cipher than AES_128_GCM, which no browser does, keeps its SSL object.
        Does nothing unless connected.
        """
        if self.state is not DtlsState.CONNECTED or self._ssl is None:
            return
        alerts = AlertReader.of(self._ssl, from_client=self._role == "passive")
        if alerts is None:
            return
        self._alerts = alerts
        self._farewell = self._say_goodbye()
        self._ssl = None
        self._flight = []

    def close(self) -> None:
        """Say close_notify, if there is anyone to say it to. Idempotent."""
        if self.state is DtlsState.CONNECTED:
            self._outgoing += self._farewell if self._ssl is None else self._say_goodbye()
        if self.state in (DtlsState.CONNECTED, DtlsState.CONNECTING):
            self._end(DtlsState.CLOSED)

    # ----------------------------------------------------------------------------------------------------- the handshake

    def _begin(self, now: float) -> None:
        self._ssl = SSL.Connection(self._identity.context)
        self._ssl.set_ciphertext_mtu(MTU)
        if self._role == "passive":
            self._ssl.set_accept_state()
        else:
            self._ssl.set_connect_state()
            self._handshake(now)

    def _feed(self, datagram: bytes) -> None:
        assert self._ssl is not None  # noqa: S101 - a connecting association has one
        self._ssl.bio_write(datagram)

    def _handshake(self, now: float) -> None:
        assert self._ssl is not None  # noqa: S101 - a connecting association has one
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._flush(now)
        except SSL.Error as error:
            self._spoilt(error, now)
        else:
            self._flush(now)
            self._finish()

    def _spoilt(self, error: SSL.Error, now: float) -> None:
        """Before it is done a handshake is not authenticated, so anyone who knows the five-tuple can spoil it. A
        passive association starts afresh, silently, for the peer's next ClientHello; an active one cannot, as the
        server would not follow."""
        if self._role == "passive" and self._restarts < MAX_RESTARTS:
            self._restarts += 1
            self._resend_at = None
            self._begin(now)
        else:
            self._flush(now)
            self._fail(f"the DTLS handshake failed: {_reason(error)}")

    def _finish(self) -> None:
        assert self._ssl is not None  # noqa: S101 - called from the handshake alone
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or not any(
            entry.algorithm.lower() in X509_DIGEST_ALGORITHMS
            and entry.value.upper() == certificate_digest(certificate, entry.algorithm.lower())
            for entry in self._fingerprints
        ):
            self._outgoing += self._say_goodbye()
            self._fail("the certificate is not the one that signaling named")
            return
        selected = self._ssl.get_selected_srtp_profile()
        profile = next((entry for entry in SRTP_PROFILES if entry.openssl_profile == selected), None)
        if profile is None:
            self._outgoing += self._say_goodbye()
            self._fail("no SRTP profile in common")
            return
        self.keys = self._export(profile)
        self.state = DtlsState.CONNECTED
        self._resend_at = None
        self._resends = 0

    def _export(self, profile: SRTPProtectionProfile) -> SrtpKeys:
        """RFC 5764 4.2: client key, server key, client salt, server salt."""
        assert self._ssl is not None  # noqa: S101 - called from the handshake alone
        length = 2 * (profile.key_length + profile.salt_length)
        material = self._ssl.export_keying_material(_EXPORTER_LABEL, length)
        client, server = profile.get_key_and_salt(material, 0), profile.get_key_and_salt(material, 1)
        local, remote = (server, client) if self._role == "passive" else (client, server)
        return SrtpKeys(profile.libsrtp_profile, profile.openssl_profile.decode(), local, remote)

    def _flush(self, now: float) -> None:
        """Take what OpenSSL wrote; a new flight is repeated until the next one replaces it."""
        assert self._ssl is not None  # noqa: S101 - called while there is one
        datagrams = _datagrams(_drain(self._ssl))
        if datagrams:
            self._outgoing += datagrams
            self._flight, self._resends = datagrams, 0
            self._resend_at = now + RESEND_S
        remaining = self._ssl.DTLSv1_get_timeout()
        self._openssl_deadline = None if remaining is None else now + remaining

    # ---------------------------------------------------------------------------------------------------------- afterwards

    def _receive_connected(self, datagram: bytes, now: float) -> None:
        """An alert, or a flight of the peer's that came again because our last one was lost. Application data is thrown
        away."""
        if self._ssl is None:
            if self._alerts is not None and self._alerts.ends(datagram):
                self._outgoing += self._farewell
                self._end(DtlsState.CLOSED)
            return
        self._feed(datagram)
        try:
            while True:
                self._ssl.recv(MAX_DATAGRAM)
        except SSL.WantReadError:
            self._flush(now)
            self._repeat_last_flight(datagram)
        except SSL.ZeroReturnError:
            self._outgoing += self._say_goodbye()
            self._end(DtlsState.CLOSED)
        except SSL.Error as error:
            self._fail(f"the DTLS association broke: {_reason(error)}")

    def _repeat_last_flight(self, datagram: bytes) -> None:
        """OpenSSL answers a repeated flight only if its records were numbered anew. One repeated byte for byte, by this
        module's twin or by the network, deserves our last flight as well; a bounded number of times, as anyone can
        forge the first byte."""
        repeated = self._role == "passive" and datagram[0] in _HANDSHAKE_TYPES
        if repeated and not self._outgoing and self._resends < MAX_RESENDS:
            self._resends += 1
            self._outgoing += self._flight

    def _say_goodbye(self) -> list[bytes]:
        assert self._ssl is not None  # noqa: S101 - called while there is one
        try:
            self._ssl.shutdown()
        except SSL.Error:
            return []
        return _datagrams(_drain(self._ssl))

    def _fail(self, failure: str) -> None:
        self.failure = failure
        self._end(DtlsState.FAILED)

    def _end(self, state: DtlsState) -> None:
        self.state = state
        self._ssl = None
        self._alerts = None
        self._flight = []
        self._resend_at = None


def _drain(connection: SSL.Connection) -> bytes:
    written = bytearray()
    while True:
        try:
            written += connection.bio_read(1 << 16)
        except SSL.Error:
            return bytes(written)


def _datagrams(records: bytes) -> list[bytes]:
    """Cut what OpenSSL wrote, a stream of whole records (RFC 6347 4.1), into datagrams of at most MTU bytes."""
    datagrams: list[bytes] = []
    current = b""
    while records:
        (length,) = struct.unpack_from("!H", records, _RECORD_HEADER_BYTES - 2)
        record, records = records[: _RECORD_HEADER_BYTES + length], records[_RECORD_HEADER_BYTES + length :]
        if current and len(current) + len(record) > MTU:
            datagrams.append(current)
            current = b""
        current += record
    return [*datagrams, current] if current else datagrams


def _reason(error: SSL.Error) -> str:
    """OpenSSL's last words, e.g. ``wrong version number``."""
    entries = error.args[0] if error.args else None
    if isinstance(entries, list) and entries and len(entries[-1]) == 3:
        return str(entries[-1][2]) or "unknown"
    return type(error).__name__
