"""How requests are decoded."""

from __future__ import annotations

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body or the query of a request. A field left UNSET stays as it is."""
