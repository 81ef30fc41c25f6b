"""Clients and resource servers as values."""

from typing import Any

import pytest

from constructs_lib.auth import MachineClient, NativeClient, ResourceServer, ServerClient, WebClient
from constructs_lib.auth.checks import MAX_REDIRECT_URLS
from constructs_lib.auth.clients import check_clients


@pytest.mark.parametrize(
    "url",
    ["https://app.example.com/", "http://localhost:5173/", "http://127.0.0.1/", "http://[::1]:3000/x", "${Token[A.1]}"],
)
def test_https_and_http_on_this_machine_may_be_returned_to(url: str) -> None:
    assert WebClient(callback_urls=[url], logout_urls=[url]).callback_urls == [url]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://app.example.com/", "would carry the sign-in's code in the clear"),
        ("http://localhost.example.com/", "in the clear"),
        ("https://app.example.com/#home", "has a fragment"),
        ("https://*.example.com/", "letter by letter"),
        ("https:///path", "names no host"),
        ("app.example.com", "is not absolute"),
        ("myapp://callback", "only a NativeClient may return to"),
    ],
)
def test_other_addresses_are_refused(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WebClient(callback_urls=[url])
    with pytest.raises(ValueError, match=f"logout_urls='{url[:4]}"):
        ServerClient(logout_urls=[url])


def test_an_app_may_return_to_a_scheme_of_its_own_but_not_in_the_clear() -> None:
    assert NativeClient(callback_urls=["myapp://callback"]).callback_urls
    assert NativeClient(callback_urls=["com.example.app:/callback"]).callback_urls
    with pytest.raises(ValueError, match="in the clear"):
        NativeClient(callback_urls=["http://app.example.com/"])
    with pytest.raises(ValueError, match="has the scheme 'javascript', which no app owns"):
        NativeClient(callback_urls=["javascript:alert(1)"])


def test_a_client_has_a_hundred_addresses_at_most() -> None:
    urls = [f"https://app.example.com/{number}" for number in range(MAX_REDIRECT_URLS + 1)]
    assert WebClient(callback_urls=urls[:-1])
    with pytest.raises(ValueError, match="callback_urls holds 101 addresses; Cognito takes 100"):
        WebClient(callback_urls=urls)


@pytest.mark.parametrize("name", ["", "two words", "1st", "web-client"])
def test_a_name_is_part_of_an_id(name: str) -> None:
    with pytest.raises(ValueError, match="use letters and digits, beginning with a letter"):
        WebClient(name=name)
    with pytest.raises(ValueError, match="use letters and digits, beginning with a letter"):
        MachineClient(name=name, scopes=["orders/read"])


def test_one_address_is_no_list() -> None:
    with pytest.raises(ValueError, match=r"write callback_urls=\['https://app.example.com/'\]"):
        WebClient(callback_urls="https://app.example.com/")


def test_a_machine_without_a_scope_would_get_no_token() -> None:
    with pytest.raises(ValueError, match="needs a list of scopes"):
        MachineClient(name="Batch", scopes=[])


def test_names_are_told_apart_and_somebody_can_sign_in() -> None:
    with pytest.raises(ValueError, match="two clients are called 'Web'"):
        check_clients([WebClient(), WebClient()])
    with pytest.raises(ValueError, match="no client lets people sign in"):
        check_clients([MachineClient(name="Batch", scopes=["orders/read"])])


@pytest.mark.parametrize(
    ("identifier", "scopes", "message"),
    [
        ("two words", {"read": "Read"}, "without blanks and quotes"),
        ("orders", {}, "has 0 scopes; Cognito takes 1 to 100"),
        ("orders", {f"s{number}": "" for number in range(101)}, "has 101 scopes"),
        ("orders", {"read/all": "Read"}, "without blanks, quotes and slashes"),
    ],
)
def test_a_resource_server_oauth_refuses_is_refused(identifier: str, scopes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ResourceServer(identifier, scopes)
