from __future__ import annotations

import importlib
import pkgutil

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import server.actions
from server.actions.accounts import SignUp
from server.actions.channels import UpdateChannel
from server.actions.messages import CreateMessage
from server.actions.requests import Request
from server.domain import codec


def all_requests() -> list[type[Request]]:
    for module in pkgutil.iter_modules(server.actions.__path__, "server.actions."):
        importlib.import_module(module.name)
    return sorted(Request.__subclasses__(), key=lambda kind: kind.__name__)


REQUESTS = all_requests()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
def test_unknown_fields_are_refused(kind: type[Request]) -> None:
    assert len(REQUESTS) > 15
    with pytest.raises(msgspec.ValidationError):
        codec.decoder(kind).decode(b'{"no_such_field": 1}')


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_whatever_is_sent_is_a_request_or_is_refused(kind: type[Request], data: st.DataObject) -> None:
    fields = kind.__struct_fields__
    body = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, json_values)))
    try:
        request: object = codec.decoder(kind).decode(msgspec.json.encode(body))
    except msgspec.MsgspecError:
        return
    assert isinstance(request, kind)


def test_what_is_left_out_is_not_what_is_null() -> None:
    assert codec.decoder(UpdateChannel).decode(b"{}").name is msgspec.UNSET
    with pytest.raises(msgspec.ValidationError):
        codec.decoder(UpdateChannel).decode(b'{"name": null}')


def test_a_request_shows_its_words_as_they_were_sent() -> None:
    request: SignUp = codec.decoder(SignUp).decode(b'{"username": "Anna", "password": "x", "tokens": "body"}')
    assert (request.username, request.tokens) == ("Anna", "body")
    message: CreateMessage = codec.decoder(CreateMessage).decode(
        b'{"nonce": "n", "sections": [{"kind": "text", "text": "hi"}]}'
    )
    assert len(message.sections) == 1
