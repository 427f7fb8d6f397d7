"""Bots with tokens, and webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HASH = sa.LargeBinary(32).with_variant(sa.VARBINARY(32), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("group_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("creator_id", BIG, autoincrement=False, nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("used_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(["id"], ["users.id"], name=op.f("fk_webhooks_id_users"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_webhooks_group_id_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_webhooks_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_group_id"), "webhooks", ["group_id"], unique=False)
    op.create_index(op.f("ix_webhooks_channel_id"), "webhooks", ["channel_id"], unique=False)
    op.create_table(
        "bots",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("owner_id", BIG, autoincrement=False, nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bots_user_id_users"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_bots_owner_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_bots")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_bots_owner_id"), "bots", ["owner_id"], unique=False)
    op.create_table(
        "bot_tokens",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("bot_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("used_ms", BIG, nullable=True),
        sa.ForeignKeyConstraint(["bot_id"], ["users.id"], name=op.f("fk_bot_tokens_bot_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_tokens")),
    )
    op.create_index(op.f("ix_bot_tokens_bot_id"), "bot_tokens", ["bot_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bot_tokens")
    op.drop_table("bots")
    op.drop_table("webhooks")
