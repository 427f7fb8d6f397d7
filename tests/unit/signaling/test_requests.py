from __future__ import annotations

from typing import get_args

import pytest

from server.domain.ids import ChannelId, MessageId, Snowflake
from signaling import frames, requests
from signaling.limits import Kind

HERE, THERE = ChannelId(Snowflake(5)), ChannelId(Snowflake(6))
TYPING = frames.StartTyping(id=1, channel_id=HERE)
WATCH = frames.WatchPresence(id=1, user_ids=())
MOVE = frames.MoveCursor(id=2, channel_id=HERE, message_id=MessageId(Snowflake(1)))


def test_every_request_has_an_answer() -> None:
    assert set(requests._ANSWERS) == set(get_args(frames.Request))


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (frames.CreateMessage(id=1, channel_id=HERE, nonce="n", sections=()), Kind.MESSAGE),
        (frames.DeleteMessage(id=1, channel_id=HERE, message_id=MessageId(Snowflake(1))), Kind.MESSAGE),
        (TYPING, Kind.TYPING),
        (MOVE, Kind.CURSOR),
        (WATCH, Kind.PRESENCE),
        (frames.NoteActivity(id=1, idle=True), Kind.PRESENCE),
        (frames.LeaveVoice(id=1, participant=1), Kind.VOICE),
    ],
)
def test_each_request_is_limited_by_its_kind(request_: frames.Request, kind: Kind) -> None:
    assert requests.kind_of(request_) is kind


def test_one_channel_is_one_lane_and_voice_is_another() -> None:
    elsewhere = frames.StartTyping(id=3, channel_id=THERE)
    assert requests.lane_of(TYPING) == requests.lane_of(MOVE)
    assert requests.lane_of(TYPING) != requests.lane_of(elsewhere)
    prepare, leave = frames.PrepareVoice(id=4, channel_id=HERE), frames.LeaveVoice(id=5, participant=1)
    assert requests.lane_of(prepare) == requests.lane_of(leave)
    assert requests.lane_of(prepare) != requests.lane_of(TYPING)


def test_presence_is_a_lane_of_its_own() -> None:
    voice = frames.LeaveVoice(id=5, participant=1)
    assert requests.lane_of(WATCH) == requests.lane_of(frames.NoteActivity(id=2, idle=True))
    assert requests.lane_of(WATCH) not in (requests.lane_of(TYPING), requests.lane_of(voice))
