from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import codec
from server.domain.entities import Mentions, Message
from server.domain.errors import Invalid
from server.domain.ids import ChannelId, MessageId, RoleId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.mentions import AllowedMentions, Named, certainly_named, check_mentions, named, perhaps_named
from server.domain.sections import Code, Contact, Forward, Reply, Text

VECTORS: Final = json.loads((Path(__file__).parents[3] / "vectors" / "mentions.json").read_text())
LIMITS: Final = Limits(mentions_max=3)
ONE, TWO, THREE = (UserId(Snowflake(number)) for number in (1, 2, 3))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_vectors(vector: dict[str, Any]) -> None:
    found = named([Text(vector["text"])])
    assert found == codec.convert(vector["named"], Named)
    assert bool(found) == bool(vector["named"])


def test_only_texts_name_anybody() -> None:
    copy = Forward((Text("<@1>"),), 0)
    assert not named([Code("<@1>"), Reply(MessageId(Snowflake(5))), Contact(ONE), copy])
    assert named([Text("<@1>"), Code("<@2>"), Text("<@3> <@1>")]).user_ids == (ONE, THREE)


def test_one_text_does_not_reach_into_the_next() -> None:
    assert named([Text("```"), Text("<@1>")]).user_ids == (ONE,)


def test_what_may_be_a_great_many_people() -> None:
    assert not named([Text("<@1>")]).many
    for text in ("<@&1>", "@here", "@everyone"):
        assert named([Text(text)]).many


@given(st.text(alphabet="@<>&1`~\\\n \t>-.#herevyon\r", max_size=60))
def test_any_text(text: str) -> None:
    found = named([Text(text)])
    assert named([Text("```\n" + text.replace("`", "") + "\n```")]) == Named()
    if "`" not in text and "~" not in text and "\\" not in text:
        assert (RoleId(Snowflake(1)) in found.role_ids) == ("<@&1>" in text)
        assert (ONE in found.user_ids) == ("<@1>" in text)


@pytest.mark.parametrize(
    "piece", ["`", "`a``", "<@", "\\", "> ", "- ", "1. ", "\n", "@here", "~~~\n", "```\n", "`\n\n", "<@1>"]
)
def test_the_work_grows_with_the_text_alone(piece: str) -> None:
    """Twenty times what a message may hold: quadratic work would take minutes."""
    named([Text("@" + piece * (80_000 // len(piece)))])


def test_a_message_names_so_many_at_most() -> None:
    three = (Text("<@1> <@2> <@&3> <@1>"),)
    assert check_mentions(three, None, LIMITS) == named(three)
    with pytest.raises(Invalid) as refused:
        check_mentions((*three, Text("<@3>")), None, LIMITS)
    assert (refused.value.code, refused.value.data) == ("too_long", {"field": "mentions", "max": 3})


@pytest.mark.parametrize(
    "allowed",
    [AllowedMentions(user_ids=(ONE,) * 4), AllowedMentions(role_ids=tuple(RoleId(Snowflake(at)) for at in range(4)))],
)
def test_a_request_allows_so_many_at_most(allowed: AllowedMentions) -> None:
    with pytest.raises(Invalid):
        check_mentions((), allowed, LIMITS)
    check_mentions((), allowed, Limits(mentions_max=4))


def test_whose_names_readers_may_know() -> None:
    message = Message(
        id=MessageId(Snowflake(9)),
        channel_id=ChannelId(Snowflake(8)),
        author_id=THREE,
        sections=(Text("<@1> <@4>"), Contact(TWO), Forward((Text("<@5>"), Contact(THREE)), 0)),
        mentions=Mentions(user_ids=(ONE,), everyone=True),
    )
    assert list(certainly_named(message)) == [ONE, TWO, THREE]
    assert list(perhaps_named(message)) == [1, 4, 5]
    plain = Message(id=message.id, channel_id=message.channel_id, author_id=ONE, sections=(Text("hello"),))
    assert list(certainly_named(plain)) == list(perhaps_named(plain)) == []
