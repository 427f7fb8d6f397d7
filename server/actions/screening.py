"""Holding what is written against the word filters of its group."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.actions.audit import Change, record
from server.actions.context import Actions
from server.actions.members import put_in_time_out
from server.actions.places import GroupPlace, Place
from server.actions.reports import report_by_filter
from server.domain.entities import AuditAction, FilterAction, Message, WordFilter
from server.domain.errors import Invalid, ParleyError
from server.domain.permissions import Permission
from server.domain.search import texts
from server.domain.sections import Section
from server.ports import UnitOfWork


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a message; ``refusal`` is raised after the unit of work, which may have put its author in time-out."""

    refusal: ParleyError | None = None
    hit: WordFilter | None = None
    """It is written, and reported."""

    def raise_refusal(self) -> None:
        """After the unit of work: raised within, it would take the time-out back."""
        if self.refusal is not None:
            raise self.refusal


_FINE = Verdict()


async def screen(actions: Actions, uow: UnitOfWork, place: Place, sections: Sequence[Section]) -> Verdict:
    """Moderators write what they want."""
    if not isinstance(place, GroupPlace) or place.may(Permission.MANAGE_MESSAGES):
        return _FINE
    book = await actions.word_books.of_group(uow, place.channel.group_id)
    if not book:
        return _FINE
    member = place.seat.member
    hit = book.find(texts(sections), member.role_ids)
    if hit is None:
        return _FINE
    if hit.action is FilterAction.REPORT:
        return Verdict(hit=hit)
    if hit.action is FilterAction.TIME_OUT and not place.seat.is_owner:
        await _time_out(actions, uow, place, hit)
    refusal = Invalid(
        "word_filtered", "This group does not take messages with words of this kind. Change the text.", filter=hit.name
    )
    return Verdict(refusal=refusal)


async def _time_out(actions: Actions, uow: UnitOfWork, place: GroupPlace, hit: WordFilter) -> None:
    member = place.seat.member
    until_ms = place.seat.now_ms + hit.time_out_s * 1000
    await put_in_time_out(uow, member, until_ms)
    changes: dict[str, Change] = {"filter": hit.name, "until_ms": until_ms, "channel_id": place.id}
    action = AuditAction.FILTER_HIT
    await record(actions, uow, place.seat, action, "member", member.user_id, reason=None, changes=changes)


async def follow_up(actions: Actions, uow: UnitOfWork, place: Place, verdict: Verdict, message: Message) -> None:
    """After the message was written."""
    if verdict.hit is not None and isinstance(place, GroupPlace):
        await report_by_filter(actions, uow, place, message, verdict.hit)
