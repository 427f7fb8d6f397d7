"""An inverted index of what was written; what is there already is taken into it."""

from __future__ import annotations

from typing import Final

import msgspec
import sqlalchemy as sa
from alembic import op

from db.tables.search import ADD, CREATE, DROP, kind
from server.domain import codec
from server.domain.entities import Mentions, Message
from server.domain.ids import ChannelId, GroupId, MessageId, Snowflake, UserId
from server.domain.search import index
from server.domain.sections import Section

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE: Final = 1000

_SECTIONS: Final[msgspec.json.Decoder[tuple[Section, ...]]] = codec.decoder(tuple[Section, ...])
_MENTIONS: Final[msgspec.json.Decoder[Mentions]] = codec.decoder(Mentions)

_PAGE = sa.text(
    "SELECT messages.id, messages.channel_id, messages.author_id, messages.sections, messages.mentions, channels.group_id"
    " FROM messages JOIN channels ON channels.id = messages.channel_id"
    " WHERE messages.channel_id = :channel_id AND messages.id > :after ORDER BY messages.id LIMIT :at_most"
)


def upgrade() -> None:
    connection = op.get_bind()
    of = kind(connection.dialect.name)
    for statement in CREATE[of]:
        connection.execute(sa.text(statement))
    for (channel_id,) in connection.execute(sa.text("SELECT id FROM channels")).all():
        _take_in(connection, of, channel_id)


def _take_in(connection: sa.Connection, of: str, channel_id: int) -> None:
    after = 0
    while rows := connection.execute(_PAGE, {"channel_id": channel_id, "after": after, "at_most": AT_ONCE}).all():
        entries = [
            msgspec.structs.asdict(
                index(
                    Message(
                        id=MessageId(Snowflake(row.id)),
                        channel_id=ChannelId(Snowflake(row.channel_id)),
                        author_id=UserId(Snowflake(row.author_id)),
                        sections=_SECTIONS.decode(row.sections),
                        mentions=None if row.mentions is None else _MENTIONS.decode(row.mentions),
                    ),
                    None if row.group_id is None else GroupId(Snowflake(row.group_id)),
                )
            )
            for row in rows
        ]
        plain = [{**entry, "channel_id": int(channel_id), "message_id": int(entry["message_id"])} for entry in entries]
        connection.execute(sa.text(ADD[of]), plain)
        after = rows[-1].id


def downgrade() -> None:
    for statement in DROP[kind(op.get_bind().dialect.name)]:
        op.execute(statement)
