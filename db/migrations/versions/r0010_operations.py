"""What operators set: an announcement, and one-time links that make operators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.tables.columns import HASH

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.Column("until_ms", BIG, nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_announcements")),
    )
    op.create_table(
        "owner_links",
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("until_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_owner_links")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("owner_links")
    op.drop_table("announcements")
