"""What stands between somebody who has shown who they are and a new log-in."""

from __future__ import annotations

import msgspec

from server.domain.errors import Forbidden, Unauthenticated
from server.domain.ids import UserId
from server.ports import UnitOfWork


async def come_back(uow: UnitOfWork, user_id: UserId, now_ms: int) -> None:
    """Ends a deactivation. A deletion that was asked for goes on until it is called off (``me.delete_after_ms`` tells).

    Call it only after the right password, and whatever else is asked for: what it raises tells that there is an account. Raises
    account_disabled, and bad_credentials for one that is over.
    """
    standing = await uow.standings.of(user_id)
    if standing.disabled:
        raise Forbidden("account_disabled", "This account was disabled by an operator of this server. Ask them why.")
    if standing.is_over(now_ms):
        raise Unauthenticated("bad_credentials", "User name and password do not match. Try again.")
    if standing.deactivated_ms is not None:
        await uow.standings.put(msgspec.structs.replace(standing, deactivated_ms=None))
