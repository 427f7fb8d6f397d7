"""Against an authority of the tests' own, which asks the real redirect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from cryptography import x509

from certs.acme import AcmeError, Issued, new_key, obtain
from server.http.redirect import create_redirect_app
from tests.support.acme_server import AcmeServer, Fault, acme_server

NAME = "chat.example.org"
ACCOUNT = new_key()


@pytest.fixture
def answers() -> dict[str, str]:
    return {}


@pytest.fixture
async def acme(answers: dict[str, str]) -> AsyncIterator[AcmeServer]:
    async with TestServer(create_redirect_app(f"https://{NAME}", answers)) as redirect:
        assert redirect.port is not None
        async with acme_server(redirect.port) as server:
            yield server


async def ask(acme: AcmeServer, answers: dict[str, str], email: str | None = None) -> Issued:
    return await asyncio.to_thread(obtain, acme.directory, ACCOUNT, email, NAME, answers, 10)


async def test_a_certificate_is_issued(acme: AcmeServer, answers: dict[str, str]) -> None:
    issued = await ask(acme, answers, "admin@example.org")
    own, issuer = x509.load_pem_x509_certificates(issued.fullchain)
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [NAME]
    own.verify_directly_issued_by(issuer)
    assert acme.contacts == [["mailto:admin@example.org"]]
    assert len(acme.asked) == 1
    assert answers == {}, "nothing is answered any more"


async def test_the_account_is_used_again(acme: AcmeServer, answers: dict[str, str]) -> None:
    first = await ask(acme, answers)
    second = await ask(acme, answers)
    assert first.private_key != second.private_key
    assert len(acme.accounts) == 1
    assert acme.contacts == [[]]


async def test_a_bad_nonce_is_tried_again(acme: AcmeServer, answers: dict[str, str]) -> None:
    acme.faults.add("bad_nonce")
    await ask(acme, answers)
    assert acme.refused == ["badNonce"]


@pytest.mark.parametrize(
    ("fault", "says", "rate_limited"),
    [
        ("rate_limited", "too many certificates already issued", True),
        ("order_expires", "not understood", False),
        ("no_http_challenge", "no challenge over HTTP", False),
        ("needs_binding", "external account binding", False),
        ("words", "not understood", False),
    ],
)
async def test_what_the_authority_has_against_it(
    acme: AcmeServer, answers: dict[str, str], fault: Fault, says: str, rate_limited: bool
) -> None:
    acme.faults.add(fault)
    with pytest.raises(AcmeError, match=says) as caught:
        await ask(acme, answers)
    assert caught.value.rate_limited is rate_limited
    assert "\n" not in str(caught.value)
    assert answers == {}


async def test_a_name_that_leads_elsewhere(acme: AcmeServer) -> None:
    class Elsewhere(dict[str, str]):
        """Port 80 is somebody else's: it knows no token."""

    with pytest.raises(AcmeError, match=f"{NAME} says otherwise"):
        await ask(acme, Elsewhere())
    assert len(acme.asked) == 1


async def test_nobody_there(answers: dict[str, str]) -> None:
    with pytest.raises(AcmeError, match="cannot be reached"):
        await asyncio.to_thread(obtain, "http://127.0.0.1:1/directory", ACCOUNT, None, NAME, answers, 1)
