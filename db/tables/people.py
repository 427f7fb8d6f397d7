"""How people stand to one another, and what they want to be told."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from db.tables.columns import BIG, id_column, metadata, reference

relations = Table(
    "relations",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    reference("other_id", "users.id", primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("since_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""Each side has a row of its own; a block only the one who blocks."""
Index(None, relations.c.other_id)

levels = Table(
    "levels",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    Column("scope", String(8), primary_key=True),
    id_column("target_id", primary_key=True),
    Column("level", String(16), nullable=False),
    Column("muted_until_ms", BIG),
    sqlite_with_rowid=False,
)
Index(None, levels.c.target_id)
