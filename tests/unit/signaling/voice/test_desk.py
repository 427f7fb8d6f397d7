from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from media.control import (
    Connect,
    Connected,
    Disconnect,
    Disconnected,
    Ignore,
    ParticipantId,
    Refused,
    RequestId,
    RestartIce,
    RoomId,
    Slots,
    Speaking,
)
from media.control import Update as NodeUpdate
from server.actions.channels import do_delete_channel
from server.actions.groups import do_delete_group
from server.actions.members import TimeOut, do_remove_member, do_time_out
from server.actions.roles import UpdateRole, do_update_role
from server.domain.entities import VoiceState
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError, TooMany, Unauthenticated
from server.domain.events import (
    Gap,
    SessionRevoked,
    ToChannel,
    ToUsers,
    VoiceLeave,
    VoiceReset,
    VoiceSlots,
    VoiceSpeaking,
    VoiceUpdate,
)
from server.domain.ids import ChannelId, RoleId, Snowflake, UserId
from server.domain.permissions import EVERYONE, Permission
from server.domain.rates import Rate, Rule
from server.ports import RefreshToken, SessionRecord
from signaling.voice import sdp
from signaling.voice.desk import DeskSettings
from signaling.voice.joining import REPLACED_AFTER_S
from signaling.voice.link import MediaLink
from signaling.voice_port import IceServer, Offer, Update
from tests.support.actions import text_channel
from tests.support.database import sqlite_store
from tests.support.sdp import offer_text
from tests.support.voice_stage import Stage, caller, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    settings = DeskSettings(ice_servers=(IceServer(urls=("stun:stun.example.org",)),), participants_per_room=3)
    async with open_stage(tmp_path, settings) as stage:
        yield stage


# --------------------------------------------------------------------------------------------------------------- joining


async def test_prepare_says_what_to_offer(stage: Stage) -> None:
    prepared = await stage.desk.prepare(caller(stage.owner), stage.channel_id)

    assert prepared.slots == 8
    assert prepared.ice_servers == (IceServer(urls=("stun:stun.example.org",)),)


async def test_an_offer_is_answered_and_told(stage: Stage) -> None:
    answer = await stage.join(stage.owner, muted=True, negotiation=41)

    expected = VoiceState(
        channel_id=stage.channel_id, user_id=stage.owner, participant=answer.participant, muted=True, deafened=False
    )
    assert answer.negotiation == 41
    assert answer.participants == (expected,)
    assert answer.slots == (0,) * 8
    update = await stage.told.wait(VoiceUpdate)
    assert update.state == expected
    assert stage.told.audience_of(update) == ToChannel(stage.group_id, stage.channel_id)
    assert stage.roster.states([stage.channel_id]) == stage.desk.states([stage.channel_id]) == (expected,)
    (asked,) = stage.node.of(Connect)
    assert (asked.room, asked.participant) == (RoomId(int(stage.channel_id)), answer.participant)
    assert (asked.may_speak, asked.muted, asked.deafened) == (True, True, False)
    assert (asked.remote.ufrag, asked.dtls, len(asked.downlinks)) == ("abcd", "passive", 2)
    described = sdp.parse(answer.sdp)
    audio = described.sections[0].attributes
    assert audio.first("ice-ufrag") == asked.local.ufrag
    assert audio.first("ice-pwd") == asked.local.password
    assert len(asked.local.ufrag) >= 4
    assert len(asked.local.password) >= 22
    ssrcs = [int(str(each.attributes.first("ssrc")).split()[0]) for each in described.sections[1:]]
    assert tuple(ssrcs) == stage.node.ssrcs(asked.room, 2)


async def test_connected_is_told(stage: Stage) -> None:
    number = ParticipantId((await stage.join(stage.owner)).participant)
    stage.node.tell(Connected(number), Connected(number), Connected(ParticipantId(1)))

    await stage.told.wait(VoiceUpdate, lambda event: event.state.connected)
    assert stage.state(number).connected


