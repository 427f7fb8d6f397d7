"""Accounts that do not simply go on."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table, Text

from db.tables.columns import BIG, metadata, reference

standings = Table(
    "standings",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    Column("disabled_ms", BIG),
    Column("disabled_reason", Text, nullable=False),
    Column("deactivated_ms", BIG),
    Column("delete_after_ms", BIG),
    Column("deletes_messages", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""An account without a row is one like any other."""
Index(None, standings.c.delete_after_ms)
