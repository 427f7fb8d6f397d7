"""Mail addresses of accounts, and the links that are sent there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import VARBINARY

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HASH = sa.LargeBinary(32).with_variant(VARBINARY(32), "mysql", "mariadb")
KEY = sa.String(254).with_variant(sa.String(254, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("users", sa.Column("email_key", KEY, nullable=True))
    op.create_index(op.f("ix_users_email_key"), "users", ["email_key"], unique=False)
    op.create_table(
        "account_links",
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_key", KEY, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_links_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_account_links_user_id"), "account_links", ["user_id"], unique=False)
    op.create_index(op.f("ix_account_links_address_key"), "account_links", ["address_key"], unique=False)


def downgrade() -> None:
    op.drop_table("account_links")
    op.drop_index(op.f("ix_users_email_key"), table_name="users")
    op.drop_column("users", "email_key")
    op.drop_column("users", "email")