async def test_strangers_and_the_wrong_places_are_refused(stage: Stage) -> None:
    stranger = await stage.house.user("stranger")
    with pytest.raises(NotFound) as caught:
        await stage.join(stranger)
    assert caught.value.code == "unknown_channel"
    with pytest.raises(NotFound):
        await stage.desk.prepare(caller(stranger), stage.channel_id)
    with pytest.raises(NotFound):
        await stage.join(stage.owner, channel_id=ChannelId(Snowflake(1)))
    with pytest.raises(Invalid) as wrong:
        await stage.join(stage.owner, channel_id=text_channel(stage.view))
    assert wrong.value.code == "wrong_channel_kind"
    offer = Offer(channel_id=stage.channel_id, negotiation=1, sdp="v=0", muted=False, deafened=False)
    with pytest.raises(Invalid) as bad:
        await stage.desk.offer(caller(stage.owner), offer)
    assert bad.value.code == "bad_sdp"
    assert stage.roster.numbers() == set()
    assert stage.node.of(Connect) == []


async def test_connect_and_speak_are_permissions(stage: Stage) -> None:
    silent, out = await stage.member("silent"), await stage.member("out")
    await stage.house.overwrite(stage.owner, stage.channel_id, "member", silent, deny=Permission.SPEAK)
    await stage.house.overwrite(stage.owner, stage.channel_id, "member", out, deny=Permission.CONNECT)

    answer = await stage.join(silent)
    assert not stage.state(answer.participant).may_speak
    assert not stage.node.of(Connect)[0].may_speak
    with pytest.raises(Forbidden) as caught:
        await stage.join(out)
    assert caught.value.code == "forbidden"


async def test_a_room_has_a_limit(stage: Stage) -> None:
    people = [stage.owner, *[await stage.member(name) for name in ("anna", "boris", "chloe")]]
    for each in people[:3]:
        await stage.join(each)
    with pytest.raises(Conflict) as caught:
        await stage.join(people[3])
    assert (caught.value.code, caught.value.data["limit"]) == ("too_many", 3)
    with pytest.raises(Conflict):
        await stage.desk.prepare(caller(people[3]), stage.channel_id)
    await stage.join(people[0], fingerprint="BB")


async def test_a_node_that_is_full(stage: Stage) -> None:
    stage.node.refuse = Refused(RequestId(0), "full", "no more")
    with pytest.raises(Conflict) as caught:
        await stage.join(stage.owner)
    assert caught.value.code == "too_many"
    assert stage.roster.numbers() == set()


