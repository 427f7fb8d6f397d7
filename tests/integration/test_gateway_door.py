"""Who may come in, what is asked of them, and how sockets are closed (docs/protocol.md, "Drain and close codes")."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.actions.groups import UpdateGroup, do_update_group
from server.actions.sessions import authenticate
from server.actions.snapshot import Snapshot, snapshot
from server.domain.entities import VoiceState
from server.domain.errors import Unavailable
from signaling import frames
from signaling.frames import CloseCode
from signaling.lanes import WAITING_MAX
from signaling.limits import Rate, Rates
from signaling.opening import IDENTIFY_RATE, SOCKETS_MAX
from signaling.session import HEARTBEAT_INTERVAL_S, IDENTIFY_WITHIN_S
from signaling.voice_port import Answer, Prepared
from tests.support.gateway_client import GatewayClient, RequestRefused
from tests.support.gateway_scene import hide, reveal, say, text_channel, together, voice_channel, write
from tests.support.gateway_server import GatewayServer, gateway_server
from tests.support.raw_websocket import CLOSE, PING, PONG, TEXT, RawWebSocket

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


async def stranger(server: GatewayServer) -> GatewayClient:
    """Connected, with a token of nobody."""
    anna = await server.person("stranger")
    client = await server.client(anna)
    await client.connect()
    return client


# ------------------------------------------------------------------------------------------------------------- handshake


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("http://127.0.0.1:{port}", True),
        ("HTTP://127.0.0.1:{port}", True),
        ("http://127.0.0.1", False),
        ("https://evil.example", False),
        ("null", False),
        ("http://127.0.0.1:{port}.evil.example", False),
        ("http://[", False),
        ("http://127.0.0.1:99999", False),
    ],
)
async def test_only_our_own_pages_may_connect(server: GatewayServer, origin: str | None, welcome: bool) -> None:
    headers = {} if origin is None else {"Origin": origin.format(port=server.port)}
    async with aiohttp.ClientSession() as http:
        if welcome:
            async with http.ws_connect(server.url, headers=headers) as ws:
                assert (await ws.receive_json())["type"] == "hello"
        else:
            async with http.get(server.url, headers=headers) as answer:
                assert answer.status == 403
                assert (await answer.json())["error"]["code"] == "bad_origin"


async def test_a_plain_request_is_told_so(server: GatewayServer) -> None:
    async with aiohttp.ClientSession() as http, http.get(server.url) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == "bad_request"


async def test_there_is_no_compression(server: GatewayServer) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(server.url, compress=15) as ws:
        assert ws.compress == 0


async def test_too_many_who_have_not_identified_are_put_off(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.ws.GREETED_MAX", 2)
    async with aiohttp.ClientSession() as http:
        sockets = [await http.ws_connect(server.url) for _ in range(2)]
        async with http.get(server.url) as answer:
            assert answer.status == 503
            assert (await answer.json())["error"]["code"] == "busy"
        for ws in sockets:
            await ws.close()


async def test_one_address_cannot_keep_the_others_out(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.ws.GREETED_MAX_OF_ONE", 2)
    elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession() as http, aiohttp.ClientSession(connector=elsewhere) as other:
        sockets = [await http.ws_connect(server.url) for _ in range(2)]
        async with http.get(server.url) as answer:
            assert answer.status == 503
            assert (await answer.json())["error"]["code"] == "busy"
        async with other.ws_connect(server.url) as ws:
            assert (await ws.receive_json())["type"] == "hello"
        for ws in sockets:
            await ws.close()


# ------------------------------------------------------------------------------------------------------------ close codes


async def test_identify_must_come_in_time(server: GatewayServer) -> None:
    client = await stranger(server)
    server.clock.advance(IDENTIFY_WITHIN_S)
    server.gateway.tick()
    assert await client.until_closed() == CloseCode.NOT_IDENTIFIED


async def test_without_heartbeats_the_socket_is_closed_and_the_session_waits(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    for _ in range(3):
        server.clock.advance(HEARTBEAT_INTERVAL_S)
        await client.beat()
        server.gateway.tick()
    server.clock.advance(2 * HEARTBEAT_INTERVAL_S)
    server.gateway.tick()
    assert await client.until_closed() == CloseCode.NO_HEARTBEAT
    assert await client.resume()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"rubbish", CloseCode.UNREADABLE),
        (b'{"type": "heartbeat", "received": 0}', CloseCode.NOT_IDENTIFIED),
        (b'{"type": "typing.start", "id": 1, "channel_id": "1"}', CloseCode.NOT_IDENTIFIED),
        (b'{"type": "identify", "token": ""}', CloseCode.BAD_TOKEN),
        (b'{"type": "identify", "token": "a.b.c"}', CloseCode.BAD_TOKEN),
        (b'{"type": "resume", "token": "x", "session": "y", "received": 0}', CloseCode.BAD_TOKEN),
        (b'"' + b"x" * (128 * 1024) + b'"', CloseCode.TOO_BIG),
    ],
)
async def test_how_a_stranger_is_sent_away(server: GatewayServer, sent: bytes, code: CloseCode) -> None:
    client = await stranger(server)
    await client.send_text(sent)
    assert await client.until_closed() == code


async def test_binary_frames_are_not_for_here(server: GatewayServer) -> None:
    client = await stranger(server)
    await client.send_bytes(b"{}")
    assert await client.until_closed() == CloseCode.UNREADABLE


async def test_identifying_twice_is_once_too_often(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    await client.send(frames.Identify(token=anna.token))
    assert await client.until_closed() == CloseCode.NOT_IDENTIFIED


async def test_an_expired_token_is_refreshed_by_the_client(server: GatewayServer) -> None:
    client = await stranger(server)
    server.clock.advance(3600)
    await client.send(frames.Identify(token=client.token))
    assert await client.until_closed() == CloseCode.BAD_TOKEN


async def test_a_heartbeat_that_has_received_more_than_was_sent(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    await client.send(frames.Heartbeat(received=1))
    assert await client.until_closed() == CloseCode.UNREADABLE


async def test_too_many_frames(tmp_path: Path) -> None:
    async with gateway_server(tmp_path, rates=Rates(frame=Rate(10, 1.0))) as server:
        _, (anna,) = await together(server, "anna")
        client = await server.online(anna)
        for _ in range(10):
            await client.send(frames.Heartbeat(received=0))
        assert await client.until_closed() == CloseCode.TOO_MANY_FRAMES
        assert await client.resume()


async def test_an_account_has_so_many_sockets(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    clients = [await server.online(anna) for _ in range(SOCKETS_MAX)]
    one_more = await server.client(anna)
    await one_more.connect()
    await one_more.send(frames.Identify(token=anna.token))
    assert await one_more.until_closed() == CloseCode.TOO_MANY_SOCKETS
    await clients[0].beat()


async def test_an_account_comes_in_so_often(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    for _ in range(IDENTIFY_RATE.burst - 1):
        await client.cut()
        assert await client.resume()
    await client.cut()
    await client.connect()
    assert client.session is not None
    await client.send(frames.Resume(token=anna.token, session=client.session, received=client.received))
    assert await client.until_closed() == CloseCode.TOO_MANY_SOCKETS
    server.clock.advance(60.0)
    server.gateway.tick()
    assert await client.resume()


async def test_sessions_that_nobody_comes_back_for_are_bounded(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    for _ in range(SOCKETS_MAX + 5):
        client = await server.online(anna)
        await client.cut()
    await server.gateway.empty()
    last = await server.online(anna)
    assert len(server.gateway.hub.sessions) <= SOCKETS_MAX + 1
    await last.beat()


async def test_a_database_that_is_down_says_come_back(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    _, (anna,) = await together(server, "anna")

    async def down(*_: object) -> None:
        raise Unavailable("database_unavailable", "The database does not answer. Try again.")

    client = await server.client(anna)
    await client.connect()
    monkeypatch.setattr("signaling.opening.snapshot", down)
    await client.send(frames.Identify(token=anna.token))
    assert await client.until_closed() == CloseCode.INTERNAL
    assert not server.gateway.hub.sessions


# ------------------------------------------------------------------------------------------------------------- RFC 6455


async def test_pings_are_answered_and_a_close_is_echoed(server: GatewayServer) -> None:
    async with RawWebSocket.open(server.port) as raw:
        assert (await raw.json())["type"] == "hello"
        raw.send(b"are you there", PING)
        assert await raw.frame() == (PONG, b"are you there")
        raw.send(b"", PONG)
        raw.send((1000).to_bytes(2, "big"), CLOSE)
        assert await raw.frame() == (CLOSE, (1000).to_bytes(2, "big"))
        assert await raw.reader.read() == b""


async def test_a_frame_may_come_in_pieces(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    identify = b'{"type": "identify", "token": "%s"}' % anna.token.encode()
    async with RawWebSocket.open(server.port) as raw:
        assert (await raw.json())["type"] == "hello"
        raw.send(identify[:20], TEXT, final=False)
        raw.send(identify[20:], 0)
        assert (await raw.json())["type"] == "ready"


async def test_pieces_together_have_the_same_limit(server: GatewayServer) -> None:
    async with RawWebSocket.open(server.port) as raw:
        assert (await raw.json())["type"] == "hello"
        raw.send(b"x" * 70_000, TEXT, final=False)
        raw.send(b"x" * 70_000, 0)
        opcode, payload = await raw.frame()
        assert (opcode, int.from_bytes(payload[:2], "big")) == (CLOSE, CloseCode.TOO_BIG)


async def test_pings_count_as_frames(tmp_path: Path) -> None:
    async with (
        gateway_server(tmp_path, rates=Rates(frame=Rate(3, 1.0))) as server,
        RawWebSocket.open(server.port) as raw,
    ):
        assert (await raw.json())["type"] == "hello"
        for _ in range(5):
            raw.send(b"", PING)
        assert (await raw.read_to_the_end())[0] == CloseCode.TOO_MANY_FRAMES


# --------------------------------------------------------------------------------------------------------------- requests


async def test_a_request_that_breaks_its_shape_is_answered_and_the_socket_stays(server: GatewayServer) -> None:
    _, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    for sent, number in ((b'{"type": "no.such", "id": 9}', 9), (b'{"type": "typing.start"}', None)):
        await client.send_text(sent)
        await client.beat()
        error = client.got(frames.ErrorFrame)
        assert error is not None
        assert (error.id, error.error.code) == (number, "bad_request")


async def test_each_kind_of_request_has_its_rate(tmp_path: Path) -> None:
    rates = Rates(message=Rate(2, 0.5), typing=Rate(1, 1.0))
    async with gateway_server(tmp_path, rates=rates) as server:
        view, (anna,) = await together(server, "anna")
        client = await server.online(anna)
        for number in range(2):
            await say(client, text_channel(view), f"message {number}")
        with pytest.raises(RequestRefused, match="rate_limited") as refused:
            await say(client, text_channel(view), "one too many")
        assert refused.value.data["retry_after_s"] == pytest.approx(2.0)
        await client.request(frames.StartTyping, dict, channel_id=text_channel(view))
        server.clock.advance(2.0)
        await say(client, text_channel(view), "patience")


async def test_a_slow_database_holds_up_neither_heartbeats_nor_other_lanes(server: GatewayServer) -> None:
    view, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    server.bus.hold()
    sending = [asyncio.create_task(say(client, text_channel(view), f"message {number}")) for number in range(5)]
    await client.beat()
    assert (await client.request(frames.PrepareVoice, Prepared, channel_id=voice_channel(view))).slots == 8
    assert not any(task.done() for task in sending)
    server.bus.release()
    written = [(await task).message.id for task in sending]
    assert written == sorted(written)


async def test_what_waits_of_one_connection_is_bounded(server: GatewayServer) -> None:
    view, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    server.bus.hold()
    sending = [
        asyncio.create_task(say(client, text_channel(view), f"message {number}")) for number in range(WAITING_MAX + 1)
    ]
    await client.until(lambda: client.got(frames.ErrorFrame) is not None)
    server.bus.release()
    results = await asyncio.gather(*sending, return_exceptions=True)
    assert sum(isinstance(result, RequestRefused) for result in results) == 1


async def test_an_unexpected_error_is_answered_and_its_text_is_not_logged(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    view, (anna,) = await together(server, "anna")
    client = await server.online(anna)

    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("what anna wrote")

    monkeypatch.setattr("server.actions.messages.do_create_message", break_down)
    with pytest.raises(RequestRefused, match="internal") as refused:
        await say(client, text_channel(view), "what anna wrote")
    await client.beat()
    printed = capsys.readouterr()
    logged = printed.out + printed.err
    assert "RuntimeError" in logged
    assert refused.value.data["request_id"] in logged
    assert "what anna wrote" not in logged


async def test_voice_requests_go_to_the_desk(server: GatewayServer) -> None:
    view, (anna,) = await together(server, "anna")
    client = await server.online(anna)
    channel_id = voice_channel(view)
    offer: dict[str, Any] = {"negotiation": 3, "sdp": "v=0", "muted": True, "deafened": False}
    answer = await client.request(frames.OfferVoice, Answer, channel_id=channel_id, **offer)
    assert (answer.negotiation, answer.sdp) == (3, "answer to v=0")
    state = await client.request(frames.UpdateVoice, VoiceState, participant=answer.participant, muted=False)
    assert not state.muted
    assert await client.request(frames.IgnoreVoice, dict, participant=answer.participant, ignored=(7,)) == {}
    assert server.voice.ignored == {answer.participant: (7,)}
    assert await client.request(frames.LeaveVoice, dict, participant=answer.participant) == {}
    with pytest.raises(RequestRefused, match="not_in_voice"):
        await client.request(frames.UpdateVoice, VoiceState, participant=answer.participant)


# --------------------------------------------------------------------------------------------------- when reading goes wrong


async def test_when_cursors_cannot_be_read_the_readers_begin_anew(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better than a channel that is missing for ever."""
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)
    await write(server, anna, channel_id, "before")
    await hide(server, anna, channel_id, ben.user_id)
    client = await server.online(ben)

    async def down(*_: object) -> None:
        raise Unavailable("database_unavailable", "The database does not answer. Try again.")

    with monkeypatch.context() as patched:
        patched.setattr("signaling.hub.channel_for_readers", down)
        await reveal(server, anna, channel_id, ben.user_id)
        assert await client.until_closed() == CloseCode.INTERNAL
    assert not await client.resume()
    assert channel_id in client.model.groups[view.group.id].channels


