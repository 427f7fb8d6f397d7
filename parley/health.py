"""Asks a running server on this machine for ``/health``."""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
from typing import Final, NamedTuple

from parley.config import Settings

WITHIN_S: Final = 5.0


class State(NamedTuple):
    well: bool
    text: str


def ask(settings: Settings) -> State:
    """Over the address that the server listens on; its certificate is not checked, as it is not for this address."""
    host = settings.http.hosts[0]
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == 4 else "::1"
    connection: http.client.HTTPConnection
    if settings.scheme == "https":
        unchecked = ssl.create_default_context()
        unchecked.check_hostname = False
        unchecked.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, settings.http.port, timeout=WITHIN_S, context=unchecked)
    else:
        connection = http.client.HTTPConnection(host, settings.http.port, timeout=WITHIN_S)
    try:
        connection.request("GET", "/health")
        response = connection.getresponse()
        parts = json.loads(response.read(4096))
        return State(response.status == 200, " ".join(f"{part}: {state}" for part, state in parts.items()))
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        return State(False, f"no answer from {settings.scheme}://{host}:{settings.http.port}: {error}")
    finally:
        connection.close()