async def test_offers_have_a_rate(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        house = stage.house.with_rates({Rule.VOICE_OFFER: Rate(2, 60)})
        stage.desk._actions = house.actions
        await stage.join(stage.owner, fingerprint="AA")
        await stage.join(stage.owner, fingerprint="BB")
        with pytest.raises(TooMany):
            await stage.join(stage.owner, fingerprint="CC")
        other = await stage.member("other")
        await stage.join(other)


# ------------------------------------------------------------------------------------------- again, elsewhere, instead


async def test_the_same_fingerprint_is_an_ice_restart(stage: Stage) -> None:
    first = await stage.join(stage.owner)
    stage.node.tell(Connected(ParticipantId(first.participant)))
    await stage.told.wait(VoiceUpdate, lambda event: event.state.connected)
    stage.told.clear()
    again = await stage.join(stage.owner, ufrag="efgh", muted=True, session=2)

    assert again.participant == first.participant
    (restart,) = stage.node.of(RestartIce)
    (connect,) = stage.node.of(Connect)
    assert restart.remote.ufrag == "efgh"
    assert restart.local != connect.local
    before, after = sdp.parse(first.sdp), sdp.parse(again.sdp)
    assert after.sections[0].attributes.first("ice-ufrag") == restart.local.ufrag
    assert after.sections[1].attributes.all("ssrc") == before.sections[1].attributes.all("ssrc")
    version = [text.split("\r\n")[1].split()[2] for text in (first.sdp, again.sdp)]
    assert version == ["1", "2"]
    update = await stage.told.wait(VoiceUpdate)
    assert (update.state.muted, update.state.connected) == (True, True), (
        "the mute is what the offer says; sound goes on"
    )
    assert stage.node.of(NodeUpdate)[-1].muted
    assert stage.told.of(VoiceReset) == []


async def test_a_restart_may_not_change_the_shape(stage: Stage) -> None:
    await stage.join(stage.owner)
    with pytest.raises(Conflict) as caught:
        await stage.join(stage.owner, uplink="inactive")
    assert caught.value.code == "not_in_voice"
    assert stage.roster.of_user(stage.owner) is not None


async def test_dtls_roles_do_not_change_in_a_restart(stage: Stage) -> None:
    async def join(setup: str, ufrag: str) -> str | None:
        text = offer_text(ufrag=ufrag).replace("a=setup:actpass", f"a=setup:{setup}")
        offer = Offer(channel_id=stage.channel_id, negotiation=1, sdp=text, muted=False, deafened=False)
        answer = await stage.desk.offer(caller(stage.owner), offer)
        return sdp.parse(answer.sdp).sections[0].attributes.first("setup")

    assert await join("passive", "abcd") == "active"
    assert await join("actpass", "efgh") == "active"


async def test_one_the_node_has_lost_joins_anew(stage: Stage) -> None:
    first = await stage.join(stage.owner)
    stage.node.participants.clear()
    again = await stage.join(stage.owner, ufrag="efgh")

    assert again.participant != first.participant
    assert [state.participant for state in again.participants] == [again.participant]


async def test_a_new_fingerprint_takes_the_place_of_the_old_connection(stage: Stage) -> None:
    first = await stage.join(stage.owner)
    await stage.told.wait(VoiceUpdate)
    stage.told.clear()
    second = await stage.join(stage.owner, fingerprint="BB", session=2)

    assert second.participant != first.participant
    assert [state.participant for state in second.participants] == [second.participant]
    await stage.told.wait(VoiceUpdate)
    kinds = [type(event) for _, event in stage.told.events]
    assert kinds == [VoiceLeave, VoiceReset, VoiceUpdate], "one at a time for those who look on"
    reset = stage.told.of(VoiceReset)[0]
    assert (reset.participant, reset.reason, reset.retry) == (first.participant, "joined_elsewhere", False)
    assert stage.told.audience_of(reset) == ToUsers((stage.owner,))
    await stage.node.wait(Disconnect, lambda order: order.participant == first.participant)


async def test_the_same_log_in_hears_of_its_old_connection_after_the_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that builds its connection anew knows its new number by then; another window of the browser learns of it."""
    paused, go_on = asyncio.Event(), asyncio.Event()

    async def pause(seconds: float) -> None:
        assert seconds == REPLACED_AFTER_S
        paused.set()
        await go_on.wait()

    monkeypatch.setattr(stage.desk._joiner, "_pause", pause)
    first = await stage.join(stage.owner)
    second = await stage.join(stage.owner, fingerprint="BB")
    await paused.wait()
    await stage.told.wait(VoiceUpdate, lambda event: event.state.participant == second.participant)
    assert stage.told.of(VoiceReset) == []
    go_on.set()

    reset = await stage.told.wait(VoiceReset)
    assert (reset.participant, reset.reason, reset.retry) == (first.participant, "joined_elsewhere", False)


async def test_at_the_end_nobody_waits(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.desk._joiner, "_pause", asyncio.sleep)
    await stage.join(stage.owner)
    await stage.join(stage.owner, fingerprint="BB")
    await stage.desk.close()

    assert stage.told.of(VoiceReset) == []
    assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"voice events", "voice replaced"})


async def test_an_offer_in_another_channel_ends_the_first(stage: Stage, tmp_path: Path) -> None:
    other = await stage.house.group(stage.owner)
    elsewhere = next(channel.id for channel in other.channels if channel.kind.value == "voice")
    first = await stage.join(stage.owner)
    await stage.join(stage.owner, channel_id=elsewhere)

    reset = await stage.told.wait(VoiceReset)
    assert (reset.channel_id, reset.participant) == (stage.channel_id, first.participant)
    assert stage.roster.states([stage.channel_id]) == ()
    assert len(stage.roster.states([stage.channel_id, elsewhere])) == 1


async def test_an_offer_that_fails_leaves_the_old_connection(stage: Stage) -> None:
    first = await stage.join(stage.owner)
    stage.node.refuse = Refused(RequestId(0), "participant_exists", "no")
    with pytest.raises(ParleyError) as caught:
        await stage.join(stage.owner, fingerprint="BB")
    assert caught.value.code == "voice_unavailable"

    assert [state.participant for state in stage.roster.states([stage.channel_id])] == [first.participant]


async def test_offers_of_one_user_take_turns(stage: Stage) -> None:
    answers = await asyncio.gather(*(stage.join(stage.owner, fingerprint=f"{n}{n}") for n in range(5)))

    assert len({answer.participant for answer in answers}) == 5
    (left,) = stage.roster.states([stage.channel_id])
    assert left.participant == answers[-1].participant
    await stage.node.wait(Disconnect, lambda order: order.participant == answers[-2].participant)
    assert list(stage.node.participants) == [left.participant]


async def test_an_offer_whose_asker_is_gone_leaves_nobody(stage: Stage) -> None:
    stage.node.silent = True
    asked = asyncio.ensure_future(stage.join(stage.owner))
    connect = await stage.node.wait(Connect)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    await stage.node.wait(Disconnect, lambda order: order.participant == connect.participant)
    assert stage.roster.numbers() == set()
    await asyncio.sleep(0)
    assert stage.told.of(VoiceUpdate) == [], "nobody was told of it"


async def test_two_people_share_a_room(stage: Stage) -> None:
    anna = await stage.member("anna")
    await stage.join(stage.owner)
    answer = await stage.join(anna)

    assert [state.user_id for state in answer.participants] == [stage.owner, anna]
    stage.node.tell(Slots(RoomId(int(stage.channel_id)), (ParticipantId(answer.participant), ParticipantId(0))))
    await stage.told.wait(VoiceSlots)
    boris = await stage.join(await stage.member("boris"))
    assert boris.slots == (answer.participant, 0)


# ------------------------------------------------------------------------------------------------------- update, leave


async def test_mute_and_deafen(stage: Stage) -> None:
    number = (await stage.join(stage.owner)).participant
    me = caller(stage.owner, session=2)

    deafened = await stage.desk.update(me, Update(participant=number, deafened=True))
    assert (deafened.muted, deafened.deafened) == (True, True), "who hears nothing says nothing"
    heard = await stage.desk.update(me, Update(participant=number, deafened=False))
    assert (heard.muted, heard.deafened) == (False, False)
    muted = await stage.desk.update(me, Update(participant=number, muted=True))
    assert (muted.muted, muted.deafened) == (True, False)
    await stage.told.wait(VoiceUpdate, lambda event: event.state == muted)
    order = await stage.node.wait(NodeUpdate, lambda each: each.muted and not each.deafened)
    assert order.may_speak
    orders = len(stage.node.of(NodeUpdate))
    assert await stage.desk.update(me, Update(participant=number, muted=True)) == muted
    await stage.media.link()
    assert len(stage.node.of(NodeUpdate)) == orders == 3, "nothing changed, nothing is said"


async def test_only_ones_own_participant(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(stage.owner)).participant
    for refused in (
        stage.desk.update(caller(anna), Update(participant=number, muted=True)),
        stage.desk.ignore(caller(anna), number, ()),
        stage.desk.leave(caller(anna), number),
        stage.desk.update(caller(anna), Update(participant=12345, muted=True)),
    ):
        with pytest.raises(Conflict) as caught:
            await refused
        assert caught.value.code == "not_in_voice"

    assert not stage.state(number).muted


async def test_leave(stage: Stage) -> None:
    number = (await stage.join(stage.owner)).participant
    await stage.desk.leave(caller(stage.owner), number)
    await stage.desk.leave(caller(stage.owner), number)

    left = await stage.told.wait(VoiceLeave)
    assert (left.participant, left.user_id) == (number, stage.owner)
    await stage.node.wait(Disconnect)
    assert stage.told.of(VoiceReset) == []
    assert stage.roster.states([stage.channel_id]) == ()


async def test_ignore_names_those_who_are_there(stage: Stage) -> None:
    anna = await stage.member("anna")
    hers, mine = (await stage.join(anna)).participant, (await stage.join(stage.owner)).participant
    await stage.desk.ignore(caller(stage.owner), mine, (hers, hers, mine, 999_999_999_999))

    assert await stage.node.wait(Ignore) == Ignore(ParticipantId(mine), (ParticipantId(hers),))
    await stage.desk.ignore(caller(stage.owner), mine, ())
    await stage.node.wait(Ignore, lambda order: order.ignored == ())


# ---------------------------------------------------------------------------------------------------- the node's news


async def test_the_nodes_news_are_passed_on(stage: Stage) -> None:
    number = ParticipantId((await stage.join(stage.owner)).participant)
    room, gone = RoomId(int(stage.channel_id)), ParticipantId(number ^ 1)
    stage.node.tell(
        Slots(RoomId(4711), (number,)),
        Speaking(room, gone, True),
        Disconnected(gone, "dtls_closed"),
        Slots(room, (number, ParticipantId(0))),
        Speaking(room, number, True),
    )
    speaking = await stage.told.wait(VoiceSpeaking)
    assert speaking == VoiceSpeaking(channel_id=stage.channel_id, participant=number, speaking=True)
    (slots,) = stage.told.of(VoiceSlots)
    assert slots == VoiceSlots(channel_id=stage.channel_id, slots=(number, 0))
    for event in (slots, speaking):
        assert stage.told.audience_of(event) == ToChannel(stage.group_id, stage.channel_id)
    assert stage.told.of(VoiceReset) == []


async def test_a_lost_connection_is_told_to_its_user(stage: Stage) -> None:
    number = ParticipantId((await stage.join(stage.owner)).participant)
    stage.node.tell(Disconnected(number, "consent_expired"))

    reset = await stage.told.wait(VoiceReset)
    assert (reset.participant, reset.reason, reset.retry) == (number, "connection_lost", True)
    assert stage.told.of(VoiceLeave)[0].participant == number
    assert stage.roster.numbers() == set()


async def test_when_the_node_dies_all_are_told_and_may_come_back(stage: Stage) -> None:
    anna = await stage.member("anna")
    numbers = {(await stage.join(each)).participant for each in (stage.owner, anna)}
    dead = stage.node
    dead.crash()

    for number in numbers:
        reset = await stage.told.wait(VoiceReset, lambda event, number=number: event.participant == number)  # type: ignore[misc]
        assert (reset.reason, reset.retry) == ("media_restarted", True)
    assert stage.roster.numbers() == set()
    answers = await asyncio.gather(stage.join(stage.owner, muted=True), stage.join(anna))
    assert not {answer.participant for answer in answers} & numbers
    assert stage.node is not dead
    assert stage.state(answers[0].participant).muted


async def test_an_offer_under_way_when_the_node_dies_goes_to_the_next(stage: Stage) -> None:
    dying = stage.node
    dying.silent = True
    asked = asyncio.ensure_future(stage.join(stage.owner))
    await dying.wait(Connect)
    dying.crash()

    answer = await asked
    assert [state.participant for state in stage.roster.states([stage.channel_id])] == [answer.participant]
    assert list(stage.node.participants) == [answer.participant]
    assert stage.told.of(VoiceReset) == []


async def test_a_restart_under_way_when_the_node_dies_becomes_a_new_connection(stage: Stage) -> None:
    first = await stage.join(stage.owner)
    dying = stage.node
    dying.silent = True
    asked = asyncio.ensure_future(stage.join(stage.owner, ufrag="efgh"))
    await dying.wait(RestartIce)
    dying.crash()

    answer = await asked
    assert answer.participant != first.participant
    assert list(stage.node.participants) == [answer.participant]


# -------------------------------------------------------------------------------------------------------- permissions


async def expect_out(stage: Stage, user_id: UserId, number: int, reason: str) -> None:
    reset = await stage.told.wait(VoiceReset)
    assert (reset.participant, reset.reason, reset.retry) == (number, reason, False)
    assert stage.told.audience_of(reset) == ToUsers((user_id,))
    await stage.node.wait(Disconnect, lambda order: order.participant == number)
    assert stage.roster.get(number) is None


async def test_who_may_not_connect_any_more_is_out(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(anna)).participant
    mine = (await stage.join(stage.owner)).participant
    role = UpdateRole(permissions=int(EVERYONE & ~Permission.CONNECT))
    await do_update_role(stage.actions, stage.owner, stage.group_id, RoleId(stage.group_id), role)

    await expect_out(stage, anna, number, "no_permission")
    assert stage.roster.get(mine) is not None, "the owner may everything"


async def test_who_may_not_see_the_channel_any_more_is_out(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(anna)).participant
    await stage.house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=Permission.VIEW_CHANNEL)

    await expect_out(stage, anna, number, "no_permission")


async def test_speak_is_taken_and_given_at_once(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(anna)).participant
    await stage.told.wait(VoiceUpdate)
    for may_speak in (False, True):
        stage.told.clear()
        deny = Permission(0) if may_speak else Permission.SPEAK
        await stage.house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=deny)
        update = await stage.told.wait(VoiceUpdate)
        assert update.state.may_speak is may_speak
        assert update.state.participant == number
        assert stage.node.of(NodeUpdate)[-1].may_speak is may_speak
    assert stage.told.of(VoiceReset) == []


async def test_a_time_out_ends_the_call_until_it_is_over(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(anna)).participant
    until_ms = stage.house.clock.now_ms() + 60_000
    await do_time_out(stage.actions, stage.owner, stage.group_id, anna, TimeOut(until_ms=until_ms))

    await expect_out(stage, anna, number, "no_permission")
    with pytest.raises(Forbidden) as caught:
        await stage.join(anna)
    assert caught.value.code == "timed_out"
    stage.house.clock.advance(61)
    await stage.join(anna)


async def test_who_is_removed_is_out(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(anna)).participant
    await do_remove_member(stage.actions, stage.owner, stage.group_id, anna)

    await expect_out(stage, anna, number, "removed")


async def test_a_deleted_channel_has_nobody(stage: Stage) -> None:
    number = (await stage.join(stage.owner)).participant
    await do_delete_channel(stage.actions, stage.owner, stage.channel_id)

    await expect_out(stage, stage.owner, number, "channel_deleted")


async def test_a_deleted_group_has_nobody(stage: Stage) -> None:
    number = (await stage.join(stage.owner)).participant
    await do_delete_group(stage.actions, stage.owner, stage.group_id)

    await expect_out(stage, stage.owner, number, "channel_deleted")


async def test_a_revoked_log_in_takes_its_call_with_it(stage: Stage) -> None:
    anna = await stage.member("anna")
    number = (await stage.join(anna, session=3)).participant
    await stage.house.bus.publish([SessionRevoked(caller(anna, session=2).session_id)])
    assert stage.roster.get(number) is not None
    await stage.house.bus.publish([SessionRevoked(caller(anna, session=3).session_id)])

    await expect_out(stage, anna, number, "removed")


async def test_after_a_gap_everyone_is_looked_at_anew(stage: Stage, tmp_path: Path) -> None:
    """Another process has changed permissions and revoked a log-in, and its notices were lost."""
    anna, ben = await stage.member("anna"), await stage.member("ben")
    numbers = [(await stage.join(each)).participant for each in (stage.owner, anna, ben)]
    async with sqlite_store(tmp_path) as elsewhere:
        house = replace(stage.house, actions=replace(stage.actions, store=elsewhere))
        await house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=Permission.CONNECT)
        record = SessionRecord(
            id=caller(ben).session_id, user_id=ben, device="", address="", created_ms=0, used_ms=0, expires_ms=1
        )
        async with elsewhere.write() as uow:
            await uow.sessions.add(record, RefreshToken(token_hash=bytes(32), session_id=record.id, created_ms=0))
            await uow.sessions.revoke(record.id, 1)
    assert all(stage.roster.get(number) is not None for number in numbers)
    await stage.house.bus.publish([Gap()])

    await stage.told.wait(VoiceReset, lambda reset: (reset.participant, reset.reason) == (numbers[1], "no_permission"))
    await stage.told.wait(VoiceReset, lambda reset: (reset.participant, reset.reason) == (numbers[2], "removed"))
    assert set(stage.roster.numbers()) == {numbers[0]}


async def test_what_is_taken_while_an_offer_is_under_way_counts(stage: Stage) -> None:
    anna = await stage.member("anna")
    stage.node.silent = True
    asked = asyncio.ensure_future(stage.join(anna))
    connect = await stage.node.wait(Connect)
    await stage.house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=Permission.CONNECT)
    await stage.node.wait(Disconnect, lambda order: order.participant == connect.participant)
    stage.node.silent = False
    stage.node._connect(connect)

    with pytest.raises(ParleyError) as caught:
        await asked
    assert caught.value.code == "voice_unavailable"
    assert stage.roster.numbers() == set()
    assert stage.told.of(VoiceUpdate) == []


async def test_what_is_taken_between_the_check_and_the_roster_counts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice comes while the offer waits for a node: nobody is in the roster yet."""
    anna = await stage.member("anna")
    link = stage.media.link
    waiting, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> MediaLink:
        waiting.set()
        await go_on.wait()
        return await link()

    monkeypatch.setattr(stage.media, "link", slow)
    asked = asyncio.ensure_future(stage.join(anna))
    await waiting.wait()
    await stage.house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=Permission.CONNECT)
    go_on.set()

    answer = await asked
    await expect_out(stage, anna, answer.participant, "no_permission")


