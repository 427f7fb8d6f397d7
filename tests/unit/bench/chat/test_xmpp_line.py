from __future__ import annotations

import base64

import pytest

from bench.chat.line import Tally, text
from bench.chat.orders import Orders, Seat
from bench.chat.xmpp_line import PASSWORD, XmppLine
from tests.unit.bench.chat.transport import FakeTransport

FEATURES = b"<?xml version='1.0'?><stream:stream id='1'><stream:features><mechanisms/></stream:features>"
JOINED = b"<presence from='room@host/bench1'><x><status code='110'/><status code=\"201\"/></x></presence>"


def _message(body: str) -> bytes:
    return f"<message type='groupchat' from='room@host/bench2'><body>{body}</body></message>".encode()


async def _connected() -> tuple[XmppLine, FakeTransport, Tally]:
    tally, transport = Tally(), FakeTransport()
    line = XmppLine(Orders(speaks="xmpp", port=1, seats=[]), Seat("bench1", "room@host"), lambda: tally)
    line.connection_made(transport)
    return line, transport, tally


async def _live() -> tuple[XmppLine, FakeTransport, Tally]:
    line, transport, tally = await _connected()
    bound = b"<iq type='result' id='bind'><bind><jid>bench1@host/1</jid></bind></iq>"
    for answer in (FEATURES, b"<iq type='result' id='register'/>", b"<success xmlns='x'/>", FEATURES, bound, JOINED):
        line.data_received(answer)
    transport.take()
    assert line.ready.done()
    return line, transport, tally


async def test_the_way_into_a_room() -> None:
    line, transport, _ = await _connected()
    assert b"<stream:stream to='localhost'" in transport.take()
    line.data_received(FEATURES[:50])
    line.data_received(FEATURES[50:])
    assert f"<username>bench1</username><password>{PASSWORD}</password>".encode() in transport.take()
    line.data_received(b"<iq id='register' type='error'><error><conflict/></error></iq>")  # it was made before
    auth = transport.take().decode()
    assert "mechanism='PLAIN'" in auth
    assert base64.b64decode(auth[auth.index(">") + 1 : auth.rindex("<")]) == f"\0bench1\0{PASSWORD}".encode()
    line.data_received(b"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
    assert b"<stream:stream" in transport.take()
    line.data_received(FEATURES)
    assert b"xmpp-bind" in transport.take()
    line.data_received(b'<iq type="result" id="bind"><bind><jid>a</jid></bind></iq>')
    assert b"<presence to='room@host/bench1'>" in transport.take()
    assert not line.ready.done()
    line.data_received(JOINED)
    assert line.ready.done()


@pytest.mark.parametrize(
    "refusal",
    [
        b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
        b"<stream:error><policy-violation/></stream:error>",
    ],
)
async def test_a_refusal_is_said(refusal: bytes) -> None:
    line, _, _ = await _connected()
    line.data_received(FEATURES)
    line.data_received(b"<iq type='result' id='register'/>")
    line.data_received(refusal)
    with pytest.raises(ConnectionError, match=r"not-authorized|policy-violation"):
        await line.ready


async def test_messages_are_told_apart_wherever_the_network_cuts() -> None:
    line, _, tally = await _live()
    many = JOINED + b"<message type='groupchat'><subject/></message>" + _message(text()) * 3
    for start in range(0, len(many), 11):
        line.data_received(many[start : start + 11])
    assert tally.delivered == 3
    assert tally.refused == 0
    assert all(delay_us >= 0 for delay_us in tally.delays_us)


async def test_a_message_that_was_refused_is_no_delivery() -> None:
    line, _, tally = await _live()
    line.data_received(_message(text()).replace(b"type='groupchat'", b"type='error'"))
    assert (tally.delivered, tally.refused) == (0, 1)


async def test_it_writes_into_its_room() -> None:
    line, transport, _ = await _live()
    line.say(5)
    assert transport.take().startswith(b"<message to='room@host' type='groupchat' id='5'><body>sent at ")
