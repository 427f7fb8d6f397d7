from __future__ import annotations

import pytest

from server.actions.additions import CreateAddition, do_create_addition, get_my_additions
from server.actions.relations import (
    AskForFriendship,
    PutRelation,
    do_ask_for_friendship,
    do_end_relation,
    do_put_relation,
    get_relations,
)
from server.domain.entities import Relation, RelationKind, User
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError, TooMany
from server.domain.events import AdditionDelete, RelationDelete, RelationUpdate, ToUsers
from server.domain.ids import Snowflake, UserId
from server.domain.limits import Limits
from server.domain.rates import Rate, Rule
from server.domain.relations import ASKED, ASKED_BY, BLOCKED_BY, BLOCKING, BLOCKING_EACH_OTHER, FRIENDS, TIES, Tie
from tests.support.actions import House

NOBODY = UserId(Snowflake(1))
FRIEND, BLOCKED = PutRelation(kind="friend"), PutRelation(kind="blocked")


async def together(house: House, *names: str) -> list[UserId]:
    people = [await house.user(name) for name in names]
    await house.group(*people)
    house.published()
    return people


def relation(user_id: UserId, name: str, kind: RelationKind, since_ms: int) -> Relation:
    user = User(id=user_id, username=name, display_name=name.title())
    return Relation(user=user, kind=kind, since_ms=since_ms)


async def words(house: House, one: UserId, other: UserId) -> Tie:
    async with house.store.read() as reader:
        return (await reader.relations.ties(one, [other]))[other]


# --------------------------------------------------------------------------------------------------------- friendship


