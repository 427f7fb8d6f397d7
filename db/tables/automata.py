"""Programs that write here: bots, their tokens, webhooks."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, Text, false

from db.tables.columns import BIG, HASH, id_column, metadata, reference

webhooks = Table(
    "webhooks",
    metadata,
    # The id of its account too: what it writes has an author like everything else.
    reference("id", "users.id", primary_key=True),
    reference("group_id", "groups.id"),
    reference("channel_id", "channels.id"),
    id_column("creator_id"),
    Column("token_hash", HASH, nullable=False),
    Column("used_ms", BIG),
)
Index(None, webhooks.c.group_id)
Index(None, webhooks.c.channel_id)

bots = Table(
    "bots",
    metadata,
    reference("user_id", "users.id", primary_key=True),
    reference("owner_id", "users.id"),
    Column("public", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)
Index(None, bots.c.owner_id)

bot_tokens = Table(
    "bot_tokens",
    metadata,
    id_column("id", primary_key=True),
    reference("bot_id", "users.id"),
    Column("name", String(255), nullable=False),
    Column("token_hash", HASH, nullable=False),
    # Names of :class:`server.domain.scopes.Scope` with spaces between them.
    Column("scopes", Text, nullable=False),
    Column("used_ms", BIG),
)
Index(None, bot_tokens.c.bot_id)
