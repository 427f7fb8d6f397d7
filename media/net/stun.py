"""STUN binding requests (RFC 8489) as ICE sends them, read strictly and answered.

The codec is aioice's. It raises several kinds of error on malformed input and lets through what ICE forbids, so this
wrapper is the only door: whatever the bytes, :func:`parse_request` returns a request or None. What is not a
well-formed, authenticated request gets no answer at all: silence neither amplifies nor tells a stranger anything.
"""

from __future__ import annotations

import dataclasses
import struct
from typing import Final

from aioice import stun

MAX_BYTES: Final = 1280
"""Longest message looked at: RFC 8489 6.1 keeps requests below the path MTU."""

_HEADER_BYTES: Final = 20
_FINGERPRINT_BYTES: Final = 8
_REQUIRED: Final = ("USERNAME", "MESSAGE-INTEGRITY", "FINGERPRINT")


@dataclasses.dataclass(frozen=True, slots=True)
class BindingRequest:
    """A connectivity or consent check (RFC 8445 7.2.2), well formed but not yet authenticated."""

    local_ufrag: str
    """The receiver's: the first half of USERNAME."""
    remote_ufrag: str
    """The sender's."""
    nominating: bool
    """USE-CANDIDATE is there (RFC 8445 7.2.2)."""
    peer_is_controlled: bool
    """The sender takes the controlled role, which a lite agent has already (RFC 8445 7.3.1.1)."""
    _message: stun.Message

    def is_authentic(self, password: str) -> bool:
        """Whether MESSAGE-INTEGRITY was made with the receiver's password (RFC 8489 9.1.3)."""
        return self._message.check_message_integrity(password.encode())


def parse_request(datagram: bytes) -> BindingRequest | None:
    """The request in a datagram; None for anything else. Never raises.

    USERNAME, MESSAGE-INTEGRITY and FINGERPRINT must be there (RFC 8445 7.1.2 and 7.2.2), and FINGERPRINT right and
    last (RFC 8489 14.7).
    """
    if not _is_stun(datagram):
        return None
    try:
        message = stun.parse_message(datagram)
    except (ValueError, struct.error):
        return None
    attributes = message.attributes
    if message.message_class != stun.Class.REQUEST or message.message_method != stun.Method.BINDING:
        return None
    if any(name not in attributes for name in _REQUIRED) or not _ends_in_fingerprint(datagram):
        return None
    local, separator, remote = attributes["USERNAME"].partition(":")
    if not (local and separator and remote):
        return None
    return BindingRequest(
        local_ufrag=local,
        remote_ufrag=remote,
        nominating="USE-CANDIDATE" in attributes,
        peer_is_controlled="ICE-CONTROLLED" in attributes,
        _message=message,
    )


def success(request: BindingRequest, source: tuple[str, int], password: str) -> bytes:
    """The answer to an authentic request: where it came from (RFC 8489 14.2), signed with the receiver's password."""
    return _response(request, stun.Class.RESPONSE, {"XOR-MAPPED-ADDRESS": source}, password)


def role_conflict(request: BindingRequest, password: str) -> bytes:
    """The answer to an authentic request whose sender wants the controlled role (RFC 8445 7.3.1.1)."""
    return _response(request, stun.Class.ERROR, {"ERROR-CODE": (487, "Role Conflict")}, password)


def _response(request: BindingRequest, kind: stun.Class, attributes: dict[str, object], password: str) -> bytes:
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=kind,
        transaction_id=request._message.transaction_id,
        attributes=attributes,
    )
    message.add_message_integrity(password.encode())
    return bytes(message)


def _is_stun(datagram: bytes) -> bool:
    """RFC 8489 5: two zero bits, a length in whole words that fits, the magic cookie."""
    if not _HEADER_BYTES <= len(datagram) <= MAX_BYTES:
        return False
    kind: int
    kind, length, cookie = struct.unpack_from("!HHI", datagram)
    fits: bool = length % 4 == 0 and length == len(datagram) - _HEADER_BYTES
    return kind < 0x4000 and fits and bool(cookie == stun.COOKIE)


def _ends_in_fingerprint(datagram: bytes) -> bool:
    return datagram[-_FINGERPRINT_BYTES : -_FINGERPRINT_BYTES + 4] == b"\x80\x28\x00\x04"
