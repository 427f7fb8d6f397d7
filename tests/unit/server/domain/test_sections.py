from __future__ import annotations

import msgspec
import pytest

from server.domain import codec
from server.domain.errors import Invalid
from server.domain.ids import MessageId, Snowflake
from server.domain.limits import Limits
from server.domain.sections import Code, NewSection, Reply, Text, check_sections, reply_to

LIMITS = Limits(text_max=20, sections_max=3)
REPLY = Reply(MessageId(Snowflake(7)))


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


def test_sections_on_the_wire() -> None:
    sections: tuple[NewSection, ...] = (REPLY, Text("look"), Code("x", "c"))
    written = codec.encode(sections)
    assert written == (
        b'[{"kind":"reply","message_id":"7"},{"kind":"text","text":"look"},{"kind":"code","code":"x","language":"c"}]'
    )
    decoder: msgspec.json.Decoder[tuple[NewSection, ...]] = codec.decoder(tuple[NewSection, ...])
    assert decoder.decode(written) == sections
    for wrong in (b'[{"kind":"html","text":"x"}]', b'[{"kind":"text","text":"x","more":1}]', b'[{"text":"x"}]'):
        with pytest.raises(msgspec.ValidationError):
            decoder.decode(wrong)
