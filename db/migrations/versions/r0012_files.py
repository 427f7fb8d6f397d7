"""What was seen in files, uploads under way, and quotas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("files", sa.Column("media", sa.Text(), nullable=True))
    op.add_column("files", sa.Column("released_ms", BIG, nullable=True))
    # The new one first: MySQL wants an index below the reference to the owner at any time.
    op.create_index(op.f("ix_files_owner_id_size_bytes"), "files", ["owner_id", "size_bytes"], unique=False)
    op.drop_index(op.f("ix_files_owner_id"), table_name="files")
    op.create_index(op.f("ix_files_released_ms"), "files", ["released_ms"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("owner_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", BIG, nullable=False),
        sa.Column("received_bytes", BIG, nullable=False),
        sa.Column("voice", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_uploads_owner_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_owner_id_size_bytes"), "uploads", ["owner_id", "size_bytes"], unique=False)
    op.create_index(op.f("ix_uploads_expires_ms"), "uploads", ["expires_ms"], unique=False)
    op.create_table(
        "storage_quotas",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("max_bytes", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_storage_quotas_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_storage_quotas")),
    )


def downgrade() -> None:
    op.drop_table("storage_quotas")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_files_released_ms"), table_name="files")
    op.create_index(op.f("ix_files_owner_id"), "files", ["owner_id"], unique=False)
    op.drop_index(op.f("ix_files_owner_id_size_bytes"), table_name="files")
    op.drop_column("files", "released_ms")
    op.drop_column("files", "media")
