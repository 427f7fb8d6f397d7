"""Numbers that strangers choose. Pure."""

from __future__ import annotations

from server.domain.errors import Invalid
from server.domain.permissions import Permission


def check_range(value: int, where: str, low: int, high: int) -> int:
    """Raises :class:`Invalid` (bad_request) unless ``low <= value <= high``."""
    if not low <= value <= high:
        raise Invalid("bad_request", f"{where} must be {low} to {high}.", where=where, min=low, max=high)
    return value


def check_permissions(bits: int, where: str, known: Permission) -> Permission:
    """Raises :class:`Invalid` (bad_request) for bits that do not belong here."""
    if bits < 0 or bits & ~int(known):  # a flag's own ~ knows nothing of unknown bits
        raise Invalid("bad_request", f"{where} has permissions that do not belong here.", where=where)
    return Permission(bits)
