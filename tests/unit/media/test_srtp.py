from __future__ import annotations

import struct

import pytest
from pylibsrtp import Policy

from media.srtp import SrtpContext, SrtpError, length_pointers, protect, row_pointers, unprotect

PROFILES = {
    Policy.SRTP_PROFILE_AEAD_AES_256_GCM: 44,
    Policy.SRTP_PROFILE_AEAD_AES_128_GCM: 28,
    Policy.SRTP_PROFILE_AES128_CM_SHA1_80: 30,
}


def pair(profile: int = Policy.SRTP_PROFILE_AEAD_AES_256_GCM) -> tuple[SrtpContext, SrtpContext]:
    key = bytes(range(PROFILES[profile]))
    return SrtpContext(profile, key, outbound=True), SrtpContext(profile, key, outbound=False)


def packet(sequence: int, payload: bytes = b"payload") -> bytes:
    return struct.pack("!BBHII", 0x80, 111, sequence & 0xFFFF, sequence * 960 & 0xFFFFFFFF, 7) + payload


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_protected_is_read_again(profile: int) -> None:
    sender, receiver = pair(profile)
    protected = sender.protect(packet(1))
    assert protected is not None
    assert b"payload" not in protected
    assert receiver.unprotect(protected) == packet(1)
    report = struct.pack("!BBHI", 0x80, 201, 1, 7)
    protected = sender.protect_rtcp(report)
    assert protected is not None
    assert receiver.unprotect_rtcp(protected) == report


def test_replays_and_forgeries_are_refused() -> None:
    sender, receiver = pair()
    protected = sender.protect(packet(1))
    assert protected is not None
    forged = protected[:-1] + bytes((protected[-1] ^ 1,))
    assert receiver.unprotect(forged) is None
    assert receiver.unprotect(protected) is not None
    assert receiver.unprotect(protected) is None
    assert receiver.unprotect(b"") is None
    assert receiver.unprotect_rtcp(b"short") is None


def test_an_index_is_never_used_twice() -> None:
    sender, _ = pair()
    assert sender.protect(packet(1, b"one")) is not None
    assert sender.protect(packet(1, b"two")) is None
    assert sender.protect(packet(1, b"one")) is None


def test_overtaken_packets_within_the_window_are_taken() -> None:
    sender, receiver = pair()
    packets = [sender.protect(packet(index)) for index in range(1, 1_000)]
    assert all(receiver.unprotect(data or b"") is not None for data in reversed(packets))


def test_rows_are_encrypted_in_place() -> None:
    import numpy as np

    sender, receiver = pair()
    rows, lengths = np.zeros((3, 256), np.uint8), np.zeros(3, np.int32)
    pointers = row_pointers(rows.ctypes.data, 256, 3)
    counts = length_pointers(lengths.ctypes.data, 3)
    plain = packet(5)
    rows[1, : len(plain)] = np.frombuffer(plain, np.uint8)
    lengths[1] = len(plain)
    assert protect(sender.pointer, pointers[1], counts[1]) == 0
    assert lengths[1] > len(plain)
    assert not rows[0].any()
    assert not rows[2].any()
    assert unprotect(receiver.pointer, pointers[1], counts[1]) == 0
    assert rows[1, : lengths[1]].tobytes() == plain


@pytest.mark.parametrize("profile", [Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 99])
def test_keys_that_do_not_fit_are_refused(profile: int) -> None:
    with pytest.raises(SrtpError):
        SrtpContext(profile, b"short", outbound=True)
