"""An authority that speaks ACME (RFC 8555), written from the RFC: it checks every signature and nonce, and really asks port 80."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.support.authority import Authority

Fault = Literal["bad_nonce", "rate_limited", "order_expires", "no_http_challenge", "needs_binding", "words"]


class Problem(Exception):
    def __init__(self, kind: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.status = kind, detail, status


@dataclass
class Order:
    name: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    authorized: str = "pending"
    status: str = "pending"
    error: dict[str, str] | None = None
    fullchain: bytes = b""


class AcmeServer:
    def __init__(self, authority: Authority, challenge_port: int) -> None:
        self.authority = authority
        self.faults: set[Fault] = set()
        self.accounts: dict[str, dict[str, str]] = {}
        """Address -> public key."""
        self.contacts: list[list[str]] = []
        self.orders: list[Order] = []
        self.asked: list[str] = []
        """What port 80 said."""
        self.refused: list[str] = []
        """Kinds of problem, in their order."""
        self._challenge_port = challenge_port
        self._nonces: set[str] = set()
        self._here = ""
        self.app = web.Application(middlewares=[self._problems])
        self.app.router.add_get("/directory", self._directory)
        self.app.router.add_get("/nonce", self._new_nonce)
        self.app.router.add_post("/account", self._account)
        self.app.router.add_post("/order", self._order)
        self.app.router.add_post("/{what:order|authz|challenge|finalize|cert}/{number}", self._resource)

    @property
    def directory(self) -> str:
        return f"{self._here}/directory"

    def opened(self, address: str) -> None:
        self._here = address.rstrip("/")

    # -------------------------------------------------------------------------------------------------------- the protocol

    @web.middleware
    async def _problems(self, request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
        except Problem as problem:
            self.refused.append(problem.kind)
            body = {"type": f"urn:ietf:params:acme:error:{problem.kind}", "detail": problem.detail}
            response = web.json_response(body, status=problem.status, content_type="application/problem+json")
        nonce = secrets.token_urlsafe(16)
        self._nonces.add(nonce)
        response.headers["Replay-Nonce"] = nonce
        return response

    async def _directory(self, _request: web.Request) -> web.Response:
        if "words" in self.faults:
            return web.Response(text="<h1>Under construction</h1>")
        names = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order"}
        body: dict[str, Any] = {name: f"{self._here}/{path}" for name, path in names.items()}
        return web.json_response(body | {"meta": {"externalAccountRequired": "needs_binding" in self.faults}})

    async def _new_nonce(self, _request: web.Request) -> web.Response:
        return web.Response(headers={"Cache-Control": "no-store"})

    async def _signed(self, request: web.Request) -> tuple[dict[str, Any] | None, dict[str, str], dict[str, Any]]:
        """Payload (None: POST-as-GET), key, protected header."""
        if request.content_type != "application/jose+json":
            raise Problem("malformed", "no JOSE", 415)
        body = await request.json()
        protected = json.loads(_decode(body["protected"]))
        nonce = protected.get("nonce")
        if nonce not in self._nonces or "bad_nonce" in self.faults:
            self.faults.discard("bad_nonce")
            raise Problem("badNonce", "this nonce is not good")
        self._nonces.remove(nonce)
        if protected.get("url") != f"{self._here}{request.path}" or protected.get("alg") != "ES256":
            raise Problem("unauthorized", "signed for something else", 403)
        if ("jwk" in protected) == ("kid" in protected):
            raise Problem("malformed", "one of jwk and kid")
        key = protected.get("jwk") or self.accounts.get(protected["kid"])
        if key is None:
            raise Problem("accountDoesNotExist", "who is this?")
        _verify(key, f"{body['protected']}.{body['payload']}".encode(), _decode(body["signature"]))
        return (json.loads(_decode(body["payload"])) if body["payload"] else None), key, protected

    async def _account(self, request: web.Request) -> web.Response:
        payload, key, protected = await self._signed(request)
        assert payload is not None
        if "jwk" not in protected:
            raise Problem("malformed", "jwk is missing")
        for address, known in self.accounts.items():
            if known == key:
                return web.json_response({"status": "valid"}, headers={"Location": address})
        if payload.get("termsOfServiceAgreed") is not True:
            raise Problem("userActionRequired", "agree first", 403)
        address = f"{self._here}/account/{len(self.accounts)}"
        self.accounts[address] = key
        self.contacts.append(list(payload.get("contact", [])))
        return web.json_response({"status": "valid"}, status=201, headers={"Location": address})

    async def _order(self, request: web.Request) -> web.Response:
        payload, _, protected = await self._signed(request)
        assert payload is not None
        if "kid" not in protected:
            raise Problem("malformed", "kid is missing")
        if "rate_limited" in self.faults:
            raise Problem("rateLimited", "too many certificates already issued", 429)
        (identifier,) = payload["identifiers"]
        self.orders.append(Order(identifier["value"]))
        number = len(self.orders) - 1
        return web.json_response(
            self._order_body(number), status=201, headers={"Location": f"{self._here}/order/{number}"}
        )

    def _order_body(self, number: int) -> dict[str, Any]:
        order = self.orders[number]
        body: dict[str, Any] = {
            "status": order.status,
            "identifiers": [{"type": "dns", "value": order.name}],
            "authorizations": [f"{self._here}/authz/{number}"],
            "finalize": f"{self._here}/finalize/{number}",
        }
        if order.status == "valid":
            body["certificate"] = f"{self._here}/cert/{number}"
        return body

    async def _resource(self, request: web.Request) -> web.Response:
        payload, key, _ = await self._signed(request)
        number = int(request.match_info["number"])
        order = self.orders[number]
        what = request.match_info["what"]
        if what == "authz":
            return web.json_response(self._authz_body(number))
        if what == "challenge":
            await self._validate(order, key)
            up = {"Link": f'<{self._here}/authz/{number}>;rel="up"'}
            return web.json_response(self._challenge_body(number), headers=up)
        if what == "finalize":
            assert payload is not None
            self._finalize(order, _decode(payload["csr"]))
        elif what == "cert":
            return web.Response(body=order.fullchain, content_type="application/pem-certificate-chain")
        return web.json_response(self._order_body(number))

    def _authz_body(self, number: int) -> dict[str, Any]:
        order = self.orders[number]
        return {
            "status": order.authorized,
            "identifier": {"type": "dns", "value": order.name},
            "challenges": [self._challenge_body(number)],
        }

    def _challenge_body(self, number: int) -> dict[str, Any]:
        order = self.orders[number]
        kind = "dns-01" if "no_http_challenge" in self.faults else "http-01"
        body: dict[str, Any] = {
            "type": kind,
            "url": f"{self._here}/challenge/{number}",
            "status": order.authorized,
            "token": order.token,
        }
        return body if order.error is None else body | {"error": order.error}

    async def _validate(self, order: Order, key: dict[str, str]) -> None:
        """RFC 8555, 8.3; the name leads to this machine."""
        thumbprint = _encode(hashlib.sha256(json.dumps(key, sort_keys=True, separators=(",", ":")).encode()).digest())
        url = f"http://127.0.0.1:{self._challenge_port}/.well-known/acme-challenge/{order.token}"
        try:
            async with (
                aiohttp.ClientSession() as client,
                client.get(url, headers={"Host": order.name}, timeout=aiohttp.ClientTimeout(5)) as answer,
            ):
                said = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            said = "nothing"
        self.asked.append(said)
        if said.rstrip() == f"{order.token}.{thumbprint}":
            order.authorized, order.status = "valid", "ready"
            return
        order.authorized = order.status = "invalid"
        order.error = {"type": "urn:ietf:params:acme:error:unauthorized", "detail": f"{order.name} says otherwise"}

    def _finalize(self, order: Order, csr_der: bytes) -> None:
        if order.status != "ready":
            raise Problem("orderNotReady", f"the order is {order.status}", 403)
        if "order_expires" in self.faults:
            order.status = "invalid"
            return
        csr = x509.load_der_x509_csr(csr_der)
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if not csr.is_signature_valid or names.get_values_for_type(x509.DNSName) != [order.name]:
            raise Problem("badCSR", "another name")
        key = csr.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        order.fullchain = self.authority.sign(key, [order.name])
        order.status = "valid"


def _verify(key: dict[str, str], signed: bytes, signature: bytes) -> None:
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(_decode(key["x"]), "big"), int.from_bytes(_decode(key["y"]), "big"), ec.SECP256R1()
    )
    as_der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        numbers.public_key().verify(as_der, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Problem("unauthorized", "the signature is not good", 403) from None


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@asynccontextmanager
async def acme_server(challenge_port: int) -> AsyncIterator[AcmeServer]:
    """Asks ``challenge_port`` of this machine, whatever the name."""
    server = AcmeServer(await asyncio.to_thread(Authority), challenge_port)
    async with TestServer(server.app) as running:
        server.opened(str(running.make_url("")))
        yield server
