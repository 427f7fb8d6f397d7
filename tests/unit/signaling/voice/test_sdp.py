from __future__ import annotations

import pytest

from signaling.voice import sdp
from tests.support.sdp import CHROMIUM, FIREFOX, vector

SMALL = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 RTP/AVP 0 8\r\na=mid:0\r\na=mid:1\r\na=sendrecv\r\n"
)


@pytest.mark.parametrize("name", [*CHROMIUM, FIREFOX])
def test_reads_what_browsers_write(name: str) -> None:
    description = sdp.parse(vector(name))

    assert len(description.sections) == 9
    assert {section.kind for section in description.sections} == {"audio"}
    assert [section.attributes.first("mid") for section in description.sections] == [str(n) for n in range(9)]


def test_cuts_a_description_into_levels() -> None:
    description = sdp.parse(SMALL)

    assert description.attributes.first("group") == "BUNDLE 0"
    (section,) = description.sections
    assert (section.kind, section.port, section.protocol, section.formats) == ("audio", 9, "RTP/AVP", ("0", "8"))
    assert section.attributes.all("mid") == ("0", "1")
    assert section.attributes.first("sendrecv") == ""
    assert section.attributes.first("ssrc") is None
    assert section.attributes.has("sendrecv")
    assert not section.attributes.has("ssrc")
    assert section.attributes.all("ssrc") == ()


def test_takes_bare_line_feeds_and_a_last_line_without_one() -> None:
    assert sdp.parse(SMALL.replace("\r\n", "\n").rstrip("\n")) == sdp.parse(SMALL)


@pytest.mark.parametrize(
    ("change", "to", "why"),
    [
        ("v=0", "v=1", "begin"),
        ("v=0\r\n", "", "begin"),
        ("s=-\r\n", "", "begin"),
        ("t=0 0\r\n", "", "no t="),
        ("m=audio 9 RTP/AVP 0 8\r\n", "", "no m="),
        ("a=mid:0", "mid:0", "x=value"),
        ("a=mid:0", "", "x=value"),
        ("a=mid:0", "a=:0", "no name"),
        ("a=mid:0", "a=mid:\x00", "control"),
        ("a=mid:0", "a=mid:\x1b[2J", "control"),
        ("a=mid:0", "q=1", "may not"),
        ("a=mid:0", "t=0 0", "may not"),
        ("a=mid:0", "a=" + "x" * sdp.MAX_LINE_BYTES, "longer"),
        ("audio 9", "audio 65536", "cannot be read"),
        ("audio 9", "audio 9/2", "cannot be read"),
        ("audio 9", "audio 09", "cannot be read"),
        ("audio 9", "audio ٩", "cannot be read"),
        ("audio 9", "audio", "cannot be read"),
        ("audio 9", "au/dio 9", "cannot be read"),
        ("RTP/AVP", "RTP//AVP", "cannot be read"),
        (" 0 8", "", "formats"),
        (" 0 8", " 0  8", "formats"),
        (" 0 8", " 0" * (sdp.MAX_FORMATS + 1), "formats"),
        ("a=mid:0", "m=audio 9 RTP/AVP 0\r\n" * sdp.MAX_SECTIONS + "a=mid:0", "m= lines"),
        ("a=mid:0", "a=mid:0\r\n" * 8000, "longer"),
        ("a=mid:0", "a=mid:0\r\na=x:" + "\u20ac" * 22_000, "longer"),
    ],
)
def test_says_why_it_does_not_read(change: str, to: str, why: str) -> None:
    assert change in SMALL
    with pytest.raises(sdp.SdpError, match=why):
        sdp.parse(SMALL.replace(change, to, 1))


@pytest.mark.parametrize("text", ["", "\n", "v", "\ud800", "v=0"])
def test_scraps_are_refused(text: str) -> None:
    with pytest.raises(sdp.SdpError):
        sdp.parse(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("127", 127),
        ("128", None),
        ("-1", None),
        ("+1", None),
        ("007", None),
        ("", None),
        ("1_0", None),
    ],
)
def test_numbers(text: str, number: int | None) -> None:
    assert sdp.read_number(text, 127) == number
