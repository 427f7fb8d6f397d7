from __future__ import annotations

import msgspec
import pytest

from server.domain import codec
from server.domain.errors import Invalid
from server.domain.ids import ChannelId, FileId, MessageId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.sections import (
    Code,
    Contact,
    File,
    Forward,
    Invitation,
    NewFile,
    NewForward,
    NewSection,
    Reply,
    Section,
    Text,
    check_sections,
    copied,
    reply_to,
    unfolded,
)

LIMITS = Limits(text_max=20, sections_max=3, forward_text_max=30, forward_sections_max=4)
REPLY = Reply(MessageId(Snowflake(7)))
NEW_FILE = NewFile(FileId(Snowflake(5)))
NEW_FORWARD = NewForward(ChannelId(Snowflake(3)), MessageId(Snowflake(7)))
CONTACT = Contact(UserId(Snowflake(8)))
INVITATION = Invitation("code")
FILE = File(FileId(Snowflake(5)), "a.png", "image/png", 3)


def check(*sections: NewSection) -> tuple[NewSection, ...]:
    return check_sections(sections, LIMITS)


@pytest.mark.parametrize(
    "sections",
    [
        (Text("hello"),),
        (Code("x = 1"),),
        (Code("x = 1", "python"),),
        (Code("x", "c++"),),
        (REPLY, Text("yes")),
        (REPLY, Text(""), Code("x")),
        (Text("a" * 10), Code("b" * 10)),
        (Text("  spaces stay  "),),
        (Text("\U0001f600" * 20),),
        (Text("a\x00b\u202e"),),
        (NEW_FILE,),
        (NEW_FORWARD,),
        (CONTACT,),
        (INVITATION,),
        (REPLY, NEW_FILE, NewFile(FileId(Snowflake(6)))),
        (Text(""), NEW_FORWARD),
        (CONTACT, CONTACT, INVITATION),
    ],
)
def test_sections_that_are_fine_stay_as_they_are(sections: tuple[NewSection, ...]) -> None:
    assert check(*sections) == sections


def test_text_is_normalised_and_code_is_not() -> None:
    assert check(Text("e\u0301"), Code("e\u0301")) == (Text("\u00e9"), Code("e\u0301"))


@pytest.mark.parametrize(
    "sections",
    [(), (REPLY,), (Text(""),), (Text(" \n\u200b"),), (REPLY, Text("\u3164")), (Code("\t"),), (Text(""), Code(""))],
)
def test_an_empty_message_is_none(sections: tuple[NewSection, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        check(*sections)
    assert refused.value.code == "empty_message"


@pytest.mark.parametrize(
    ("sections", "data"),
    [
        ((Text("a"),) * 4, {"field": "sections", "max": 3}),
        ((Text("a" * 21),), {"field": "text", "max": 20}),
        ((Text("a" * 81),), {"field": "text", "max": 20}),
        ((Code("a" * 21),), {"field": "text", "max": 20}),
        ((Text("a" * 11), Code("b" * 10)), {"field": "text", "max": 20}),
        ((Code("a", "x" * 41),), {"field": "language", "max": 40}),
    ],
)
def test_what_is_too_long(sections: tuple[NewSection, ...], data: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        check(*sections)
    assert (refused.value.code, refused.value.data) == ("too_long", data)


@pytest.mark.parametrize(
    ("sections", "where"),
    [
        ((Text("a"), REPLY), "sections[1]"),
        ((REPLY, REPLY, Text("a")), "sections[1]"),
        ((Text("a\ud800"),), "sections[0]"),
        ((Text("a"), Code("\udfff")), "sections[1]"),
        ((Code("a", "two words"),), "sections[0]"),
        ((Code("a", "<b>"),), "sections[0]"),
        ((NEW_FILE, Text("a"), NEW_FILE), "sections[2]"),
        ((NEW_FORWARD, NEW_FORWARD), "sections[1]"),
        ((NEW_FILE, REPLY), "sections[1]"),
    ],
)
def test_what_is_out_of_place(sections: tuple[NewSection, ...], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(*sections)
    assert (refused.value.code, refused.value.data) == ("bad_request", {"where": where})


def test_what_a_message_answers() -> None:
    assert reply_to((REPLY, Text("yes"))) == REPLY.message_id
    assert reply_to((Text("yes"),)) is None
    assert reply_to(()) is None


def test_a_copy_has_neither_answers_nor_copies_in_it() -> None:
    inner = Forward((Text("inner"), FILE), 1)
    assert copied((REPLY, Text("a"), inner, CONTACT), LIMITS) == (Text("a"), Text("inner"), FILE, CONTACT)
    assert copied((inner,), LIMITS) == inner.sections


@pytest.mark.parametrize(
    ("sections", "longest"),
    [
        ((Text("a" * 20), Forward((Code("b" * 11),), 1)), 30),
        ((CONTACT, CONTACT, Forward((CONTACT, CONTACT, CONTACT), 1)), 4),
    ],
)
def test_copies_of_copies_come_to_an_end(sections: tuple[Section, ...], longest: int) -> None:
    with pytest.raises(Invalid) as refused:
        copied(sections, LIMITS)
    assert (refused.value.code, refused.value.data) == ("too_long", {"field": "forward", "max": longest})


def test_what_is_in_a_message_and_in_its_forward() -> None:
    forward = Forward((Text("inner"), FILE), 1)
    assert list(unfolded((REPLY, forward, CONTACT))) == [REPLY, forward, Text("inner"), FILE, CONTACT]


def test_sections_on_the_wire() -> None:
    sections: tuple[NewSection, ...] = (REPLY, Text("look"), Code("x", "c"))
    written = codec.encode(sections)
    assert written == (
        b'[{"kind":"reply","message_id":"7"},{"kind":"text","text":"look"},{"kind":"code","code":"x","language":"c"}]'
    )
    decoder: msgspec.json.Decoder[tuple[NewSection, ...]] = codec.decoder(tuple[NewSection, ...])
    assert decoder.decode(written) == sections
    new: tuple[NewSection, ...] = (NEW_FILE, NEW_FORWARD, CONTACT, INVITATION)
    assert codec.encode(new) == (
        b'[{"kind":"file","file_id":"5"},{"kind":"forward","channel_id":"3","message_id":"7"},'
        b'{"kind":"contact","user_id":"8"},{"kind":"invite","code":"code"}]'
    )
    assert decoder.decode(codec.encode(new)) == new
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(codec.encode((FILE,)))
    for wrong in (b'[{"kind":"html","text":"x"}]', b'[{"kind":"text","text":"x","more":1}]', b'[{"text":"x"}]'):
        with pytest.raises(msgspec.ValidationError):
            decoder.decode(wrong)
