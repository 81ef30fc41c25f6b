"""Calls of a route by an attacker: only the gateway's own refusal counts as one."""

from types import SimpleNamespace
from typing import Any

import pytest
import requests

from constructs_lib.story.refusals import ACCESS_DENIED, Refused
from constructs_lib.verify.attack_calls import Target, _invoke

SAYS = '{"__type": "AccessDeniedException", "message": "not allowed"}'


def call(status: int, text: str) -> Any:
    answer = requests.Response()
    answer.status_code, answer._content = status, text.encode()
    credentials = SimpleNamespace(get_frozen_credentials=lambda: None)
    caller: Any = SimpleNamespace(credentials=credentials, app=SimpleNamespace(send=lambda *_, **__: answer))
    return _invoke(caller, Target(resource="https://api", owner="x", text="GET/users/x"))


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
@pytest.mark.parametrize("text", [SAYS, "<Error><Code>AccessDenied</Code></Error>"])
def test_another_response_that_speaks_of_access_is_no_refusal_of_rights(status: int, text: str) -> None:
    with pytest.raises(Refused) as refused:
        call(status, text)
    assert refused.value.code == str(status)
    assert refused.value.code not in ACCESS_DENIED


def test_a_forbidden_response_has_the_code_that_it_names() -> None:
    with pytest.raises(Refused) as refused:
        call(403, SAYS)
    assert refused.value.code in ACCESS_DENIED
    with pytest.raises(Refused) as refused:
        call(403, '{"__type": "ExpiredTokenException"}')
    assert refused.value.code not in ACCESS_DENIED


def test_every_other_response_has_reached_the_app() -> None:
    assert call(200, "{}").status_code == requests.codes.ok
    assert call(404, '{"error": "no such share"}').status_code == requests.codes.not_found
