"""When the owner of a log-in last showed who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("sessions", sa.Column("proved_ms", BIG, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("sessions", "proved_ms")
