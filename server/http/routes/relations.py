"""Friends, requests and blocks."""

from __future__ import annotations

from typing import Final

from server.actions.relations import do_ask_for_friendship, do_end_relation, do_put_relation, get_relations
from server.http.endpoint import Endpoint, tagged

_ALL: Final = "/api/users/@me/relations"
_ONE: Final = "/api/users/@me/relations/{user}"

ENDPOINTS: Final = tagged(
    "Friends and blocks",
    Endpoint("GET", _ALL, get_relations, "List how you stand to others"),
    Endpoint(
        "POST",
        _ALL,
        do_ask_for_friendship,
        "Ask someone for friendship, by user name",
        errors=("unknown_user", "cannot_message", "too_many"),
        note="Whoever asked you already is your friend by it.",
    ),
    Endpoint(
        "PUT",
        _ONE,
        do_put_relation,
        "Ask for friendship, or block",
        errors=("cannot_message", "too_many"),
        note="Someone with whom you share a group, a conversation or a relation. A block ends everything else between you two; the "
        "other is not told of it.",
    ),
    Endpoint("DELETE", _ONE, do_end_relation, "Refuse, withdraw, end or unblock", errors=("unknown_relation",)),
)
