"""Uploads under way, and how much each person may keep."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from db.tables.columns import BIG, id_column, metadata, reference

uploads = Table(
    "uploads",
    metadata,
    id_column("id", primary_key=True),
    reference("owner_id", "users.id"),
    Column("name", String(255), nullable=False),
    Column("size_bytes", BIG, nullable=False),
    Column("received_bytes", BIG, nullable=False),
    Column("voice", Boolean, nullable=False),
    # Names of blobs, with spaces between them.
    Column("parts", Text, nullable=False),
    Column("expires_ms", BIG, nullable=False),
)
Index(None, uploads.c.owner_id, uploads.c.size_bytes)
Index(None, uploads.c.expires_ms)

storage_quotas = Table(
    "storage_quotas",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    Column("max_bytes", BIG, nullable=False),
)
"""Of those for whom the operator has said something else than for everybody."""
