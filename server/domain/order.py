"""In which order things stand: positions, and channels in their categories. Pure."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from server.domain.entities import Channel
from server.domain.ids import ChannelId

STEP: Final = 16
"""Between neighbours that are numbered anew, so that others find room between them."""


def positions(current: Sequence[int | None], *, lowest: int, highest: int) -> list[int]:
    """Rising positions from ``lowest`` to ``highest`` for things that have ``current`` ones, in the order that they shall have.

    As many as can be keep theirs, since everyone is told of each that changes; None is for one that changes in any case. Raises
    :class:`ValueError` where there is no room.
    """
    count = len(current)
    if highest - lowest + 1 < count:
        raise ValueError(f"{count} things have no room between {lowest} and {highest}")
    fixed = [(at, position) for at, position in enumerate(current) if position is not None]
    kept = _longest_rising(fixed, lowest, highest - count + 1)
    found: list[int] = []
    for at, position in kept:
        before, missing = found[-1] if found else lowest - 1, at - len(found)
        found += [before + (position - before) * (number + 1) // (missing + 1) for number in range(missing)]
        found.append(position)
    before, missing = found[-1] if found else lowest - 1, count - len(found)
    step = min(STEP, (highest - before) // max(missing, 1))
    return found + [before + step * (number + 1) for number in range(missing)]


def _longest_rising(fixed: Iterable[tuple[int, int]], lowest: int, highest: int) -> list[tuple[int, int]]:
    """The longest part of ``fixed`` (place, position) between any two of which is room for all others.

    That is so where the slack (position less place) never falls, and stays between ``lowest`` and ``highest``.
    """
    ends: list[int] = []
    chains: list[list[tuple[int, int]]] = []
    """Of each length the one that ends lowest, and its last slack in ``ends``."""
    for at, position in fixed:
        slack = position - at
        if lowest <= slack <= highest:
            length = bisect.bisect_right(ends, slack)
            ends[length : length + 1] = [slack]
            chains[length : length + 1] = [[*(chains[length - 1] if length else ()), (at, position)]]
    return chains[-1] if chains else []


def arranged(
    channels: Iterable[Channel], wanted: Mapping[ChannelId, ChannelId | None], *, position_max: int
) -> list[Channel]:
    """Those of a group's ``channels`` that change when the ``wanted`` ones stand in this order, each in its category (or none).

    A channel that is not named stays in its category, behind what it followed there. Positions rise from the top, the channels of
    a category after it.
    """
    before = sorted(channels, key=lambda channel: (channel.position, channel.id))
    by_id = {channel.id: channel for channel in before}
    inside: defaultdict[ChannelId | None, list[ChannelId]] = defaultdict(list)
    for channel_id, category_id in wanted.items():
        inside[category_id].append(channel_id)
    siblings: defaultdict[ChannelId | None, list[ChannelId]] = defaultdict(list)
    for channel in before:
        earlier, now = siblings[channel.category_id], inside[channel.category_id]
        if channel.id not in wanted:
            followed = next((one for one in reversed(earlier) if one in now), None)
            now.insert(0 if followed is None else now.index(followed) + 1, channel.id)
        earlier.append(channel.id)
    flat: list[tuple[ChannelId, ChannelId | None]] = []
    for channel_id in inside[None]:
        flat += [(channel_id, None), *((one, channel_id) for one in inside.get(channel_id, ()))]
    current = [by_id[one].position if by_id[one].category_id == category_id else None for one, category_id in flat]
    numbers = positions(current, lowest=0, highest=position_max)
    after = (
        msgspec.structs.replace(by_id[one], category_id=category_id, position=position)
        for (one, category_id), position in zip(flat, numbers, strict=True)
    )
    return [channel for channel in after if channel != by_id[channel.id]]
