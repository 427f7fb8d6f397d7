"""Previews of links, and the pictures in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import VARBINARY

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HASH = sa.LargeBinary(32).with_variant(VARBINARY(32), "mysql", "mariadb")


def exact(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.add_column("messages", sa.Column("previews", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("previews_off", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "preview_images",
        sa.Column("id", exact(32), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_images")),
    )
    op.create_index(op.f("ix_preview_images_created_ms"), "preview_images", ["created_ms"], unique=False)
    op.create_table(
        "preview_image_uses",
        sa.Column("image_id", exact(32), nullable=False),
        sa.Column("channel_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("image_id", "channel_id", "message_id", name=op.f("pk_preview_image_uses")),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["preview_images.id"],
            name=op.f("fk_preview_image_uses_image_id_preview_images"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "message_id"],
            ["messages.channel_id", "messages.id"],
            name=op.f("fk_preview_image_uses_channel_id_message_id_messages"),
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_preview_image_uses_channel_id_message_id"),
        "preview_image_uses",
        ["channel_id", "message_id"],
        unique=False,
    )
    op.create_table(
        "linked_pages",
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("read_ms", BIG, nullable=False),
        sa.Column("preview", sa.Text(), nullable=True),
        sa.Column("image_id", exact(32), nullable=True),
        sa.PrimaryKeyConstraint("url_hash", name=op.f("pk_linked_pages")),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["preview_images.id"],
            name=op.f("fk_linked_pages_image_id_preview_images"),
            ondelete="SET NULL",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_linked_pages_read_ms"), "linked_pages", ["read_ms"], unique=False)
    op.create_index(op.f("ix_linked_pages_image_id"), "linked_pages", ["image_id"], unique=False)


def downgrade() -> None:
    op.drop_table("linked_pages")
    op.drop_table("preview_image_uses")
    op.drop_table("preview_images")
    op.drop_column("messages", "previews_off")
    op.drop_column("messages", "previews")