async def test_somebody_is_asked_by_name_and_says_yes(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    start_ms = house.clock.ms
    asked = await do_ask_for_friendship(house.actions, anna, AskForFriendship(username="BEN"))
    assert asked == relation(ben, "ben", RelationKind.OUTGOING, start_ms)
    assert house.published() == [
        (ToUsers((ben,)), RelationUpdate(relation=relation(anna, "anna", RelationKind.INCOMING, start_ms))),
        (ToUsers((anna,)), RelationUpdate(relation=asked)),
    ]
    house.clock.advance(5)
    friends = await do_ask_for_friendship(house.actions, ben, AskForFriendship(username="anna"))
    assert friends == relation(anna, "anna", RelationKind.FRIEND, start_ms + 5000)
    assert house.published() == [
        (ToUsers((anna,)), RelationUpdate(relation=relation(ben, "ben", RelationKind.FRIEND, start_ms + 5000))),
        (ToUsers((ben,)), RelationUpdate(relation=friends)),
    ]
    assert (await get_relations(house.actions, ben)).relations == (friends,)


async def test_asking_again_changes_nothing(house: House) -> None:
    anna, ben = await together(house, "anna", "ben")
    for tie in (ASKED, FRIENDS):
        await house.tie(anna, ben, tie)
        house.clock.advance(5)
        (before,) = (await get_relations(house.actions, anna)).relations
        assert await do_put_relation(house.actions, anna, ben, FRIEND) == before
        assert house.published() == []


@pytest.mark.parametrize("tie", [ASKED, ASKED_BY, FRIENDS])
async def test_either_side_ends_it(house: House, tie: Tie) -> None:
    anna, ben = await together(house, "anna", "ben")
    await house.tie(anna, ben, tie)
    await do_end_relation(house.actions, anna, ben)
    assert house.published() == [
        (ToUsers((ben,)), RelationDelete(user_id=anna)),
        (ToUsers((anna,)), RelationDelete(user_id=ben)),
    ]
    assert await words(house, anna, ben) == Tie()
    with pytest.raises(NotFound) as refused:
        await do_end_relation(house.actions, anna, ben)
    assert refused.value.code == "unknown_relation"


async def test_who_is_not_there_or_not_known_cannot_be_asked(house: House) -> None:
    anna, _ = await house.user("anna"), await house.user("ben")
    stranger = await house.user("stranger")
    for username in ("nobody", "not a name", ""):
        with pytest.raises(NotFound) as refused:
            await do_ask_for_friendship(house.actions, anna, AskForFriendship(username=username))
        assert refused.value.code == "unknown_user"
    for request in (FRIEND, BLOCKED):
        for other_id in (stranger, NOBODY):
            with pytest.raises(NotFound) as refused:
                await do_put_relation(house.actions, anna, other_id, request)
            assert refused.value.code == "unknown_user"


async def test_nobody_is_their_own_friend(house: House) -> None:
    anna = await house.user("anna")
    with pytest.raises(Invalid):
        await do_ask_for_friendship(house.actions, anna, AskForFriendship(username="anna"))
    for request in (FRIEND, BLOCKED):
        with pytest.raises(Invalid):
            await do_put_relation(house.actions, anna, anna, request)


async def test_how_often_one_may_ask(house: House) -> None:
    house = house.with_rates({Rule.RELATE: Rate(1, 60)})
    anna, ben = await together(house, "anna", "ben")
    await do_put_relation(house.actions, anna, ben, FRIEND)
    with pytest.raises(TooMany):
        await do_put_relation(house.actions, anna, ben, BLOCKED)
    with pytest.raises(TooMany):
        await do_ask_for_friendship(house.actions, anna, AskForFriendship(username="nobody"))


async def test_there_are_so_many_of_each_kind(house: House) -> None:
    """That others have too many requests to answer looks as if they took none."""
    house = house.with_limits(Limits(relations_max=1))
    anna, ben, cleo, dora = await together(house, "anna", "ben", "cleo", "dora")
    await do_put_relation(house.actions, anna, ben, FRIEND)
    with pytest.raises(Conflict) as own:
        await do_put_relation(house.actions, anna, cleo, FRIEND)
    assert (own.value.code, own.value.data) == ("too_many", {"limit": 1})
    with pytest.raises(Forbidden) as theirs:
        await do_put_relation(house.actions, cleo, ben, FRIEND)
    assert theirs.value.code == "cannot_message"

    await do_put_relation(house.actions, ben, anna, FRIEND)
    await house.tie(cleo, ben, ASKED_BY)
    with pytest.raises(Conflict) as full:
        await do_put_relation(house.actions, cleo, ben, FRIEND)
    assert full.value.message == "This person has 1 friends already."
    await do_put_relation(house.actions, dora, anna, BLOCKED)
    with pytest.raises(Conflict):
        await do_put_relation(house.actions, dora, cleo, BLOCKED)


# -------------------------------------------------------------------------------------------------------------- block


@pytest.mark.parametrize("tie", TIES)
async def test_a_block_ends_everything_else_and_is_not_told(house: House, tie: Tie) -> None:
    anna, ben = await together(house, "anna", "ben")
    await house.tie(anna, ben, tie)
    made = await do_put_relation(house.actions, anna, ben, BLOCKED)
    assert made == relation(ben, "ben", RelationKind.BLOCKED, house.clock.ms)
    expected = BLOCKING_EACH_OTHER if tie.theirs is RelationKind.BLOCKED else BLOCKING
    assert await words(house, anna, ben) == expected
    to_ben = [event for audience, event in house.published() if audience == ToUsers((ben,))]
    had_one = tie.theirs not in (None, RelationKind.BLOCKED)
    assert to_ben == ([RelationDelete(user_id=anna)] if had_one else [])


async def test_blocking_twice_tells_nobody_twice(house: House) -> None:
    anna, ben = await together(house, "anna", "ben")
    first = await do_put_relation(house.actions, anna, ben, BLOCKED)
    assert house.published() == [(ToUsers((anna,)), RelationUpdate(relation=first))]
    house.clock.advance(5)
    assert await do_put_relation(house.actions, anna, ben, BLOCKED) == first
    assert house.published() == []


async def test_who_is_blocked_asks_in_vain(house: House) -> None:
    anna, ben = await together(house, "anna", "ben")
    await house.tie(anna, ben, BLOCKED_BY)
    for attempt in (
        do_put_relation(house.actions, anna, ben, FRIEND),
        do_ask_for_friendship(house.actions, anna, AskForFriendship(username="ben")),
    ):
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert (refused.value.code, refused.value.message) == (
            "cannot_message",
            "This person takes no message or request from you.",
        )
    with pytest.raises(NotFound):
        await do_end_relation(house.actions, anna, ben)
    with pytest.raises(Forbidden) as own:
        await do_put_relation(house.actions, ben, anna, FRIEND)
    assert own.value.message == "You have blocked this person. Unblock them first."


async def test_whoever_is_blocked_sees_nothing_of_it_in_their_list(house: House) -> None:
    anna, ben = await together(house, "anna", "ben")
    await house.tie(anna, ben, BLOCKED_BY)
    assert (await get_relations(house.actions, anna)).relations == ()


async def test_after_the_end_of_a_block_there_is_nothing(house: House) -> None:
    anna, ben = await together(house, "anna", "ben")
    await house.tie(anna, ben, BLOCKING_EACH_OTHER)
    await do_end_relation(house.actions, anna, ben)
    assert house.published() == [(ToUsers((anna,)), RelationDelete(user_id=ben))]
    assert await words(house, anna, ben) == BLOCKED_BY
    await do_end_relation(house.actions, ben, anna)
    assert await words(house, anna, ben) == Tie()


async def test_a_block_ends_what_the_two_ask_each_other_into(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    of_anna, of_ben, of_cleo = [(await house.group(one)).group.id for one in (anna, ben, cleo)]
    to_ben = await do_create_addition(house.actions, anna, of_anna, CreateAddition(username="ben"))
    to_anna = await do_create_addition(house.actions, ben, of_ben, CreateAddition(username="anna"))
    other = await do_create_addition(house.actions, cleo, of_cleo, CreateAddition(username="anna"))
    house.published()
    await do_put_relation(house.actions, anna, ben, BLOCKED)
    ended = [(audience, event) for audience, event in house.published() if isinstance(event, AdditionDelete)]
    assert ended == [
        (ToUsers((anna,)), AdditionDelete(addition_id=to_anna.id)),
        (ToUsers((ben,)), AdditionDelete(addition_id=to_ben.id)),
    ]
    assert (await get_my_additions(house.actions, anna)).additions == (other,)
    for inviter, group_id, username in ((anna, of_anna, "ben"), (ben, of_ben, "anna")):
        with pytest.raises(ParleyError) as refused:
            await do_create_addition(house.actions, inviter, group_id, CreateAddition(username=username))
        assert refused.value.code == "cannot_message"
