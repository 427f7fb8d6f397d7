"""The control stream: whatever arrives, and however it is cut, only ControlError comes out."""

from __future__ import annotations

import contextlib

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from media.control import (
    ControlError,
    FromNodeReader,
    NodeConfig,
    ParticipantId,
    Ping,
    Pong,
    RequestId,
    Start,
    StatsRequest,
    Stop,
    ToNode,
    ToNodeReader,
    Update,
    encode,
)

framed = st.binary(max_size=200).map(lambda body: len(body).to_bytes(4, "big") + body)
packed = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=10) | st.binary(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["t", "request", "config"]), inner),
    max_leaves=8,
).map(lambda value: msgspec.msgpack.encode(value))


@given(st.lists(st.one_of(st.binary(max_size=50), framed), max_size=5))
def test_any_bytes(chunks: list[bytes]) -> None:
    for reader in (ToNodeReader(), FromNodeReader()):
        with contextlib.suppress(ControlError):
            for chunk in chunks:
                reader.feed(chunk)


@given(packed)
def test_any_messagepack(body: bytes) -> None:
    for reader in (ToNodeReader(), FromNodeReader()):
        with contextlib.suppress(ControlError):
            reader.feed(len(body).to_bytes(4, "big") + body)


messages = st.one_of(
    st.builds(Ping, st.integers(-(2**63), 2**63 - 1)),
    st.builds(StatsRequest, st.integers(0, 2**32).map(RequestId)),
    st.builds(Update, st.integers(1, 2**32 - 1).map(ParticipantId), st.booleans(), st.booleans(), st.booleans()),
    st.builds(Start, st.builds(NodeConfig, port=st.integers(0, 65_535))),
    st.just(Stop()),
)


@given(st.lists(messages, max_size=6), st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_messages_survive_any_cut(sent: list[ToNode], cuts: list[int]) -> None:
    stream = b"".join(map(encode, sent))
    reader = ToNodeReader()
    received: list[ToNode] = []
    position = 0
    for index in range(len(stream)):
        if position >= len(stream):
            break
        size = cuts[index % len(cuts)]
        received += reader.feed(stream[position : position + size])
        position += size
    assert received == sent


@given(st.integers(0, 2**32))
def test_answers_survive_too(number: int) -> None:
    assert FromNodeReader().feed(encode(Pong(number))) == [Pong(number)]
