"""A client of an XMPP server (RFC 6120), as little of one as it takes to read and write in a room (XEP-0045).

It makes its account (XEP-0077), logs in with SASL PLAIN, binds a resource and joins. What is not needed for that is passed over
unread; stanzas are told apart by their ends, which is all that counting them needs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Final

from bench.chat.line import MARK, Line, text

HOST: Final = "localhost"
PASSWORD: Final = "a phrase that nobody else would take 7"
_STREAM: Final = (
    f"<?xml version='1.0'?><stream:stream to='{HOST}' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>"
)
_END: Final = b"</message>"
_FEATURES: Final = re.compile(rb"</stream:features>")
_REGISTERED: Final = re.compile(rb"<iq\b[^>]*\bid=['\"]register['\"][^>]*>")
_LOGGED_IN: Final = re.compile(rb"<success\b[^>]*>")
_BOUND: Final = re.compile(rb"<iq\b[^>]*\bid=['\"]bind['\"][^>]*>.*?</iq>", re.DOTALL)
_JOINED: Final = re.compile(rb"<status\b[^>]*\bcode=['\"]110['\"]")
_REFUSED: Final = re.compile(rb"<failure\b.*|<stream:error\b.*|type=['\"]error['\"].*", re.DOTALL)


class XmppLine(Line):
    """Each step waits for what ends it (a pattern) and then takes the next."""

    _wanted: re.Pattern[bytes] | None = None
    _then: Callable[[], None]

    def greet(self) -> None:
        self._ask(_STREAM, _FEATURES, self._register)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self._wanted is None:
            self._cut()
            return
        found = self._wanted.search(self.buffer)
        if found is not None:
            self.buffer = self.buffer[found.end() :]
            self._then()
        elif refused := _REFUSED.search(self.buffer):
            self.fail(refused[0].decode(errors="replace"))

    def _ask(self, what: str, wanted: re.Pattern[bytes], then: Callable[[], None]) -> None:
        self._wanted, self._then = wanted, then
        self.write(what.encode())

    def _register(self) -> None:
        fields = f"<username>{self.seat.name}</username><password>{PASSWORD}</password>"
        asked = f"<iq type='set' id='register'><query xmlns='jabber:iq:register'>{fields}</query></iq>"
        self._ask(asked, _REGISTERED, self._log_in)  # a name that is there already is as good

    def _log_in(self) -> None:
        secret = base64.b64encode(f"\0{self.seat.name}\0{PASSWORD}".encode()).decode()
        auth = f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
        self._ask(auth, _LOGGED_IN, self._begin_anew)

    def _begin_anew(self) -> None:
        self._ask(_STREAM, _FEATURES, self._bind)

    def _bind(self) -> None:
        asked = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
        self._ask(asked, _BOUND, self._join)

    def _join(self) -> None:
        muc = "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>"
        asked = f"<presence to='{self.seat.room}/{self.seat.name}'>{muc}</presence>"
        self._ask(asked, _JOINED, self._listen)

    def _listen(self) -> None:
        self._wanted = None
        self.in_room()

    def _cut(self) -> None:
        buffer, start = self.buffer, 0
        while (end := buffer.find(_END, start)) >= 0:
            self._take(buffer[start:end])
            start = end + len(_END)
        self.buffer = buffer[start:]

    def _take(self, stanzas: bytes) -> None:
        """One message, and what came before it."""
        if refused := _REFUSED.search(stanzas):
            self.tally().refuse(refused[0])
        elif MARK in stanzas:
            self.tally().take(stanzas)

    def say(self, number: int) -> None:
        self.write(
            f"<message to='{self.seat.room}' type='groupchat' id='{number}'><body>{text()}</body></message>".encode()
        )
