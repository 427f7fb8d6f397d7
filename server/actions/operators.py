"""What operators see of the server and do with it.

Who sits at the server itself (``parley admin``) may do the same: for them ``user_id`` is None. What was done is logged, by whom
and to whom.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import structlog

from server.actions.authority import unknown_user
from server.actions.context import Actions
from server.actions.factors import do_reset_factors
from server.actions.requests import Request
from server.actions.standing import do_disable_account, do_enable_account, require_operator
from server.domain.entities import Announcement
from server.domain.errors import Forbidden, Invalid
from server.domain.events import AnnouncementUpdate, ToEveryone
from server.domain.ids import UserId
from server.domain.names import clean_line
from server.domain.numbers import check_range
from server.ports.operations import AccountLine, Totals

_PAGE_MAX = 100
_LARGEST = 10

_log = structlog.get_logger(__name__)


class AccountsQuery(Request, frozen=True, kw_only=True):
    query: str = ""
    """How the user name begins."""
    after: str = ""
    """A user name: of the last one on the page before."""
    limit: int = 50


class AccountsPage(msgspec.Struct, frozen=True, kw_only=True):
    accounts: tuple[AccountLine, ...]
    """By user name."""
    has_more: bool


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    totals: Totals
    largest: tuple[AccountLine, ...]
    """Who keep the most."""


class BanAccount(Request, frozen=True, kw_only=True):
    reason: str = ""


class Announce(Request, frozen=True, kw_only=True):
    text: str
    until_ms: int | None = None


async def get_accounts(actions: Actions, user_id: UserId | None, query: AccountsQuery) -> AccountsPage:
    """Raises forbidden, bad_request."""
    check_range(query.limit, "limit", 1, _PAGE_MAX)
    beginning, after = (_key(actions, each) for each in (query.query, query.after))
    async with actions.store.read() as reader:
        if user_id is not None:
            await require_operator(reader, user_id)
        found = await reader.operations.accounts(beginning, after, actions.clock.now_ms(), query.limit + 1)
    return AccountsPage(accounts=tuple(found[: query.limit]), has_more=len(found) > query.limit)


def _key(actions: Actions, typed: str) -> str:
    """Of a user name or its beginning; what is too long for one finds nobody."""
    return typed.strip().casefold()[: actions.limits.username_max + 1]


async def get_storage(actions: Actions, user_id: UserId | None) -> Storage:
    """Raises forbidden."""
    now_ms = actions.clock.now_ms()
    async with actions.store.read() as reader:
        if user_id is not None:
            await require_operator(reader, user_id)
        totals = await reader.operations.totals(now_ms)
        largest: Sequence[AccountLine] = await reader.operations.largest(now_ms, _LARGEST)
    return Storage(totals=totals, largest=tuple(largest))


async def do_ban_account(actions: Actions, user_id: UserId | None, account_id: UserId, request: BanAccount) -> None:
    """Raises as :func:`do_disable_account` does."""
    await do_disable_account(actions, user_id, account_id, request.reason)
    _tell("operator.banned", user_id, account_id)


async def do_unban_account(actions: Actions, user_id: UserId | None, account_id: UserId) -> None:
    """Raises forbidden, unknown_user."""
    await do_enable_account(actions, user_id, account_id)
    _tell("operator.unbanned", user_id, account_id)


async def do_reset_account_factors(actions: Actions, user_id: UserId | None, account_id: UserId) -> None:
    """For someone who has lost all of theirs: the password is enough again. Raises forbidden, unknown_user, above_you."""
    async with actions.store.read() as reader:
        if user_id is not None:
            await require_operator(reader, user_id)
        account = await reader.users.me(account_id)
    if account is None:
        raise unknown_user()
    if account.operator and user_id is not None:
        raise Forbidden("above_you", "An operator's second factor can only be reset on the server itself.")
    await do_reset_factors(actions, account_id)
    _tell("operator.reset_factors", user_id, account_id)


async def do_announce(actions: Actions, user_id: UserId | None, request: Announce) -> Announcement:
    """In the place of an earlier one. Raises forbidden, bad_request, bad_name, too_short, too_long."""
    text = clean_line(request.text, "text", longest=actions.limits.announcement_max)
    now_ms = actions.clock.now_ms()
    if request.until_ms is not None and request.until_ms <= now_ms:
        raise Invalid("bad_request", "The announcement would be over already.", where="until_ms")
    announcement = Announcement(text=text, made_ms=now_ms, until_ms=request.until_ms)
    await _publish(actions, user_id, announcement)
    return announcement


async def do_take_back_announcement(actions: Actions, user_id: UserId | None) -> None:
    """Raises forbidden."""
    await _publish(actions, user_id, None)


async def _publish(actions: Actions, user_id: UserId | None, announcement: Announcement | None) -> None:
    async with actions.store.write() as uow:
        if user_id is not None:
            await require_operator(uow, user_id)
        await uow.operations.announce(announcement)
        uow.publish(ToEveryone(), AnnouncementUpdate(announcement=announcement))
    _log.info("operator.announced", by=_who(user_id), taken_back=announcement is None)


def _tell(what: str, user_id: UserId | None, account_id: UserId) -> None:
    _log.info(what, by=_who(user_id), account=int(account_id))


def _who(user_id: UserId | None) -> int | str:
    return "the server itself" if user_id is None else int(user_id)
