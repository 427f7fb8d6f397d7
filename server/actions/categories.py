"""Channels in categories. The overwrites of a category act in each of its channels, and so do changes of them."""

from __future__ import annotations

from collections.abc import Iterable

from server.actions.authority import Seat, require_kind, unknown_channel
from server.domain.entities import Channel, ChannelKind, Overwrite
from server.domain.errors import Invalid
from server.domain.ids import ChannelId
from server.domain.permissions import Permission, given_beneath


def category_of(seat: Seat, category_id: ChannelId) -> Channel:
    """One that the member may view, in which they may manage channels; the seat has to have it.

    Raises unknown_channel, wrong_channel_kind, forbidden.
    """
    category = seat.access.channels.get(category_id)
    if category is None or not seat.access.may_view(seat.member, category_id):
        raise unknown_channel()
    require_kind(category, ChannelKind.CATEGORY)
    seat.require(Permission.MANAGE_CHANNELS, category_id)
    return category


def check_move(seat: Seat, channel: Channel, category_id: ChannelId | None) -> None:
    """Into another category, or out of all: needs MANAGE_CHANNELS in both, and what the move gives to anybody in the channel."""
    seat.require(Permission.MANAGE_CHANNELS, channel.id)
    category = None if category_id is None else category_of(seat, category_id)
    if category is not None and channel.kind is ChannelKind.CATEGORY:
        raise Invalid("bad_request", "A category cannot be in another one.", where="category_id")
    check_beneath(seat, channel, () if category is None else category.overwrites)


def check_beneath(seat: Seat, channel: Channel, after: Iterable[Overwrite]) -> None:
    """Nobody gives what they have not there: ``after`` take the place of the overwrites of the channel's category."""
    category = seat.access.category_of(channel)
    before = () if category is None else category.overwrites
    everyone_id = seat.access.group.id
    seat.require_all(given_beneath(before, after, channel.overwrites, everyone_id=everyone_id), channel.id)
