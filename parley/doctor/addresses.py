"""Do people's browsers learn addresses that they can reach, and does the server's name lead here?"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn
from parley.listening import own_addresses
from parley.tls import host_of

_CONTAINER_MARKS: Final = ("/.dockerenv", "/run/.containerenv")


def check_voice_address(patient: Patient) -> list[Finding]:
    in_container = any(Path(mark).exists() for mark in _CONTAINER_MARKS)
    local = patient.settings.server_name is None or host_of(patient.settings.server_name) == "localhost"
    return voice_addresses(patient.settings.media.public_ip, own_addresses(), in_container=in_container, local=local)


def voice_addresses(told: Sequence[str], own: Collection[str], *, in_container: bool, local: bool) -> list[Finding]:
    """``told``: PARLEY_PUBLIC_IP; ``local``: nobody said that people come from elsewhere."""
    if not told:
        return [_without_being_told(own, in_container=in_container, local=local)]
    found = []
    for text in told:
        address = ipaddress.ip_address(text)
        if address.is_loopback:
            found.append(
                warn(
                    f"browsers are told {text}: voice works on this machine alone",
                    "Set PARLEY_PUBLIC_IP to this server's address.",
                )
            )
        elif text in own:
            found.append(good(f"browsers are told {text}, which this machine has"))
        elif not address.is_global:
            found.append(
                warn(
                    f"browsers are told {text}, which is private and not this machine's",
                    "Right only if it is the host of this container; people outside that network need the public one as well.",
                )
            )
        else:
            found.append(
                good(
                    f"browsers are told {text}; this machine does not have it, so the router has to forward the UDP port"
                )
            )
    return found


def _without_being_told(own: Collection[str], *, in_container: bool, local: bool) -> Finding:
    reachable = [text for text in own if ipaddress.ip_address(text).is_global]
    told = ", ".join(own) or "none but loopback"
    if in_container:
        return warn(
            f"browsers are told the container's own addresses ({told})",
            "Set PARLEY_PUBLIC_IP to the host's address as browsers reach it.",
        )
    if reachable:
        return good(f"browsers are told this machine's addresses ({told})")
    if local:
        return good(f"browsers are told this machine's addresses ({told}): for its own network")
    return warn(
        f"browsers are told private addresses ({told}): nobody outside this network will hear anything",
        "Set PARLEY_PUBLIC_IP to the public address and have the router forward the UDP port.",
    )


async def check_name(patient: Patient) -> list[Finding]:
    name = host_of(patient.settings.server_name)
    if name is None:
        return [good("people use any name; none is set")]
    try:
        entries = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return [
            fail(
                f"{name} leads nowhere ({error.strerror})",
                f"Make an A record (and AAAA) for {name} with this server's address.",
            )
        ]
    leads_to = sorted({str(entry[4][0]).partition("%")[0] for entry in entries})
    own = {*own_addresses(), *patient.settings.media.public_ip}
    return [leads_here(name, leads_to, own, proxied=bool(patient.settings.http.trusted_proxies))]


def leads_here(name: str, leads_to: Sequence[str], own: Collection[str], *, proxied: bool) -> Finding:
    there = ", ".join(leads_to)
    loopback = all(ipaddress.ip_address(each).is_loopback for each in leads_to)
    if loopback:
        return good(f"{name} leads to this machine ({there}), for itself alone")
    strange = [each for each in leads_to if each not in own and not ipaddress.ip_address(each).is_loopback]
    if not strange:
        return good(f"{name} leads to {there}, which is this machine")
    if proxied:
        return good(f"{name} leads to {there}, as a proxy in front may have it")
    return warn(
        f"{name} leads to {', '.join(strange)}, which this machine does not have",
        "Right behind a router that forwards (then set PARLEY_PUBLIC_IP); else mend the DNS record.",
    )
