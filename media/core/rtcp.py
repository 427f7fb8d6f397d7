"""RTCP compounds: what comes from clients, read strictly, and what the node says (RFC 3550 6, RFC 4585 6.2.1)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from media.core.rtp import VERSION, Buffer
from media.core.sequence import ReceptionBlock

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
SOURCE_DESCRIPTION: Final = 202
GOODBYE: Final = 203
TRANSPORT_FEEDBACK: Final = 205

FIRST_TYPE: Final = 192
LAST_TYPE: Final = 223
"""Second bytes that make a packet RTCP rather than RTP on a shared port (RFC 5761 4)."""

GENERIC_NACK: Final = 1
NTP_EPOCH_OFFSET_S: Final = 2_208_988_800
"""From 1900 to 1970."""

_CNAME_ITEM: Final = 1
_HEADER: Final = struct.Struct("!BBH")
_BLOCK: Final = struct.Struct("!IIIIII")
_SENDER_INFO: Final = struct.Struct("!IIIII")
_NACK_ITEM: Final = struct.Struct("!HH")
_WORD: Final = struct.Struct("!I")


class Block(NamedTuple):
    """A report block as received."""

    ssrc: int
    fraction_lost: int
    cumulative_lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    """Middle 32 bits of the NTP time of the last sender report; 0 if none."""
    delay_since_last: int
    """In 1/65536 s."""


class SenderInfo(NamedTuple):
    """From a client's sender report."""

    ssrc: int
    ntp: int
    """64 bits: seconds since 1900 and their fraction."""
    rtp_timestamp: int


