from __future__ import annotations

import msgspec
import pytest

from server.domain import codec
from server.domain.entities import Cursor, User
from server.domain.ids import MAX_ID, ChannelId, MessageId, Snowflake, UserId

ANNA = User(id=UserId(Snowflake(5)), username="anna", display_name="Anna")


class Strange:
    pass


class Holder(msgspec.Struct):
    strange: Strange


def test_ids_are_strings_and_numbers_are_numbers() -> None:
    assert codec.encode(ANNA) == b'{"id":"5","username":"anna","display_name":"Anna","kind":"person","avatar":null}'
    assert codec.decoder(User).decode(codec.encode(ANNA)) == ANNA
    cursor = Cursor(channel_id=ChannelId(Snowflake(MAX_ID)), last_read_id=None, unread=3)
    assert codec.encode(cursor) == b'{"channel_id":"9223372036854775807","last_read_id":null,"unread":3,"mentions":0}'
    assert codec.decoder(Cursor).decode(codec.encode(cursor)) == cursor


@pytest.mark.parametrize(
    "wrong",
    ["5", '""', '"-1"', '"5.0"', '" 5"', '"\u0665"', '"9223372036854775808"', '"' + "9" * 20 + '"', "null", "[]", "{}"],
)
def test_what_is_no_id_is_refused(wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        codec.decoder(User).decode(f'{{"id":{wrong},"username":"a","display_name":"a"}}'.encode())


def test_a_query_is_converted_from_strings() -> None:
    class Query(msgspec.Struct):
        limit: int
        after: MessageId | None = None

    assert codec.convert({"limit": "5", "after": "7"}, Query) == Query(5, MessageId(Snowflake(7)))
    assert codec.convert({"limit": "5"}, Query) == Query(5)
    with pytest.raises(msgspec.ValidationError):
        codec.convert({"limit": "many"}, Query)


def test_what_has_no_place_on_the_wire_is_a_mistake_of_ours() -> None:
    with pytest.raises(NotImplementedError, match="Strange"):
        codec.encode(Strange())
    with pytest.raises(NotImplementedError, match="Strange"):
        codec.decoder(Holder).decode(b'{"strange": 1}')


@pytest.mark.parametrize(
    ("body", "kind", "what", "where"),
    [
        ('{"id": "5", "username": 7, "display_name": "A"}', User, "Expected str, got int", "username"),
        ('[{"id": "5", "username": "a"}]', list[User], "Object missing required field display_name", "[0]"),
        ('{"a": "x"}', dict[str, int], "Expected int, got str", "[...]"),
        ('{"a": 1}', dict[int, int], "Expected int, got str", ""),
        ("[]", User, "Expected object, got array", ""),
    ],
)
def test_a_complaint_says_what_and_where(body: str, kind: object, what: str, where: str) -> None:
    decoder: msgspec.json.Decoder[object] = codec.decoder(kind)
    with pytest.raises(msgspec.ValidationError) as caught:
        decoder.decode(body)
    assert codec.complaint(caught.value) == (what, where)
