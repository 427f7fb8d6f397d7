"""What the operators have set."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from db.tables.columns import BIG, HASH, metadata

announcements = Table(
    "announcements",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("made_ms", BIG, nullable=False),
    Column("until_ms", BIG),
)
"""One row at most, whose number is 1."""

owner_links = Table(
    "owner_links",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("until_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
