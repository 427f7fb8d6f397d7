"""The inverted index of what was written; each database has its own kind, and so it stands apart from the other tables.

SQLite: an FTS5 table; it takes no references, and a trigger may not touch it under ``trusted_schema = OFF``, so whoever deletes
messages deletes what is here too. Elsewhere an ordinary table with a reference, and a GIN index over a tsvector (PostgreSQL) or a
FULLTEXT index (MySQL, MariaDB).
"""

from __future__ import annotations

from typing import Final

MESSAGE_TERMS: Final = "message_terms"

CREATE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE message_terms USING fts5"
        '(words, scope, channel_id UNINDEXED, tokenize = "ascii", columnsize = 0)',
    ),
    "postgresql": (
        "CREATE TABLE message_terms ("
        "channel_id BIGINT NOT NULL, message_id BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL, scope TEXT[] NOT NULL,"
        " CONSTRAINT fk_message_terms_channel_id_message_id_messages FOREIGN KEY (channel_id, message_id)"
        " REFERENCES messages (channel_id, id) ON DELETE CASCADE)",
        "CREATE INDEX ix_message_terms_words ON message_terms USING gin (words)",
        "CREATE INDEX ix_message_terms_scope ON message_terms USING gin (scope)",
        "CREATE INDEX ix_message_terms_channel_id_message_id ON message_terms (channel_id, message_id)",
    ),
    "mysql": (
        "CREATE TABLE message_terms ("
        "channel_id BIGINT NOT NULL, message_id BIGINT NOT NULL PRIMARY KEY,"
        " words MEDIUMTEXT CHARACTER SET ascii NOT NULL, scope TEXT CHARACTER SET ascii NOT NULL,"
        " FULLTEXT INDEX ix_message_terms_words_scope (words, scope),"
        " INDEX ix_message_terms_channel_id_message_id (channel_id, message_id),"
        " CONSTRAINT fk_message_terms_channel_id_message_id_messages FOREIGN KEY (channel_id, message_id)"
        " REFERENCES messages (channel_id, id) ON DELETE CASCADE) ENGINE=InnoDB",
    ),
}
"""By dialect; the statements of MariaDB are those of MySQL."""

DROP: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": ("DROP TABLE message_terms",),
    "postgresql": ("DROP TABLE message_terms",),
    "mysql": ("DROP TABLE message_terms",),
}

ADD: Final[dict[str, str]] = {
    "sqlite": (
        "INSERT INTO message_terms (rowid, words, scope, channel_id) VALUES (:message_id, :words, :scope, :channel_id)"
    ),
    "postgresql": (
        "INSERT INTO message_terms (channel_id, message_id, words, scope)"
        " VALUES (:channel_id, :message_id, to_tsvector('simple', :words), string_to_array(:scope, ' '))"
    ),
    "mysql": (
        "INSERT INTO message_terms (channel_id, message_id, words, scope)"
        " VALUES (:channel_id, :message_id, :words, :scope)"
    ),
}
"""For a message that has no terms yet."""

PUT: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": ("DELETE FROM message_terms WHERE rowid = :message_id", ADD["sqlite"]),
    "postgresql": (
        f"{ADD['postgresql']} ON CONFLICT (message_id) DO UPDATE SET words = excluded.words, scope = excluded.scope",
    ),
    "mysql": (f"{ADD['mysql']} ON DUPLICATE KEY UPDATE words = VALUES(words), scope = VALUES(scope)",),
}
"""In the place of what terms it has; an FTS5 table knows no ON CONFLICT."""


def kind(dialect: str) -> str:
    """Of the statements above."""
    if dialect in ("mysql", "mariadb"):
        return "mysql"
    return "postgresql" if dialect == "cockroachdb" else dialect
