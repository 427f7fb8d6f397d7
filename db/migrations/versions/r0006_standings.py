"""Kinds of accounts, and accounts that are disabled, deactivated or to be deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("users", sa.Column("account_kind", sa.String(length=16), server_default="person", nullable=False))
    op.create_table(
        "standings",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("disabled_ms", BIG, nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=False),
        sa.Column("deactivated_ms", BIG, nullable=True),
        sa.Column("delete_after_ms", BIG, nullable=True),
        sa.Column("deletes_messages", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_standings_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_standings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_standings_delete_after_ms"), "standings", ["delete_after_ms"], unique=False)


def downgrade() -> None:
    op.drop_table("standings")
    op.drop_column("users", "account_kind")
