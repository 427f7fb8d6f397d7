"""What the operators of a server look at and set while it runs."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, text

from db.repos.base import Repository, given, step
from db.repos.users import PUBLIC, read_user
from db.tables.accounts import sessions, users
from db.tables.channels import messages
from db.tables.groups import groups
from db.tables.mails import mail_outbox
from db.tables.messages import files
from db.tables.moderation import reports
from db.tables.operations import announcements, owner_links
from db.tables.standings import standings
from server.domain.entities import Announcement, ReportState, UserKind
from server.ports.operations import AccountLine, Totals

_NUMBER: Final = 1

_KEPT = users.c.account_kind != UserKind.DELETED.value
_LIVE = (sessions.c.revoked_ms.is_(None), sessions.c.expires_ms > given("now_ms"))


def _count(table: Any) -> Any:
    return select(func.count()).select_from(table)


_TOTALS = select(
    _count(users).where(_KEPT).scalar_subquery().label("accounts"),
    _count(standings).where(standings.c.disabled_ms.is_not(None)).scalar_subquery().label("disabled"),
    _count(groups).scalar_subquery().label("groups"),
    _count(messages).scalar_subquery().label("messages"),
    _count(files).scalar_subquery().label("files"),
    select(func.coalesce(func.sum(files.c.size_bytes), 0)).scalar_subquery().label("files_bytes"),
    _count(sessions).where(*_LIVE).scalar_subquery().label("sessions"),
    _count(reports).where(reports.c.state == ReportState.OPEN.value).scalar_subquery().label("open_reports"),
    _count(mail_outbox).scalar_subquery().label("mails_waiting"),
)

_SESSIONS = _count(sessions).where(sessions.c.user_id == users.c.id, *_LIVE).scalar_subquery().label("sessions")
_OF_OWNER = files.c.owner_id == users.c.id
_FILES = _count(files).where(_OF_OWNER).scalar_subquery().label("files")
_BYTES = select(func.coalesce(func.sum(files.c.size_bytes), 0)).where(_OF_OWNER).scalar_subquery().label("files_bytes")
_ACCOUNTS = (
    select(*PUBLIC, users.c.operator, standings.c.disabled_ms, _SESSIONS, _FILES, _BYTES)
    .outerjoin(standings, standings.c.user_id == users.c.id)
    .where(
        _KEPT,
        users.c.username_key >= given("beginning"),
        users.c.username_key < given("until"),
        users.c.username_key > given("after"),
    )
    .order_by(users.c.username_key)
    .limit(given("at_most"))
)

_SUMS = (
    select(
        files.c.owner_id,
        func.count().label("files"),
        func.coalesce(func.sum(files.c.size_bytes), 0).label("files_bytes"),
    )
    .group_by(files.c.owner_id)
    .order_by(func.sum(files.c.size_bytes).desc(), files.c.owner_id)
    .limit(given("at_most"))
    .subquery()
)
_LARGEST = (
    select(*PUBLIC, users.c.operator, standings.c.disabled_ms, _SESSIONS, _SUMS.c.files, _SUMS.c.files_bytes)
    .join(_SUMS, _SUMS.c.owner_id == users.c.id)
    .outerjoin(standings, standings.c.user_id == users.c.id)
    .order_by(_SUMS.c.files_bytes.desc(), users.c.id)
)

_ANNOUNCEMENT = select(announcements)
_SILENCE = delete(announcements)
_ANNOUNCE = insert(announcements)

_ADD_LINK = insert(owner_links)
_LINK = select(owner_links.c.until_ms).where(
    owner_links.c.token_hash == given("given_hash"), owner_links.c.until_ms > given("now_ms")
)
_SPEND = delete(owner_links).where(
    owner_links.c.token_hash == given("given_hash"), owner_links.c.until_ms > given("now_ms")
)
_FORGET = delete(owner_links).where(owner_links.c.until_ms <= given("now_ms"))

_SIZES: Final = {
    "sqlite": text("SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()"),
    "postgresql": text("SELECT pg_database_size(current_database()) AS size"),
    "mysql": text(
        "SELECT SUM(data_length + index_length) AS size FROM information_schema.tables WHERE table_schema = DATABASE()"
    ),
}


class SqlOperations(Repository):
    """Implements :class:`server.ports.Operations`."""

    __slots__ = ()

    async def totals(self, now_ms: int) -> Totals:
        size = _SIZES[self._connection.dialect.name]
        counted, sized = await self._together(step(_TOTALS, now_ms=now_ms), step(size))
        (row,) = counted.rows
        numbers = {name: int(value) for name, value in row._mapping.items()}
        return Totals(database_bytes=int(sized.rows[0][0] or 0), **numbers)

    async def accounts(self, beginning: str, after: str, now_ms: int, limit: int) -> list[AccountLine]:
        until = beginning + chr(0x10FFFF)
        rows = await self._all(_ACCOUNTS, beginning=beginning, until=until, after=after, now_ms=now_ms, at_most=limit)
        return [_line(row) for row in rows]

    async def largest(self, now_ms: int, limit: int) -> list[AccountLine]:
        return [_line(row) for row in await self._all(_LARGEST, now_ms=now_ms, at_most=limit)]

    async def announcement(self, now_ms: int) -> Announcement | None:
        row = await self._first(_ANNOUNCEMENT)
        if row is None or (row.until_ms is not None and row.until_ms <= now_ms):
            return None
        return Announcement(text=row.text, made_ms=row.made_ms, until_ms=row.until_ms)

    async def announce(self, announcement: Announcement | None) -> None:
        self._later(_SILENCE)
        if announcement is not None:
            self._later(
                _ANNOUNCE,
                number=_NUMBER,
                text=announcement.text,
                made_ms=announcement.made_ms,
                until_ms=announcement.until_ms,
            )

    async def add_owner_link(self, token_hash: bytes, until_ms: int) -> None:
        self._later(_ADD_LINK, token_hash=token_hash, until_ms=until_ms)

    async def has_owner_link(self, token_hash: bytes, now_ms: int) -> bool:
        return await self._first(_LINK, given_hash=token_hash, now_ms=now_ms) is not None

    async def spend_owner_link(self, token_hash: bytes, now_ms: int) -> bool:
        spent = await self._change(_SPEND, given_hash=token_hash, now_ms=now_ms) == 1
        self._later(_FORGET, now_ms=now_ms)
        return spent


def _line(row: Row[Any]) -> AccountLine:
    return AccountLine(
        user=read_user(row),
        operator=row.operator,
        disabled_ms=row.disabled_ms,
        sessions=int(row.sessions),
        files=int(row.files),
        files_bytes=int(row.files_bytes),
    )
