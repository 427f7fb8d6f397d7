"""Whatever the datagrams and the moment: no exception, no keys without the right certificate, bounded answers."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from media.net.dtls import DtlsAssociation, DtlsIdentity, DtlsState, Role
from media.net.dtls_alerts import AlertReader

IDENTITY = DtlsIdentity.generate()
OTHER = DtlsIdentity.generate()

record = st.builds(
    lambda kind, version, epoch, number, body: (
        bytes([kind])
        + version
        + epoch.to_bytes(2, "big")
        + number.to_bytes(6, "big")
        + len(body).to_bytes(2, "big")
        + body
    ),
    st.integers(20, 26),
    st.sampled_from([b"\xfe\xff", b"\xfe\xfd", b"\xfe\xfc", b"\3\3"]),
    st.integers(0, 2),
    st.integers(0, 300),
    st.binary(max_size=80),
)
datagram = st.one_of(st.binary(max_size=100), record, st.tuples(record, record).map(b"".join))


@settings(max_examples=60, deadline=None)
@given(
    role=st.sampled_from(["passive", "active"]),
    before=st.lists(datagram, max_size=4),
    during=st.lists(datagram, max_size=4),
    after=st.lists(datagram, max_size=4),
)
def test_no_datagram_raises_or_yields_keys(
    role: Role, before: list[bytes], during: list[bytes], after: list[bytes]
) -> None:
    fuzzed = DtlsAssociation(IDENTITY, role, (OTHER.fingerprint,), 0.0)
    peer_role: Role = "active" if role == "passive" else "passive"
    peer = DtlsAssociation(OTHER, peer_role, (IDENTITY.fingerprint,), 0.0)
    for data in before:
        fuzzed.receive(data, 0.0)
    if role == "passive":
        assert fuzzed.keys is None
    for _ in range(4):
        for data in fuzzed.outgoing():
            peer.receive(data, 0.0)
        for data in during:
            fuzzed.receive(data, 0.0)
        for data in peer.outgoing():
            fuzzed.receive(data, 0.0)
    if fuzzed.state is DtlsState.CONNECTED and peer.state is DtlsState.CONNECTED:
        assert fuzzed.keys is not None
        assert peer.keys is not None
        assert fuzzed.keys.local == peer.keys.remote
        for data in after:
            fuzzed.receive(data, 1.0)
            fuzzed.release()
        assert fuzzed.state is DtlsState.CONNECTED
    assert len(fuzzed.outgoing()) < 100


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, 800), value=st.integers(0, 255), role=st.sampled_from(["passive", "active"]))
def test_a_changed_byte_in_any_flight_never_yields_different_keys(position: int, value: int, role: Role) -> None:
    ours = DtlsAssociation(IDENTITY, role, (OTHER.fingerprint,), 0.0)
    peer = DtlsAssociation(OTHER, "active" if role == "passive" else "passive", (IDENTITY.fingerprint,), 0.0)
    for _ in range(4):
        for data in peer.outgoing():
            changed = bytearray(data)
            if position < len(changed):
                changed[position] = value
            ours.receive(bytes(changed), 0.0)
        for data in ours.outgoing():
            peer.receive(data, 0.0)
    if ours.keys is not None and peer.keys is not None:
        assert ours.keys.local == peer.keys.remote
        assert ours.keys.remote == peer.keys.local


@given(datagram)
def test_the_alert_reader_is_total(data: bytes) -> None:
    assert not AlertReader(bytes(16), bytes(4)).ends(data)
