"""Conversations, relations, what hangs on messages, moderation; more about channels, roles, members and people."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMBLOB, VARBINARY

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.String(64).with_variant(sa.String(64, collation="utf8mb4_bin"), "mysql", "mariadb")
IMAGE = sa.LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")

NAME_KEY = sa.LargeBinary(192).with_variant(VARBINARY(192), "mysql", "mariadb")

NEW_TO_EVERYONE = 1 << 14 | 1 << 15 | 1 << 21
"""attach_files, add_reactions, change_nickname: whoever could write could have done these."""
NEWER = ("file", "contact", "invite", "forward")
"""Kinds of sections that the revision before cannot read."""


def upgrade() -> None:
    _widen()
    _people()
    _around_messages()
    _of_groups()
    _find_members()
    roles = sa.table("roles", sa.column("id", BIG), sa.column("group_id", BIG), sa.column("permissions", BIG))
    everyones = roles.update().where(roles.c.id == roles.c.group_id)
    op.execute(everyones.values(permissions=roles.c.permissions.op("|")(NEW_TO_EVERYONE)))


def _widen() -> None:
    with op.batch_alter_table("channels") as channels:
        channels.add_column(sa.Column("category_id", BIG, autoincrement=False, nullable=True))
        channels.add_column(sa.Column("slow_mode_s", sa.Integer(), server_default="0", nullable=False))
        channels.alter_column("group_id", existing_type=sa.BigInteger(), nullable=True)
        channels.create_index(channels.f("ix_channels_category_id"), ["category_id"], unique=False)
        channels.create_foreign_key(
            channels.f("fk_channels_category_id_channels"), "channels", ["category_id"], ["id"], ondelete="SET NULL"
        )
    for table, column in _columns():
        op.add_column(table, column)
    op.create_index(op.f("ix_members_group_id_joined_ms"), "members", ["group_id", "joined_ms"], unique=False)


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("invites", sa.Column("email", sa.String(length=320), nullable=True)),
        ("members", sa.Column("nickname", sa.String(length=255), nullable=True)),
        ("messages", sa.Column("mentions", sa.Text(), nullable=True)),
        ("messages", sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("roles", sa.Column("colour", sa.Integer(), nullable=True)),
        ("roles", sa.Column("hoisted", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("roles", sa.Column("mentionable", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("users", sa.Column("direct_from", sa.String(length=16), server_default="everyone", nullable=False)),
        ("users", sa.Column("status", sa.String(length=16), server_default="online", nullable=False)),
        ("users", sa.Column("status_text", sa.String(length=255), server_default="", nullable=False)),
        ("users", sa.Column("status_until_ms", BIG, nullable=True)),
    ]


def _people() -> None:
    op.create_table(
        "conversations",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", BIG, autoincrement=False, nullable=True),
        sa.Column("pair", EXACT, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_conversations_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_conversations_owner_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("pair", name=op.f("uq_conversations_pair")),
    )
    op.create_index(op.f("ix_conversations_owner_id"), "conversations", ["owner_id"], unique=False)
    op.create_table(
        "conversation_members",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["conversations.channel_id"],
            name=op.f("fk_conversation_members_channel_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_conversation_members_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "user_id", name=op.f("pk_conversation_members")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_conversation_members_user_id"), "conversation_members", ["user_id"], unique=False)
    op.create_table(
        "relations",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("other_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["users.id"], name=op.f("fk_relations_other_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_relations_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "other_id", name=op.f("pk_relations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_relations_other_id"), "relations", ["other_id"], unique=False)
    op.create_table(
        "levels",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("target_id", BIG, autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("muted_until_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_levels_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "scope", "target_id", name=op.f("pk_levels")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_levels_target_id"), "levels", ["target_id"], unique=False)


def _around_messages() -> None:
    op.create_table(
        "message_edits",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("until_ms", BIG, autoincrement=False, nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_message_edits_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "message_id", "until_ms", name=op.f("pk_message_edits")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message_origins",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("origin_channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("origin_message_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_message_origins_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "message_id", name=op.f("pk_message_origins")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reactions",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("emoji", EXACT, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_reactions_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_reactions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "message_id", "emoji", "user_id", name=op.f("pk_reactions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reactions_user_id"), "reactions", ["user_id"], unique=False)
    op.create_table(
        "pins",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("pinner_id", BIG, autoincrement=False, nullable=False),
        sa.Column("pinned_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_pins_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "message_id", name=op.f("pk_pins")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mentions",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("by_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_mentions_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "channel_id", "message_id", "by_id", name=op.f("pk_mentions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_mentions_channel_id_message_id"), "mentions", ["channel_id", "message_id"], unique=False)
    op.create_index(op.f("ix_mentions_user_id_message_id"), "mentions", ["user_id", "message_id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("owner_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=127), nullable=False),
        sa.Column("size_bytes", BIG, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_files_owner_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_owner_id"), "files", ["owner_id"], unique=False)
    op.create_table(
        "file_uses",
        sa.Column("file_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_file_uses_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_uses_file_id_files"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "channel_id", "message_id", name=op.f("pk_file_uses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_file_uses_channel_id_message_id"), "file_uses", ["channel_id", "message_id"], unique=False)
    op.create_table(
        "slow_mode_marks",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("last_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_slow_mode_marks_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_slow_mode_marks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "user_id", name=op.f("pk_slow_mode_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_slow_mode_marks_user_id"), "slow_mode_marks", ["user_id"], unique=False)


def _of_groups() -> None:
    op.create_table(
        "emojis",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", EXACT, nullable=False),
        sa.Column("animated", sa.Boolean(), nullable=False),
        sa.Column("creator_id", BIG, autoincrement=False, nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("image", IMAGE, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_emojis_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emojis")),
        sa.UniqueConstraint("group_id", "name", name=op.f("uq_emojis_group_id_name")),
    )
    op.create_table(
        "bans",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("moderator_id", BIG, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["groups.id"],
            name=op.f("fk_bans_group_id_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_bans_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_bans")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_bans_user_id"), "bans", ["user_id"], unique=False)
    op.create_table(
        "safety",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("invites_paused_until_ms", BIG, nullable=True),
        sa.Column("joins_per_minute", sa.Integer(), nullable=True),
        sa.Column("minimum_account_age_s", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_safety_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_safety")),
    )
    op.create_table(
        "word_filters",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("time_out_s", sa.Integer(), nullable=False),
        sa.Column("exempt_role_ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_word_filters_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_filters")),
    )
    op.create_index(op.f("ix_word_filters_group_id"), "word_filters", ["group_id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=True),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("author_id", BIG, autoincrement=False, nullable=False),
        sa.Column("reporter_id", BIG, autoincrement=False, nullable=True),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("handler_id", BIG, autoincrement=False, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handled_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_reports_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_group_id_state_id"), "reports", ["group_id", "state", "id"], unique=False)
    op.create_index(op.f("ix_reports_channel_id_message_id"), "reports", ["channel_id", "message_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("actor_id", BIG, autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("target_kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_audit_entries_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_audit_entries")),
        sqlite_with_rowid=False,
    )
    for column in ("actor_id", "action", "target_id"):
        name = op.f(f"ix_audit_entries_group_id_{column}_id")
        op.create_index(name, "audit_entries", ["group_id", column, "id"], unique=False)


def _find_members() -> None:
    op.create_table(
        "member_names",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name_key", NAME_KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "user_id"],
            ["members.group_id", "members.user_id"],
            name=op.f("fk_member_names_group_id_user_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", "kind", name=op.f("pk_member_names")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_member_names_group_id_name_key"), "member_names", ["group_id", "name_key"], unique=False)
    op.create_index(op.f("ix_member_names_user_id"), "member_names", ["user_id"], unique=False)
    members = sa.table("members", sa.column("group_id", BIG), sa.column("user_id", BIG))
    users = sa.table("users", sa.column("id", BIG), sa.column("username_key"), sa.column("display_name"))
    names = sa.table("member_names", *map(sa.column, ("group_id", "user_id", "kind")), sa.column("name_key", NAME_KEY))
    connection = op.get_bind()
    found = connection.execute(sa.select(members, users).join_from(members, users, users.c.id == members.c.user_id))
    rows = [
        {"group_id": one.group_id, "user_id": one.user_id, "kind": kind, "name_key": name_key(name)}
        for one in found.all()
        for kind, name in (("username", one.username_key), ("display", one.display_name))
    ]
    for start in range(0, len(rows), 1000):
        connection.execute(names.insert(), rows[start : start + 1000])


def name_key(name: str) -> bytes:
    folded = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name.casefold()))
    return " ".join(folded.casefold().split()).encode(errors="replace")[:192]


TABLES = (
    "member_names",
    "audit_entries",
    "reports",
    "word_filters",
    "safety",
    "bans",
    "emojis",
    "slow_mode_marks",
    "file_uses",
    "files",
    "mentions",
    "pins",
    "reactions",
    "message_origins",
    "message_edits",
    "levels",
    "relations",
    "conversation_members",
    "conversations",
)
"""Made here; those that refer to others come first."""


def downgrade() -> None:
    """What only this revision knows is lost: conversations with what was written in them, categories, new kinds of sections."""
    _forget_channels()
    messages = sa.table("messages", sa.column("sections", sa.Text))
    unknown = sa.or_(*(messages.c.sections.contains(f'"kind":"{kind}"', autoescape=True) for kind in NEWER))
    op.execute(
        messages.update().where(unknown).values(sections='[{"kind":"text","text":"(written with a newer Parley)"}]')
    )
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("channels") as channels:
        channels.drop_constraint(channels.f("fk_channels_category_id_channels"), type_="foreignkey")
        channels.drop_index(channels.f("ix_channels_category_id"))
        channels.alter_column("group_id", existing_type=sa.BigInteger(), nullable=False)
        channels.drop_column("slow_mode_s")
        channels.drop_column("category_id")
    op.drop_index(op.f("ix_members_group_id_joined_ms"), "members")
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)


def _forget_channels() -> None:
    """With what refers to them: SQLite does not look at references while its tables are replaced."""
    channels = sa.table("channels", sa.column("id", BIG), sa.column("group_id", BIG), sa.column("kind", sa.String))
    gone = sa.or_(channels.c.group_id.is_(None), channels.c.kind == "category")
    ids = sa.select(channels.c.id).where(gone)
    invites = sa.table("invites", sa.column("channel_id", BIG))
    op.execute(invites.update().where(invites.c.channel_id.in_(ids)).values(channel_id=None))
    for name in ("message_nonces", "cursors", "overwrites", "messages"):
        table = sa.table(name, sa.column("channel_id", BIG))
        op.execute(table.delete().where(table.c.channel_id.in_(ids)))
    op.execute(channels.delete().where(gone))
