"""What hangs on messages: earlier versions, origins, reactions, pins, pings, files, pictures of previews."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, String, Table, Text

from db.tables.columns import BIG, HASH, exact, id_column, metadata, reference


def _of_message() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["channel_id", "message_id"], ["messages.channel_id", "messages.id"], ondelete="CASCADE"
    )


message_edits = Table(
    "message_edits",
    metadata,
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    Column("until_ms", BIG, primary_key=True, autoincrement=False),
    Column("sections", Text, nullable=False),
    _of_message(),
    sqlite_with_rowid=False,
)
"""Earlier versions, each with the moment at which another took its place."""

message_origins = Table(
    "message_origins",
    metadata,
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    id_column("origin_channel_id"),
    id_column("origin_message_id"),
    _of_message(),
    sqlite_with_rowid=False,
)
"""Where a forward was copied from; told only to those who may read there."""

reactions = Table(
    "reactions",
    metadata,
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    Column("emoji", exact(64), primary_key=True),
    reference("user_id", "users.id", primary_key=True),
    Column("created_ms", BIG, nullable=False),
    _of_message(),
    sqlite_with_rowid=False,
)
Index(None, reactions.c.user_id)

pins = Table(
    "pins",
    metadata,
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    id_column("pinner_id"),
    Column("pinned_ms", BIG, nullable=False),
    _of_message(),
    sqlite_with_rowid=False,
)

mentions = Table(
    "mentions",
    metadata,
    id_column("user_id", primary_key=True),
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    # By what: server.ports.Ping.
    id_column("by_id", primary_key=True),
    _of_message(),
    sqlite_with_rowid=False,
)
"""Who is pinged: a row for each user and reason, those of mentioned roles among them; user 0 stands for everyone in the channel.

Read by user and channel from a cursor on.
"""
Index(None, mentions.c.channel_id, mentions.c.message_id)
Index(None, mentions.c.user_id, mentions.c.message_id)

files = Table(
    "files",
    metadata,
    id_column("id", primary_key=True),
    reference("owner_id", "users.id"),
    Column("name", String(255), nullable=False),
    Column("media_type", String(127), nullable=False),
    Column("size_bytes", BIG, nullable=False),
    # server.domain.sections.Media, as JSON.
    Column("media", Text),
    Column("released_ms", BIG),
)
Index(None, files.c.owner_id, files.c.size_bytes)
Index(None, files.c.released_ms)

file_uses = Table(
    "file_uses",
    metadata,
    reference("file_id", "files.id", primary_key=True),
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    _of_message(),
    sqlite_with_rowid=False,
)
"""The messages that a file is in: the one it was uploaded for, and copies of that."""
Index(None, file_uses.c.channel_id, file_uses.c.message_id)


preview_images = Table(
    "preview_images",
    metadata,
    Column("id", exact(32), primary_key=True),
    Column("created_ms", BIG, nullable=False),
)
"""The pictures lie with the files."""
Index(None, preview_images.c.created_ms)

preview_image_uses = Table(
    "preview_image_uses",
    metadata,
    Column("image_id", exact(32), ForeignKey("preview_images.id", ondelete="CASCADE"), primary_key=True),
    id_column("channel_id", primary_key=True),
    id_column("message_id", primary_key=True),
    _of_message(),
    sqlite_with_rowid=False,
)
Index(None, preview_image_uses.c.channel_id, preview_image_uses.c.message_id)

linked_pages = Table(
    "linked_pages",
    metadata,
    # SHA-256 of the address.
    Column("url_hash", HASH, primary_key=True),
    Column("read_ms", BIG, nullable=False),
    # JSON of Preview; NULL: there is none to be had.
    Column("preview", Text),
    Column("image_id", exact(32), ForeignKey("preview_images.id", ondelete="SET NULL")),
    sqlite_with_rowid=False,
)
"""What was found behind links lately."""
Index(None, linked_pages.c.read_ms)
Index(None, linked_pages.c.image_id)
