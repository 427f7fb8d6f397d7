"""How people stand to one another, how they show themselves, and what they want to be told."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from db.tables.columns import BIG, exact, id_column, metadata, reference

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

portraits = Table(
    "portraits",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    Column("banner", exact(32)),
    Column("bio", Text, nullable=False),
    # JSON of [ProfileField].
    Column("fields", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What people say of themselves; those who say nothing have no row."""

profile_pictures = Table(
    "profile_pictures",
    metadata,
    Column("id", exact(32), primary_key=True),
    # No foreign key: the pictures of an account that is gone are still to be collected.
    id_column("user_id"),
    Column("created_ms", BIG, nullable=False),
)
"""Avatars and banners that were stored, shown or not; they lie with the files."""
Index(None, profile_pictures.c.created_ms)
