from __future__ import annotations

import json
from typing import Any

import pytest

from bench.chat.gateway_line import BareLine, GatewayLine
from bench.chat.line import MARK, MARK_DIGITS, Tally
from bench.chat.orders import Orders, Seat
from signaling.frames import text_frame
from tests.unit.bench.chat.transport import FakeTransport

ORDERS = Orders(speaks="gateway", port=8080, seats=[], headers={"Host": "localhost"})
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
MESSAGE = text_frame(
    b'{"type":"message.create","message":{"sections":[{"kind":"text","text":"sent at 00000000000000000007, as people '
    b'write one another"}],"edited_ms":null}}'
)


def _frame(**fields: Any) -> bytes:
    return text_frame(json.dumps(fields, separators=(",", ":")).encode())


def _sent(transport: FakeTransport) -> dict[str, Any]:
    """The one masked frame that was written."""
    data = transport.take()
    assert data[0] == 0x81
    assert data[1] & 0x80
    length, start = (data[1] & 0x7F, 2) if data[1] & 0x7F < 126 else (int.from_bytes(data[2:4], "big"), 4)
    assert data[start : start + 4] == b"\0\0\0\0"
    payload = data[start + 4 :]
    assert len(payload) == length
    found: dict[str, Any] = json.loads(payload)
    return found


async def _connected() -> tuple[GatewayLine, FakeTransport, Tally]:
    tally, transport = Tally(), FakeTransport()
    line = GatewayLine(ORDERS, Seat("a token", "12"), lambda: tally)
    line.connection_made(transport)
    return line, transport, tally


async def _live() -> tuple[GatewayLine, FakeTransport, Tally]:
    line, transport, tally = await _connected()
    line.data_received(SWITCHED + _frame(type="hello") + _frame(type="ready"))
    transport.take()
    return line, transport, tally


async def test_it_asks_for_the_gateway_and_identifies_itself() -> None:
    line, transport, _ = await _connected()
    asked = transport.take().decode().split("\r\n")
    assert asked[0] == "GET /gateway HTTP/1.1"
    assert "Host: localhost" in asked
    line.data_received(SWITCHED[:20])
    line.data_received(SWITCHED[20:] + _frame(type="hello"))
    assert _sent(transport) == {"type": "identify", "token": "a token"}
    assert not line.ready.done()
    line.data_received(_frame(type="ready"))
    assert line.ready.done()


async def test_a_door_that_stays_shut_is_said() -> None:
    line, _, _ = await _connected()
    line.data_received(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
    with pytest.raises(ConnectionError, match="503"):
        await line.ready


async def test_messages_are_cut_wherever_the_network_cuts() -> None:
    line, _, tally = await _live()
    many = MESSAGE * 3
    for start in range(0, len(many), 7):
        line.data_received(many[start : start + 7])
    assert tally.delivered == 3
    assert tally.frame == MESSAGE
    assert all(delay_us > 0 for delay_us in tally.delays_us)


async def test_what_it_counts_is_what_the_server_counts() -> None:
    line, transport, tally = await _live()
    long = _frame(type="member.update", text="x" * 70_000)
    line.data_received(MESSAGE + long + _frame(type="heartbeat_ack") + _frame(type="reply", id=1, result={}))
    line.data_received(_frame(type="error", id=2, error={"code": "rate_limited"}))
    line.beat()
    assert _sent(transport) == {"type": "heartbeat", "received": 2}
    assert (tally.answered, tally.refused) == (1, 1)
    assert "rate_limited" in tally.refusal


async def test_it_writes_into_its_room_with_a_fresh_nonce() -> None:
    line, transport, _ = await _live()
    line.say(3)
    first = _sent(transport)
    line.say(4)
    second = _sent(transport)
    assert (first["type"], first["id"], first["channel_id"]) == ("message.create", 3, "12")
    assert first["nonce"] != second["nonce"]
    assert first["sections"][0]["text"].startswith(MARK.decode())


async def test_a_bare_server_is_given_the_same_frame_with_a_fresh_mark() -> None:
    tally, transport = Tally(), FakeTransport()
    orders = Orders(speaks="bare", port=1, seats=[], frame=MESSAGE.hex())
    line = BareLine(orders, Seat("", "room"), lambda: tally)
    line.connection_made(transport)
    assert line.ready.done()
    line.say(1)
    written = transport.take()
    assert len(written) == len(MESSAGE)
    assert written != MESSAGE
    at = MESSAGE.find(MARK) + len(MARK)
    assert written[:at] == MESSAGE[:at]
    assert written[at + MARK_DIGITS :] == MESSAGE[at + MARK_DIGITS :]
    line.data_received(written)
    assert tally.delivered == 1
