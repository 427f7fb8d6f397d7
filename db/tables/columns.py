"""The metadata that all tables share, and the types of their columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, String
from sqlalchemy.dialects.mysql import MEDIUMBLOB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import VARBINARY, TypeDecorator, TypeEngine

from server.domain.ids import Snowflake

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere. SQLite's INTEGER has them too, and as a primary key of its own it needs no second tree."""


class Id(TypeDecorator[Snowflake]):
    """A snowflake."""

    impl = BIG
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Snowflake | None:
        return None if value is None else Snowflake(value)


HASH = LargeBinary(32).with_variant(VARBINARY(32), "mysql", "mariadb")
"""A SHA-256; MySQL cannot index a BLOB."""


NAME_KEY = LargeBinary(192).with_variant(VARBINARY(192), "mysql", "mariadb")
"""What a name is found by: bytes, since databases put texts into an order of their own."""


IMAGE = LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")
"""A small picture; MySQL's BLOB ends at 64 KiB."""


def octets(length: int) -> TypeEngine[bytes]:
    """At most so many bytes, in one piece with their row, so that they can be indexed on MySQL too."""
    return LargeBinary(length).with_variant(VARBINARY(length), "mysql", "mariadb")


def exact(length: int) -> String:
    """Text compared byte by byte; MySQL folds case unless told otherwise."""
    return String(length).with_variant(String(length, collation="utf8mb4_bin"), "mysql", "mariadb")


def id_column(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[Snowflake]:
    return Column(name, Id, primary_key=primary_key, nullable=nullable, autoincrement=False)


def reference(
    name: str, to: str, *, primary_key: bool = False, nullable: bool = False, ondelete: str | None = "CASCADE"
) -> Column[Snowflake]:
    """An id that goes with the row it names."""
    return Column(
        name, Id, ForeignKey(to, ondelete=ondelete), primary_key=primary_key, nullable=nullable, autoincrement=False
    )
