"""What is doubtful about a certificate that can be loaded: would a browser take it, and for how long?"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from certs.load import KeyPair

EXPIRES_SOON: Final = timedelta(days=14)

SECRETS: Final = Path("/run/secrets")
"""Container engines put secrets there that everyone in the container may read; nobody else is in it."""


@dataclass(frozen=True, slots=True)
class Concern:
    code: str
    text: str
    """One line: what is wrong and what to do."""
    refused_by_browsers: bool = True
    """No new certificate with this takes the place of one without it."""


def review(pair: KeyPair, server_name: str | None, now: datetime) -> tuple[Concern, ...]:
    """``server_name`` without a port; None: people use any name. Blocks for a look at the mode of the key's file."""
    found = [_validity(pair, now)]
    if server_name is not None and not covers(pair, server_name):
        names = ", ".join(pair.names[:5]) or "no name at all"
        found.append(
            Concern(
                "wrong_name",
                f"{pair.fullchain} is for {names} and not for {server_name}: browsers will refuse it. Have one issued for "
                f"{server_name}, or mend PARLEY_SERVER_NAME.",
            )
        )
    if not pair.chain_in_order:
        found.append(
            Concern(
                "chain_order",
                f"{pair.fullchain}: a certificate of the chain is not signed by the one after it. Put the server's own "
                "first, then the one that signed it, and so on: some clients refuse it as it is.",
                refused_by_browsers=False,
            )
        )
    found.append(_permissions(pair))
    return tuple(each for each in found if each is not None)


def covers(pair: KeyPair, name: str) -> bool:
    """Whether the certificate is good for ``name``; a ``*`` stands for one whole label on the left (RFC 9525 6.3)."""
    wanted = name.lower().rstrip(".")
    for each in pair.names:
        own = each.lower()
        if own == wanted or (own.startswith("*.") and wanted.partition(".")[2] == own[2:] and wanted.count(".") > 1):
            return True
    return False


def _validity(pair: KeyPair, now: datetime) -> Concern | None:
    ends, begins = f"{pair.not_after:%Y-%m-%d %H:%M} UTC", f"{pair.not_before:%Y-%m-%d %H:%M} UTC"
    if now >= pair.not_after:
        return Concern("expired", f"{pair.fullchain} expired on {ends}: browsers refuse it. Renew it.")
    if now < pair.not_before:
        return Concern(
            "not_yet_valid",
            f"{pair.fullchain} is valid from {begins} only: browsers refuse it until then. If that is past, this machine's "
            "clock is slow: set it right.",
        )
    if pair.not_after - now < min(EXPIRES_SOON, (pair.not_after - pair.not_before) / 5):
        text = f"{pair.fullchain} expires on {ends}. Renew it; new files are taken in without a restart."
        return Concern("expires_soon", text, refused_by_browsers=False)
    return None


def _permissions(pair: KeyPair) -> Concern | None:
    path = pair.private_key
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    if not mode & (stat.S_IROTH | stat.S_IWOTH) or path.is_relative_to(SECRETS):
        return None
    text = f"{path} can be read by every user of this machine: chmod o-rwx {path}"
    return Concern("key_readable", text, refused_by_browsers=False)
