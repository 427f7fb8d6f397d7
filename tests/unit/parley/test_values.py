from __future__ import annotations

import pytest

from parley import values
from parley.values import MailSender, Refused


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("", None),
        ("parley@example.org", MailSender("parley@example.org", "")),
        ("<parley@example.org>", MailSender("parley@example.org", "")),
        ('"Our Parley" <parley@example.org>', MailSender("parley@example.org", "Our Parley")),
        (" Grüße von Parley  < parley@Example.org > ", MailSender("parley@example.org", "Grüße von Parley")),
    ],
)
def test_senders(written: str, sender: MailSender | None) -> None:
    assert values.mail_sender(written) == sender


@pytest.mark.parametrize("written", ["a@b.org <parley@example.org>", "Parley <>", "x <y> <parley@example.org>"])
def test_what_is_no_sender(written: str) -> None:
    with pytest.raises(Refused):
        values.mail_sender(written)


@pytest.mark.parametrize(
    ("written", "host"), [("", None), ("mail", "mail"), ("192.0.2.1", "192.0.2.1"), ("[::1]", "::1")]
)
def test_mail_hosts(written: str, host: str | None) -> None:
    assert values.mail_host(written) == host


@pytest.mark.parametrize("written", [7, "a secret\0"])
def test_what_is_secret_is_not_shown(written: object) -> None:
    with pytest.raises(Refused) as caught:
        values.secret(written)
    assert str(written) not in str(caught.value.args)


@pytest.mark.parametrize(("written", "found"), [("80,443", (80, 443)), ([8080, "80"], (8080, 80))])
def test_ports(written: object, found: tuple[int, ...]) -> None:
    assert values.ports(written) == found


@pytest.mark.parametrize("written", ["", "0", "80,http", "65536", []])
def test_what_names_no_ports(written: object) -> None:
    with pytest.raises(Refused):
        values.ports(written)


@pytest.mark.parametrize(("written", "number"), [("0", 0), ("14", 14), (365, 365)])
def test_days(written: object, number: int) -> None:
    assert values.days(365)(written) == number


@pytest.mark.parametrize("written", ["-1", "366", "1.5", "", "two", "9999999999", "\u0665"])
def test_what_is_no_number_of_days(written: str) -> None:
    with pytest.raises(Refused):
        values.days(365)(written)
