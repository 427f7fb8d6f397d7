"""Second factors: authenticator apps, recovery codes, passkeys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def octets(length: int) -> TypeEngine[bytes]:
    return sa.LargeBinary(length).with_variant(sa.VARBINARY(length), "mysql", "mariadb")


def their_user(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id_users")
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "totps",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed_secret", octets(128), nullable=False),
        sa.Column("begun_ms", BIG, nullable=False),
        sa.Column("confirmed_ms", BIG, nullable=True),
        sa.Column("last_step", BIG, nullable=False),
        their_user("totps"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_totps")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("code_hash", octets(32), nullable=False),
        their_user("recovery_codes"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passkeys",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("credential_id", octets(1023), nullable=False),
        sa.Column("public_key", octets(1024), nullable=False),
        sa.Column("sign_count", BIG, nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("used_ms", BIG, nullable=True),
        their_user("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"], unique=False)
    op.create_table(
        "log_in_tickets",
        sa.Column("ticket_hash", octets(32), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        their_user("log_in_tickets"),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_log_in_tickets")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_log_in_tickets_user_id"), "log_in_tickets", ["user_id"], unique=False)
    op.create_index(op.f("ix_log_in_tickets_expires_ms"), "log_in_tickets", ["expires_ms"], unique=False)
    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", octets(32), nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenges")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_spent_challenges_expires_ms"), "spent_challenges", ["expires_ms"], unique=False)


def downgrade() -> None:
    op.drop_table("spent_challenges")
    op.drop_table("log_in_tickets")
    op.drop_table("passkeys")
    op.drop_table("recovery_codes")
    op.drop_table("totps")
