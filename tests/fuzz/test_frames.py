"""Whatever a stranger sends: documented errors, documented close codes, and the server goes on."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.actions.accounts import get_user
from signaling import frames
from signaling.frames import CloseCode
from tests.support.gateway_scene import text_channel, together, voice_channel, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server
from tests.support.raw_websocket import BINARY, CLOSE, PING, PONG, TEXT, RawWebSocket

_IDS = st.one_of(
    st.integers(min_value=-(2**65), max_value=2**65),
    st.integers(min_value=0, max_value=2**63).map(str),
    st.text(max_size=25),
    st.none(),
    st.booleans(),
    st.floats(),
)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)),
    max_leaves=12,
)
_TYPES: Final = (
    *("identify", "resume", "heartbeat", "message.create", "message.edit", "message.delete", "typing.start"),
    *("reaction.add", "reaction.remove", "presence.watch", "presence.activity"),
    *("cursor.move", "voice.prepare", "voice.offer", "voice.update", "voice.ignore", "voice.leave", "no.such", ""),
)
_FIELDS: Final = (
    *("id", "token", "session", "received", "channel_id", "message_id", "nonce", "sections", "negotiation", "sdp"),
    *("muted", "deafened", "participant", "ignored", "more", "emoji", "allowed_mentions", "unread", "user_ids", "idle"),
)
_SECTION = st.fixed_dictionaries(
    {"kind": st.sampled_from(("text", "code", "reply", "file", "forward", "contact", "invite"))},
    optional={
        "text": _JSON,
        "code": _JSON,
        "language": _JSON,
        "more": _JSON,
        "message_id": _IDS,
        "channel_id": _IDS,
        "user_id": _IDS,
        "file_id": _IDS,
    },
)
_NEARLY = st.builds(
    lambda kind, fields: {"type": kind} | fields,
    st.sampled_from(_TYPES),
    st.dictionaries(st.sampled_from(_FIELDS), st.one_of(_IDS, _JSON, st.lists(_SECTION, max_size=3)), max_size=8),
)


def decodes_as_documented(data: bytes) -> None:
    refused: frames.BadRequest | None = None
    try:
        frames.decode(data)
    except frames.Unreadable:
        return
    except frames.BadRequest as bad:
        refused = bad
    if refused is not None:
        assert refused.error.code == "bad_request"
        assert refused.id is None or 0 <= refused.id < 2**53
        json.dumps(dict(refused.error.data))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    decodes_as_documented(data)


@given(_JSON)
def test_any_json(value: object) -> None:
    decodes_as_documented(json.dumps(value).encode())


@given(_NEARLY)
def test_nearly_a_frame(value: object) -> None:
    decodes_as_documented(json.dumps(value).encode(errors="surrogatepass"))


@given(_NEARLY, st.data())
def test_a_damaged_frame(value: object, data: st.DataObject) -> None:
    whole = bytearray(json.dumps(value).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not whole:
            break
    decodes_as_documented(bytes(whole))


# ---------------------------------------------------------------------------------------------------- over a real socket

_CODES: Final = {int(code) for code in CloseCode} | {1000, 1002, 1007}
"""1002 and 1007: what breaks RFC 6455 itself."""


def _value(chance: random.Random, known: list[str]) -> Any:
    return chance.choice(
        (
            chance.choice(known),
            chance.choice(known),
            str(chance.getrandbits(64)),
            chance.getrandbits(chance.choice((1, 8, 33, 54))),
            chance.choice(
                (True, False, None, -1, 1.5, "", "x" * 70, "\u0000", "\ud83d", [], {}, [[]], [{"kind": "text"}])
            ),
            [{"kind": "text", "text": "x" * chance.choice((0, 1, 5000))}],
            [{"kind": "reply", "message_id": chance.choice(known)}, {"kind": "code", "code": "1", "language": "py"}],
            [{"kind": "text", "text": f"<@{chance.choice(known)}> <@&{chance.choice(known)}> @here `@everyone"}],
            [{"kind": "forward", "channel_id": chance.choice(known), "message_id": chance.choice(known)}],
            [{"kind": "contact", "user_id": chance.choice(known)}, {"kind": "invite", "code": "\ud83d"}],
            [{"kind": "file", "file_id": chance.choice(known)}],
            {"user_ids": [chance.choice(known)] * chance.choice((1, 200)), "replied_user": chance.choice((True, 1))},
        )
    )


_REQUESTS: Final = _TYPES[3:-2]
_NEEDED: Final = {
    "message.create": ("channel_id", "nonce", "sections"),
    "message.edit": ("channel_id", "message_id", "sections"),
    "message.delete": ("channel_id", "message_id"),
    "typing.start": ("channel_id",),
    "reaction.add": ("channel_id", "message_id", "emoji"),
    "reaction.remove": ("channel_id", "message_id", "emoji"),
    "cursor.move": ("channel_id", "message_id"),
    "presence.watch": ("user_ids",),
    "presence.activity": ("idle",),
    "voice.prepare": ("channel_id",),
    "voice.offer": ("channel_id", "negotiation", "sdp", "muted", "deafened"),
    "voice.update": ("participant", "muted"),
    "voice.ignore": ("participant", "ignored"),
    "voice.leave": ("participant",),
}


def _payload(chance: random.Random, known: list[str]) -> bytes:
    """Mostly a whole request about things that are there, often with one value wrong, seldom no frame at all."""
    if chance.random() < 0.01:
        return chance.randbytes(chance.randrange(40))
    kind = chance.choice(_TYPES if chance.random() < 0.1 else _REQUESTS)
    good: dict[str, Any] = {
        "channel_id": chance.choice(known[:2]),
        "message_id": known[2],
        "nonce": str(chance.random()),
        "sections": [{"kind": "text", "text": "x"}],
        "negotiation": 1,
        "sdp": "v=0",
        "muted": True,
        "deafened": False,
        "user_ids": [chance.choice(known)] * chance.choice((0, 1, 300)),
        "idle": chance.choice((True, False)),
        "participant": 1,
        "ignored": [2],
        "emoji": "🌻",
    }
    frame = {"type": kind, "id": chance.randrange(10)} | {name: good[name] for name in _NEEDED.get(kind, ())}
    while chance.random() < 0.4:
        frame[chance.choice(_FIELDS if chance.random() < 0.1 else list(frame)[1:])] = _value(chance, known)
    return json.dumps(frame).encode(errors="surrogatepass")


async def _visit(server: GatewayServer, person: Person, chance: random.Random, known: list[str]) -> int | None:
    """One connection full of rubbish; returns its close code."""
    async with RawWebSocket.open(server.port) as raw:
        if chance.random() < 0.8:
            await raw.identify(person.token)
        for _ in range(chance.randrange(1, 20)):
            opcode = TEXT
            if chance.random() < 0.02:
                opcode = chance.choice((0, BINARY, PING, PONG, CLOSE, 3, 11))
            raw.send(_payload(chance, known)[: 120 if opcode >= CLOSE else None], opcode, final=chance.random() > 0.01)
        raw.send((1000).to_bytes(2, "big"), CLOSE)
        return (await raw.read_to_the_end())[0]


@pytest.mark.integration
@pytest.mark.parametrize("seed", range(4))
async def test_rubbish_over_the_socket(tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(seed)
    async with gateway_server(tmp_path) as server:
        view, (anna, ben) = await together(server, "anna", "ben")
        said = await write(server, ben, text_channel(view), "hello")
        known = [
            str(int(one)) for one in (text_channel(view), voice_channel(view), said.id, view.group.id, anna.user_id)
        ]
        witness = await server.online(ben)
        codes: Counter[int | None] = Counter()
        for _ in range(40):
            server.clock.advance(10.0)
            codes[await _visit(server, anna, chance, known)] += 1
            await witness.beat()
        assert set(codes) <= _CODES, codes
        assert codes[1000] > 2, "most of the rubbish ends on the first frame: it is not good enough"
        assert len(witness.events) > 5, "nothing of it was understood"
        await server.quiet(witness)
        for user_id in witness.model.unknown_in_voice():  # clients ask for their names
            witness.model.users[user_id] = await get_user(server.actions, ben.user_id, user_id)
        fresh = await server.online(ben)
        assert witness.model.seen() == fresh.model.seen()
    logged = capsys.readouterr()
    assert "error" not in (logged.out + logged.err).lower(), logged
