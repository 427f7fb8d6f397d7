"""In the end: what was acknowledged, what the server has, and what every client has seen are the same."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

import aiohttp
import msgspec

from server.domain import codec
from server.domain.entities import Cursor, Message
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.domain.sections import Text
from tests.chaos.device import Device
from tests.chaos.ledger import Ledger, Note
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_model import ClientModel

_K = TypeVar("_K")

Reacted = dict[tuple[ChannelId, MessageId, str], set[UserId]]

AGREE_WITHIN_S: Final = 15.0


async def history(device: Device, channel_id: ChannelId) -> list[Message]:
    """All of it, as this person gets it by pages."""
    found: list[Message] = []
    more = True
    while more:
        page = await device.page(channel_id, found[-1].id if found else 0)
        found += page.messages
        more = page.has_after
    return found


def compare_with_ledger(ledger: Ledger, channel_id: ChannelId, messages: Collection[Message]) -> None:
    """No acknowledged message lost, none twice, no edit, deletion or reaction lost."""
    ids = [message.id for message in messages]
    assert ids == sorted(set(ids)), "the history is not in order"
    nonces = Counter((message.author_id, message.nonce) for message in messages)
    twice = [nonce for nonce, count in nonces.items() if count > 1]
    assert not twice, f"written twice: {twice}"
    expected = {note.id: (note.author_id, note.nonce, note.text, note.edited) for note in ledger.there(channel_id)}
    there = {
        message.id: (message.author_id, message.nonce, _text(message), message.edited_ms is not None)
        for message in messages
    }
    assert there == expected, _difference(there, expected)
    reacted = {(message.id, one.emoji): one.count for message in messages for one in message.reactions}
    wanted = {(message_id, emoji): count for message_id, emoji, count in ledger.reacted(channel_id)}
    assert reacted == wanted, _difference(reacted, wanted)


def compare_with_backup(before: Ledger, after: Ledger, channel_id: ChannelId, messages: Collection[Message]) -> None:
    """A restored history: one state of some time between ``before``, when the backup began, and ``after``, when it had ended."""
    ids = [message.id for message in messages]
    assert ids == sorted(set(ids)), "the history is not in order"
    nonces = Counter((message.author_id, message.nonce) for message in messages)
    assert set(nonces.values()) <= {1}, "written twice"
    lost = {note.id for note in before.there(channel_id) if not after.notes[note.id].deleted} - set(ids)
    assert not lost, f"acknowledged before the backup began, and not there: {sorted(lost)}"
    newest = max(ids)
    gaps = {note.id for note in after.there(channel_id) if note.id <= newest} - set(ids)
    assert not gaps, f"older than what is there, and not there: {sorted(gaps)}"
    for message in messages:
        note, earlier = after.notes[message.id], before.notes.get(message.id)
        assert (message.author_id, message.nonce) == (note.author_id, note.nonce)
        assert earlier is None or not earlier.deleted, f"deleted before the backup began, and there: {message.id}"
        if earlier is not None and earlier.text == note.text:
            assert _text(message) == note.text, "the text is one that the message never had after the backup began"


def ledger_of(messages: Iterable[Message], reactions: Reacted, cursors: Iterable[tuple[UserId, Cursor]]) -> Ledger:
    """What the people of a restored server may take for acknowledged."""
    ledger = Ledger()
    for message in messages:
        text = _text(message)
        pinged = frozenset(codec.convert(found, UserId) for found in re.findall(r"<@(\d+)>", text))
        edited = message.edited_ms is not None
        ledger.written(
            Note(
                message.id,
                message.channel_id,
                message.author_id,
                message.nonce or "",
                text,
                pinged,
                "@everyone" in text,
                edited,
            )
        )
    for key, user_ids in reactions.items():
        ledger.reactions[key] = user_ids
    ledger.cursors = {(user_id, cursor.channel_id): cursor.last_read_id for user_id, cursor in cursors}
    return ledger


def reactions_in(file: Path) -> Reacted:
    """Who has reacted, from the database itself."""
    found: Reacted = {}
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT channel_id, message_id, emoji, user_id FROM reactions")
        for channel_id, message_id, emoji, user_id in rows:
            key = ChannelId(Snowflake(channel_id)), MessageId(Snowflake(message_id)), str(emoji)
            found.setdefault(key, set()).add(UserId(Snowflake(user_id)))
    return found


def compare_with_seen(ledger: Ledger, device: Device, channel_id: ChannelId, messages: Collection[Message]) -> None:
    """The client came to know every message, in this order; what is there no longer was deleted."""
    seen = device.seen[channel_id]
    assert seen == sorted(set(seen)), f"{device.username} saw messages out of order"
    there = {message.id: message for message in messages}
    missed = there.keys() - set(seen)
    assert not missed, f"{device.username} has never seen {sorted(missed)}"
    ghosts = [one for one in seen if one not in there and not ledger.notes[one].deleted]
    assert not ghosts, f"{device.username} has seen what is not there: {ghosts}"
    held = device.client.model.messages.get(channel_id, {})
    for message_id, message in held.items():
        assert _in_any_order(message) == _in_any_order(there[message_id]), f"{device.username} holds another version"


def compare_counts(ledger: Ledger, device: Device, cursor: Cursor) -> None:
    key = (device.user_id, cursor.channel_id)
    expected = (*ledger.counts(*key), ledger.cursors.get(key))
    found = (cursor.unread, cursor.mentions, cursor.last_read_id)
    assert found == expected, f"{device.username} in {cursor.channel_id}: {found}, by the history {expected}"


async def compare_with_snapshot(http: aiohttp.ClientSession, device: Device) -> ClientModel:
    """What the client has made of its events is what a new one is told. Returns the new one's."""
    fresh = GatewayClient(http, device.client.url, device.client.token)
    try:
        async with asyncio.timeout(AGREE_WITHIN_S):
            while True:
                await device.settle()
                await fresh.open()
                if _shown(device.client.model) == _shown(fresh.model):
                    return fresh.model
                await fresh.close()  # exact counts of what was deleted may be on their way
    except TimeoutError:
        assert _shown(device.client.model) == _shown(fresh.model), f"{device.username} differs from its snapshot"
        raise
    finally:
        await fresh.close()


def check_database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def _shown(model: ClientModel) -> dict[str, object]:
    """Clients ask for the message before a deleted one by themselves, so that is left out."""
    conversations = {key: (state.conversation, state.cursor) for key, state in model.conversations.items()}
    return model.seen() | {"conversations": conversations, "users": None}


def _text(message: Message) -> str:
    (section,) = message.sections
    assert isinstance(section, Text)
    return section.text


def _in_any_order(message: Message) -> Message:
    return msgspec.structs.replace(message, reactions=tuple(sorted(message.reactions, key=lambda one: one.emoji)))


def _difference(found: Mapping[_K, object], expected: Mapping[_K, object]) -> str:
    lost = {key: value for key, value in expected.items() if found.get(key) != value}
    more = {key: value for key, value in found.items() if key not in expected}
    return f"acknowledged, and not so: {lost}; there, and not acknowledged: {more}"
