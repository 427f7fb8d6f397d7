from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.mail_message import SUBJECT_MAX, Sender, compose
from server.domain.ids import MailId, Snowflake
from server.domain.mail import Mail
from tests.support.actions import START_MS

SENDER = Sender("parley@example.org", "Parley")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]


def sent(mail: Mail, sender: Sender = SENDER) -> EmailMessage:
    """As it arrives."""
    message = message_from_bytes(
        compose(mail, MailId(Snowflake(7)), sender, START_MS).as_bytes(), policy=policy.default
    )
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def test_a_mail_in_words_and_as_a_page() -> None:
    message = sent(Mail(to="ben@example.org", subject="Grüße ✉ von Anna", text="Zeile\n\nÄ 😀", html="<p>Ä</p>"))
    assert message.keys()[: len(HEADERS)] == HEADERS
    assert (message["From"], message["To"]) == ("Parley <parley@example.org>", "ben@example.org")
    assert message["Subject"] == "Grüße ✉ von Anna"
    assert message["Date"] == "Thu, 09 Oct 2025 08:53:20 +0000"
    assert message["Message-ID"] == "<7.parley@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert (text_of(message), text_of(message, "html")) == ("Zeile\n\nÄ 😀\n", "<p>Ä</p>\n")


def test_a_mail_without_a_page_and_a_sender_without_a_name() -> None:
    message = sent(Mail(to="ben@example.org", subject="x", text="y"), Sender("parley@example.org"))
    assert message.get_content_type() == "text/plain"
    assert message["From"] == "parley@example.org"


@pytest.mark.parametrize(
    "to", ["", "ben", "ben@example.org\r\nBcc: all@example.org", "a@b.org, c@d.org", "bän@x.org", "\x830@["]
)
def test_an_address_that_is_none_is_not_written(to: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compose(Mail(to=to, subject="x", text="y"), MailId(Snowflake(7)), SENDER, START_MS)


@given(st.text() | st.from_regex(r"[a-z.\"@\\<>\[\]\r\n (),;:-]{0,30}", fullmatch=True))
def test_whatever_the_address_is_it_is_written_or_refused(to: str) -> None:
    try:
        message = sent(Mail(to=to, subject="x", text="y"))
    except ValueError:
        return
    assert [name for name in message.keys() if not name.startswith(("Content-", "MIME-"))] == HEADERS  # noqa: SIM118


@given(st.text(), st.text(), st.none() | st.text())
def test_nothing_that_people_write_makes_a_header(subject: str, text: str, html: str | None) -> None:
    words = "Come\r\nBcc: all@example.org\r\n\r\nin\n" + subject
    message = sent(Mail(to="ben@example.org", subject=words, text=text, html=html), Sender("p@example.org", words))
    assert [name for name in message.keys() if not name.startswith(("Content-", "MIME-"))] == HEADERS  # noqa: SIM118
    assert len(message["Subject"]) <= SUBJECT_MAX
    assert message["To"] == "ben@example.org"
