from __future__ import annotations

import itertools

import pytest

from server.domain.entities import DirectFrom, RelationKind
from server.domain.relations import (
    ASKED,
    ASKED_BY,
    BLOCKED_BY,
    BLOCKING,
    BLOCKING_EACH_OTHER,
    FRIENDS,
    NONE,
    TIES,
    Step,
    Tie,
    after,
    may_begin_direct,
    may_bring_in,
)


def test_what_one_side_does() -> None:
    assert after(NONE, Step.ASK) == ASKED
    assert after(ASKED, Step.ASK) == ASKED
    assert after(ASKED_BY, Step.ASK) == FRIENDS
    for tie in (ASKED, ASKED_BY, FRIENDS, BLOCKING):
        assert after(tie, Step.END) == NONE
    for tie in (NONE, ASKED, ASKED_BY, FRIENDS, BLOCKING):
        assert after(tie, Step.BLOCK) == BLOCKING
    assert after(BLOCKED_BY, Step.BLOCK) == BLOCKING_EACH_OTHER
    assert after(BLOCKING_EACH_OTHER, Step.END) == BLOCKED_BY


def test_what_cannot_be_done() -> None:
    """To end a block of the other's is not one's own; to ask through a block is neither's."""
    cannot = {(tie, step) for tie in TIES for step in Step if after(tie, step) is None}
    assert cannot == {
        (NONE, Step.END),
        (BLOCKED_BY, Step.END),
        (BLOCKING, Step.ASK),
        (BLOCKED_BY, Step.ASK),
        (BLOCKING_EACH_OTHER, Step.ASK),
    }


def test_whatever_the_two_do_their_words_fit_together() -> None:
    assert {tie.turned for tie in TIES} == set(TIES)
    assert {after(tie, step) for tie in TIES for step in Step} - {None} <= set(TIES)


def test_whoever_does_nothing_keeps_their_block_and_nothing_else_changes_behind_their_back() -> None:
    for tie, step in itertools.product(TIES, Step):
        changed = after(tie, step)
        if changed is not None and tie.theirs is RelationKind.BLOCKED:
            assert changed.theirs is RelationKind.BLOCKED


def test_friendship_is_mutual_and_a_block_is_not() -> None:
    for tie in TIES:
        assert tie.friends is tie.turned.friends
        assert tie.blocked is tie.turned.blocked
    assert [tie for tie in TIES if tie.blocked] == [BLOCKING, BLOCKED_BY, BLOCKING_EACH_OTHER]


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("share_group", [True, False])
@pytest.mark.parametrize("direct_from", DirectFrom)
def test_who_may_write_to_whom(direct_from: DirectFrom, tie: Tie, share_group: bool) -> None:
    direct = may_begin_direct(direct_from, tie, share_group=share_group)
    of_several = may_bring_in(direct_from, tie, share_group=share_group)
    if tie.blocked:
        assert not direct
        assert not of_several
    elif tie.friends:
        assert direct
        assert of_several
    else:
        assert (
            direct
            is {
                DirectFrom.EVERYONE: True,
                DirectFrom.GROUPS: share_group,
                DirectFrom.FRIENDS: False,
            }[direct_from]
        )
        assert of_several is (share_group and direct_from is not DirectFrom.FRIENDS)