async def test_group_changes_while_a_snapshot_is_read_lead_to_another(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, (anna,) = await together(server, "anna")
    taken: list[Snapshot] = []

    async def meanwhile(actions: Any, user_id: Any) -> Any:
        found = await snapshot(actions, user_id)
        taken.append(found)
        if len(taken) == 1:
            await do_update_group(actions, anna.user_id, view.group.id, UpdateGroup(name="Renamed"))
        return found

    monkeypatch.setattr("signaling.opening.snapshot", meanwhile)
    client = await server.online(anna)
    assert len(taken) == 2
    assert client.model.groups[view.group.id].group.name == "Renamed"


async def test_messages_while_a_snapshot_is_read_come_after_it(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are in the snapshot already (one for each look at the token), one is not; each counts once."""
    view, (anna, ben) = await together(server, "anna", "ben")
    channel_id = text_channel(view)

    async def before(actions: Any, token: str) -> Any:
        found = await authenticate(actions, token)
        await write(server, ben, channel_id, "in the snapshot")
        return found

    async def after(actions: Any, user_id: Any) -> Any:
        found = await snapshot(actions, user_id)
        await write(server, ben, channel_id, "not in the snapshot")
        return found

    monkeypatch.setattr("signaling.opening.authenticate", before)
    monkeypatch.setattr("signaling.opening.snapshot", after)
    client = await server.online(anna)
    await server.quiet(client)
    assert client.model.groups[view.group.id].cursors[channel_id].unread == 3
    assert len(client.events) == 1
