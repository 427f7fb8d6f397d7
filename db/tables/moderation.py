"""What moderators do, and what they are told."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from db.tables.columns import BIG, id_column, metadata, reference

bans = Table(
    "bans",
    metadata,
    reference("group_id", "groups.id", primary_key=True),
    reference("user_id", "users.id", primary_key=True),
    id_column("moderator_id"),
    Column("reason", Text, nullable=False),
    Column("created_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, bans.c.user_id)

safety = Table(
    "safety",
    metadata,
    reference("group_id", "groups.id", primary_key=True),
    Column("invites_paused_until_ms", BIG),
    Column("joins_per_minute", Integer),
    Column("minimum_account_age_s", Integer, nullable=False),
)

word_filters = Table(
    "word_filters",
    metadata,
    id_column("id", primary_key=True),
    reference("group_id", "groups.id"),
    Column("name", String(255), nullable=False),
    # JSON lists.
    Column("words", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("time_out_s", Integer, nullable=False),
    Column("exempt_role_ids", Text, nullable=False),
)
Index(None, word_filters.c.group_id)

reports = Table(
    "reports",
    metadata,
    id_column("id", primary_key=True),
    reference("group_id", "groups.id", nullable=True),
    id_column("channel_id"),
    id_column("message_id"),
    id_column("author_id"),
    id_column("reporter_id", nullable=True),
    Column("sections", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),
    id_column("handler_id", nullable=True),
    Column("note", Text, nullable=False),
    Column("handled_ms", BIG),
)
"""They outlive the message and the channel that they are about."""
Index(None, reports.c.group_id, reports.c.state, reports.c.id)
Index(None, reports.c.channel_id, reports.c.message_id)

audit_entries = Table(
    "audit_entries",
    metadata,
    reference("group_id", "groups.id", primary_key=True),
    id_column("id", primary_key=True),
    id_column("actor_id"),
    Column("action", String(32), nullable=False),
    Column("target_kind", String(16), nullable=False),
    Column("target_id", String(64)),
    Column("reason", Text, nullable=False),
    # A JSON object.
    Column("changes", Text, nullable=False),
    sqlite_with_rowid=False,
)
for _column in (audit_entries.c.actor_id, audit_entries.c.action, audit_entries.c.target_id):
    Index(None, audit_entries.c.group_id, _column, audit_entries.c.id)