async def test_a_log_in_revoked_before_it_is_in_the_roster_counts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = stage.media.link

    async def revoked_meanwhile() -> MediaLink:
        await stage.house.bus.publish([SessionRevoked(caller(stage.owner).session_id)])
        return await link()

    monkeypatch.setattr(stage.media, "link", revoked_meanwhile)
    with pytest.raises(Unauthenticated):
        await stage.join(stage.owner)
    assert stage.roster.numbers() == set()
    await stage.node.wait(Disconnect)
    assert stage.node.participants == {}


async def test_a_log_in_revoked_while_an_offer_is_under_way_counts(stage: Stage) -> None:
    stage.node.silent = True
    asked = asyncio.ensure_future(stage.join(stage.owner))
    connect = await stage.node.wait(Connect)
    await stage.house.bus.publish([SessionRevoked(caller(stage.owner).session_id)])
    stage.node.silent = False
    stage.node._connect(connect)

    with pytest.raises(Unauthenticated) as caught:
        await asked
    assert caught.value.code == "session_revoked"
    assert stage.roster.numbers() == set()


async def test_other_groups_are_not_looked_at(stage: Stage) -> None:
    await stage.join(stage.owner)
    other = await stage.house.group(stage.owner)
    await stage.house.role(stage.owner, other.group.id)

    assert stage.desk._reviewer._touched == set()
