"""Conversations outside of groups; what is written in them lies where that of channels lies."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from db.tables.columns import exact, metadata, reference

conversations = Table(
    "conversations",
    metadata,
    reference("channel_id", "channels.id", primary_key=True),
    Column("kind", String(16), nullable=False),
    reference("owner_id", "users.id", nullable=True, ondelete="SET NULL"),
    # The ids of the two, the lower one first; NULL for a conversation of a group.
    Column("pair", exact(64), unique=True),
)
Index(None, conversations.c.owner_id)

conversation_members = Table(
    "conversation_members",
    metadata,
    reference("channel_id", "conversations.channel_id", primary_key=True),
    reference("user_id", "users.id", primary_key=True),
    sqlite_with_rowid=False,
)
Index(None, conversation_members.c.user_id)
