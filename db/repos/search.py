"""Searching what was written: each database's own inverted index, asked the same questions (db/tables/search.py)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, TextClause, bindparam, func, select, text

from db.connection import Step
from db.repos.base import Repository, among, step
from db.tables import search as index_of
from db.tables.channels import messages
from db.tables.columns import Id
from server.domain.ids import ChannelId, GroupId, MessageId
from server.domain.search import Indexed, Match

_FOUND: Final = {
    "sqlite": (
        "SELECT message_terms.channel_id AS channel_id, message_terms.rowid AS message_id FROM message_terms{join}"
        " WHERE message_terms MATCH :question AND message_terms.rowid > :after AND message_terms.rowid < :before{pinned}"
        " ORDER BY message_terms.rowid DESC LIMIT :at_most"
    ),
    "postgresql": (
        "SELECT message_terms.channel_id AS channel_id, message_terms.message_id AS message_id FROM message_terms{join}"
        " WHERE (:question = '' OR words @@ to_tsquery('simple', :question))"
        " AND scope && string_to_array(:within, ' ') AND scope @> string_to_array(:scope, ' ')"
        " AND message_terms.message_id > :after AND message_terms.message_id < :before{pinned}"
        " ORDER BY message_terms.message_id DESC LIMIT :at_most"
    ),
    "mysql": (
        "SELECT message_terms.channel_id AS channel_id, message_terms.message_id AS message_id FROM message_terms{join}"
        " WHERE MATCH (words, scope) AGAINST (:question IN BOOLEAN MODE)"
        " AND message_terms.message_id > :after AND message_terms.message_id < :before{pinned}"
        " ORDER BY message_terms.message_id DESC LIMIT :at_most"
    ),
}
_JOIN: Final = {
    "sqlite": " JOIN messages ON messages.channel_id = message_terms.channel_id AND messages.id = message_terms.rowid",
    "postgresql": " JOIN messages ON messages.channel_id = message_terms.channel_id"
    " AND messages.id = message_terms.message_id",
    "mysql": " JOIN messages ON messages.channel_id = message_terms.channel_id"
    " AND messages.id = message_terms.message_id",
}

_OTHERS = messages.alias("others")
_BESIDE = select(
    messages.c.channel_id,
    messages.c.id,
    select(func.max(_OTHERS.c.id, type_=Id()))
    .where(_OTHERS.c.channel_id == messages.c.channel_id, _OTHERS.c.id < messages.c.id)
    .correlate(messages)
    .scalar_subquery()
    .label("before_id"),
    select(func.min(_OTHERS.c.id, type_=Id()))
    .where(_OTHERS.c.channel_id == messages.c.channel_id, _OTHERS.c.id > messages.c.id)
    .correlate(messages)
    .scalar_subquery()
    .label("after_id"),
).where(among(messages.c.channel_id, "channel_ids"), among(messages.c.id, "message_ids"))


@lru_cache
def _prepared(statements: tuple[str, ...]) -> tuple[tuple[TextClause, frozenset[str]], ...]:
    """Each with the names of its parameters."""
    big = [bindparam("message_id", type_=BigInteger()), bindparam("channel_id", type_=BigInteger())]
    prepared = []
    for statement in map(text, statements):
        bound = statement.bindparams(*(one for one in big if f":{one.key}" in str(statement)))
        prepared.append((bound, frozenset(bound.compile().params)))
    return tuple(prepared)


@lru_cache
def _found(kind: str, pinned: bool) -> Any:
    statement = _FOUND[kind].format(join=_JOIN[kind] if pinned else "", pinned=" AND messages.pinned" if pinned else "")
    numbers = [bindparam(name, type_=BigInteger()) for name in ("after", "before", "at_most")]
    return text(statement).bindparams(*numbers).columns(channel_id=Id(), message_id=Id())


_FORGET: Final = text("DELETE FROM message_terms WHERE rowid IN :message_ids").bindparams(
    bindparam("message_ids", expanding=True, type_=BigInteger())
)
_FORGET_CHANNEL: Final = text(
    "DELETE FROM message_terms WHERE rowid IN (SELECT id FROM messages WHERE channel_id = :of_channel)"
).bindparams(bindparam("of_channel", type_=Id()))
_FORGET_GROUP: Final = text(
    "DELETE FROM message_terms WHERE rowid IN (SELECT messages.id FROM messages"
    " JOIN channels ON channels.id = messages.channel_id WHERE channels.group_id = :of_group)"
).bindparams(bindparam("of_group", type_=Id()))


def forgetting(dialect: str, message_ids: Sequence[MessageId]) -> tuple[Step, ...]:
    """Steps before these messages are deleted; none where references do it."""
    return (step(_FORGET, message_ids=[int(one) for one in message_ids]),) if dialect == "sqlite" else ()


def forgetting_channel(dialect: str, channel_id: ChannelId) -> tuple[Step, ...]:
    return (step(_FORGET_CHANNEL, of_channel=channel_id),) if dialect == "sqlite" else ()


def forgetting_group(dialect: str, group_id: GroupId) -> tuple[Step, ...]:
    return (step(_FORGET_GROUP, of_group=group_id),) if dialect == "sqlite" else ()


def in_key_order(keys: Collection[tuple[ChannelId, MessageId]]) -> dict[str, list[int]]:
    """For a look-up of messages of several channels: two lists, since SQLite finds no index for a list of pairs.

    Whoever asks so leaves out what is no pair of theirs.
    """
    return {
        "channel_ids": sorted({int(channel_id) for channel_id, _ in keys}),
        "message_ids": sorted({int(message_id) for _, message_id in keys}),
    }


class SqlSearch(Repository):
    __slots__ = ()

    async def add(self, entry: Indexed) -> None:
        self._write((index_of.ADD[self._kind],), entry)

    async def put(self, entry: Indexed) -> None:
        self._write(index_of.PUT[self._kind], entry)

    def _write(self, statements: tuple[str, ...], entry: Indexed) -> None:
        values = msgspec.structs.asdict(entry)
        prepared = _prepared(statements)
        self._put_off(*(step(one, **{name: values[name] for name in names}) for one, names in prepared))

    async def find(self, match: Match, limit: int) -> list[tuple[ChannelId, MessageId]]:
        if not match.within:
            return []
        bounds = {"after": int(match.after), "before": int(match.before), "at_most": limit}
        rows = await self._all(_found(self._kind, match.pinned), **_QUESTIONS[self._kind](match), **bounds)
        return [(row.channel_id, row.message_id) for row in rows]

    async def beside(
        self, keys: Collection[tuple[ChannelId, MessageId]]
    ) -> dict[tuple[ChannelId, MessageId], tuple[MessageId | None, MessageId | None]]:
        found: dict[tuple[ChannelId, MessageId], tuple[MessageId | None, MessageId | None]] = {}
        for row in await self._all(_BESIDE, **in_key_order(keys)) if keys else ():
            if (row.channel_id, row.id) in keys:
                found[row.channel_id, row.id] = (row.before_id, row.after_id)
        return found

    @property
    def _kind(self) -> str:
        return index_of.kind(self._connection.dialect.name)


def _quoted(terms: Iterable[str]) -> str:
    return f'"{" ".join(terms)}"'


def _of_sqlite(match: Match) -> dict[str, str]:
    """FTS5's query language; terms are ASCII letters and digits, so nothing has to be escaped."""
    parts = [f"words : {_quoted(phrase)}" for phrase in match.phrases]
    if match.beginning:
        parts.append(f"words : {_quoted(match.beginning)} *")
    parts.append(f"scope : ({' OR '.join(_quoted([term]) for term in match.within)})")
    parts += [f"scope : {_quoted([term])}" for term in match.scope]
    return {"question": " AND ".join(parts)}


def _of_postgresql(match: Match) -> dict[str, str]:
    parts = [" <-> ".join(phrase) for phrase in match.phrases]
    if match.beginning:
        parts.append(" <-> ".join(match.beginning) + ":*")
    question = " & ".join(f"({part})" for part in parts)
    return {"question": question, "within": " ".join(match.within), "scope": " ".join(match.scope)}


def _of_mysql(match: Match) -> dict[str, str]:
    """There is no beginning of a phrase: of several terms the last one has to be whole."""
    parts = [f"+{_quoted(phrase)}" for phrase in match.phrases]
    if len(match.beginning) == 1:
        parts.append(f"+{match.beginning[0]}*")
    elif match.beginning:
        parts.append(f"+{_quoted(match.beginning)}")
    parts.append(f"+({' '.join(match.within)})")
    parts += [f"+{term}" for term in match.scope]
    return {"question": " ".join(parts)}


_QUESTIONS: Final = {"sqlite": _of_sqlite, "postgresql": _of_postgresql, "mysql": _of_mysql}
