"""Mail that waits to be sent."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from db.tables.columns import BIG, id_column, metadata

mail_outbox = Table(
    "mail_outbox",
    metadata,
    id_column("id", primary_key=True),
    Column("recipient", String(320), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text),
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BIG, nullable=False),
)
Index(None, mail_outbox.c.due_ms)