class Nack(NamedTuple):
    """Packets asked for again."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(slots=True)
class Compound:
    """What one RTCP datagram says, as far as it concerns the node."""

    sender: int
    """SSRC of its first packet."""
    reports: list[Block] = field(default_factory=list)
    sender_info: SenderInfo | None = None
    goodbyes: list[int] = field(default_factory=list)
    nacks: list[Nack] = field(default_factory=list)


def is_rtcp(second_byte: int) -> bool:
    """Whether a packet with this second byte is RTCP, given that its first byte says RTP or RTCP (RFC 5761 4)."""
    return FIRST_TYPE <= second_byte <= LAST_TYPE


def parse(data: Buffer) -> Compound | None:
    """What a decrypted compound says; None when it is malformed. Unknown packet types are passed over.

    Reduced-size packets (RFC 5506) are taken as well: a lone NACK is what browsers send.
    """
    view = memoryview(data)
    if len(view) < 8:
        return None
    compound = Compound(_WORD.unpack_from(view, 4)[0])
    position = 0
    while position < len(view):
        if position + 4 > len(view):
            return None
        first, kind, words = _HEADER.unpack_from(view, position)
        end = position + 4 + 4 * words
        if first >> 6 != VERSION or end > len(view):
            return None
        body = _without_padding(view[position + 4 : end], padded=bool(first & 0x20))
        if body is None or not _read_packet(compound, kind, first & 0x1F, body):
            return None
        position = end
    return compound


def _without_padding(body: memoryview, *, padded: bool) -> memoryview | None:
    if not padded:
        return body
    if not body or not 0 < body[-1] <= len(body):
        return None
    return body[: len(body) - body[-1]]


def _read_packet(compound: Compound, kind: int, count: int, body: memoryview) -> bool:
    """Take in one packet; False when it is too short for what it claims to hold."""
    if kind == SENDER_REPORT:
        if len(body) < 24:
            return False
        ssrc, high, low, timestamp = struct.unpack_from("!IIII", body)
        compound.sender_info = SenderInfo(ssrc, high << 32 | low, timestamp)
        return _read_blocks(compound, count, body[24:])
    if kind == RECEIVER_REPORT:
        return len(body) >= 4 and _read_blocks(compound, count, body[4:])
    if kind == GOODBYE:
        if len(body) < 4 * count:
            return False
        compound.goodbyes += [_WORD.unpack_from(body, 4 * index)[0] for index in range(count)]
        return True
    if kind == TRANSPORT_FEEDBACK and count == GENERIC_NACK:
        return _read_nack(compound, body)
    return True


def _read_blocks(compound: Compound, count: int, body: memoryview) -> bool:
    if len(body) < 24 * count:
        return False
    for index in range(count):
        ssrc, lost, highest, jitter, last, delay = _BLOCK.unpack_from(body, 24 * index)
        cumulative = lost & 0xFFFFFF
        if cumulative >= 0x800000:
            cumulative -= 0x1000000
        compound.reports.append(Block(ssrc, lost >> 24, cumulative, highest, jitter, last, delay))
    return True


def _read_nack(compound: Compound, body: memoryview) -> bool:
    if len(body) < 8 or len(body) % 4:
        return False
    sequences: list[int] = []
    for position in range(8, len(body), 4):
        first, mask = _NACK_ITEM.unpack_from(body, position)
        sequences.append(first)
        sequences += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    compound.nacks.append(Nack(_WORD.unpack_from(body, 4)[0], tuple(sequences)))
    return True


# ------------------------------------------------------------------------------------------------------------- writing


def ntp_time(unix_s: float) -> int:
    """64-bit NTP timestamp (RFC 3550 4)."""
    seconds = int(unix_s)
    return (seconds + NTP_EPOCH_OFFSET_S & 0xFFFFFFFF) << 32 | int((unix_s - seconds) * (1 << 32)) & 0xFFFFFFFF


def middle_ntp(ntp: int) -> int:
    """The 32 bits of an NTP timestamp that report blocks carry."""
    return ntp >> 16 & 0xFFFFFFFF


def round_trip_s(block: Block, ntp: int) -> float | None:
    """Round trip from a report block received at ``ntp`` (RFC 3550 6.4.1); None if it answers no report of ours."""
    if block.last_report == 0:
        return None
    ticks = (middle_ntp(ntp) - block.last_report - block.delay_since_last) & 0xFFFFFFFF
    return ticks / 65536 if ticks < 1 << 31 else 0.0


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEADER.pack(VERSION << 6 | count, kind, len(body) // 4) + body


def report_block(ssrc: int, figures: ReceptionBlock, fraction_lost: int, last_report: int, delay: int) -> bytes:
    """One report block about ``ssrc``; ``delay`` in 1/65536 s."""
    return _BLOCK.pack(
        ssrc,
        fraction_lost << 24 | figures.cumulative_lost & 0xFFFFFF,
        figures.highest_sequence,
        figures.jitter,
        last_report,
        delay,
    )


def receiver_report(reporter: int, block: bytes | None) -> bytes:
    """RFC 3550 6.4.2, with one block or none."""
    return _packet(RECEIVER_REPORT, 0 if block is None else 1, _WORD.pack(reporter) + (block or b""))


def sender_report(ssrc: int, ntp: int, rtp_timestamp: int, packets: int, octets: int, block: bytes | None) -> bytes:
    """RFC 3550 6.4.1; counters wrap at 32 bits."""
    info = _SENDER_INFO.pack(
        ntp >> 32, ntp & 0xFFFFFFFF, rtp_timestamp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF
    )
    return _packet(SENDER_REPORT, 0 if block is None else 1, _WORD.pack(ssrc) + info + (block or b""))


def source_description(ssrcs: list[int], cname: bytes) -> bytes:
    """A CNAME for each of at most 31 SSRCs (RFC 3550 6.5); ``cname`` at most 255 bytes."""
    chunks = b""
    for ssrc in ssrcs:
        chunk = _WORD.pack(ssrc) + bytes((_CNAME_ITEM, len(cname))) + cname
        chunks += chunk + bytes(4 - len(chunk) % 4)
    return _packet(SOURCE_DESCRIPTION, len(ssrcs), chunks)


def goodbye(ssrcs: list[int]) -> bytes:
    """RFC 3550 6.6, for at most 31 SSRCs."""
    return _packet(GOODBYE, len(ssrcs), b"".join(map(_WORD.pack, ssrcs)))
