"""One Mumble 1.3 client: TLS control channel, OCB2-AES128 voice over UDP.

Only what a measurement needs: log in, take the keys, speak Opus, count what comes. The protocol is described in the
Mumble documentation ("Mumble protocol", 1.3); OCB2 in Rogaway's "Nonce-based symmetric encryption" and draft-krovetz-ocb.
"""

from __future__ import annotations

import dataclasses
import socket
import ssl
import struct
import time
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from bench.rtc_client import Tally, voice_payload

_VERSION, _PING, _AUTHENTICATE, _REJECT, _SERVER_SYNC, _CRYPT_SETUP = 0, 3, 2, 4, 5, 15
_PING_S: Final = 5.0
OPAQUE_MEDIA_BYTES: Final = 40
"""Pings are shorter, voice is longer."""
_MASK: Final = (1 << 128) - 1


@dataclasses.dataclass(frozen=True)
class MumbleSpec:
    server: tuple[str, int]
    name: str


class MumbleClient:
    """Connects when constructed (blocking). Raises OSError or RuntimeError."""

    opaque = True

    def __init__(self, spec: MumbleSpec) -> None:
        self.tally = Tally(started_at=time.monotonic())
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(spec.server, 10)
        self._control = context.wrap_socket(plain)
        self._buffer = b""
        self._crypt: _Ocb2 | None = None
        self._sequence = 0
        self._ping_at = 0.0
        self._outgoing: list[bytes] = []
        self._log_in(spec.name)
        self._control.setblocking(False)

    @property
    def connected(self) -> bool:
        return self._crypt is not None

    def outgoing(self) -> list[bytes]:
        datagrams, self._outgoing = self._outgoing, []
        return datagrams

    def tick(self, now: float) -> None:
        if now < self._ping_at or self._crypt is None:
            return
        self._ping_at = now + _PING_S
        self._outgoing.append(self._crypt.encrypt(b"\x20" + _varint(int(now))))
        self._control.setblocking(True)
        self._send(_PING, b"\x08" + _protobuf_varint(int(now)))
        self._control.setblocking(False)
        try:
            while self._control.recv(65536):
                pass
        except (ssl.SSLWantReadError, BlockingIOError):
            pass

    def receive(self, datagram: bytes, source: tuple[str, int], now: float) -> None: ...

    def media(self, datagram: bytes, now: float) -> bytes | None:
        return None

    def wants(self, count: int) -> bool:
        return False

    def frame(self, stamp_ns: int) -> bytes | None:
        if self._crypt is None:
            return None
        self._sequence += 2
        self.tally.sent += 1
        payload = voice_payload(stamp_ns)
        return self._crypt.encrypt(b"\x80" + _varint(self._sequence) + _varint(len(payload)) + payload)

    def close(self) -> None:
        self._control.close()

    def _log_in(self, name: str) -> None:
        self._send(_VERSION, b"\x08" + _protobuf_varint(0x010304))
        self._send(_AUTHENTICATE, b"\x0a" + _protobuf_varint(len(name)) + name.encode() + b"\x28\x01")
        synced = False
        while not (synced and self._crypt):
            kind, body = self._read()
            if kind == _REJECT:
                raise RuntimeError(f"mumble-server refused: {body!r}")
            if kind == _CRYPT_SETUP:
                fields = _fields(body)
                self._crypt = _Ocb2(fields[1], fields[2])
            synced = synced or kind == _SERVER_SYNC

    def _send(self, kind: int, body: bytes) -> None:
        self._control.sendall(struct.pack("!HI", kind, len(body)) + body)

    def _read(self) -> tuple[int, bytes]:
        while True:
            if len(self._buffer) >= 6:
                kind, length = struct.unpack_from("!HI", self._buffer)
                if len(self._buffer) >= 6 + length:
                    body, self._buffer = self._buffer[6 : 6 + length], self._buffer[6 + length :]
                    return kind, body
            data = self._control.recv(65536)
            if not data:
                raise RuntimeError("mumble-server closed the connection")
            self._buffer += data


class _Ocb2:
    """OCB2-AES128 with Mumble's four-byte header: low byte of the nonce, three of the tag."""

    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._aes: CipherContext = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        self._nonce = int.from_bytes(nonce, "little")

    def encrypt(self, plain: bytes) -> bytes:
        self._nonce = (self._nonce + 1) & _MASK
        nonce = self._nonce.to_bytes(16, "little")
        delta = self._block(int.from_bytes(nonce, "big"))
        checksum, sealed = 0, b""
        while len(plain) > 16:
            delta = _double(delta)
            block, plain = int.from_bytes(plain[:16], "big"), plain[16:]
            sealed += (self._block(block ^ delta) ^ delta).to_bytes(16, "big")
            checksum ^= block
        delta = _double(delta)
        pad = self._block(delta ^ (len(plain) * 8)).to_bytes(16, "big")
        sealed += bytes(a ^ b for a, b in zip(plain, pad, strict=False))
        checksum ^= int.from_bytes(plain + pad[len(plain) :], "big")
        tag = self._block(delta ^ _double(delta) ^ checksum).to_bytes(16, "big")
        return nonce[:1] + tag[:3] + sealed

    def _block(self, value: int) -> int:
        return int.from_bytes(self._aes.update(value.to_bytes(16, "big")), "big")


def _double(value: int) -> int:
    """Multiply by x in GF(2**128)."""
    return ((value << 1) & _MASK) ^ (0x87 if value >> 127 else 0)


def _varint(value: int) -> bytes:
    """Mumble's own variable-length integer, for what fits 32 bits."""
    if value < 0x80:
        return bytes((value,))
    if value < 0x4000:
        return struct.pack("!H", 0x8000 | value)
    if value < 0x200000:
        return bytes((0xC0 | value >> 16,)) + struct.pack("!H", value & 0xFFFF)
    if value < 0x10000000:
        return struct.pack("!I", 0xE0000000 | value)
    return b"\xf0" + struct.pack("!I", value & 0xFFFFFFFF)


def _protobuf_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*encoded, value))


def _fields(body: bytes) -> dict[int, bytes]:
    """The length-delimited fields of a protobuf message."""
    fields, position = {}, 0
    while position < len(body):
        tag, position = _take_varint(body, position)
        value, position = _take_varint(body, position)
        if tag & 7 == 2:
            fields[tag >> 3] = body[position : position + value]
            position += value
    return fields


def _take_varint(body: bytes, position: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = body[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
