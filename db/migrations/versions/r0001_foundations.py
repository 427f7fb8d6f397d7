"""People, groups, channels and messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.String(64).with_variant(sa.String(64, collation="utf8mb4_bin"), "mysql", "mariadb")
HASH = sa.LargeBinary(32).with_variant(sa.VARBINARY(32), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("username_key", EXACT, nullable=False),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("operator", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username_key", name=op.f("uq_users_username_key")),
    )
    op.create_table(
        "groups",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("owner_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_groups_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
    )
    op.create_index(op.f("ix_groups_owner_id"), "groups", ["owner_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("used_ms", BIG, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.Column("revoked_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "additions",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("inviter_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_additions_group_id_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["users.id"], name=op.f("fk_additions_inviter_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_additions_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additions")),
        sa.UniqueConstraint("group_id", "user_id", name=op.f("uq_additions_group_id_user_id")),
    )
    op.create_index(op.f("ix_additions_inviter_id"), "additions", ["inviter_id"], unique=False)
    op.create_index(op.f("ix_additions_user_id"), "additions", ["user_id"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("last_message_id", BIG, autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_channels_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    op.create_index(op.f("ix_channels_group_id"), "channels", ["group_id"], unique=False)
    op.create_table(
        "members",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("joined_ms", BIG, nullable=False),
        sa.Column("timed_out_until_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_members_group_id_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_members_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_members")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_members_user_id"), "members", ["user_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("session_id", BIG, autoincrement=False, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("spent_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "roles",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("permissions", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_roles_group_id_groups"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_group_id"), "roles", ["group_id"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_cursors_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cursors_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "channel_id", name=op.f("pk_cursors")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_cursors_channel_id"), "cursors", ["channel_id"], unique=False)
    op.create_table(
        "invites",
        sa.Column("code", EXACT, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=True),
        sa.Column("creator_id", BIG, autoincrement=False, nullable=False),
        sa.Column("expires_ms", BIG, nullable=True),
        sa.Column("max_uses", BIG, nullable=True),
        sa.Column("uses", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_invites_channel_id_channels"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_invites_creator_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_invites_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_invites")),
    )
    op.create_index(op.f("ix_invites_channel_id"), "invites", ["channel_id"], unique=False)
    op.create_index(op.f("ix_invites_creator_id"), "invites", ["creator_id"], unique=False)
    op.create_index(op.f("ix_invites_group_id"), "invites", ["group_id"], unique=False)
    op.create_table(
        "member_roles",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("role_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "user_id"],
            ["members.group_id", "members.user_id"],
            name=op.f("fk_member_roles_group_id_user_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_member_roles_role_id_roles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", "role_id", name=op.f("pk_member_roles")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_member_roles_role_id"), "member_roles", ["role_id"], unique=False)
    op.create_index(op.f("ix_member_roles_user_id"), "member_roles", ["user_id"], unique=False)
    op.create_table(
        "message_nonces",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("author_id", BIG, autoincrement=False, nullable=False),
        sa.Column("nonce", EXACT, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_message_nonces_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "author_id", "nonce", name=op.f("pk_message_nonces")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "messages",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("author_id", BIG, autoincrement=False, nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("edited_ms", BIG, nullable=True),
        sa.Column("nonce", EXACT, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_messages_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "id", name=op.f("pk_messages")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "time_outs",
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("until_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_time_outs_group_id_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_time_outs_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_time_outs")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_time_outs_user_id"), "time_outs", ["user_id"], unique=False)
    op.create_table(
        "overwrites",
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        sa.Column("target_id", BIG, autoincrement=False, nullable=False),
        sa.Column("allow", BIG, nullable=False),
        sa.Column("deny", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_overwrites_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "target", "target_id", name=op.f("pk_overwrites")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_overwrites_target_target_id"), "overwrites", ["target", "target_id"], unique=False)


def downgrade() -> None:
    op.drop_table("overwrites")
    op.drop_table("time_outs")
    op.drop_table("messages")
    op.drop_table("message_nonces")
    op.drop_table("member_roles")
    op.drop_table("invites")
    op.drop_table("cursors")
    op.drop_table("roles")
    op.drop_table("refresh_tokens")
    op.drop_table("members")
    op.drop_table("channels")
    op.drop_table("additions")
    op.drop_table("sessions")
    op.drop_table("groups")
    op.drop_table("users")
