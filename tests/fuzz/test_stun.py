"""Whatever the bytes: a request or None, and an answer only with the password."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.control import IceCredentials, ParticipantId
from media.net.ice import IceLite, IceRegistry, Path
from media.net.stun import BindingRequest, parse_request
from media.net.udp import pack_address
from tests.support.stun import binding_request

GOOD = binding_request(nominate=True)

mutated = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6).map(
    lambda changes: _changed(GOOD, changes)
)
headed = st.binary(max_size=200).map(lambda body: GOOD[:2] + len(body).to_bytes(2, "big") + GOOD[4:20] + body)
anything = st.one_of(st.binary(max_size=1500), mutated, headed, st.integers(0, len(GOOD)).map(lambda end: GOOD[:end]))


def _changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for position, value in changes:
        changed[position] = value
    return bytes(changed)


@given(anything)
def test_the_parser_is_total(datagram: bytes) -> None:
    request = parse_request(datagram)
    assert request is None or isinstance(request, BindingRequest)


@given(anything)
def test_only_the_password_gets_an_answer(datagram: bytes) -> None:
    registry = IceRegistry()
    agent = IceLite(
        ParticipantId(1),
        IceCredentials("here", "password-of-here-and-long"),
        IceCredentials("there", "password-of-there-and-long"),
        0.0,
    )
    registry.add(agent)
    path = Path(0, pack_address("192.0.2.1", 9))
    answer = registry.receive(datagram, path, 1.0)
    if datagram == GOOD:
        assert answer is not None
    else:
        assert answer is None
        assert agent.paths == ()
        assert registry.at(path) is None
