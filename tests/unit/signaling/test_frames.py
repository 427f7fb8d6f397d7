from __future__ import annotations

import json
from typing import Any, get_args

import msgspec
import pytest

from server.domain import codec
from server.domain.events import Event, MessageDelete
from server.domain.ids import ChannelId, MessageId, Snowflake
from server.domain.sections import Text
from signaling import frames


def text(frame: dict[str, Any]) -> bytes:
    return json.dumps(frame).encode()


GOOD: list[dict[str, Any]] = [
    {"type": "identify", "token": "t"},
    {"type": "resume", "token": "t", "session": "s", "received": 0},
    {"type": "heartbeat", "received": 2**53 - 1},
    {"type": "message.create", "id": 0, "channel_id": "5", "nonce": "n", "sections": [{"kind": "text", "text": "x"}]},
    {"type": "message.edit", "id": 1, "channel_id": "5", "message_id": "6", "sections": []},
    {"type": "message.delete", "id": 1, "channel_id": "5", "message_id": "6"},
    {"type": "reaction.add", "id": 1, "channel_id": "5", "message_id": "6", "emoji": "🌻"},
    {"type": "reaction.remove", "id": 1, "channel_id": "5", "message_id": "6", "emoji": "🌻"},
    {"type": "typing.start", "id": 1, "channel_id": "5"},
    {"type": "cursor.move", "id": 1, "channel_id": "5", "message_id": "6"},
    {"type": "presence.watch", "id": 1, "user_ids": ["5", "6"]},
    {"type": "presence.activity", "id": 1, "idle": True},
    {"type": "voice.prepare", "id": 1, "channel_id": "5"},
    {"type": "voice.offer", "id": 1, "channel_id": "5", "negotiation": 1, "sdp": "", "muted": True, "deafened": False},
    {"type": "voice.update", "id": 1, "participant": 1, "muted": True},
    {"type": "voice.ignore", "id": 1, "participant": 1, "ignored": [2, 3]},
    {"type": "voice.leave", "id": 1, "participant": 2**32 - 1},
]


@pytest.mark.parametrize("frame", GOOD, ids=lambda frame: frame["type"])
def test_every_client_frame_is_read(frame: dict[str, Any]) -> None:
    decoded = frames.decode(text(frame))
    again = json.loads(codec.encode(decoded))
    assert {key: again[key] for key in frame} == frame


def test_the_list_above_has_every_client_frame() -> None:
    tags = {kind.__struct_config__.tag for kind in get_args(frames.ClientFrame)}
    assert tags == {frame["type"] for frame in GOOD}


def test_ids_and_sections_are_read_into_types() -> None:
    decoded = frames.decode(text(GOOD[3]))
    assert isinstance(decoded, frames.CreateMessage)
    assert decoded.channel_id == Snowflake(5)
    assert isinstance(decoded.channel_id, Snowflake)
    assert decoded.sections == (Text("x"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"identify"',
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b'{"type": 7}',
        b'{"id": 7}',
        b'{"type": "identify"}',
        b'{"type": "identify", "token": 5}',
        b'{"type": "identify", "token": "t", "more": 1}',
        b'{"type": "heartbeat", "received": -1}',
        b'{"type": "heartbeat", "received": 9007199254740992}',
        b'{"type": "heartbeat", "received": 1e3}',
        b'{"type": "resume", "token": "t", "session": "' + b"s" * 65 + b'", "received": 0}',
        b'{"type": "identify", "token": "' + b"t" * 4097 + b'"}',
        b'{"type": "identify", "token": "\xff"}',
    ],
)
def test_what_is_no_frame_is_unreadable(data: bytes) -> None:
    with pytest.raises(frames.Unreadable):
        frames.decode(data)


@pytest.mark.parametrize(
    ("data", "number", "where"),
    [
        (b'{"type": "no.such", "id": 4}', 4, "type"),
        (b'{"type": "no.such"}', None, "type"),
        (b'{"type": "typing.start", "id": 4}', 4, ""),
        (b'{"type": "typing.start", "id": 4, "channel_id": 5}', 4, "channel_id"),
        (b'{"type": "typing.start", "id": 4, "channel_id": "-5"}', 4, "channel_id"),
        (b'{"type": "typing.start", "id": 4, "channel_id": "9223372036854775808"}', 4, "channel_id"),
        (b'{"type": "typing.start", "id": 4, "channel_id": "\xd9\xa5"}', 4, "channel_id"),
        (b'{"type": "typing.start", "id": true, "channel_id": "5"}', None, "id"),
        (b'{"type": "typing.start", "id": -1, "channel_id": "5"}', None, "id"),
        (b'{"type": "typing.start", "id": 9007199254740992, "channel_id": "5"}', None, "id"),
        (b'{"type": "typing.start", "id": "4", "channel_id": "5"}', None, "id"),
        (b'{"type": "typing.start", "channel_id": "5"}', None, ""),
        (b'{"type": "typing.start", "id": 4, "channel_id": "5", "more": 1}', 4, ""),
        (b'{"type": "voice.leave", "id": 4, "participant": 0}', 4, "participant"),
        (b'{"type": "voice.ignore", "id": 4, "participant": 1, "ignored": [4294967296]}', 4, "ignored[0]"),
    ],
)
def test_a_request_that_breaks_its_shape_can_be_answered(data: bytes, number: int | None, where: str) -> None:
    with pytest.raises(frames.BadRequest) as caught:
        frames.decode(data)
    assert caught.value.id == number
    assert caught.value.error.code == "bad_request"
    assert caught.value.error.data == {"where": where}


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_header_of_each_length(length: int, header: bytes) -> None:
    payload = b"x" * length
    assert frames.text_frame(payload) == header + payload


def test_an_event_on_the_wire() -> None:
    event = MessageDelete(channel_id=ChannelId(Snowflake(5)), message_id=MessageId(Snowflake(6)))
    frame = frames.encode(event)
    assert frame[2:] == b'{"type":"message.delete","channel_id":"5","message_id":"6"}'


def test_a_reply_carries_its_result_as_it_is() -> None:
    frame = frames.encode(frames.Reply(id=7, result=msgspec.Raw(b'{"a":1}')))
    assert frame[2:] == b'{"type":"reply","id":7,"result":{"a":1}}'


def test_no_two_server_frames_share_a_type() -> None:
    tags = [kind.__struct_config__.tag for kind in (*get_args(frames.Control), *get_args(Event))]
    assert len(tags) == len(set(tags))


def test_every_close_code_says_what_to_do_next() -> None:
    assert set(frames.AFTER) == set(frames.CloseCode)
