"""SRTP contexts over libsrtp, called without copies where it counts (RFC 3711, RFC 7714).

The hot path calls ``protect`` itself, in place on rows of a numpy buffer: the public classes of pylibsrtp copy each packet
twice. Repeated transmission stays forbidden, so libsrtp itself refuses to use an index twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pylibsrtp import Error as PylibsrtpError
from pylibsrtp import Policy
from pylibsrtp._binding import ffi, lib

CData = Any
"""A cffi pointer."""

MAX_PLAIN_BYTES: Final = 1_500
"""Longest packet taken for protecting."""

TRAILER_BYTES: Final = 148
"""Most that libsrtp adds: index, tag and key identifier of SRTCP."""

protect: Final[Callable[[CData, CData, CData], int]] = lib.srtp_protect
"""srtp_protect(context, row, length): in place; 0 when it worked."""

unprotect: Final[Callable[[CData, CData, CData], int]] = lib.srtp_unprotect

_INBOUND_WINDOW: Final = 1_024
"""Replay window in packets (RFC 3711 3.3.2): packets held back are decrypted late, and networks reorder."""

_OUTBOUND_WINDOW: Final = 128
"""Only overtaken packets go out of order; libsrtp shifts the whole window for each packet, so it is kept short."""


class SrtpError(Exception):
    """libsrtp would not make a context of these keys."""


def row_pointers(address: int, stride: int, count: int) -> list[CData]:
    """Pointers to ``count`` rows of a buffer at ``address``, ``stride`` bytes apart; the caller keeps it alive."""
    return [ffi.cast("void *", address + stride * index) for index in range(count)]


def length_pointers(address: int, count: int, stride: int = 4) -> list[CData]:
    """Pointers to ``count`` 32-bit integers, ``stride`` bytes apart."""
    return [ffi.cast("int *", address + stride * index) for index in range(count)]


class SrtpContext:
    """One direction of one participant.

    ``profile`` is libsrtp's number, ``keying`` master key and salt, one after the other. Raises :class:`SrtpError`.
    """

    def __init__(self, profile: int, keying: bytes, *, outbound: bool) -> None:
        kind = Policy.SSRC_ANY_OUTBOUND if outbound else Policy.SSRC_ANY_INBOUND
        try:
            policy = Policy(key=keying, ssrc_type=kind, srtp_profile=profile)
        except (PylibsrtpError, ValueError) as error:
            raise SrtpError(str(error)) from None
        policy.window_size = _OUTBOUND_WINDOW if outbound else _INBOUND_WINDOW
        policy.allow_repeat_tx = False
        holder = ffi.new("srtp_t *")
        code = lib.srtp_create(holder, policy._policy)
        if code:
            raise SrtpError(f"libsrtp made no context: error {code}")
        self._holder = ffi.gc(holder, lambda held: lib.srtp_dealloc(held[0]))
        self.pointer: CData = holder[0]
        """For :func:`protect` and :func:`unprotect`; good as long as this object lives."""

    def unprotect(self, packet: bytes) -> bytes | None:
        """The decrypted packet; None when it is not authentic, replayed or malformed."""
        return self._convert(lib.srtp_unprotect, packet, 0)

    def unprotect_rtcp(self, packet: bytes) -> bytes | None:
        """The decrypted compound; None when it is not authentic, replayed or malformed."""
        return self._convert(lib.srtp_unprotect_rtcp, packet, 0)

    def protect(self, packet: bytes) -> bytes | None:
        """The encrypted packet; None when its index was used before."""
        return self._convert(lib.srtp_protect, packet, TRAILER_BYTES)

    def protect_rtcp(self, compound: bytes) -> bytes | None:
        """The encrypted compound; None once 2**31 were sent (RFC 3711 9.2)."""
        return self._convert(lib.srtp_protect_rtcp, compound, TRAILER_BYTES)

    def _convert(self, call: Callable[..., int], packet: bytes, trailer: int) -> bytes | None:
        size = len(packet)
        buffer = ffi.new("char[]", size + trailer)
        ffi.memmove(buffer, packet, size)
        length = ffi.new("int *", size)
        if call(self.pointer, buffer, length):
            return None
        return bytes(ffi.buffer(buffer, length[0]))
