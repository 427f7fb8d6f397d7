"""Has an authority issue a certificate (RFC 8555), by a challenge that is answered over plain HTTP (8.3). Everything blocks.

Needs the extra ``acme``; imported only by who wants that.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import josepy
import requests
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from josepy.jwa import ES256
from josepy.jwk import JWKEC

STEP_WITHIN_S: Final = 20
"""For each answer of the authority."""
ISSUED_WITHIN_S: Final = 120
"""For the validation and the signature."""

_USER_AGENT: Final = "Parley"


class AcmeError(Exception):
    """``str()`` is one line: what the authority said."""

    def __init__(self, text: str, *, rate_limited: bool = False) -> None:
        super().__init__(text)
        self.rate_limited = rate_limited


@dataclass(frozen=True, slots=True)
class Issued:
    private_key: bytes
    """PEM."""
    fullchain: bytes
    """PEM."""


def new_key() -> bytes:
    """P-256, PEM: for an account or for a certificate."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def obtain(
    directory: str,
    account_key: bytes,
    email: str | None,
    name: str,
    answers: MutableMapping[str, str],
    within_s: float = ISSUED_WITHIN_S,
) -> Issued:
    """A certificate for ``name``. While it is under way ``answers`` has what port 80 has to answer: token -> key authorisation.

    Whoever calls this has agreed to the authority's terms. Raises :class:`AcmeError`.
    """
    return _explained(lambda: _obtain(directory, account_key, email, name, answers, within_s))


def _obtain(
    directory: str,
    account_key: bytes,
    email: str | None,
    name: str,
    answers: MutableMapping[str, str],
    within_s: float,
) -> Issued:
    acme = _log_in(directory, account_key, email)
    private_key = new_key()
    order = acme.new_order(crypto_util.make_csr(private_key, [name]))
    tokens: list[str] = []
    try:
        for authorization in order.authorizations:
            if authorization.body.status != messages.STATUS_VALID:
                tokens.append(_answer(acme, authorization, answers))  # noqa: PERF401 - known if the next fails
        # The library compares with the local time, without a zone.
        deadline = datetime.now() + timedelta(seconds=within_s)
        issued = acme.poll_and_finalize(order, deadline)
    finally:
        for token in tokens:
            answers.pop(token, None)
    return Issued(private_key, issued.fullchain_pem.encode())


def _log_in(directory: str, account_key: bytes, email: str | None) -> client.ClientV2:
    """An account is made when the authority does not know the key yet."""
    key = JWKEC(key=load_pem_private_key(account_key, password=None))
    net = client.ClientNetwork(key, alg=ES256, user_agent=_USER_AGENT, timeout=STEP_WITHIN_S)
    acme = client.ClientV2(client.ClientV2.get_directory(directory, net), net)
    if acme.external_account_required():
        raise AcmeError(
            "it wants an account that was made elsewhere (external account binding), which Parley cannot do"
        )
    wanted = messages.NewRegistration.from_data(email=email, terms_of_service_agreed=True)
    try:
        acme.new_account(wanted)
    except errors.ConflictError as known:
        net.account = messages.RegistrationResource(body=messages.Registration(), uri=known.location)
    return acme


def _answer(
    acme: client.ClientV2, authorization: messages.AuthorizationResource, answers: MutableMapping[str, str]
) -> str:
    """Says that the challenge can be looked at; returns its token."""
    for offered in authorization.body.challenges:
        if isinstance(offered.chall, challenges.HTTP01):
            response, validation = offered.chall.response_and_validation(acme.net.key)
            token: str = offered.chall.encode("token")
            answers[token] = validation
            try:
                acme.answer_challenge(offered, response)
            except BaseException:
                del answers[token]
                raise
            return token
    raise AcmeError("it offers no challenge over HTTP for this name")


def _explained(work: Callable[[], Issued]) -> Issued:
    try:
        return work()
    except messages.Error as error:
        raise AcmeError(_line(error.detail or error.typ), rate_limited=error.code == "rateLimited") from None
    except errors.ValidationError as error:
        raise AcmeError(_line(_why(error))) from None
    except errors.IssuanceError as error:
        raise AcmeError(_line(error.error.detail or error.error.typ)) from None
    except errors.TimeoutError:
        raise AcmeError("it did not come to an end in time") from None
    except requests.RequestException as error:
        raise AcmeError(f"it cannot be reached ({type(error).__name__})") from None
    except (errors.Error, josepy.errors.Error, ValueError, KeyError, AttributeError) as error:
        raise AcmeError(f"its answer was not understood ({type(error).__name__})") from None


def _why(error: errors.ValidationError) -> str:
    said = [
        challenge.error.detail or challenge.error.typ
        for authorization in error.failed_authzrs
        for challenge in authorization.body.challenges
        if challenge.error is not None
    ]
    return "; ".join(said) or "the name could not be validated"


def _line(text: object) -> str:
    return " ".join(str(text).split())[:300]
