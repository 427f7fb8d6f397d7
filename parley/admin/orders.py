"""What can be asked of a running server at the server itself: each order, what it takes and what it gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from server.actions.context import Actions
from server.actions.operators import (
    AccountsPage,
    AccountsQuery,
    Announce,
    BanAccount,
    Storage,
    do_announce,
    do_ban_account,
    do_reset_account_factors,
    do_take_back_announcement,
    do_unban_account,
    get_accounts,
    get_storage,
)
from server.actions.owner_links import OwnerLink, do_make_owner_link
from server.actions.requests import Request
from server.domain.entities import Announcement
from server.domain.errors import NotFound
from server.domain.ids import UserId
from server.domain.names import fold_username


class Nothing(Request, frozen=True, kw_only=True):
    pass


class Account(Request, frozen=True, kw_only=True):
    username: str


class BanByName(Account, frozen=True, kw_only=True):
    reason: str = ""


class Order(NamedTuple):
    takes: type[Any]
    do: Callable[[Actions, Any], Awaitable[msgspec.Struct | None]]


async def _owner_link(actions: Actions, _request: Nothing) -> OwnerLink:
    return await do_make_owner_link(actions)


async def _announce(actions: Actions, request: Announce) -> Announcement:
    return await do_announce(actions, None, request)


async def _silence(actions: Actions, _request: Nothing) -> None:
    await do_take_back_announcement(actions, None)


async def _stats(actions: Actions, _request: Nothing) -> Storage:
    return await get_storage(actions, None)


async def _users(actions: Actions, request: AccountsQuery) -> AccountsPage:
    return await get_accounts(actions, None, request)


async def _ban(actions: Actions, request: BanByName) -> None:
    await do_ban_account(actions, None, await _account(actions, request.username), BanAccount(reason=request.reason))


async def _unban(actions: Actions, request: Account) -> None:
    await do_unban_account(actions, None, await _account(actions, request.username))


async def _reset_factor(actions: Actions, request: Account) -> None:
    await do_reset_account_factors(actions, None, await _account(actions, request.username))


async def _account(actions: Actions, username: str) -> UserId:
    limits = actions.limits
    key = fold_username(username, shortest=limits.username_min, longest=limits.username_max)
    async with actions.store.read() as reader:
        found = None if key is None else await reader.users.credentials(key)
    if found is None:
        raise NotFound("unknown_user", "There is no account with this user name. Look for it: parley admin users")
    return found.user_id


ORDERS: Final[Mapping[str, Order]] = MappingProxyType(
    {
        "owner-link": Order(Nothing, _owner_link),
        "announce": Order(Announce, _announce),
        "silence": Order(Nothing, _silence),
        "stats": Order(Nothing, _stats),
        "users": Order(AccountsQuery, _users),
        "ban": Order(BanByName, _ban),
        "unban": Order(Account, _unban),
        "reset-factor": Order(Account, _reset_factor),
    }
)
