"""People and their log-ins."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from db.tables.columns import BIG, HASH, exact, id_column, metadata, reference

users = Table(
    "users",
    metadata,
    id_column("id", primary_key=True),
    Column("username", String(64), nullable=False),
    Column("username_key", exact(64), nullable=False, unique=True),
    Column("display_name", String(255), nullable=False),
    Column("operator", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("account_kind", String(16), nullable=False, server_default="person"),
    Column("direct_from", String(16), nullable=False, server_default="everyone"),
    Column("status", String(16), nullable=False, server_default="online"),
    Column("status_text", String(255), nullable=False, server_default=""),
    Column("status_until_ms", BIG),
    Column("email", String(254)),
    Column("email_key", exact(254)),
    Column("avatar", exact(32)),
)
Index(None, users.c.email_key)

sessions = Table(
    "sessions",
    metadata,
    id_column("id", primary_key=True),
    reference("user_id", "users.id"),
    Column("device", String(255), nullable=False),
    Column("address", String(64), nullable=False),
    Column("created_ms", BIG, nullable=False),
    Column("used_ms", BIG, nullable=False),
    Column("expires_ms", BIG, nullable=False),
    Column("revoked_ms", BIG),
    Column("proved_ms", BIG, nullable=False, server_default="0"),
)
Index(None, sessions.c.user_id)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    reference("session_id", "sessions.id"),
    Column("created_ms", BIG, nullable=False),
    Column("spent_ms", BIG),
    sqlite_with_rowid=False,
)
Index(None, refresh_tokens.c.session_id)

account_links = Table(
    "account_links",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("purpose", String(16), nullable=False),
    reference("user_id", "users.id", nullable=True),
    Column("address", String(254), nullable=False),
    Column("address_key", exact(254), nullable=False),
    Column("created_ms", BIG, nullable=False),
    Column("expires_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, account_links.c.user_id)
Index(None, account_links.c.address_key)
