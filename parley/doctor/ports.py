"""Can the ports be had, or does this server answer there already? Whether others reach them nobody can tell from here."""

from __future__ import annotations

import http.client
import ipaddress
import secrets
import socket
from typing import Final

from parley.config import Settings
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn
from parley.failures import CannotStart
from parley.health import ask
from parley.listening import open_sockets, own_addresses

OUTSIDE: Final = (
    "Whether a firewall or router lets people in cannot be seen from here: try both ports from another network."
)

_ECHO_WITHIN_S: Final = 2.0


def check_page_port(patient: Patient) -> list[Finding]:
    settings = patient.settings
    where = f"{', '.join(settings.http.hosts)} port {settings.http.port}/tcp"
    if patient.running:
        state = ask(settings)
        if state.well:
            return [good(f"this server answers on {where} ({state.text})"), *_redirect(patient)]
        return [
            fail(
                f"a server runs on this data folder and is not well: {state.text}",
                "See its log. If it has other settings than this command: give both the same.",
            )
        ]
    try:
        for each in open_sockets(settings.http.hosts, settings.http.port):
            each.close()
    except CannotStart as error:
        return [_cannot(error)]
    return [good(f"{where} is free"), *_redirect(patient)]


def _redirect(patient: Patient) -> list[Finding]:
    settings, port = patient.settings, patient.settings.http.redirect_port
    if port is None:
        return []
    if patient.running:
        return _redirect_of_running(settings, port)
    try:
        for each in open_sockets(settings.http.hosts, port, "PARLEY_REDIRECT_PORT"):
            each.close()
    except CannotStart as error:
        return [_cannot(error)]
    return [good(f"port {port}/tcp, for the redirect to HTTPS, is free")]


def _redirect_of_running(settings: Settings, port: int) -> list[Finding]:
    host = settings.http.hosts[0]
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == 4 else "::1"
    line = http.client.HTTPConnection(host, port, timeout=_ECHO_WITHIN_S)
    try:
        line.request("GET", "/", headers={"Host": (settings.server_name or "").partition(":")[0]})
        answer = line.getresponse()
        target = answer.headers.get("Location", "")
    except (OSError, http.client.HTTPException):
        return [
            fail(f"nobody answers on port {port}/tcp", "See the log of the server, or free the port and start again.")
        ]
    finally:
        line.close()
    if answer.status == 308 and target.startswith(settings.address):
        return [good(f"port {port}/tcp sends people on to {settings.address}")]
    return [
        fail(f"another program answers on port {port}/tcp", "Stop it, or choose another with PARLEY_REDIRECT_PORT.")
    ]


def check_voice_port(patient: Patient) -> list[Finding]:
    """Free: a datagram is sent there and back. Taken: by the media process of the server that runs, if that is well."""
    port = patient.settings.media.port
    if patient.running:
        return _voice_of_running(patient.settings)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
        try:
            echo.bind(("0.0.0.0", port))  # noqa: S104 - as the media process does
        except OSError as error:
            mend = "Stop the program that has it, or choose another with PARLEY_MEDIA_PORT."
            return [fail(f"port {port}/udp cannot be used ({error.strerror})", mend)]
        bound: int = echo.getsockname()[1]
        own = [each for each in own_addresses() if ":" not in each]
        lost = [address for address in ("127.0.0.1", *own) if not _there_and_back(echo, address, bound)]
    if lost:
        text = f"datagrams to {', '.join(lost)} port {bound}/udp do not arrive"
        return [fail(text, "A firewall of this machine drops them: open it.")]
    return [good(f"port {port}/udp is free, and datagrams go there and back on this machine. {OUTSIDE}")]


def _voice_of_running(settings: Settings) -> list[Finding]:
    state = ask(settings)
    if "media: ok" not in state.text:
        return [fail(f"the media process is not well: {state.text}", "See the log of the server.")]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("0.0.0.0", settings.media.port))  # noqa: S104
        except OSError:
            return [good(f"the media process is well and has port {settings.media.port}/udp. {OUTSIDE}")]
    return [
        warn(
            f"the media process is well, but does not have port {settings.media.port}/udp",
            "The server that runs has another PARLEY_MEDIA_PORT than this command: give both the same.",
        )
    ]


def _there_and_back(echo: socket.socket, address: str, port: int) -> bool:
    nonce = secrets.token_bytes(16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for each in (echo, client):
            each.settimeout(_ECHO_WITHIN_S)
        try:
            client.sendto(nonce, (address, port))
            data, sender = echo.recvfrom(64)
            echo.sendto(data, sender)
            return client.recv(64) == nonce
        except OSError:
            return False


def _cannot(error: CannotStart) -> Finding:
    problem, _, mend = str(error).partition(". ")
    return fail(problem, mend)
