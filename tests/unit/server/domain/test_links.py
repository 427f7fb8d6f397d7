from __future__ import annotations

import time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.entities import Preview
from server.domain.ids import ChannelId, MessageId, Snowflake
from server.domain.limits import Limits
from server.domain.links import links_in, still_shown
from server.domain.sections import Code, Forward, Invitation, Reply, Section, Text

LIMITS: Final = Limits(previews_max=3, link_max=60)


def links(text: str) -> tuple[str, ...]:
    return links_in([Text(text)], LIMITS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.org.", ["https://a.org"]),
        ("(https://a.org/b), http://c.d:8080/e?f=g&h#i!", ["https://a.org/b", "http://c.d:8080/e?f=g&h#i"]),
        ("https://a.org/tomato_(fruit) (https://b.org/x_(y))", ["https://a.org/tomato_(fruit)", "https://b.org/x_(y)"]),
        ("https://grün.example/ä", ["https://grün.example/ä"]),
        ("HTTPS://A.org and https://[2001:db8::1]/x", ["HTTPS://A.org", "https://[2001:db8::1]/x"]),
        ("**https://a.org**", ["https://a.org"]),
        ("[a garden](https://a.org/b) and [more](https://c.org 'title')", ["https://a.org/b", "https://c.org"]),
        ("<https://a.org> [x](<https://b.org>) https://c.org<b>", ["https://c.org"]),
        ("https://a.org https://a.org https://b.org", ["https://a.org", "https://b.org"]),
        ("`https://a.org` ``` https://b.org", ["https://b.org"]),
        ("```\nhttps://a.org\n```", []),
        ("xhttps://a.org ftp://a.org https:// https://! mailto:a@b.c javascript://a.org", []),
        ("https://a.org/1 https://a.org/2 https://a.org/3 https://a.org/4", [f"https://a.org/{n}" for n in (1, 2, 3)]),
        ("https://a.org/" + "x" * 60, []),
        ("https://a.org/[x]{y}]}", ["https://a.org/[x]{y}"]),
        ("https://a.org\x00b https://c.org\\d", ["https://a.org", "https://c.org"]),
    ],
)
def test_links_of_a_text(text: str, found: list[str]) -> None:
    assert links(text) == tuple(found)


def test_only_texts_have_links_and_forwards_have_theirs() -> None:
    copy = Forward((Text("https://b.org"), Code("https://c.org")), 0)
    sections: list[Section] = [
        Reply(MessageId(Snowflake(1))),
        Text("nothing"),
        Code("https://a.org"),
        copy,
        Invitation("https://d.org"),
    ]
    assert links_in(sections, LIMITS) == ("https://b.org",)


def test_what_is_shown_still_follows_the_links() -> None:
    one, two = Preview(url="https://one.org"), Preview(url="https://two.org")
    assert still_shown([one, two], ["https://two.org", "https://new.org", "https://one.org"]) == (two, one)
    assert still_shown([one, two], []) == ()


@given(st.text(alphabet="htps:/.<>`~()[]{}\\ a*_\n"))
def test_any_text(text: str) -> None:
    for link in links(text):
        assert link in text
        assert link.startswith(("http://", "https://"))


@pytest.mark.parametrize("text", ["https://a" + ")" * 4000, "https://" * 500, "<https://a" * 400, "https://a`" * 400])
def test_it_takes_linear_time(text: str) -> None:
    begun = time.perf_counter()
    links(text)
    assert time.perf_counter() - begun < 0.5


def test_the_channel_makes_no_difference() -> None:
    assert links_in([Text(f"<#{ChannelId(Snowflake(5))}> https://a.org")], LIMITS) == ("https://a.org",)
