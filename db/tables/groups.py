"""Groups, who is in them, and the ways in."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from db.tables.columns import BIG, IMAGE, NAME_KEY, exact, id_column, metadata, reference

groups = Table(
    "groups",
    metadata,
    id_column("id", primary_key=True),
    Column("name", String(255), nullable=False),
    reference("owner_id", "users.id", ondelete=None),
)
Index(None, groups.c.owner_id)

roles = Table(
    "roles",
    metadata,
    id_column("id", primary_key=True),
    reference("group_id", "groups.id"),
    Column("name", String(255), nullable=False),
    Column("permissions", BIG, nullable=False),
    Column("position", Integer, nullable=False),
    Column("colour", Integer),
    Column("hoisted", Boolean, nullable=False, server_default=false()),
    Column("mentionable", Boolean, nullable=False, server_default=false()),
)
Index(None, roles.c.group_id)

emojis = Table(
    "emojis",
    metadata,
    id_column("id", primary_key=True),
    reference("group_id", "groups.id"),
    Column("name", exact(64), nullable=False),
    Column("animated", Boolean, nullable=False),
    id_column("creator_id"),
    Column("media_type", String(32), nullable=False),
    Column("image", IMAGE, nullable=False),
    UniqueConstraint("group_id", "name"),
)
"""Their images are small and asked for by everybody: they lie beside their names."""

members = Table(
    "members",
    metadata,
    reference("group_id", "groups.id", primary_key=True),
    reference("user_id", "users.id", primary_key=True),
    Column("joined_ms", BIG, nullable=False),
    Column("timed_out_until_ms", BIG),
    Column("nickname", String(255)),
    sqlite_with_rowid=False,
)
Index(None, members.c.user_id)
Index(None, members.c.group_id, members.c.joined_ms)

member_roles = Table(
    "member_roles",
    metadata,
    id_column("group_id", primary_key=True),
    id_column("user_id", primary_key=True),
    reference("role_id", "roles.id", primary_key=True),
    ForeignKeyConstraint(["group_id", "user_id"], ["members.group_id", "members.user_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
Index(None, member_roles.c.role_id)
Index(None, member_roles.c.user_id)

member_names = Table(
    "member_names",
    metadata,
    id_column("group_id", primary_key=True),
    id_column("user_id", primary_key=True),
    # "username", "display" or "nickname"
    Column("kind", String(16), primary_key=True),
    Column("name_key", NAME_KEY, nullable=False),
    ForeignKeyConstraint(["group_id", "user_id"], ["members.group_id", "members.user_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
"""What the members of each group are found by, beside one another: a search is one range, however many members and people."""
Index(None, member_names.c.group_id, member_names.c.name_key)
Index(None, member_names.c.user_id)

time_outs = Table(
    "time_outs",
    metadata,
    reference("group_id", "groups.id", primary_key=True),
    reference("user_id", "users.id", primary_key=True),
    Column("until_ms", BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""Of those who left: whoever comes back is still in time-out."""
Index(None, time_outs.c.user_id)

invites = Table(
    "invites",
    metadata,
    Column("code", exact(64), primary_key=True),
    reference("group_id", "groups.id"),
    reference("channel_id", "channels.id", nullable=True, ondelete="SET NULL"),
    reference("creator_id", "users.id"),
    Column("expires_ms", BIG),
    Column("max_uses", BIG),
    Column("uses", BIG, nullable=False),
    Column("email", String(320)),
)
Index(None, invites.c.group_id)
Index(None, invites.c.channel_id)
Index(None, invites.c.creator_id)

additions = Table(
    "additions",
    metadata,
    id_column("id", primary_key=True),
    reference("group_id", "groups.id"),
    reference("inviter_id", "users.id"),
    reference("user_id", "users.id"),
    UniqueConstraint("group_id", "user_id"),
)
Index(None, additions.c.inviter_id)
Index(None, additions.c.user_id)
