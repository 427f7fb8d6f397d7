"""Avatars, banners, and what people say of themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PICTURE = sa.String(32).with_variant(sa.String(32, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.add_column("users", sa.Column("avatar", PICTURE, nullable=True))
    op.create_table(
        "portraits",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("banner", PICTURE, nullable=True),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_portraits")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_portraits_user_id_users"), ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "profile_pictures",
        sa.Column("id", PICTURE, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_pictures")),
    )
    op.create_index(op.f("ix_profile_pictures_created_ms"), "profile_pictures", ["created_ms"], unique=False)


def downgrade() -> None:
    op.drop_table("profile_pictures")
    op.drop_table("portraits")
    op.drop_column("users", "avatar")
