from __future__ import annotations

import pytest

from media.control import IceCredentials, ParticipantId
from server.domain.ids import ChannelId, GroupId, SessionId, Snowflake, UserId
from signaling.voice.negotiation import MediaOffer
from signaling.voice.placement import NodeId
from signaling.voice.roster import Participant, Roster
from tests.support.silent_link import SilentLink

ROOM, OTHER = ChannelId(Snowflake(100)), ChannelId(Snowflake(200))


def person(
    number: int, *, user: int = 1, channel: ChannelId = ROOM, node: int = 0, announced: bool = True
) -> Participant:
    return Participant(
        number=ParticipantId(number),
        user_id=UserId(Snowflake(user)),
        session_id=SessionId(Snowflake(user * 10)),
        group_id=GroupId(Snowflake(channel // 100)),
        channel_id=channel,
        node=NodeId(node),
        link=SilentLink(),
        media=MediaOffer(IceCredentials("u", "p"), (), "passive", None, (), ()),
        said_muted=False,
        deafened=False,
        may_speak=True,
        announced=announced,
    )


def roster_of(*people: Participant) -> Roster:
    roster = Roster()
    for each in people:
        roster.add(each)
    return roster


@pytest.mark.parametrize(
    ("said", "deafened", "muted"), [(False, False, False), (True, False, True), (False, True, True), (True, True, True)]
)
def test_deafened_counts_as_muted(said: bool, deafened: bool, muted: bool) -> None:
    someone = person(1)
    someone.said_muted, someone.deafened = said, deafened

    assert (someone.state.muted, someone.state.deafened) == (muted, deafened)


def test_people_are_found_by_all_that_is_asked_for() -> None:
    first, second = person(1), person(2, user=2, channel=OTHER, node=1)
    roster = roster_of(first, second)

    assert roster.get(1) is first
    assert roster.get(3) is None
    assert roster.holds(first)
    assert set(roster.numbers()) == {1, 2}
    assert roster.of_user(UserId(Snowflake(2))) is second
    assert roster.of_session(SessionId(Snowflake(20))) == (second,)
    assert roster.in_channel(ROOM) == (first,)
    assert roster.in_group(GroupId(Snowflake(2))) == (second,)
    assert roster.on_node(NodeId(1)) == (second,)
    assert roster.node_of(OTHER) == 1
    assert roster.loads([NodeId(0), NodeId(1), NodeId(2)]) == {0: 1, 1: 1, 2: 0}
    assert roster.states([ROOM, OTHER]) == (first.state, second.state)
    assert roster.states([OTHER]) == (second.state,)


def test_who_is_not_announced_is_only_seen_by_the_desk() -> None:
    coming = person(1, announced=False)
    roster = roster_of(coming)

    assert roster.states([ROOM]) == ()
    assert roster.of_user(coming.user_id) is None
    assert roster.in_channel(ROOM) == (coming,)


def test_beside_one_on_the_way_the_announced_one_is_the_users() -> None:
    here, coming = person(2), person(1, announced=False)

    assert roster_of(coming, here).of_user(here.user_id) is here


def test_who_is_removed_is_found_nowhere() -> None:
    first, second = person(1), person(2, user=2)
    roster = roster_of(first, second)
    roster.remove(first)

    assert not roster.holds(first)
    assert roster.of_user(first.user_id) is None
    assert roster.of_session(first.session_id) == ()
    assert roster.in_channel(ROOM) == roster.in_group(first.group_id) == roster.on_node(first.node) == (second,)
    with pytest.raises(KeyError):
        roster.remove(first)


def test_a_number_used_again_is_somebody_else() -> None:
    first, again = person(1), person(1, user=2)
    roster = roster_of(first)
    roster.remove(first)
    roster.add(again)

    assert not roster.holds(first)
    assert roster.holds(again)


def test_slots_are_forgotten_with_the_last_one() -> None:
    first, second = person(1), person(2, user=2)
    roster = roster_of(first, second)
    assert roster.slots(ROOM) is None
    roster.set_slots(ROOM, (1, 2))
    roster.remove(first)
    assert roster.slots(ROOM) == (1, 2)
    roster.remove(second)
    assert roster.slots(ROOM) is None
    assert roster.node_of(ROOM) is None


def test_a_connection_moves_to_the_log_in_that_renewed_it() -> None:
    someone = person(1)
    roster = roster_of(someone)
    before, after = someone.session_id, SessionId(Snowflake(77))
    roster.move_session(someone, after)

    assert roster.of_session(before) == ()
    assert roster.of_session(after) == (someone,)
    roster.remove(someone)
    assert roster.of_session(after) == ()
