"""RTP headers, read as they stand in the clear of an SRTP packet (RFC 3550 5.1, RFC 8285, RFC 6464)."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

Buffer = bytes | bytearray | memoryview

VERSION: Final = 2
HEADER_BYTES: Final = 12
"""Fixed header without CSRCs and extensions."""
CSRC_BYTES: Final = 4
FORWARD_HEADER_BYTES: Final = HEADER_BYTES + CSRC_BYTES
"""Header of a forwarded packet: it always carries one CSRC, the speaker, and never an extension."""

SILENT_LEVEL_DBOV: Final = 127
"""Digital silence, as minus dBov (RFC 6464 3)."""

_HEADER: Final = struct.Struct("!BBHII")
_FORWARD_HEADER: Final = struct.Struct("!BBHIII")
_EXTENSION: Final = struct.Struct("!HH")
_USUAL: Final = struct.Struct("!BBHIIHHBB")
"""Header, extension header and first element, as nearly every voice packet has them."""

_PADDING_BIT: Final = 0x20
_EXTENSION_BIT: Final = 0x10
_USUAL_FIRST_BYTE: Final = VERSION << 6 | _EXTENSION_BIT
_ONE_BYTE_PROFILE: Final = 0xBEDE
_TWO_BYTE_PROFILE: Final = 0x1000
_TWO_BYTE_MASK: Final = 0xFFF0


class RtpHeader(NamedTuple):
    """What stands before the payload."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    padded: bool
    payload_offset: int
    """Bytes from the start of the packet."""
    level_dbov: int | None
    """Audio level as minus dBov, 0 (loudest) to 127; None where the packet carries none."""


def parse(packet: Buffer, length: int, level_extension: int | None) -> RtpHeader | None:
    """The header of the first ``length`` bytes of ``packet``; None when they are no RTP packet.

    ``level_extension`` is the negotiated id of the audio level, 1 to 14 (one-byte form) or up to 255 (two-byte form).
    """
    if length >= _USUAL.size and packet[0] == _USUAL_FIRST_BYTE:
        _, second, sequence, timestamp, ssrc, profile, words, element, level = _USUAL.unpack_from(packet)
        offset = HEADER_BYTES + 4 + 4 * words
        if profile == _ONE_BYTE_PROFILE and words and offset <= length and element >> 4 == level_extension != 15:
            return tuple.__new__(  # twice as fast as the named tuple's own
                RtpHeader, (second >= 0x80, second & 0x7F, sequence, timestamp, ssrc, False, offset, level & 0x7F)
            )
    return _parse_any(packet, length, level_extension)


def _parse_any(packet: Buffer, length: int, level_extension: int | None) -> RtpHeader | None:
    if length < HEADER_BYTES:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
    if first >> 6 != VERSION:
        return None
    offset = HEADER_BYTES + CSRC_BYTES * (first & 0x0F)
    level = None
    if first & _EXTENSION_BIT:
        if offset + 4 > length:
            return None
        profile, words = _EXTENSION.unpack_from(packet, offset)
        start = offset + 4
        offset = start + 4 * words
        if offset <= length and level_extension is not None:
            level = _audio_level(packet, profile, start, offset, level_extension)
    if offset > length:
        return None
    return RtpHeader(
        second >= 0x80, second & 0x7F, sequence, timestamp, ssrc, bool(first & _PADDING_BIT), offset, level
    )


def _audio_level(packet: Buffer, profile: int, start: int, end: int, wanted: int) -> int | None:
    """The level of RFC 6464 among the extension elements between ``start`` and ``end`` (RFC 8285 4.2, 4.3)."""
    if profile == _ONE_BYTE_PROFILE:
        return _one_byte_level(packet, start, end, wanted)
    if profile & _TWO_BYTE_MASK == _TWO_BYTE_PROFILE:
        return _two_byte_level(packet, start, end, wanted)
    return None


def _one_byte_level(packet: Buffer, start: int, end: int, wanted: int) -> int | None:
    position = start
    while position < end:
        element = packet[position]
        if element == 0:  # padding
            position += 1
            continue
        identifier = element >> 4
        if identifier == 15:  # reserved: stop here (RFC 8285 4.2)
            return None
        if identifier == wanted:
            return packet[position + 1] & 0x7F if position + 1 < end else None
        position += 2 + (element & 0x0F)
    return None


def _two_byte_level(packet: Buffer, start: int, end: int, wanted: int) -> int | None:
    position = start
    while position + 1 < end:
        identifier = packet[position]
        if identifier == 0:  # padding
            position += 1
            continue
        if identifier == wanted:
            return packet[position + 2] & 0x7F if packet[position + 1] and position + 2 < end else None
        position += 2 + packet[position + 1]
    return None


def payload_end(packet: Buffer, length: int, header: RtpHeader) -> int | None:
    """Where the payload of a decrypted packet ends, without its padding (RFC 3550 5.1); None if the padding lies."""
    if not header.padded:
        return length
    if length <= header.payload_offset:
        return None
    padding = packet[length - 1]
    if padding == 0 or header.payload_offset + padding > length:
        return None
    return length - padding


def payload(packet: bytes, header: RtpHeader) -> bytes:
    """The payload of a decrypted packet; empty where there is none, or where the padding lies."""
    end = payload_end(packet, len(packet), header) if header.padded else len(packet)
    return b"" if end is None else packet[header.payload_offset : end]


def forward_header(marker: bool, timestamp: int, ssrc: int, speaker: int) -> bytes:
    """Header of a forwarded packet with room for payload type (byte 1) and sequence number (bytes 2 and 3)."""
    return _FORWARD_HEADER.pack(VERSION << 6 | 1, 0x80 if marker else 0, 0, timestamp & 0xFFFFFFFF, ssrc, speaker)
