"""Whatever a stranger offers is answered, or refused as ``bad_sdp``; nothing else is ever raised."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import given, settings

from media.control import Candidate, Fingerprint, IceCredentials
from server.domain.errors import Invalid
from signaling.voice import sdp
from signaling.voice.answer import LocalSide, write_answer
from signaling.voice.negotiation import MediaOffer, read_offer
from tests.support.sdp import CHROMIUM, FIREFOX, offer_text, vector

SLOTS = 8
OFFERS = (*map(vector, (*CHROMIUM, FIREFOX)), offer_text())
LINES = sorted({line for offer in OFFERS for line in offer.split("\r\n")})

LOCAL_ICE = IceCredentials("nodeufrag", "node-password-of-24-char")
NODE = Fingerprint("sha-256", ":".join(["0F"] * 32))


def answer_or_refuse(text: str) -> None:
    try:
        offer = read_offer(text, SLOTS)
    except Invalid as error:
        refusal = error
    else:
        check_answer(offer)
        return
    assert refusal.code == "bad_sdp"
    assert len(refusal.message) < 300


def check_answer(offer: MediaOffer) -> None:
    """What holds for each answer, whatever the offer was."""
    slots = tuple(range(1, len(offer.downlinks) + 1))
    side = LocalSide(1, 1, LOCAL_ICE, NODE, (Candidate("192.0.2.1", 7882),), slots)
    answer = sdp.parse(write_answer(offer, side))
    assert len(slots) <= SLOTS
    assert len(answer.sections) == len(offer.lines)
    assert [each.attributes.first("mid") for each in answer.sections] == [line.mid for line in offer.lines]
    accepted = [each for each in answer.sections if each.port]
    assert answer.attributes.all("group") == (
        "BUNDLE " + " ".join(str(each.attributes.first("mid")) for each in accepted),
    )
    for section in accepted:
        assert section.attributes.all("setup") in (("passive",), ("active",))
        assert section.attributes.all("ice-pwd") == (LOCAL_ICE.password,)
        assert re.fullmatch(r"\d+ opus/48000/2", section.attributes.all("rtpmap")[0])
        assert not any("transport-cc" in value for value in section.attributes.all("rtcp-fb"))


@given(st.text())
def test_any_text(text: str) -> None:
    answer_or_refuse(text)


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=60), st.sampled_from(["\r\n", "\n", "\r"]))
def test_lines_in_any_order(lines: list[str], end: str) -> None:
    answer_or_refuse(end.join(["v=0", "o=-", "s=-", "t=0 0", *lines]))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A browser's offer with lines dropped, doubled, swapped, taken from elsewhere, or changed inside."""
    lines = draw(st.sampled_from(OFFERS)).split("\r\n")
    for _ in range(draw(st.integers(1, 6))):
        index = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        how = draw(st.integers(0, 5))
        if how == 0:
            del lines[index]
        elif how == 1:
            lines.insert(other, lines[index])
        elif how == 2:
            lines[index], lines[other] = lines[other], lines[index]
        elif how == 3:
            lines[index] = draw(st.sampled_from(LINES))
        elif how == 4:
            cut = draw(st.integers(0, len(lines[index])))
            lines[index] = lines[index][:cut] + draw(st.text(max_size=3)) + lines[index][cut:]
        else:
            cut = draw(st.integers(0, len(lines[index])))
            lines[index] = lines[index][:cut]
        lines = lines or [""]
    return "\r\n".join(lines)


@settings(max_examples=400)
@given(mutated())
def test_mutated_offers(text: str) -> None:
    answer_or_refuse(text)


@given(st.sampled_from(OFFERS), st.integers(0, SLOTS))
def test_real_offers_are_always_answered(text: str, slots: int) -> None:
    offer = read_offer(text, slots)
    assert len(offer.downlinks) == min(slots, 8 if len(offer.lines) == 9 else 2)
    check_answer(offer)
