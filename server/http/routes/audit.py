"""What moderators did."""

from __future__ import annotations

from typing import Final

from server.actions.audit import get_audit
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Audit log",
    Endpoint(
        "GET",
        "/api/groups/{group}/audit",
        get_audit,
        "Read the audit log",
        errors=("timed_out",),
        note="Needs view_audit_log. Newest first; filters may be combined.",
    ),
)
