"""What people show besides their password, and what is known of a log-in that is half done."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from db.tables.columns import BIG, HASH, id_column, metadata, octets, reference

totps = Table(
    "totps",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    Column("sealed_secret", octets(128), nullable=False),
    Column("begun_ms", BIG, nullable=False),
    Column("confirmed_ms", BIG),
    Column("last_step", BIG, nullable=False),
)
"""Authenticator apps; without ``confirmed_ms`` one is only being set up."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    Column("code_hash", HASH, primary_key=True),
    sqlite_with_rowid=False,
)
"""Those that were not used yet."""

passkeys = Table(
    "passkeys",
    metadata,
    id_column("id", primary_key=True),
    reference("user_id", "users.id"),
    Column("credential_id", octets(1023), nullable=False, unique=True),
    Column("public_key", octets(1024), nullable=False),
    Column("sign_count", BIG, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("name", String(255), nullable=False),
    Column("created_ms", BIG, nullable=False),
    Column("used_ms", BIG),
)
Index(None, passkeys.c.user_id)

log_in_tickets = Table(
    "log_in_tickets",
    metadata,
    Column("ticket_hash", HASH, primary_key=True),
    reference("user_id", "users.id"),
    Column("attempts", Integer, nullable=False),
    Column("expires_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""Log-ins whose password was right and whose second factor is still to come."""
Index(None, log_in_tickets.c.user_id)
Index(None, log_in_tickets.c.expires_ms)

spent_challenges = Table(
    "spent_challenges",
    metadata,
    Column("challenge_hash", HASH, primary_key=True),
    Column("expires_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""Challenges that a passkey has answered, until they would have expired anyway."""
Index(None, spent_challenges.c.expires_ms)
