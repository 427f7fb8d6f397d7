"""The log-ins of one's own account: looking at them, ending them (OWASP ASVS 5.0, 7.5.2)."""

from __future__ import annotations

from typing import Final

import msgspec

from server.actions.context import Actions
from server.actions.proof import require_recent_proof
from server.actions.sessions import Authenticated, revoke, revoke_all
from server.domain.devices import device_name
from server.domain.errors import NotFound
from server.domain.ids import SessionId
from server.domain.rates import Rule

_SHOWN_MAX: Final = 200


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    id: SessionId
    device: str
    """As in "Firefox on Linux"; may be empty."""
    address: str
    """From which it began."""
    created_ms: int
    used_ms: int
    """When it was last renewed; that happens every quarter of an hour while it is used."""
    current: bool
    """The one that asks."""


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    sessions: tuple[SessionView, ...]


async def get_sessions(actions: Actions, caller: Authenticated) -> SessionList:
    """Those that still count, the last used first; at most 200."""
    now_ms = actions.clock.now_ms()
    idle_since_ms = now_ms - actions.settings.session_idle_s * 1000
    async with actions.store.read() as reader:
        records = await reader.sessions.of_user(caller.user_id, now_ms, idle_since_ms, _SHOWN_MAX)
    return SessionList(
        sessions=tuple(
            SessionView(
                id=record.id,
                device=device_name(record.device),
                address=record.address,
                created_ms=record.created_ms,
                used_ms=record.used_ms,
                current=record.id == caller.session_id,
            )
            for record in records
        )
    )


async def do_end_session(actions: Actions, caller: Authenticated, session_id: SessionId) -> None:
    """Raises proof_required, unknown_session; one that has ended stays so."""
    await actions.limiter.hit(Rule.CHANGE, str(caller.user_id))
    async with actions.store.write() as uow:
        record = await uow.sessions.get(session_id)
        if record is None or record.user_id != caller.user_id:
            raise NotFound("unknown_session", "There is no such log-in.")
        await require_recent_proof(actions, uow, caller)
        await revoke(uow, session_id, actions.clock.now_ms())


async def do_end_other_sessions(actions: Actions, caller: Authenticated) -> None:
    """Raises proof_required."""
    await actions.limiter.hit(Rule.CHANGE, str(caller.user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        await revoke_all(uow, caller.user_id, actions.clock.now_ms(), but=caller.session_id)
