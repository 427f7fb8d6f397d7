"""Channels, what is written in them, and how far it was read."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, false

from db.tables.columns import BIG, exact, id_column, metadata, reference

channels = Table(
    "channels",
    metadata,
    id_column("id", primary_key=True),
    # None: a conversation.
    reference("group_id", "groups.id", nullable=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(255), nullable=False),
    Column("topic", Text, nullable=False),
    Column("position", Integer, nullable=False),
    id_column("last_message_id", nullable=True),
    reference("category_id", "channels.id", nullable=True, ondelete="SET NULL"),
    Column("slow_mode_s", Integer, nullable=False, server_default="0"),
)
Index(None, channels.c.group_id)
Index(None, channels.c.category_id)

overwrites = Table(
    "overwrites",
    metadata,
    reference("channel_id", "channels.id", primary_key=True),
    Column("target", String(8), primary_key=True),
    id_column("target_id", primary_key=True),
    Column("allow", BIG, nullable=False),
    Column("deny", BIG, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, overwrites.c.target, overwrites.c.target_id)

messages = Table(
    "messages",
    metadata,
    reference("channel_id", "channels.id", primary_key=True),
    id_column("id", primary_key=True),
    # No foreign key: it would need an index as large as the table, for accounts that are emptied but never removed.
    id_column("author_id"),
    Column("sections", Text, nullable=False),
    Column("edited_ms", BIG),
    Column("nonce", exact(64)),
    # JSON of Mentions; NULL for none.
    Column("mentions", Text),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    # JSON of [Preview]; NULL for none.
    Column("previews", Text),
    # The author wants none.
    Column("previews_off", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)
"""Lies on the disk in the order of its key, so that a page of history and a count of the unread are one range."""

message_nonces = Table(
    "message_nonces",
    metadata,
    reference("channel_id", "channels.id", primary_key=True),
    id_column("author_id", primary_key=True),
    Column("nonce", exact(64), primary_key=True),
    id_column("message_id"),
    sqlite_with_rowid=False,
)
"""Outlives the messages: whoever sends a message again after its deletion is told so, and does not write it anew."""

cursors = Table(
    "cursors",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    reference("channel_id", "channels.id", primary_key=True),
    id_column("message_id"),
    sqlite_with_rowid=False,
)
Index(None, cursors.c.channel_id)

slow_mode_marks = Table(
    "slow_mode_marks",
    metadata,
    reference("channel_id", "channels.id", primary_key=True),
    reference("user_id", "users.id", primary_key=True),
    Column("last_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""When a member wrote last, in channels that were slow then."""
Index(None, slow_mode_marks.c.user_id)
